"""A job's card, drawn from the database as it stands now."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.card import Card
from bot.domain.house import HouseRules
from bot.domain.identity import JobId
from bot.domain.job import Job, JobState
from bot.domain.job_cards import Surroundings, card_of
from bot.domain.quota import Usage, counter
from bot.pipeline.catalog import Catalog
from bot.ports import Clock, Gallery, Queue, Quotas

_IN_LINE = frozenset({JobState.WAITING, JobState.READY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cards:
    """Draws cards of jobs: for the outbox, and for whoever looks again."""

    queue: Queue
    gallery: Gallery
    quotas: Quotas
    catalog: Catalog
    rules: HouseRules
    clock: Clock

    async def __call__(self, job_id: JobId) -> Card | None:
        """The card of that job for whoever looks at it later; None when there is no such job."""
        job = await self.queue.job(job_id)
        return None if job is None else await self.of(job)

    async def of(self, job: Job, *, tell_quota: bool = False) -> Card:
        """The card of a job just read. With `tell_quota` it says what is left now to the person who asked."""
        place = await self.queue.place(job.id) if job.state in _IN_LINE else None
        capabilities = self.catalog.capabilities(job.plan.model) if job.plan else None
        return card_of(
            job,
            Surroundings(
                images=await self.gallery.images_of(job.id),
                made=await self.gallery.made_by(job.id),
                place=place,
                usage=await self._usage(job) if tell_quota else None,
                able=self.catalog.operations,
                drawn_by_ai=capabilities is None or capabilities.is_ai_model,
            ),
        )

    async def _usage(self, job: Job) -> Usage | None:
        now = self.clock.now()
        counters = [
            counter(limit, now=now, zone=self.rules.zone) for limit in self.rules.limits(job.person)
        ]
        usages = await self.quotas.usage(counters) if counters else ()
        return min(usages, key=lambda usage: usage.left, default=None)
