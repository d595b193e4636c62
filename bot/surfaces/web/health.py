"""`/livez`: the loop turns. `/readyz`: everything this process depends on answers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.surfaces.web.parts import Check

CHECK_TIMEOUT_S = 2.0


def health_routes(checks: Mapping[str, Check]) -> list[Route]:
    """Both routes. Liveness asks nobody: a restart cures no dependency."""

    async def livez(_request: Request) -> Response:
        return PlainTextResponse("ok\n", headers={"Cache-Control": "no-store"})

    async def readyz(_request: Request) -> Response:
        names = list(checks)
        found = await asyncio.gather(*(_ask(name, checks[name]) for name in names))
        troubles = {
            name: trouble for name, trouble in zip(names, found, strict=True) if trouble is not None
        }
        return JSONResponse(
            {"ready": not troubles, "checked": names, "troubles": troubles},
            status_code=503 if troubles else 200,
            headers={"Cache-Control": "no-store"},
        )

    return [Route("/livez", livez), Route("/readyz", readyz)]


def health_site(checks: Mapping[str, Check]) -> Starlette:
    """A site of nothing else, for parts that serve no pages."""
    return Starlette(routes=health_routes(checks))


async def _ask(name: str, check: Check) -> str | None:
    try:
        async with asyncio.timeout(CHECK_TIMEOUT_S):
            return await check()
    except TimeoutError:
        return f"no answer within {CHECK_TIMEOUT_S:g} s"
