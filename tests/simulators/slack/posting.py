"""How a message comes to be: checked, parsed for mentions and links, put in its channel or thread."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.simulators.slack import mentions
from tests.simulators.slack.block_rules import (
    MAX_MESSAGE_BLOCKS,
    MAX_TEXT_OF_ALL_BLOCKS,
    check_blocks,
    text_length,
    with_ids,
)
from tests.simulators.slack.refusal import Refused
from tests.simulators.slack.shapes import Report
from tests.simulators.slack.stored_file import SHOWABLE, StoredFile
from tests.simulators.slack.workspace import Channel, Message, Workspace

if TYPE_CHECKING:
    from tests.simulators.slack.slack import Slack
    from tests.simulators.slack.web_api import Call

Json = dict[str, Any]

MAX_POSTED_TEXT = 40_000
"""chat.postMessage cuts longer text. Source: api.slack.com/changelog/2018-04-truncating-really-long-messages."""
MAX_EDITED_TEXT = 4_000
"""chat.update and chat.postEphemeral refuse longer text with msg_too_long. Source: the error list of chat.update, 2026-05."""
MAX_METADATA_BYTES = 8_192
"""`metadata_too_large` over it; the number is [unverified]."""
IMAGE_ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".webp")


@dataclass(kw_only=True)
class Content:
    """What a message says, accepted."""

    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    link_names: bool = False
    unfurl_links: bool = False
    unfurl_media: bool = True
    """Source: docs.slack.dev, unfurling: media unfurls unless told otherwise, text links of apps do not."""
    given: frozenset[str] = frozenset()
    """Which of text, blocks and metadata the caller sent at all."""


def content_of(call: Call, *, max_text: int = MAX_POSTED_TEXT) -> Content:
    """The content of a chat.* call; Refused as Slack would."""
    arguments = call.arguments
    if arguments.get("markdown_text") and (arguments.get("text") or arguments.get("blocks")):
        raise Refused("markdown_text_conflict")
    blocks = arguments.get("blocks") or []
    if arguments.get("markdown_text"):
        blocks = [{"type": "markdown", "text": call.text("markdown_text")}]
    text = call.text("text")
    if not text and not blocks and not arguments.get("attachments"):
        raise Refused("no_text")
    if max_text == MAX_EDITED_TEXT and len(text) > max_text:
        raise Refused("msg_too_long")
    checked_blocks(call.slack, call.workspace, blocks, where=call.method)
    return Content(
        text=text[:max_text],
        blocks=with_ids(blocks),
        metadata=_metadata(arguments.get("metadata")),
        link_names=call.flag("link_names") or call.text("parse") == "full",
        unfurl_links=call.flag("unfurl_links"),
        unfurl_media=call.flag("unfurl_media", default=True),
        given=frozenset(
            name for name in ("text", "blocks", "metadata") if arguments.get(name) is not None
        ),
    )


def checked_blocks(slack: Slack, workspace: Workspace, blocks: Any, *, where: str) -> None:
    """Refused with invalid_blocks and Slack's reasons, and a recorded violation, unless the blocks are good."""
    if not isinstance(blocks, list):
        slack.violated(where, ["blocks is no list"], blocks)
        raise Refused("invalid_blocks_format")
    report = Report(
        file_problem=lambda found: file_problem(slack, workspace, found),
        modern_blocks=slack.beliefs.modern_blocks,
    )
    check_blocks(blocks, report, at="/blocks", most=MAX_MESSAGE_BLOCKS)
    if report.problems:
        if any("invalid slack file" not in one for one in report.problems):
            slack.violated(where, report.problems, blocks)
        messages = [f"[ERROR] {one}" for one in report.problems]
        raise Refused(
            "invalid_blocks", errors=report.problems, response_metadata={"messages": messages}
        )
    if text_length(blocks) > MAX_TEXT_OF_ALL_BLOCKS:
        slack.violated(where, ["msg_blocks_too_long"], blocks)
        raise Refused("msg_blocks_too_long")


def file_problem(slack: Slack, workspace: Workspace, reference: Json) -> str | None:
    """`invalid slack file` until the file is scanned, is an image Slack can show, and the bot may see it.

    Source: python-slack-sdk #1521, #1658; docs.slack.dev, slack file object.
    """
    file = file_of(workspace, reference)
    good = (
        file is not None
        and not file.deleted
        and file.is_scanned(slack.clock.now())
        and file.kind in SHOWABLE
        and (slack.beliefs.unshared_file_usable or bool(file.channels))
    )
    return None if good else "invalid slack file"


def file_of(workspace: Workspace, reference: Json) -> StoredFile | None:
    url = reference.get("url")
    if url:
        return next(
            (f for f in workspace.files.values() if url in (f.url_private, f.permalink)), None
        )
    return workspace.files.get(str(reference.get("id")))


def _metadata(given: Any) -> Json | None:
    """Source: docs.slack.dev, message metadata: an event_type and an event_payload; an empty object removes it."""
    if given is None or given == {}:
        return None
    if not isinstance(given, dict) or not isinstance(given.get("event_type"), str):
        raise Refused("invalid_metadata_format")
    if not isinstance(given.get("event_payload"), dict) or set(given) - {
        "event_type",
        "event_payload",
    }:
        raise Refused("invalid_metadata_schema")
    if len(json.dumps(given).encode()) > MAX_METADATA_BYTES:
        raise Refused("metadata_too_large")
    return copy.deepcopy(given)


def may_post(call: Call, channel: Channel) -> None:
    """Source: error list of chat.postMessage; docs.slack.dev, scopes, chat:write.public: public channels without joining."""
    if channel.archived:
        raise Refused("is_archived")
    joined = call.workspace.bot.id in channel.members
    if not joined and "chat:write.public" not in call.token.scopes:
        raise Refused("not_in_channel")
    if channel.kind == "im" and not call.slack.app.messages_tab:
        raise Refused("messages_tab_disabled")


def thread_of(slack: Slack, channel: Channel, thread_ts: str) -> str | None:
    """The thread that a message with this `thread_ts` lands in; None is the channel itself."""
    if not thread_ts:
        return None
    parent = channel.messages.get(thread_ts)
    if parent is not None and parent.is_reply:
        if slack.beliefs.reply_as_parent != "parent":
            raise Refused(slack.beliefs.reply_as_parent)
        return parent.thread_ts
    has_replies = any(
        one.thread_ts == thread_ts and not one.deleted for one in channel.messages.values()
    )
    if parent is None or (parent.deleted and not has_replies):
        if slack.beliefs.missing_parent == "unthread":
            return None
        raise Refused("thread_not_found")
    return thread_ts


def put(
    slack: Slack,
    workspace: Workspace,
    channel: Channel,
    content: Content,
    *,
    thread_ts: str | None = None,
    only_for: str | None = None,
    **more: Any,
) -> Message:
    """The message, now in its channel; the bot is its author unless `user` says otherwise."""
    message = Message(
        **{
            "ts": slack.new_ts(),
            "channel": channel.id,
            "user": workspace.bot.id,
            "bot_id": workspace.bot_id if "user" not in more else None,
            "app_id": slack.app.id if "user" not in more else None,
            "thread_ts": thread_ts,
            "metadata": content.metadata,
            "only_for": only_for,
            **more,
        }
    )
    fill(workspace, message, content)
    if only_for is None:
        channel.messages[message.ts] = message
        parent = channel.messages.get(thread_ts or "")
        if parent is not None:
            parent.thread_ts = thread_ts
    else:
        # Source: chat.postEphemeral: "only shown if there is already an active thread".
        message.shown = thread_ts is None or bool(channel.replies(thread_ts))
        channel.ephemerals.append(message)
    slack.changed()
    return message


def fill(workspace: Workspace, message: Message, content: Content) -> None:
    """Sets the words of a message, and what they ping and unfurl."""
    message.text, message.blocks = content.text, content.blocks
    names = {user.name: user.id for user in workspace.users.values()}
    pings = mentions.pinged(
        content.text, content.blocks, names=names, link_names=content.link_names
    )
    message.pinged = frozenset() if message.is_ephemeral else pings
    shown = mentions.links(content.text, content.blocks)
    message.unfurled = tuple(link for link in shown if _unfurls(link, content))


def _unfurls(link: str, content: Content) -> bool:
    is_media = link.partition("?")[0].lower().endswith(IMAGE_ENDINGS)
    return content.unfurl_media if is_media else content.unfurl_links
