"""A job's card, drawn from the database as it stands now."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.card import Card
from bot.domain.identity import JobId
from bot.domain.job import Job, JobState
from bot.domain.job_cards import Surroundings, card_of
from bot.domain.picture_names import Origin
from bot.domain.quota import Usage
from bot.pipeline.catalog import Catalog
from bot.pipeline.entitlement import Entitlements
from bot.ports import Gallery, Queue, Quotas

_IN_LINE = frozenset({JobState.WAITING, JobState.READY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cards:
    """Draws cards of jobs: for the outbox, and for whoever looks again."""

    queue: Queue
    gallery: Gallery
    quotas: Quotas
    catalog: Catalog
    entitlements: Entitlements

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
                origin=await origin_of(job, self.gallery),
                drawn_by_ai=capabilities is None or capabilities.is_ai_model,
            ),
        )

    async def _usage(self, job: Job) -> Usage | None:
        counters = await self.entitlements.counters_of(job.person, job.place)
        usages = await self.quotas.usage(counters) if counters else ()
        return min(usages, key=lambda usage: usage.left, default=None)


async def origin_of(job: Job, gallery: Gallery) -> Origin | None:
    """The picture of ours that the job starts from; None when it starts from none."""
    number = job.order.parent_image
    if number is None:
        return None
    image = await gallery.image(number, workspace=job.person.workspace_id)
    if image is None:
        return Origin(number=number)
    return Origin(number=number, image=image, one_of=await gallery.made_by(image.job))
