"""The stage over plain ASGI, and one browser-like client per person."""

from contextlib import asynccontextmanager
from itertools import count

import httpx
import pytest

from tests.browser.stage.stage import Stage

NUMBERS = count(1)
ORIGIN = "http://localhost"


class Visitor:
    """What the page would send, for one person."""

    def __init__(self, client, user):
        self.http = client
        self.user = user

    def key(self):
        return f"key-{next(NUMBERS):06}"

    async def post(self, path, **body):
        whole = {"key": self.key(), "channel": "general", "as_user": self.user, **body}
        return await self.http.post(path, json=whole)

    async def say(self, text, **body):
        return await self.post("/api/say", text=text, **body)

    async def press(self, action, **body):
        return await self.post("/api/press", action=action, **body)

    async def page(self, channel="general"):
        return (await self.http.get("/", params={"channel": channel})).text


@pytest.fixture
def stage():
    return Stage(side_px=96)


@pytest.fixture
def visit(stage):
    """`async with visit("ben") as ben:` is a visitor who is Ben."""

    @asynccontextmanager
    async def begin(user="ana"):
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(stage.site.app),
            base_url=ORIGIN,
            headers={"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"},
        )
        async with client:
            answer = await client.post("/api/be", json={"user": user})
            assert answer.status_code == 200
            yield Visitor(client, user)

    return begin
