"""The driver's words for a simulator in another process; see `control`."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

Json = dict[str, Any]
ROOT = Path(__file__).resolve().parents[3]


class RemoteSlack:
    """`started` is the first line of the process: url, api_url, bot_token, app_token, signing_secret."""

    def __init__(self, started: Json) -> None:
        self.url: str = started["url"]
        self.api_url: str = started["api_url"]
        self.bot_token: str = started["bot_token"]
        self.app_token: str = started["app_token"]
        self.signing_secret: str = started["signing_secret"]

    async def do(self, word: str, **arguments: Any) -> Json | None:
        """One word of the driver; the delivery it made, or None."""
        async with httpx.AsyncClient(base_url=self.url, timeout=30) as http:
            answer = await http.post("/control", json={"do": word, **arguments})
            answer.raise_for_status()
            return answer.json()

    async def types(self, person: str, text: str, **where: Any) -> Json | None:
        return await self.do("types", person=person, text=text, **where)

    async def clicks(self, person: str, ts: str, words: str, **where: Any) -> Json | None:
        return await self.do("clicks", person=person, ts=ts, words=words, **where)

    async def fault(self, where: str, kind: str, *, times: int = 1, **named: Any) -> None:
        await self.do("fault", where=where, kind=kind, times=times, named=named)

    async def state(self, *, after: int = -1) -> Json:
        """Everything; with `after` it waits up to a second for a change later than that one."""
        async with httpx.AsyncClient(base_url=self.url, timeout=30) as http:
            return (await http.get("/control/state", params={"after": after})).json()

    async def messages(self, room: str = "general") -> list[Json]:
        """Everything in the channel, threads and ephemerals included, in the order it came."""
        state = await self.state()
        return state["channels"][state["names"][room]]

    async def until(self, find: Callable[[Json], Any], *, within_s: float = 20.0) -> Any:
        """What `find` gives for the state, once it gives something."""
        async with asyncio.timeout(within_s):
            state = await self.state()
            while not (found := find(state)):
                state = await self.state(after=state["changes"])
        return found


@contextmanager
def slack_process(*arguments: str) -> Iterator[RemoteSlack]:
    """The simulator in a process of its own, which outlives whatever the test kills."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.simulators.slack.control", "--port", "0", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield RemoteSlack(json.loads(process.stdout.readline()))
    finally:
        process.terminate()
        process.wait(timeout=10)
        if process.stdout is not None:
            process.stdout.close()
