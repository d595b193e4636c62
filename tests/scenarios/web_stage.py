"""The playground's page over a real house, as a browser speaks with it: forms in, HTML out."""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from bot.domain.action import Action
from bot.wiring.house import House
from bot.wiring.web import _site

ORIGIN = "http://localhost"
_TAG = re.compile(r"<[^>]*>")


@dataclass
class Visitor:
    """Somebody at the page."""

    user: str
    http: httpx.AsyncClient
    _keys: itertools.count[int] = field(default_factory=itertools.count)

    async def says(self, text: str) -> str:
        """What the page shows at once, as text."""
        return await self._shown("/api/say", text=text)

    async def presses(self, action: Action) -> str:
        """The same for a button."""
        return await self._shown("/api/press", action=action.pack())

    async def page(self) -> str:
        return (await self.http.get("/")).text

    async def _shown(self, path: str, **body: Any) -> str:
        whole = {"key": f"{self.user}-key-{next(self._keys):06}", "channel": "general"}
        answer = await self.http.post(path, json=whole | {"as_user": self.user} | body)
        assert answer.status_code == 200, answer.text
        told = answer.json()
        text = html.unescape(_TAG.sub(" ", told["html"] or told["form"] or ""))
        return re.sub(r"\s+", " ", text).strip()


@asynccontextmanager
async def visiting(house: House, user: str) -> AsyncIterator[Visitor]:
    """A browser in which somebody is `user`."""
    built = _site(house, secret="only for the stage", playground=True, checks={})
    headers = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}
    transport = httpx.ASGITransport(built.app)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers) as client:
        chosen = await client.post("/api/be", json={"user": user})
        assert chosen.status_code == 200
        yield Visitor(user, client)
