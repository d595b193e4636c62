"""Reading what the bot sent: JSON, or multipart with `payload_json` and `files[n]`.

Source: docs, reference, Uploading Files.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from aiohttp import BodyPartReader, web

from tests.simulators.discord.cdn import Upload
from tests.simulators.discord.refusals import Refused, Wrong, invalid_form

Json = dict[str, Any]
FILE_FIELD = re.compile(r"files\[(\d+)\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """`payload` is whatever JSON there was, usually an object."""

    payload: Any = field(default_factory=dict)
    uploads: tuple[Upload, ...] = ()


async def read_body(request: web.Request, *, max_bytes: int) -> Body:
    """The body of a request; 40005 when it is larger than `max_bytes`, 50109 when its JSON is none."""
    if (request.content_length or 0) > max_bytes:
        raise Refused(40005)
    if request.content_type == "multipart/form-data":
        return await _multipart(request)
    raw = await request.read()
    if not raw:
        return Body()
    if request.content_type != "application/json":
        sentence = f"Expected \"Content-Type\" header to be one of {{'application/json'}}: {request.content_type}"
        raise invalid_form([Wrong((), "CONTENT_TYPE_INVALID", sentence)])
    return Body(payload=_parsed(raw))


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError as error:
        raise Refused(50109) from error


async def _multipart(request: web.Request) -> Body:
    payload: Json = {}
    uploads: list[Upload] = []
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise invalid_form([Wrong((), "BASE_TYPE_BAD_TYPE", "Nested multipart.")])
        data = bytes(await part.read(decode=False))
        if part.name == "payload_json":
            payload = _parsed(data)
        elif match := FILE_FIELD.fullmatch(part.name or ""):
            uploads.append(
                Upload(
                    index=match[1],
                    filename=part.filename or "unknown",
                    content_type=_media_type(part, data),
                    data=data,
                )
            )
        else:
            raise invalid_form([Wrong((part.name or "",), "UNKNOWN_FIELD", "Not files[n].")])
    if len({one.index for one in uploads}) != len(uploads):
        raise invalid_form([Wrong(("files",), "BASE_TYPE_DUPLICATE", "Each name must be unique.")])
    return Body(payload=payload, uploads=tuple(uploads))


MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
)


def _media_type(part: BodyPartReader, data: bytes) -> str:
    """By the first bytes, as the clients send application/octet-stream."""
    for start, kind in MAGIC:
        if data.startswith(start):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return part.headers.get("Content-Type", "application/octet-stream").split(";")[0]
