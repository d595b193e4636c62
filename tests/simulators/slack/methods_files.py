"""Files: an address to send bytes to, the bytes, the completion; then a scan, and only then a file that can be shown.

Source: docs.slack.dev, files.getUploadURLExternal and files.completeUploadExternal; what comes late: node-slack-sdk #2040,
python-slack-sdk #1521, #1575.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.simulators.slack import own_events
from tests.simulators.slack.posting import Content, checked_blocks, put, thread_of
from tests.simulators.slack.refusal import Refused
from tests.simulators.slack.stored_file import StoredFile
from tests.simulators.slack.web_api import Call, method
from tests.simulators.slack.workspace import Channel, Workspace

if TYPE_CHECKING:
    from tests.simulators.slack.slack import Slack

Json = dict[str, Any]

MAX_ALT_TEXT = 1000
"""`alt_txt_too_large` over it. Source: files.getUploadURLExternal; the number is [unverified]."""
IMAGE_NAMES = (".png", ".jpg", ".jpeg", ".gif", ".webp")
LOGIN_PAGE = (
    "<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body>Sign in</body></html>"
)


@method("files.getUploadURLExternal", "files:write")
async def get_upload_url(call: Call) -> Json:
    """An upload_url that takes exactly `length` bytes, and the id of the file to be."""
    name, length = call.needed("filename", "missing_argument"), call.number("length", 0)
    if length <= 0:
        raise Refused("missing_argument")
    _may_upload(call, name)
    if length > call.workspace.max_file_bytes:
        raise Refused("file_upload_size_restricted")
    if len(call.text("alt_txt")) > MAX_ALT_TEXT:
        raise Refused("alt_txt_too_large")
    file = StoredFile(
        id=call.slack.new_id("F"),
        name=name,
        owner=call.workspace.bot.id,
        declared_bytes=length,
        base_url=call.slack.base_url,
        team=call.workspace.id,
        alt_text=call.text("alt_txt"),
        created=int(call.slack.clock.now()),
    )
    call.workspace.files[file.id] = file
    return {
        "upload_url": f"{call.slack.base_url}/upload/{call.workspace.id}/{file.id}",
        "file_id": file.id,
    }


def _may_upload(call: Call, name: str) -> None:
    forbidden = call.workspace.files_forbidden
    if forbidden == "all":
        raise Refused("file_uploads_disabled")
    if forbidden == "all_but_images" and not name.lower().endswith(IMAGE_NAMES):
        raise Refused("file_uploads_except_images_disabled")


async def take_bytes(slack: Slack, request: web.Request) -> web.Response:
    """Step two: the raw bytes (or one multipart part). A length that does not match is refused."""
    fault = slack.faults.take("upload", dict(request.match_info))
    if fault is not None and not fault.accepted and not fault.passes:
        return fault.answer(request)
    if fault is not None and fault.delay_s:
        await slack.clock.sleep(fault.delay_s)
    workspace = slack.workspaces.get(request.match_info["team"])
    file = workspace.files.get(request.match_info["file"]) if workspace else None
    if file is None or file.completed:
        return web.Response(status=404, text="unknown upload")
    data = await _body(request)
    if len(data) != file.declared_bytes:
        return web.Response(
            status=400, text=f"expected {file.declared_bytes} bytes, got {len(data)}"
        )
    file.data = data
    if fault is not None and fault.accepted:
        return fault.answer(request)
    return web.Response(text=f"OK - {len(data)}")


async def _body(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    for value in (await request.post()).values():
        if isinstance(value, web.FileField):
            return value.file.read()
    return b""


@method("files.completeUploadExternal", "files:write")
async def complete_upload(call: Call) -> Json:
    """The files as they are now, their `mimetype` still empty; without a channel they stay private to the bot."""
    wanted = call.arguments.get("files")
    if not isinstance(wanted, list) or not wanted:
        raise Refused("invalid_arguments")
    channel = _share_target(call)
    thread_ts = thread_of(call.slack, channel, call.text("thread_ts")) if channel else None
    blocks = _blocks(call)
    files = [_finished(call, one) for one in wanted]
    now = call.slack.clock.now()
    for file in files:
        file.completed = True
        file.scanned_at = now + call.slack.scan_delay_s
    if channel is not None:
        content = Content(text=call.text("initial_comment"), blocks=blocks)
        call.slack.spawn(_share(call.slack, call.workspace, channel, files, content, thread_ts))
    answer = [
        one.as_json(now=now - 1) if call.slack.scan_delay_s else one.as_json(now=now)
        for one in files
    ]
    return {"files": answer}


def _finished(call: Call, wanted: Json) -> StoredFile:
    file = call.workspace.files.get(str(wanted.get("id")))
    if file is None or file.data is None or file.deleted or file.completed:
        raise Refused("file_not_found")
    file.title = str(wanted.get("title") or file.name)
    return file


def _share_target(call: Call) -> Channel | None:
    """Files need the bot in the channel; chat:write.public does not help. Source: error list, not_in_channel."""
    ids = [one for one in call.text("channels").split(",") if one]
    if len(ids) > 1 and call.text("thread_ts"):
        raise Refused("invalid_arguments")
    name = call.text("channel_id") or (ids[0] if ids else "")
    if not name:
        return None
    call.arguments["channel_id"] = name
    channel = call.in_channel("channel_id")
    if channel.archived:
        raise Refused("posting_to_channel_denied")
    return channel


def _blocks(call: Call) -> list[Json]:
    """Ignored beside an initial_comment. Source: files.completeUploadExternal, blocks."""
    blocks = call.arguments.get("blocks")
    if not blocks or call.text("initial_comment"):
        return []
    checked_blocks(call.slack, call.workspace, blocks, where=call.method)
    rich = all(block.get("type") == "rich_text" for block in blocks)
    if not rich and not call.slack.beliefs.completing_takes_buttons:
        raise Refused("invalid_blocks")
    return list(blocks)


async def _share(
    slack: Slack,
    workspace: Workspace,
    channel: Channel,
    files: list[StoredFile],
    content: Content,
    thread_ts: str | None,
) -> None:
    """The message with the files, which appears when the scan is done."""
    await slack.clock.sleep_until(max(file.scanned_at for file in files))
    for file in files:
        file.channels.add(channel.id)
    message = put(
        slack, workspace, channel, content, thread_ts=thread_ts, files=files, subtype="file_share"
    )
    own_events.posted(slack, workspace, channel, message)


@method("files.info", "files:read")
async def file_info(call: Call) -> Json:
    file = _seen(call)
    found = file.as_json(now=call.slack.clock.now())
    found["shares"] = _shares(call.workspace, file)
    return {"file": found, "comments": []}


def _shares(workspace: Workspace, file: StoredFile) -> Json:
    """Where the file was posted: {"public": {"C1": [{"ts": …, "thread_ts": …}]}}."""
    found: Json = {}
    for message in workspace.all_messages():
        if file in message.files:
            kind = "public" if message.channel.startswith("C") else "private"
            place = {"ts": message.ts, "thread_ts": message.thread_ts}
            found.setdefault(kind, {}).setdefault(message.channel, []).append(
                {name: value for name, value in place.items() if value}
            )
    return found


@method("files.delete", "files:write")
async def delete_file(call: Call) -> Json:
    file = _seen(call)
    if file.owner != call.workspace.bot.id:
        raise Refused("cant_delete_file")
    file.deleted = True
    for message in call.workspace.all_messages():
        message.files = [one for one in message.files if one is not file]
    return {}


def _seen(call: Call) -> StoredFile:
    """A file the bot may see: its own, or one shared where the bot is."""
    file = call.workspace.files.get(call.needed("file", "file_not_found"))
    if file is None or not file.completed:
        raise Refused("file_not_found")
    if file.deleted:
        raise Refused("file_deleted")
    if not visible_to_bot(call.workspace, file):
        raise Refused("not_visible")
    return file


def visible_to_bot(workspace: Workspace, file: StoredFile) -> bool:
    shared = (workspace.channels[one] for one in file.channels)
    mine = file.owner == workspace.bot.id or file.given
    return mine or any(workspace.bot.id in one.members for one in shared)


async def download(slack: Slack, request: web.Request) -> web.Response:
    """url_private. Without a good token: HTTP 200 and the page to sign in on [unverified], so judge the bytes."""
    fault = slack.faults.take("download", dict(request.match_info))
    if fault is not None and not fault.passes:
        return fault.answer(request)
    if fault is not None:
        await slack.clock.sleep(fault.delay_s)
    team, _, file_id = request.match_info["place"].partition("-")
    workspace = slack.workspaces.get(team)
    token = slack.tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
    file = workspace.files.get(file_id) if workspace else None
    allowed = token and not token.revoked and token.team == team and "files:read" in token.scopes
    if workspace is None or file is None or not allowed or not visible_to_bot(workspace, file):
        return web.Response(text=LOGIN_PAGE, content_type="text/html")
    if file.deleted:
        return web.Response(status=404, text="file_deleted")
    mimetype = file.as_json(now=slack.clock.now())["mimetype"] or "application/octet-stream"
    return web.Response(body=file.data or b"", content_type=mimetype)
