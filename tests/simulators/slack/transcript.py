"""A channel as a plain page, for screenshots: `/see/general?as=ana`. It shows what this person would see, roughly as Slack does."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.simulators.slack.block_rules import elements_of
from tests.simulators.slack.people import Person
from tests.simulators.slack.posting import file_of
from tests.simulators.slack.rooms import Room
from tests.simulators.slack.workspace import Message, User, Workspace

if TYPE_CHECKING:
    from tests.simulators.slack.slack import Slack

Json = dict[str, Any]

STYLE = """
body{font:15px/1.45 sans-serif;margin:24px;max-width:720px;color:#1d1c1d}
article{padding:6px 0 6px 12px;border-left:3px solid transparent}
article.reply{margin-left:36px}article.only{background:#fdf9e8;border-color:#e8c547}
.who{font-weight:700}.context{color:#616061;font-size:13px}.card{border:1px solid #ddd;border-radius:8px;padding:8px;margin:4px}
.alert{border:1px solid #ccc;border-left:4px solid #d72b3f;padding:8px;border-radius:4px}img{max-width:360px;border-radius:8px}
button{border:1px solid #bbb;border-radius:4px;background:#fff;padding:5px 10px;margin:3px 4px 3px 0;font-weight:600}
button.primary{background:#007a5a;color:#fff}button.danger{color:#e01e5a}code{background:#f4f4f4;color:#e01e5a;padding:0 3px}
"""


async def page(slack: Slack, request: web.Request) -> web.Response:
    viewer = slack.person(request.query.get("as", "ana"))
    room = slack.room(request.match_info["room"])
    return web.Response(text=transcript(viewer, room), content_type="text/html")


def transcript(viewer: Person, room: Room) -> str:
    """The page: each top-level message with its thread under it, and what only the viewer sees."""
    rows = []
    for message in viewer.sees(room):
        rows.append(_message(viewer.workspace, message, reply=False))
        rows += [
            _message(viewer.workspace, one, reply=True)
            for one in viewer.sees(room, thread=message)
            if one.is_reply
        ]
    title = html.escape(room.channel.name)
    return f"<!DOCTYPE html><meta charset=utf-8><title>#{title}</title><style>{STYLE}</style><h1>#{title}</h1>{''.join(rows)}"


def _message(workspace: Workspace, message: Message, *, reply: bool) -> str:
    classes = " ".join(
        name for name, on in (("reply", reply), ("only", message.is_ephemeral)) if on
    )
    author = workspace.users[message.user].name
    only = ' <span class="context">Only visible to you</span>' if message.is_ephemeral else ""
    body = "".join(_block(workspace, one) for one in message.blocks) or _marked(
        workspace, message.text
    )
    files = "".join(_picture(file.permalink, file.alt_text, file.data) for file in message.files)
    edited = ' <span class="context">(edited)</span>' if message.edited else ""
    return f'<article class="{classes}"><span class="who">{html.escape(author)}</span>{only}<div>{body}{edited}</div>{files}</article>'


def _block(workspace: Workspace, block: Json) -> str:
    kind = block["type"]
    inner = [*(block.get("child_blocks") or []), *(block.get("tasks") or [])]
    if kind in ("carousel", "context"):
        inner += block["elements"]
    words = "".join(
        f"<div>{_marked(workspace, _text(block.get(key)))}</div>"
        for key in ("title", "subtitle", "text", "body", "label")
        if block.get(key)
    )
    words += "".join(
        f"<div>{_marked(workspace, _text(one))}</div>" for one in block.get("fields") or []
    )
    pictures = [block, *(block.get(key) or {} for key in ("accessory", "hero_image"))]
    shown = "".join(_image(workspace, one) for one in pictures)
    pressed = "".join(_control(one) for one in elements_of(block))
    nested = "".join(
        _block(workspace, one)
        if one["type"] not in ("mrkdwn", "plain_text")
        else f"{_marked(workspace, one['text'])} "
        for one in inner
    )
    line = "<hr>" if kind == "divider" else ""
    return f'<div class="{html.escape(kind)}">{words}{shown}{nested}{pressed}{line}</div>'


def _text(found: Any) -> str:
    return str(found.get("text", "")) if isinstance(found, dict) else str(found or "")


def _image(workspace: Workspace, element: Json) -> str:
    if "slack_file" in element:
        file = file_of(workspace, element["slack_file"])
        return _picture(file.permalink, element["alt_text"], file.data) if file else ""
    if "image_url" in element:
        return _picture(element["image_url"], element["alt_text"], b"")
    return ""


def _picture(address: str, alt_text: str, data: bytes | None) -> str:
    return (
        f'<div><img src="{html.escape(address)}" alt="{html.escape(alt_text)}"></div>'
        if data is not None
        else ""
    )


def _control(element: Json) -> str:
    kind = element["type"]
    if kind == "feedback_buttons":
        sides = (element["positive_button"], element["negative_button"])
        return "".join(f"<button>{html.escape(one['text']['text'])}</button>" for one in sides)
    if kind in ("button", "icon_button"):
        style = html.escape(element.get("style", ""))
        return f'<button class="{style}">{html.escape(element["text"]["text"])}</button>'
    return "" if kind == "image" else "<button>⋯</button>"


def _marked(workspace: Workspace, text: str) -> str:
    """Enough of mrkdwn to look at: bold, code, mentions, links, lines."""
    safe = html.escape(text, quote=False).replace("&amp;", "&")
    safe = re.sub(
        r"&lt;@([A-Z0-9]+)[^&]*&gt;", lambda m: f"<b>@{_name(workspace, m.group(1))}</b>", safe
    )
    safe = re.sub(r"&lt;!date\^[^|]*\|([^&]*)&gt;", r"\1", safe)
    safe = re.sub(r"&lt;(https?[^|&]+)\|?([^&]*)&gt;", r'<a href="\1">\2</a>', safe)
    safe = re.sub(r"`([^`\n]+)`", r"<code>\1</code>", safe)
    safe = re.sub(r"(?<!\w)\*([^*\n]+)\*(?!\w)", r"<b>\1</b>", safe)
    return safe.replace("\n", "<br>")


def _name(workspace: Workspace, user: str) -> str:
    found: User | None = workspace.users.get(user)
    return html.escape(found.name if found else user)


async def picture(slack: Slack, request: web.Request) -> web.Response:
    """The permalink of a file, as a signed-in person's browser would show it."""
    for workspace in slack.workspaces.values():
        file = workspace.files.get(request.match_info["file"])
        if file is not None and file.data is not None:
            kind = file.as_json()["mimetype"] or "application/octet-stream"
            return web.Response(body=file.data, content_type=kind)
    return web.Response(status=404)
