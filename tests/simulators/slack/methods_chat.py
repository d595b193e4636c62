"""chat.*: messages, edits, deletions, ephemerals, permalinks. Source: each method's page on docs.slack.dev, 2026-05."""

from __future__ import annotations

from typing import Any

from tests.simulators.slack import own_events
from tests.simulators.slack.posting import (
    MAX_EDITED_TEXT,
    content_of,
    fill,
    may_post,
    put,
    thread_of,
)
from tests.simulators.slack.refusal import Refused
from tests.simulators.slack.web_api import Call, method
from tests.simulators.slack.workspace import Channel, Message

Json = dict[str, Any]


def _target(call: Call) -> Channel:
    """The channel to post in; a user id opens the direct message. Source: chat.postMessage, post to a DM."""
    named = call.needed("channel", "channel_not_found")
    if named in call.workspace.users:
        return call.slack.direct_messages(call.workspace, named)
    return call.channel()


@method("chat.postMessage", "chat:write")
async def post_message(call: Call) -> Json:
    channel = _target(call)
    may_post(call, channel)
    content = content_of(call)
    wait_s = call.slack.limits.post_wait_s(channel.id)
    if wait_s is not None:
        raise Refused("ratelimited", retry_after_s=wait_s)
    thread_ts = thread_of(call.slack, channel, call.text("thread_ts"))
    message = put(call.slack, call.workspace, channel, content, thread_ts=thread_ts)
    own_events.posted(call.slack, call.workspace, channel, message)
    return {"channel": channel.id, "ts": message.ts, "message": message.as_json()}


@method("chat.update", "chat:write")
async def update(call: Call) -> Json:
    """Text without blocks removes the blocks; a message with blocks shows no "(edited)"; metadata stays when not sent."""
    channel = call.channel()
    message = _own_message(call, channel, "cant_update_message")
    if channel.archived:
        raise Refused("is_archived")
    if message.streaming:
        raise Refused("streaming_state_conflict")
    content = content_of(call, max_text=MAX_EDITED_TEXT)
    _no_block_mismatch(message.blocks, content.blocks)
    before = message.as_json()
    message.past.append(before)
    if "text" not in content.given:
        content.text = message.text
    content.link_names = call.flag("link_names")
    if "metadata" in content.given:
        message.metadata = content.metadata
    fill(call.workspace, message, content)
    if call.arguments.get("file_ids") is not None:
        message.files = [call.workspace.files[one] for one in _file_ids(call)]
    message.edits += 1
    if not content.blocks:
        message.edited = {"user": message.user, "ts": call.slack.new_ts()}
    own_events.changed(call.slack, call.workspace, channel, message, before)
    return {
        "channel": channel.id,
        "ts": message.ts,
        "text": message.text,
        "message": message.as_json(),
    }


def _file_ids(call: Call) -> list[str]:
    given = call.arguments["file_ids"]
    ids = given if isinstance(given, list) else [one for one in str(given).split(",") if one]
    for one in ids:
        if one not in call.workspace.files:
            raise Refused("file_not_found")
        if call.workspace.files[one].deleted:
            raise Refused("file_deleted")
    return ids


def _own_message(call: Call, channel: Channel, error: str) -> Message:
    ephemeral = next((one for one in channel.ephemerals if one.ts == call.text("ts")), None)
    if ephemeral is not None and call.slack.beliefs.update_reaches_ephemeral:
        return ephemeral
    message = call.message(channel)
    if message.user != call.workspace.bot.id:
        raise Refused(error)
    return message


def _no_block_mismatch(before: list[Json], after: list[Json]) -> None:
    """Source: chat.update, `block_mismatch`: rich-text blocks cannot be replaced with non-rich-text blocks."""
    rich = bool(before) and all(block["type"] == "rich_text" for block in before)
    if rich and after and not any(block["type"] == "rich_text" for block in after):
        raise Refused("block_mismatch")


@method("chat.delete", "chat:write")
async def delete(call: Call) -> Json:
    channel = call.channel()
    message = _own_message(call, channel, "cant_delete_message")
    remove(channel, message)
    own_events.deleted(call.slack, call.workspace, channel, message)
    return {"channel": channel.id, "ts": message.ts}


def remove(channel: Channel, message: Message) -> None:
    """Deletes a message. A parent that has replies leaves a tombstone, and its thread lives on."""
    if message.is_ephemeral:
        channel.ephemerals.remove(message)
    message.deleted = True


@method("chat.postEphemeral", "chat:write")
async def post_ephemeral(call: Call) -> Json:
    """Only that person sees it, and in a thread only when the thread is active."""
    channel = call.in_channel()
    if channel.archived:
        raise Refused("is_archived")
    if call.needed("user", "user_not_in_channel") not in channel.members:
        raise Refused("user_not_in_channel")
    content = content_of(call, max_text=MAX_EDITED_TEXT)
    thread_ts = thread_of(call.slack, channel, call.text("thread_ts"))
    message = put(
        call.slack,
        call.workspace,
        channel,
        content,
        thread_ts=thread_ts,
        only_for=call.text("user"),
    )
    return {"message_ts": message.ts}


@method("chat.getPermalink")
async def get_permalink(call: Call) -> Json:
    channel = call.channel()
    message = call.message(channel, "message_ts")
    at = f"archives/{channel.id}/p{message.ts.replace('.', '')}"
    tail = f"?thread_ts={message.thread_ts}&cid={channel.id}" if message.is_reply else ""
    return {
        "channel": channel.id,
        "permalink": f"https://{call.workspace.domain}.slack.com/{at}{tail}",
    }


@method("reactions.add", "reactions:write")
async def add_reaction(call: Call) -> Json:
    channel = call.in_channel()
    name = call.needed("name", "invalid_name").strip(":")
    users = call.message(channel, "timestamp").reactions.setdefault(name, [])
    if call.workspace.bot.id in users:
        raise Refused("already_reacted")
    users.append(call.workspace.bot.id)
    return {}


@method("reactions.remove", "reactions:write")
async def remove_reaction(call: Call) -> Json:
    channel = call.in_channel()
    message = call.message(channel, "timestamp")
    users = message.reactions.get(call.text("name").strip(":"), [])
    if call.workspace.bot.id not in users:
        raise Refused("no_reaction")
    users.remove(call.workspace.bot.id)
    return {}
