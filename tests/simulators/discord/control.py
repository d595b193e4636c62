"""The driver's words over HTTP, for a simulator that is a process of its own: {"do": "runs", "person": "Ada", ...}.

Tests talk to it through `remote.RemoteDiscord`; `__main__` serves it.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from aiohttp import web

from tests.simulators.discord.administration import add_many_guilds
from tests.simulators.discord.cdn import Upload
from tests.simulators.discord.controls import CannotPress, controls_of
from tests.simulators.discord.forms import CannotSubmit, labels_of
from tests.simulators.discord.interactions import Interaction
from tests.simulators.discord.messages import Message
from tests.simulators.discord.people import Person
from tests.simulators.discord.rooms import Room
from tests.simulators.discord.simulator import Discord
from tests.simulators.discord.slash import NotOffered
from tests.simulators.discord.storm import storm

Json = dict[str, Any]
STATE_WAIT_S = 1.0
PATH = "/_control"


def message_view(discord: Discord, message: Message) -> Json:
    """What a judge needs of a message."""
    channel = discord.world.channels.get(message.channel_id)
    return {
        "id": message.id,
        "channel_id": message.channel_id,
        "room": channel.name if channel else None,
        "author": discord.world.users[message.author_id].name,
        "text": message.text,
        "labels": [one.label for one in controls_of(message) if not one.disabled],
        "custom_ids": [one.custom_id for one in controls_of(message)],
        "visible_to": message.visible_to,
        "is_loading": message.is_loading,
        "deleted": message.deleted,
        "edits": len(message.past),
        "nonce": message.nonce,
        "thread_id": message.thread_id,
        "called_anybody": bool(message.ever_called),
        "alt_texts": message.alt_texts,
        "spoilers": message.spoilers,
        "pictures": [
            {
                "filename": one.filename,
                "bytes": len(one.data),
                "sha256": hashlib.sha256(one.data).hexdigest(),
            }
            for one in message.pictures
        ],
    }


def interaction_view(interaction: Interaction) -> Json:
    """How the app answered."""
    modal = interaction.modal
    return {
        "id": interaction.id,
        "outcome": interaction.outcome,
        "user_sees": interaction.user_sees,
        "first_response": interaction.first_response,
        "ack_s": interaction.ack_s,
        "is_ephemeral": interaction.is_ephemeral,
        "original_id": interaction.original.id if interaction.original else None,
        "followup_ids": [one.id for one in interaction.followups],
        "ack_refusals": interaction.ack_refusals,
        "delivered": interaction.delivered,
        "choices": interaction.choices,
        "modal": None if modal is None else {"title": modal.title, "labels": labels_of(modal)},
    }


class Control:
    """Takes one word per request."""

    def __init__(self, discord: Discord) -> None:
        self._discord = discord
        self._words: dict[str, Callable[[Json], Awaitable[Any]]] = {
            "runs": self._runs,
            "starts": self._starts,
            "storm": self._storm,
            "is_offered": self._is_offered,
            "clicks": self._clicks,
            "submits": self._submits,
            "uses_message_command": self._uses_message_command,
            "posts": self._posts,
            "deletes": self._deletes,
            "room": self._room_does,
            "fault": self._fault,
            "gateway": self._gateway,
            "advance": self._advance,
            "add_guilds": self._add_guilds,
        }

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(f"{PATH}/hello", self.hello),
            web.get(f"{PATH}/state", self.state),
            web.post(PATH, self.take),
        ]

    async def hello(self, _request: web.Request) -> web.Response:
        """What a bot needs to connect."""
        return web.json_response(connection_of(self._discord))

    async def take(self, request: web.Request) -> web.Response:
        """409 with the reason when Discord's client would not let a person do it."""
        body = await request.json()
        try:
            return web.json_response(await self._words[body.pop("do")](body))
        except (NotOffered, CannotPress, CannotSubmit) as no:
            return web.json_response({"not_offered": str(no)}, status=409)

    async def state(self, request: web.Request) -> web.Response:
        """Everything a judge needs, at once or when something changes after `after`."""
        discord = self._discord
        after = int(request.query.get("after", -1))
        with suppress(AssertionError):
            await discord.until(lambda: discord.changes > after, within_s=STATE_WAIT_S)
        gateway = discord.gateway
        return web.json_response(
            {
                "changes": discord.changes,
                "messages": [message_view(discord, one) for one in discord.messages.values()],
                "interactions": [interaction_view(one) for one in discord.interactions.values()],
                "violations": [
                    {"route": one.route, "complaints": one.complaints} for one in discord.violations
                ],
                "requests": len(discord.requests),
                "statuses": _counted(str(one.status) for one in discord.requests),
                "invalid_requests": discord.rates.invalid_requests,
                "identifies": len(gateway.identifies),
                "resumes": gateway.resumes,
                "connected": gateway.is_connected,
                "commands": [one["name"] for one in discord.commands.of(None)],
                "bulk_overwrites": discord.commands.bulk_overwrites,
            }
        )

    # ---- words

    def _person(self, body: Json) -> Person:
        return self._discord.person(body["person"])

    def _room(self, body: Json) -> Room | None:
        name = body.get("room")
        if name == "dm":
            return self._person(body).dm
        return self._discord.room(name) if name else None

    def _message(self, body: Json) -> Message:
        return self._discord.messages[body["message"]]

    async def _runs(self, body: Json) -> Json:
        options = with_files(body.get("options", {}))
        told = await self._person(body).runs(body["words"], self._room(body), **options)
        return interaction_view(told)

    async def _starts(self, body: Json) -> Json:
        """`late_s` lets the interaction be that old when the bot gets it."""
        options = with_files(body.get("options", {}))
        begun = self._person(body).starts(body["words"], self._room(body), **options)
        self._discord.clock.advance(body.get("late_s", 0.0))
        return interaction_view(begun)

    async def _storm(self, body: Json) -> Json:
        """`count` commands with `in_flight` of them unanswered; see `storm.StormReport`."""
        report = await storm(
            self._person(body),
            self._room(body) or self._discord.first_room(self._discord.guild),
            body["words"],
            body.get("options", {}),
            count=body["count"],
            in_flight=body["in_flight"],
        )
        return asdict(report)

    async def _is_offered(self, body: Json) -> list[Json]:
        person, filled = self._person(body), body.get("options", {})
        return await person.is_offered(
            body["words"], body["option"], body["typed"], self._room(body), **filled
        )

    async def _clicks(self, body: Json) -> Json:
        return interaction_view(await self._person(body).clicks(self._message(body), body["words"]))

    async def _submits(self, body: Json) -> Json:
        origin = self._discord.interactions[body["interaction"]]
        fields = with_files(body.get("fields", {}))
        return interaction_view(await self._person(body).submits(origin.modal, fields))

    async def _uses_message_command(self, body: Json) -> Json:
        person, message = self._person(body), self._message(body)
        return interaction_view(await person.uses_message_command(body["name"], message))

    async def _posts(self, body: Json) -> Json:
        files = list(with_files(body.get("files", {})).values())
        posted = self._person(body).posts(body["text"], self._room(body), files=files)
        return message_view(self._discord, posted)

    async def _deletes(self, body: Json) -> None:
        self._person(body).deletes(self._message(body))

    async def _room_does(self, body: Json) -> None:
        """Any of a moderator's words: archives, locks, denies_bot, is_deleted, …"""
        getattr(self._discord.room(body["room"]), body["action"])(*body.get("arguments", []))

    async def _fault(self, body: Json) -> None:
        """Any planning word of `Faults`: once, times, always, cut, slow, rate_limited, cloudflare, clear."""
        plan = getattr(self._discord.faults, body["kind"])
        plan(*body.get("arguments", []), **body.get("named", {}))

    async def _gateway(self, body: Json) -> None:
        """Any of the gateway's failures: cut, goes_down, comes_up, closes_with, asks_to_reconnect, …"""
        fail = getattr(self._discord.gateway, body["action"])
        fail(*body.get("arguments", []), **body.get("named", {}))

    async def _advance(self, body: Json) -> None:
        self._discord.clock.advance(body["seconds"])

    async def _add_guilds(self, body: Json) -> None:
        add_many_guilds(self._discord, body["count"])


def connection_of(discord: Discord) -> Json:
    """The addresses and the token."""
    return {
        "url": discord.base_url,
        "api_url": discord.api_url,
        "gateway_url": discord.gateway_url,
        "token": discord.token,
        "application_id": discord.application_id,
    }


def with_files(options: Json) -> Json:
    """{"file": name, "base64": …} becomes the file it means."""
    return {
        key: Upload(
            index="0",
            filename=value["file"],
            content_type=value.get("content_type", "image/png"),
            data=base64.b64decode(value["base64"]),
        )
        if isinstance(value, dict) and "file" in value
        else value
        for key, value in options.items()
    }


def _counted(values: Any) -> dict[str, int]:
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return counts
