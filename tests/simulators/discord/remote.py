"""The simulator in another process, driven in the same words.

async with RemoteDiscord.started("--limit", "identify_window_s=0") as discord:
    told = await discord.does("runs", person="Ada", room="art", words="/imagine", options={"prompt": "a fox"})
    state = await discord.until(lambda state: [one for one in state["messages"] if "fox" in one["text"]])
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from tests.simulators.discord.control import PATH
from tests.simulators.providers.serving import simulator_process

Json = dict[str, Any]
DEADLINE_S = 30.0


class RemoteNo(Exception):
    """Discord's client would not let this person do it."""


class RemoteDiscord:
    """Speaks to `python -m tests.simulators.discord`."""

    def __init__(self, url: str, session: aiohttp.ClientSession, hello: Json) -> None:
        self._url = url
        self._session = session
        self.api_url: str = hello["api_url"]
        self.gateway_url: str = hello["gateway_url"]
        self.token: str = hello["token"]
        self.application_id: str = hello["application_id"]

    @classmethod
    @asynccontextmanager
    async def started(cls, *arguments: str) -> AsyncIterator[RemoteDiscord]:
        """The process from its first line until the block ends."""
        with simulator_process("tests.simulators.discord", *arguments) as url:
            timeout = aiohttp.ClientTimeout(total=DEADLINE_S)
            connector = aiohttp.TCPConnector(limit=0)
            async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
                async with session.get(f"{url}{PATH}/hello") as answer:
                    hello = await answer.json()
                yield cls(url, session, hello)

    async def does(self, word: str, **what: Any) -> Any:
        """One word of `control.Control`; RemoteNo when a person could not do that."""
        async with self._session.post(f"{self._url}{PATH}", json={"do": word, **what}) as answer:
            told = await answer.json()
            if answer.status == 409:
                raise RemoteNo(told["not_offered"])
            answer.raise_for_status()
            return told

    async def state(self, *, after: int = -1) -> Json:
        async with self._session.get(f"{self._url}{PATH}/state?after={after}") as answer:
            return await answer.json()

    async def until(self, look: Callable[[Json], Any], *, within_s: float = 20.0) -> Any:
        """What `look` finds in the state once it finds something."""
        async with asyncio.timeout(within_s):
            after = -1
            while True:
                state = await self.state(after=after)
                if found := look(state):
                    return found
                after = state["changes"]


def file(name: str, data: bytes, *, content_type: str = "image/png") -> Json:
    """A file for an option or a field, as the control takes it."""
    return {
        "file": name,
        "content_type": content_type,
        "base64": base64.b64encode(data).decode(),
    }
