"""chat.*Stream and assistant.threads.setStatus: a message that grows, and the line under it that says what goes on.

Source: each method's page on docs.slack.dev, 2026-05; streams in plain channels without agent_view are [unverified].
"""

from __future__ import annotations

import copy
from typing import Any

from tests.simulators.slack.posting import Content, content_of, put, thread_of
from tests.simulators.slack.refusal import Refused
from tests.simulators.slack.web_api import Call, method
from tests.simulators.slack.workspace import Channel, Message

Json = dict[str, Any]

STATUS_LIFE_S = 120.0
"""Slack removes a status after 2 min. Source: docs.slack.dev, assistant.threads.setStatus."""


@method("chat.startStream", "chat:write")
async def start_stream(call: Call) -> Json:
    """A message that grows. Needs a thread, and in channels who it is for."""
    channel = call.in_channel()
    if not call.text("thread_ts"):
        raise Refused("invalid_arguments")
    if channel.kind != "im":
        call.needed("recipient_user_id", "missing_recipient_user_id")
        call.needed("recipient_team_id", "missing_recipient_team_id")
    thread_ts = thread_of(call.slack, channel, call.text("thread_ts"))
    message = put(
        call.slack, call.workspace, channel, Content(), thread_ts=thread_ts, streaming=True
    )
    _append(call, message)
    return {"channel": channel.id, "ts": message.ts}


@method("chat.appendStream", "chat:write")
async def append_stream(call: Call) -> Json:
    """`stopped_by_user` once the person pressed stop."""
    channel = call.in_channel()
    message = _streaming(call, channel)
    _append(call, message)
    return {"channel": channel.id, "ts": message.ts}


@method("chat.stopStream", "chat:write")
async def stop_stream(call: Call) -> Json:
    channel = call.in_channel()
    message = _streaming(call, channel)
    _append(call, message)
    if call.arguments.get("blocks"):
        content = content_of(call)
        message.blocks = content.blocks
    message.streaming = False
    return {"channel": channel.id, "ts": message.ts, "message": message.as_json()}


def _streaming(call: Call, channel: Channel) -> Message:
    message = call.message(channel)
    if message.user != call.workspace.bot.id:
        raise Refused("message_not_owned_by_app")
    if message.stopped_by_user:
        raise Refused("stopped_by_user")
    if not message.streaming:
        raise Refused("message_not_in_streaming_state")
    return message


def _append(call: Call, message: Message) -> None:
    message.text += call.text("markdown_text")
    chunks = call.arguments.get("chunks") or []
    known = {"markdown_text", "task_update", "plan_update", "blocks"}
    if not isinstance(chunks, list) or any(one.get("type") not in known for one in chunks):
        raise Refused("invalid_chunks")
    message.chunks += copy.deepcopy(chunks)


@method("assistant.threads.setStatus", "chat:write")
async def set_status(call: Call) -> Json:
    """An empty status clears it."""
    channel = call.channel("channel_id")
    thread_ts = call.needed("thread_ts", "invalid_thread_ts")
    if thread_ts not in channel.messages:
        raise Refused("invalid_thread_ts")
    key, until = (channel.id, thread_ts), call.slack.clock.now() + STATUS_LIFE_S
    call.workspace.statuses.pop(key, None)
    if call.text("status"):
        call.workspace.statuses[key] = (call.text("status"), until)
    return {}
