"""Gateways and workers as processes of their own on one Postgres: started, killed, frozen, replaced."""

from __future__ import annotations

import select
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from tests.crash.scenario import DEADLINE_S, Bot, Scenario

GATEWAYS = 2
WORKERS = 3
LEASE_S = 3.0
LOOK_S = 0.25
MOST_ROUNDS = 80
"""So often people type before it is said that nobody comes to the boundary."""


@dataclass
class Fleet:
    """Everything that runs of one house."""

    story: Scenario
    bots: list[Bot] = field(default_factory=list)
    people: int = 0

    def start(self, part: str, at: str | None = None, **when: object) -> Bot:
        bot = self.story.start(at, part=part, **when)  # type: ignore[arg-type]
        self.bots.append(bot)
        return bot

    def fill(self) -> None:
        """Starts what is missing of two gateways and three workers, in no order that matters."""
        for part, wanted in (("worker", WORKERS), ("gateway", GATEWAYS)):
            for _ in range(wanted - sum(part == one for one in self.parts.values())):
                bot = self.start(part)
                self.parts[bot.pid] = part
        for bot in self.bots:
            if ("opened", "-") not in bot.passed:
                bot.until("opened")

    parts: dict[int, str] = field(default_factory=dict)

    def enlist(self, part: str, at: str, **when: object) -> Bot:
        """One that gets a signal at the boundary."""
        bot = self.start(part, at, **when)
        self.parts[bot.pid] = part
        return bot

    def feed_until(self, bot: Bot, what: str) -> None:
        """People go on asking until it `ended` or `stopped`."""
        for number in range(MOST_ROUNDS):
            # Any process may be faster at judging: of a crowd, some is left for this one.
            self.type(2 + number // 4)
            self.drain()
            if bot.server.heard(bot.pid, what, within_s=LOOK_S):
                return
        raise AssertionError(f"nobody came to the boundary: {self.story.log()[-2000:]}")

    def type(self, count: int) -> None:
        names = [f"user{self.people + number}" for number in range(count)]
        self.people += count
        self.story.type(*names)

    def bury(self, bot: Bot) -> None:
        """It is dead: its pipe is closed and its children are gone."""
        self.bots.remove(bot)
        self.parts.pop(bot.pid, None)
        assert bot.ended() == -signal.SIGKILL

    def until_quiet(self, *, deadline_s: float = 2 * DEADLINE_S) -> None:
        """Returns when everything is answered, or nothing more comes: the judge says what is missing."""
        deadline = time.monotonic() + deadline_s
        while time.monotonic() < deadline:
            self.drain(wait_s=LOOK_S)
            if self.story.is_quiet():
                return

    def drain(self, *, wait_s: float = 0.0) -> None:
        """Reads what they passed, so that no pipe fills up."""
        select.select([bot.pipe for bot in self.bots], [], [], wait_s)
        for bot in self.bots:
            bot.read_on()

    def drain_for(self, seconds: float) -> None:
        """Reads what they passed for so long."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.drain(wait_s=left)

    def end(self) -> None:
        for bot in list(self.bots):
            # One that ended by itself is what the test is failing for.
            with suppress(ProcessLookupError):
                bot.signal(signal.SIGKILL)
        for bot in list(self.bots):
            bot.ended()
        self.bots.clear()


@contextmanager
def fleet(story: Scenario) -> Iterator[Fleet]:
    one = Fleet(story)
    try:
        yield one
    finally:
        one.end()
