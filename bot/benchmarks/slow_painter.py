"""A provider on a local port that answers in OpenAI's words after a fixed time, and does nothing meanwhile."""

from __future__ import annotations

import asyncio
import base64
import io
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from PIL import Image
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

SIDE_PX = 64


@asynccontextmanager
async def slow_painter(delay_s: float) -> AsyncIterator[str]:
    """The base URL of one whose pictures take `delay_s`."""
    picture = _picture()

    async def paint(request: Request) -> JSONResponse:
        await request.body()
        await asyncio.sleep(delay_s)
        return JSONResponse({"created": 1, "data": [{"b64_json": picture}]})

    app = Starlette(routes=[Route("/v1/images/generations", paint, methods=["POST"])])
    listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
    finally:
        server.should_exit = True
        await serving


def _picture() -> str:
    data = io.BytesIO()
    Image.effect_noise((SIDE_PX, SIDE_PX), 40).convert("RGB").save(data, "PNG")
    return base64.b64encode(data.getvalue()).decode()
