"""Jobs through the whole queue: submitted, admitted, claimed, finished, posted, by an instant provider."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from bot.benchmarks.queue_databases import Databases
from bot.benchmarks.queue_jobs import (
    IMAGE_DECISION,
    LEASE_S,
    OWNER,
    PLAN,
    PROMPT_DECISION,
    PROVIDER,
    USERS,
    new_image,
    submission,
)
from bot.ports import Accepted, Claimed, Letter
from bot.store.opening import Store

ADMITTED_AT_ONCE = 50
LETTERS_AT_ONCE = 50
POLL_S = 1.0
POLL_BESIDE_OTHERS_S = 0.05
"""What others did is not told here, as it is by NOTIFY in the house."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """How long `jobs` jobs took, and in how many commits they were written."""

    jobs: int
    seconds: float
    commits: int

    @property
    def jobs_per_s(self) -> float:
        """End to end."""
        return self.jobs / self.seconds


class Course:
    """One process over one store: submitters, a worker with `slots`, and a postman.

    `processes` is how many do so side by side; `number` tells this one's people from the others'.
    """

    def __init__(
        self, store: Store, *, jobs: int, slots: int, number: int = 0, processes: int = 1
    ) -> None:
        self._store = store
        self._jobs = jobs
        self._owner = f"{OWNER}-{number}"
        self._capacity = {PROVIDER: slots * processes}
        self._alone = processes == 1
        self._poll_s = POLL_S if self._alone else POLL_BESIDE_OTHERS_S
        self._submissions = [submission(n, user=f"U{number}-{n % USERS}") for n in range(jobs)]
        self._images = [new_image()]
        self._decisions = [IMAGE_DECISION]
        self._claims: asyncio.Queue[Claimed | None] = asyncio.Queue()
        self._letters: asyncio.Queue[Letter | None] = asyncio.Queue()
        self._slots = slots
        self._free = slots
        self._delivered = 0
        self._is_over = jobs == 0
        self._received = asyncio.Event()
        self._ready = asyncio.Event()
        self._written = asyncio.Event()

    def end(self) -> None:
        """Everything is delivered, by whomever."""
        self._is_over = True
        for event in (self._received, self._ready, self._written):
            event.set()

    async def run(self, *, submitters: int) -> None:
        """Until everything is delivered; beside others, until `end` is called."""
        async with asyncio.TaskGroup() as group:
            for first in range(submitters):
                group.create_task(self._submit(range(first, self._jobs, submitters)))
            for _ in range(self._slots):
                group.create_task(self._paint())
                group.create_task(self._post())
            group.create_task(self._admit())
            group.create_task(self._work())
            group.create_task(self._deliver())

    async def _submit(self, numbers: range) -> None:
        queue = self._store.queue
        for number in numbers:
            outcome = await queue.submit(self._submissions[number])
            if not isinstance(outcome, Accepted):
                raise TypeError(f"not accepted: {outcome}")
            self._received.set()

    async def _admit(self) -> None:
        """Takes up what was received, as much at a time as is there, and gives it its place in line."""
        queue = self._store.queue
        while not self._is_over:
            self._received.clear()
            adopted = await queue.adopt(owner=self._owner, limit=ADMITTED_AT_ONCE, lease_s=LEASE_S)
            if not adopted:
                await _wait(self._received, self._poll_s)
                continue
            await asyncio.gather(*(self._admit_one(claimed) for claimed in adopted))

    async def _admit_one(self, claimed: Claimed) -> None:
        await self._store.queue.admit(
            claimed.fence, plan=PLAN, decision=PROMPT_DECISION, weight=1.0
        )
        self._ready.set()

    async def _work(self) -> None:
        while not self._is_over:
            self._ready.clear()
            free = self._free
            claims = (
                await self._store.queue.claim(
                    owner=self._owner, slots=free, lease_s=LEASE_S, capacity=self._capacity
                )
                if free
                else ()
            )
            for claimed in claims:
                self._free -= 1
                self._claims.put_nowait(claimed)
            if len(claims) < free or not free:
                await _wait(self._ready, self._poll_s)
        for _ in range(self._slots):
            self._claims.put_nowait(None)

    async def _paint(self) -> None:
        while (claimed := await self._claims.get()) is not None:
            await self._store.queue.finish(
                claimed.fence,
                images=self._images,
                decisions=self._decisions,
                cost_microusd=None,
                notes=(),
                grid=None,
            )
            self._free += 1
            self._ready.set()
            self._written.set()

    async def _deliver(self) -> None:
        while not self._is_over:
            self._written.clear()
            letters = await self._store.outbox.due(
                owner=self._owner, limit=LETTERS_AT_ONCE, lease_s=LEASE_S
            )
            for letter in letters:
                self._letters.put_nowait(letter)
            await self._letters.join()
            if not letters:
                await _wait(self._written, self._poll_s)
        self._ready.set()
        for _ in range(self._slots):
            self._letters.put_nowait(None)

    async def _post(self) -> None:
        while (letter := await self._letters.get()) is not None:
            posted = await self._store.outbox.posted(
                letter, message=f"m{letter.job}", images=(1,) if letter.final else ()
            )
            self._delivered += posted and letter.final
            if self._alone and self._delivered == self._jobs:
                self.end()
            self._letters.task_done()


async def end_to_end(databases: Databases, *, jobs: int, concurrency: int) -> Passed:
    """Passes `jobs` jobs through a new store."""
    store = await databases.store()
    try:
        course = Course(store, jobs=jobs, slots=concurrency)
        before = store.executor.commits
        started = time.perf_counter()
        await course.run(submitters=concurrency)
        seconds = time.perf_counter() - started
        return Passed(jobs=jobs, seconds=seconds, commits=store.executor.commits - before)
    finally:
        await store.aclose()


async def _wait(event: asyncio.Event, poll_s: float) -> None:
    try:
        async with asyncio.timeout(poll_s):
            await event.wait()
    except TimeoutError:
        return
