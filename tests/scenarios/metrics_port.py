"""The port of a house at work, scraped over real HTTP."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from bot.wiring.house import House
from bot.wiring.web import serve_web
from tests.telemetry.scraping import Scrape, scraped

WITHIN_S = 10.0


@dataclass
class Scraper:
    """Asks `/metrics` as Prometheus does."""

    http: httpx.AsyncClient

    async def scrape(self, **headers: str) -> Scrape:
        answer = await self.http.get("/metrics", headers=headers)
        assert answer.status_code == 200, answer.text
        return scraped(answer.text)

    async def until(self, true: Callable[[Scrape], bool]) -> Scrape:
        """The first scrape of which it is true: what is committed is told a moment later."""
        async with asyncio.timeout(WITHIN_S):
            while not true(found := await self.scrape()):
                pass
        return found


@asynccontextmanager
async def open_port_of(house: House, *, playground: bool = False) -> AsyncIterator[Scraper]:
    """Serves the house's site on a free port of this machine."""
    stop = asyncio.Event()
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(serve_web(house, listening, playground=playground, stop=stop))
        async with httpx.AsyncClient(base_url=url, timeout=10) as http:
            try:
                yield Scraper(http)
            finally:
                house.drained.set()
                stop.set()
                await serving
