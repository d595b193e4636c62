"""conversations.*, users.info, usergroups.users.list, auth.test. Source: each method's page on docs.slack.dev, 2026-05."""

from __future__ import annotations

from typing import Any

from tests.simulators.slack.refusal import Refused
from tests.simulators.slack.web_api import Call, method
from tests.simulators.slack.workspace import Channel, Message

Json = dict[str, Any]

PREFIX = {"public": "channels", "private": "groups", "im": "im"}
DEFAULT_PAGE, MAX_PAGE = 100, 999


@method("auth.test")
async def auth_test(call: Call) -> Json:
    workspace = call.workspace
    return {
        "url": f"https://{workspace.domain}.slack.com/",
        "team": workspace.domain,
        "user": workspace.bot.name,
        "team_id": workspace.id,
        "user_id": workspace.bot.id,
        "bot_id": workspace.bot_id,
        "is_enterprise_install": False,
    }


@method("conversations.history")
async def history(call: Call) -> Json:
    """Newest first, without replies; metadata only with include_all_metadata; a missing membership refuses."""
    channel = _readable(call)
    found = [one for one in _with_tombstones(channel) if not one.is_reply]
    return _page(call, channel, found[::-1])


@method("conversations.replies")
async def replies(call: Call) -> Json:
    """The parent first, then its replies, oldest first."""
    channel = _readable(call)
    root = channel.messages.get(call.needed("ts", "thread_not_found"))
    if root is None or (root.deleted and not channel.replies(root.ts)):
        raise Refused("thread_not_found")
    parent = channel.messages.get(root.thread_ts or root.ts, root)
    return _page(call, channel, [parent, *channel.replies(parent.ts)])


def _readable(call: Call) -> Channel:
    channel = call.channel()
    call.need_scope(f"{PREFIX[channel.kind]}:history")
    if call.workspace.bot.id not in channel.members:
        raise Refused("not_in_channel")
    return channel


def _with_tombstones(channel: Channel) -> list[Message]:
    return [one for one in channel.messages.values() if not one.deleted or channel.replies(one.ts)]


def _page(call: Call, channel: Channel, found: list[Message]) -> Json:
    if "oldest" in call.arguments or "latest" in call.arguments:
        found = [one for one in found if _within(call, one)]
    start = int(call.text("cursor").removeprefix("at-") or 0)
    limit = min(call.number("limit", DEFAULT_PAGE), MAX_PAGE)
    page, more = found[start : start + limit], len(found) > start + limit
    cursor = {"response_metadata": {"next_cursor": f"at-{start + limit}"}} if more else {}
    return {
        "messages": [_shown(call, channel, one) for one in page],
        "has_more": more,
        **cursor,
    }


def _within(call: Call, message: Message) -> bool:
    """Compared as numbers: clients send `0` as well as `1.000200`."""
    oldest, latest = (
        float(call.text("oldest", "0") or 0),
        float(call.text("latest", "inf") or "inf"),
    )
    at = float(message.ts)
    if call.flag("inclusive"):
        return oldest <= at <= latest
    return oldest < at < latest


def _shown(call: Call, channel: Channel, message: Message) -> Json:
    if message.deleted:
        return {
            "type": "message",
            "subtype": "tombstone",
            "user": "USLACKBOT",
            "hidden": True,
            "text": "This message was deleted.",
            "ts": message.ts,
            "thread_ts": message.ts,
        }
    found = message.as_json(
        with_metadata=call.flag("include_all_metadata"), now=call.slack.clock.now()
    )
    answers = channel.replies(message.ts)
    if answers:
        found |= {
            "thread_ts": message.ts,
            "reply_count": len(answers),
            "reply_users": sorted({one.user for one in answers}),
            "latest_reply": answers[-1].ts,
        }
    return found


@method("conversations.info")
async def info(call: Call) -> Json:
    channel = call.channel()
    if channel.kind == "im":
        call.need_scope("im:read", "im:history", "im:write")
    else:
        call.need_scope(f"{PREFIX[channel.kind]}:read")
    joined = call.workspace.bot.id in channel.members
    return {"channel": channel.as_json() | {"is_member": joined}}


@method("conversations.members")
async def members(call: Call) -> Json:
    channel = call.channel()
    call.need_scope(f"{PREFIX[channel.kind]}:read")
    return {"members": sorted(channel.members)}


@method("conversations.open", "im:write")
async def open_conversation(call: Call) -> Json:
    """Direct messages with one person; the same channel every time."""
    users = [one for one in call.text("users").split(",") if one]
    if not users:
        raise Refused("users_list_not_supplied")
    if len(users) > 1:
        raise Refused("method_not_supported_for_channel_type")
    user = call.workspace.users.get(users[0])
    if user is None:
        raise Refused("user_not_found")
    if user.deleted:
        raise Refused("user_disabled")
    known = call.workspace.im_with(user.id) is not None
    channel = call.slack.direct_messages(call.workspace, user.id)
    return {"channel": {"id": channel.id}, "no_op": known, "already_open": known}


@method("users.info", "users:read")
async def user_info(call: Call) -> Json:
    user = call.workspace.users.get(call.needed("user", "user_not_found"))
    if user is None:
        raise Refused("user_not_found")
    return {"user": user.as_json()}


@method("usergroups.list", "usergroups:read")
async def usergroups_list(call: Call) -> Json:
    groups = [
        {"id": number, "handle": call.workspace.usergroup_handles.get(number, number.lower())}
        | ({"users": users} if call.flag("include_users") else {})
        for number, users in call.workspace.usergroups.items()
    ]
    return {"usergroups": groups}


@method("usergroups.users.list", "usergroups:read")
async def usergroup_users(call: Call) -> Json:
    users = call.workspace.usergroups.get(call.needed("usergroup", "no_such_subteam"))
    if users is None:
        raise Refused("no_such_subteam")
    return {"users": list(users)}
