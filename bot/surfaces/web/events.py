"""`/api/events`: what changes on the page, as server-sent events.

A stream begins with `sync`: every message that should be there and a digest of how it looks. The page asks for those
it lacks or has otherwise, and drops the rest. So a reload, a lost connection or a lost update all heal the same way.
"""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Callable

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from bot.domain.live import Painting
from bot.surfaces.web.feed import Feed
from bot.surfaces.web.timeline import MessageView, Timeline

HEARTBEAT_S = 15.0
"""Proxies close what is silent for a minute; each beat also looks for what no signal told of."""

RECONNECT_MS = 1500

PREVIEW_MAX_BYTES = 200_000
"""A larger preview isn't worth sending many times."""

RenderMessage = Callable[[MessageView], str]


async def stream(timeline: Timeline, feed: Feed, render: RenderMessage) -> AsyncIterator[str]:
    """The events of one open page, until it is closed or the server stops."""
    with feed.watch() as watcher:
        await timeline.look()
        yield f"retry: {RECONNECT_MS}\n\n"
        yield event("sync", {"messages": {str(view.id): view.digest for view in timeline.views}})
        while True:
            news = await watcher.next(timeout_s=HEARTBEAT_S)
            if news.over:
                return
            for painting in news.paintings:
                if painting.job in timeline.jobs:
                    yield event("painting", _painting(painting))
            if not news.stale:
                continue
            change = await timeline.look(news.jobs)
            for view in change.shown:
                yield event("message", message_json(view, render))
            for gone in change.gone:
                yield event("gone", {"id": gone})
            if not change.shown and not change.gone:
                yield ": still here\n\n"


def event(name: str, data: object) -> str:
    """One server-sent event. JSON has no line breaks, so `data` is one line."""
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"


def message_json(view: MessageView, render: RenderMessage) -> dict[str, object]:
    """A message for the page: where it goes and its markup."""
    return {"id": view.id, "thread": view.thread, "html": render(view)}


def event_response(request: Request, events: AsyncIterator[str]) -> Response:
    """The stream as an answer that nothing between here and the browser holds back."""
    if request.method == "HEAD":
        return Response(media_type="text/event-stream")
    return StreamingResponse(
        events,
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def _painting(painting: Painting) -> dict[str, object]:
    preview = painting.preview
    if preview is None or len(preview) > PREVIEW_MAX_BYTES:
        return {"job": painting.job, "fraction": painting.fraction}
    mime = "image/png" if preview.startswith(b"\x89PNG") else "image/jpeg"
    encoded = base64.b64encode(preview).decode("ascii")
    return {
        "job": painting.job,
        "fraction": painting.fraction,
        "preview": f"data:{mime};base64,{encoded}",
    }
