"""Places in line and progress, shown at most every three seconds for each job and a few times a second in all."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from dataclasses import replace
from typing import TypeVar

from bot.domain.card import Card
from bot.domain.identity import JobId
from bot.domain.job import FINAL, Job, JobState
from bot.domain.live import Changed, LiveUpdate, Painting
from bot.pipeline.cards import Cards
from bot.pipeline.loop import pause
from bot.ports import FirstLook, FirstResponses, NotPosted, Queue, StoreUnavailable
from bot.surfaces.discord.faults import Away, Busy, DiscordFault
from bot.surfaces.discord.postman import DiscordPostman
from bot.surfaces.discord.reading import PLATFORM
from bot.surfaces.discord.unheard import Turn, Unheard
from bot.surfaces.discord.writers import Writers, pictures_of

log = logging.getLogger("impasto.discord")

EVERY_S = 3.0
"""How often one message is edited at most. Ours: edits of a channel share one budget with its answers."""
FIRST_S = 1.0
"""When it is edited first: then the place in line is shown."""
EDITS_PER_S = 8.0
"""Edits in all: a long line must leave room for answers."""
BEHIND_S = 1.0
"""How often an answer that lacks a picture nobody heard of is edited before jobs at work: a long line must not hide it."""
REMEMBERED = 10_000

_T = TypeVar("_T")


class Progress:
    """Hears what changes and edits the messages that show it. Answers come first: what is late is skipped."""

    def __init__(
        self,
        *,
        queue: Queue,
        cards: Cards,
        postman: DiscordPostman,
        writers: Writers,
        turn: Turn,
        records: FirstResponses,
    ) -> None:
        """Of several processes that hear of a job, only the one whose `turn` it is shows it."""
        self._queue = queue
        self._turn = turn
        self._unheard = Unheard(records, turn)
        self._cards = cards
        self._postman = postman
        self._writers = writers
        self._stale: OrderedDict[JobId, None] = OrderedDict()
        self._behind: OrderedDict[JobId, None] = OrderedDict()
        """Answers of which a picture went away unheard. Live messages go first."""
        self._behind_at = 0.0
        self._fractions: dict[JobId, float] = {}
        self._edited_at: OrderedDict[JobId, float] = OrderedDict()
        self._shown: OrderedDict[JobId, Card] = OrderedDict()
        self._elsewhere: OrderedDict[JobId, None] = OrderedDict()
        self._overtook: OrderedDict[JobId, None] = OrderedDict()
        """Ended while an edit was under way: another process may have answered, and ours come after it."""

    def hear(self, update: LiveUpdate) -> None:
        """Something changed; the message is edited when its turn comes."""
        if update.job in self._elsewhere or not self._turn.held:
            return
        if isinstance(update, Painting) and update.fraction is not None:
            self._fractions[update.job] = update.fraction
        self._stale.setdefault(update.job)
        if update.job not in self._edited_at:
            # Its message was just posted: a quick job is done before an edit is worth it.
            soon = asyncio.get_running_loop().time() - EVERY_S + FIRST_S
            _keep(self._edited_at, update.job, soon)
        if isinstance(update, Changed) and self._writers.shows(update.job) is not None:
            # A person deleted or reported one of its pictures: that is shown at once.
            _keep(self._edited_at, update.job, -EVERY_S)

    async def step(self, *, stop: asyncio.Event) -> None:
        """One edit, if one is due, then a pause."""
        await self._catch_up()
        now = asyncio.get_running_loop().time()
        due = self._next(now)
        if due is not None:
            self._stale.pop(due, None)
            self._behind.pop(due, None)
            _keep(self._edited_at, due, now)
            try:
                await self._refresh(due)
            except StoreUnavailable:
                self._stale.setdefault(due)
                raise
        await pause(1.0 / EDITS_PER_S, stop=stop)

    def _next(self, now: float) -> JobId | None:
        live = next(
            (job for job in self._stale if now - self._edited_at.get(job, -EVERY_S) >= EVERY_S),
            None,
        )
        behind = next(iter(self._behind), None)
        if behind is None or (live is not None and now - self._behind_at < BEHIND_S):
            return live
        self._behind_at = now
        return behind

    async def _catch_up(self) -> None:
        overwritten, gone = await self._unheard.all()
        for job in overwritten:
            _keep(self._overtook, job, None)
            self._stale.setdefault(job)
        if gone and not self._behind:
            self._behind_at = asyncio.get_running_loop().time()
        for job in gone:
            self._behind.setdefault(job)

    async def _refresh(self, job_id: JobId) -> None:
        job = await self._queue.job(job_id)
        if job is None or job.person.platform != PLATFORM:
            _keep(self._elsewhere, job_id, None)
            return
        if job.state is JobState.RECEIVED:
            return
        try:
            await self._write(job)
        except (Busy, NotPosted) as fault:
            log.info("progress of job %s is put off: %s", job_id, fault)
            self._stale.setdefault(job_id)
        except DiscordFault as fault:
            log.info("progress of job %s can't be shown: %s", job_id, fault)
            if isinstance(fault, Away):
                self._stale.setdefault(job_id)
                await self._look_back(job_id)

    async def _write(self, job: Job) -> None:
        errand = await self._postman.errand(job)
        ref = errand.message
        if ref is None or errand.first.look is FirstLook.PRIVATE:
            return
        async with self._writers.of(job.id):
            fresh = await self._queue.job(job.id)
            if fresh is None:
                return
            card = await self._cards.of(fresh)
            if not self._worth(fresh, card):
                return
            fraction = self._fractions.get(job.id)
            if card.progress is not None and fraction is not None:
                card = replace(card, progress=fraction)
            if self._shown.get(job.id) == card:
                return
            await self._postman.edit(errand, ref, card)
            _keep(self._shown, job.id, card)
            if _over(fresh):
                self._overtook.pop(job.id, None)
            if fresh.state is JobState.DELIVERED:
                self._writers.answered(job.id, card)
            elif not _over(fresh):
                await self._look_back(job.id)

    async def _look_back(self, job_id: JobId) -> None:
        job = await self._queue.job(job_id)
        if job is not None and _over(job):
            _keep(self._overtook, job_id, None)
            self._stale.setdefault(job_id)

    def _worth(self, job: Job, card: Card) -> bool:
        """Work in progress, or an answer whose pictures changed: one was deleted or reported."""
        if _over(job):
            self._fractions.pop(job.id, None)
            self._shown.pop(job.id, None)
            shown = self._writers.shows(job.id)
            if job.id in self._overtook and shown is None:
                return self._put_right(job, card)
            self._overtook.pop(job.id, None)
            return job.state is JobState.DELIVERED and shown != pictures_of(card)
        return not card.only_asker

    def _put_right(self, job: Job, card: Card) -> bool:
        """Whether another's answer is there by now and is to be written over our edit; else it is looked at again."""
        if job.state is JobState.DELIVERING:
            self._stale.setdefault(job.id)
            return False
        return not card.only_asker


def _over(job: Job) -> bool:
    return job.state in FINAL or job.state is JobState.DELIVERING


def _keep(kept: OrderedDict[JobId, _T], job: JobId, value: _T) -> None:
    kept[job] = value
    kept.move_to_end(job)
    if len(kept) > REMEMBERED:
        kept.popitem(last=False)
