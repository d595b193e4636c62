"""`/i/{signed}`: pictures, by links that expire."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.ports import BlobMissing, BlobsUnreadable
from bot.surfaces.web.pages import Pages, reads_pages
from bot.surfaces.web.parts import WebParts

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
)

_OUR_NAMES = re.compile(r"impasto(-[a-z0-9]+){1,60}", re.ASCII)
"""What `cards.file_name` makes."""


def picture_type(data: bytes) -> tuple[str, str] | None:
    """The media type and file suffix of PNG, JPEG and WebP by their bytes; anything else is never served."""
    for magic, mime, suffix in _MAGIC:
        if data.startswith(magic):
            return mime, suffix
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp", "webp"
    return None


def picture_routes(parts: WebParts, pages: Pages | None) -> list[Route]:
    """The one route. A bad, expired or dangling link are all the same 404: a page where `pages` are and a person looks."""

    def gone(request: Request) -> Response:
        if pages is None or not reads_pages(request):
            return _gone()
        return HTMLResponse(
            pages.lost("This picture is no longer here", "Or the link to it is over."),
            status_code=404,
            headers={"Cache-Control": "no-store"},
        )

    async def picture(request: Request) -> Response:
        linked = parts.links.open(request.path_params["signed"])
        if linked is None:
            return gone(request)
        try:
            data = await parts.blobs.get(linked.key)
        except BlobMissing:
            return gone(request)
        except BlobsUnreadable:
            return PlainTextResponse(
                "The disk doesn't give this picture right now.\n",
                status_code=503,
                headers={"Cache-Control": "no-store"},
            )
        known = picture_type(data)
        if known is None:
            return gone(request)
        mime, suffix = known
        headers = {
            "Cache-Control": "private, max-age=86400, immutable",
            "Cross-Origin-Resource-Policy": "same-site",
        }
        if "download" in request.query_params:
            name = _file_name(request.query_params["download"]) or f"impasto-{linked.key[:12]}"
            headers["Content-Disposition"] = f'attachment; filename="{name}.{suffix}"'
        return Response(data, media_type=mime, headers=headers)

    return [Route("/i/{signed}", picture)]


def _file_name(wished: str) -> str:
    """The name as far as it is one of ours, which mean nothing to any header or file system; else empty."""
    return wished if _OUR_NAMES.fullmatch(wished) else ""


def _gone() -> Response:
    return PlainTextResponse(
        "This picture is no longer here, or the link to it is over.\n",
        status_code=404,
        headers={"Cache-Control": "no-store"},
    )
