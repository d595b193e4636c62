"""The two passes that an interaction brings: a trigger_id for one form, and a response_url for a few answers.

Source: docs.slack.dev: trigger_id lives 3 s and works once (errors of views.open); a response_url works 5 times in 30 min.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.simulators.slack.block_rules import with_ids
from tests.simulators.slack.posting import Content, checked_blocks, fill, put, thread_of
from tests.simulators.slack.refusal import Refused
from tests.simulators.slack.workspace import Channel, Message, Workspace

if TYPE_CHECKING:
    from tests.simulators.slack.slack import Slack

Json = dict[str, Any]

TRIGGER_LIFE_S = 3.0
RESPONSE_URL_USES = 5
RESPONSE_URL_LIFE_S = 30 * 60.0


@dataclass(kw_only=True)
class _Trigger:
    user: str
    team: str
    until: float
    used: bool = False


class Triggers:
    def __init__(self, slack: Slack) -> None:
        self._slack = slack
        self._known: dict[str, _Trigger] = {}

    def issue(self, workspace: Workspace, user: str) -> str:
        trigger_id = f"{self._slack.new_id('')}.{secrets.token_hex(8)}"
        until = self._slack.clock.now() + TRIGGER_LIFE_S
        self._known[trigger_id] = _Trigger(user=user, team=workspace.id, until=until)
        return trigger_id

    def exchange(self, trigger_id: str, team: str) -> str:
        """The user who acted; Refused when the trigger is unknown, used, too old, or of another workspace."""
        trigger = self._known.get(trigger_id)
        if trigger is None or trigger.team != team:
            raise Refused("invalid_trigger_id")
        if trigger.used:
            raise Refused("exchanged_trigger_id")
        if self._slack.clock.now() > trigger.until:
            raise Refused("expired_trigger_id")
        trigger.used = True
        return trigger.user


@dataclass(kw_only=True)
class ResponseUrl:
    """Where answers through it go: this person, this channel, and the message that was acted on, if there was one."""

    workspace: Workspace
    channel: Channel
    user: str
    original: Message | None
    until: float
    uses: int = 0


class ResponseUrls:
    def __init__(self, slack: Slack) -> None:
        self._slack = slack
        self._known: dict[str, ResponseUrl] = {}

    def issue(
        self, workspace: Workspace, channel: Channel, user: str, original: Message | None = None
    ) -> str:
        key = secrets.token_hex(12)
        until = self._slack.clock.now() + RESPONSE_URL_LIFE_S
        self._known[key] = ResponseUrl(
            workspace=workspace, channel=channel, user=user, original=original, until=until
        )
        return f"{self._slack.base_url}/actions/{workspace.id}/{key}"

    async def take(self, request: web.Request) -> web.Response:
        """Slack answers `ok` to a good post, and 404 with used_url or expired_url [unverified] to a late one."""
        body = json.loads(await request.text())
        fault = self._slack.faults.take("response_url", body)
        if fault is not None and not fault.accepted:
            return fault.answer(request)
        found = self._known.get(request.match_info["key"])
        if found is None or self._slack.clock.now() > found.until:
            return _no("expired_url", status=404)
        if found.uses >= RESPONSE_URL_USES:
            return _no("used_url", status=404)
        found.uses += 1
        try:
            answer_through(self._slack, found, body)
        except Refused as no:
            return _no(no.error, status=500)
        return fault.answer(request) if fault else web.Response(text="ok")


def _no(error: str, *, status: int) -> web.Response:
    return web.json_response({"ok": False, "error": error}, status=status)


def answer_through(slack: Slack, place: ResponseUrl, body: Json) -> Message | None:
    """Posts, replaces or deletes as the body says; also what the body of a command's ack does.

    Source: docs.slack.dev, handling user interaction, response_url: response_type, replace_original, delete_original.
    """
    original = place.original
    if body.get("delete_original"):
        if original is not None:
            original.deleted = True
            if original in place.channel.ephemerals:
                place.channel.ephemerals.remove(original)
        slack.changed()
        return None
    content = _content(slack, place.workspace, body)
    replaces = body.get("replace_original", False)
    if replaces and original is not None:
        original.past.append(original.as_json())
        fill(place.workspace, original, content)
        original.edits += 1
        slack.changed()
        return original
    public = body.get("response_type") == "in_channel"
    thread_ts = thread_of(slack, place.channel, str(body.get("thread_ts") or ""))
    only_for = None if public else place.user
    return put(
        slack, place.workspace, place.channel, content, thread_ts=thread_ts, only_for=only_for
    )


def _content(slack: Slack, workspace: Workspace, body: Json) -> Content:
    blocks = body.get("blocks") or []
    text = str(body.get("text") or "")
    if not text and not blocks and not body.get("attachments"):
        raise Refused("no_text")
    checked_blocks(slack, workspace, blocks, where="response_url")
    return Content(
        text=text,
        blocks=with_ids(blocks),
        link_names=bool(body.get("link_names")),
        unfurl_links=bool(body.get("unfurl_links")),
        unfurl_media=body.get("unfurl_media", True),
    )
