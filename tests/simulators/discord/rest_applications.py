"""The application, its user, its guilds, its gateway and its commands.

Source: docs, resources/application, resources/user, resources/guild, events/gateway, interactions/application-commands.
"""

from __future__ import annotations

from typing import Any

from tests.simulators.discord.api import Answer, Call, Route
from tests.simulators.discord.guild_payloads import (
    channel_json,
    guild_json,
    member_json,
    role_json,
    user_json,
)
from tests.simulators.discord.refusals import Refused

Json = dict[str, Any]


async def me(call: Call) -> Answer:
    return Answer(data={**user_json(call.discord.bot), "verified": True, "mfa_enabled": False})


async def application(call: Call) -> Answer:
    bot = user_json(call.discord.bot)
    owner = next(iter(call.discord.world.users.values()))
    return Answer(
        data={
            "id": call.discord.application_id,
            "name": call.discord.bot.name,
            "icon": None,
            "description": "",
            "summary": "",
            "bot_public": True,
            "bot_require_code_grant": False,
            "verify_key": "0" * 64,
            "flags": 0,
            "owner": user_json(owner),
            "team": None,
            "bot": bot,
            "interactions_endpoint_url": None,
            "role_connections_verification_url": None,
            "redirect_uris": [],
            "install_params": None,
            "approximate_guild_count": len(call.discord.world.guilds),
            "integration_types_config": {"0": {}, "1": {}},
        }
    )


async def gateway(call: Call) -> Answer:
    return Answer(data={"url": call.discord.gateway_url})


async def gateway_bot(call: Call) -> Answer:
    """With the recommended shards: one for each 2,500 guilds. docs: events/gateway, Sharding."""
    discord = call.discord
    return Answer(
        data={
            "url": discord.gateway_url,
            "shards": 1 + len(discord.world.guilds) // 2500,
            "session_start_limit": {
                "total": discord.limits.identifies_per_day,
                "remaining": discord.gateway.identifies_left_today,
                "reset_after": 86_400_000,
                "max_concurrency": discord.limits.max_concurrency,
            },
        }
    )


async def get_user(call: Call) -> Answer:
    user = call.discord.world.users.get(call.path["user_id"])
    if user is None:
        raise Refused(10013)
    return Answer(data=user_json(user))


async def my_guilds(call: Call) -> Answer:
    mine = [one for one in call.discord.world.guilds.values() if call.discord.bot.id in one.members]
    return Answer(
        data=[
            {"id": one.id, "name": one.name, "icon": None, "owner": False, "features": []}
            for one in mine
        ]
    )


async def get_guild(call: Call) -> Answer:
    return Answer(data=guild_json(call.guild()))


async def guild_channels(call: Call) -> Answer:
    """Threads are not among them. docs: Get Guild Channels."""
    places = call.guild().channels.values()
    return Answer(data=[channel_json(one) for one in places if one.thread is None])


async def guild_roles(call: Call) -> Answer:
    roles = call.guild().roles.values()
    return Answer(data=[role_json(one, place) for place, one in enumerate(roles)])


async def guild_member(call: Call) -> Answer:
    guild = call.guild()
    member = guild.members.get(call.path["user_id"])
    if member is None:
        raise Refused(10007)
    return Answer(data=member_json(member, call.discord.world.users[member.user_id]))


# ---- commands


def _own(call: Call) -> str | None:
    """The guild of the path, None for global commands; only the app's own application (50001)."""
    if call.path["application_id"] != call.discord.application_id:
        raise Refused(50001)
    guild_id = call.path.get("guild_id")
    if guild_id is not None:
        guild = call.discord.world.guilds.get(guild_id)
        if guild is None or call.discord.bot.id not in guild.members:
            raise Refused(50001)
    return guild_id


async def list_commands(call: Call) -> Answer:
    return Answer(data=call.discord.commands.of(_own(call)))


async def overwrite_commands(call: Call) -> Answer:
    stored = call.discord.commands.overwrite(_own(call), call.body.payload or [])
    return Answer(data=stored)


async def create_command(call: Call) -> Answer:
    stored, is_new = call.discord.commands.upsert(_own(call), call.body.payload)
    return Answer(data=stored, status=201 if is_new else 200)


async def get_command(call: Call) -> Answer:
    return Answer(data=call.discord.commands.get(_own(call), call.path["command_id"]))


async def change_command(call: Call) -> Answer:
    return Answer(
        data=call.discord.commands.change(_own(call), call.path["command_id"], call.body.payload)
    )


async def remove_command(call: Call) -> Answer:
    call.discord.commands.remove(_own(call), call.path["command_id"])
    return Answer(status=204)


def _command_routes() -> list[Route]:
    found = []
    for base in (
        "/applications/{application_id}/commands",
        "/applications/{application_id}/guilds/{guild_id}/commands",
    ):
        one = f"{base}/{{command_id}}"
        for method, template, handler in (
            ("GET", base, list_commands),
            ("PUT", base, overwrite_commands),
            ("POST", base, create_command),
            ("GET", one, get_command),
            ("PATCH", one, change_command),
            ("DELETE", one, remove_command),
        ):
            found.append(Route(method=method, template=template, handler=handler))
    return found


ROUTES = [
    Route(method="GET", template="/users/@me", handler=me),
    Route(method="GET", template="/users/@me/guilds", handler=my_guilds),
    Route(method="GET", template="/users/{user_id}", handler=get_user),
    Route(method="GET", template="/oauth2/applications/@me", handler=application),
    Route(method="GET", template="/applications/@me", handler=application),
    Route(method="GET", template="/gateway", handler=gateway, needs_token=False),
    Route(method="GET", template="/gateway/bot", handler=gateway_bot),
    Route(method="GET", template="/guilds/{guild_id}", handler=get_guild),
    Route(method="GET", template="/guilds/{guild_id}/channels", handler=guild_channels),
    Route(method="GET", template="/guilds/{guild_id}/roles", handler=guild_roles),
    Route(method="GET", template="/guilds/{guild_id}/members/{user_id}", handler=guild_member),
    *_command_routes(),
]
