"""From a provider's bytes to pictures that may be shown: made safe, judged, labelled, stored."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import cast

from bot.domain.identity import BlobKey, Place
from bot.domain.job import Ending, Job, NewImage, Plan, Reason, StoredImage
from bot.images.finishing import (
    FINISH_TIMEOUT_S,
    KEPT_LIMITS,
    FinishedImage,
    FinishOrder,
    finish_image,
)
from bot.images.formats import ImageFormat
from bot.images.grid import contact_sheet
from bot.images.label import MachineLabel, SourceType, read_label
from bot.images.process_faults import ProcessFault
from bot.images.safe_decode import DEFAULT_LIMITS, Unreadable, check_bytes
from bot.pipeline.catalog import Catalog
from bot.pipeline.side_by_side import side_by_side
from bot.ports import Answer, AnsweredImage, Blobs, Boundary, Gallery
from bot.telemetry.events import Recorder, unrecorded
from bot.telemetry.judging import record_decision
from moderation import Block, Decision, ImageCase, Review
from moderation.audience import Audience, audience_of
from moderation.panel import Panel
from providers import OffLoop

log = logging.getLogger("impasto.finish")

LABEL_TIMEOUT_S = 30.0
_PARTLY = SourceType.COMPOSITE_WITH_TRAINED_ALGORITHMIC_MEDIA


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What may be shown, and what was decided about it."""

    images: tuple[NewImage, ...]
    decisions: tuple[Decision, ...]
    grid: BlobKey | None
    notes: tuple[str, ...]
    cost_microusd: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingToShow:
    """No picture of the answer may be shown, or none could be read."""

    ending: Ending
    decision: Decision | None
    cost_microusd: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    answered: AnsweredImage
    order: FinishOrder
    finished: FinishedImage
    decision: Decision
    audience: Audience

    def fits(self, place: Place) -> bool:
        """Whether it may be shown there."""
        match self.audience:
            case Audience.EVERYBODY:
                return True
            case Audience.ADULTS:
                return place.age_restricted
            case Audience.NOBODY:
                return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Darkroom:
    """Finishes the images of a job. Safe to run twice: everything is stored under the hash of its bytes."""

    blobs: Blobs
    parent_of: Callable[[Job], Awaitable[StoredImage | None]]
    """The picture of ours that a job starts from."""
    panel: Panel
    catalog: Catalog
    off_loop: OffLoop
    boundary: Boundary
    software: str
    record: Recorder = unrecorded

    async def develop(
        self, job: Job, answers: Sequence[Answer], *, kept: bool = False
    ) -> Finished | NothingToShow:
        """The pictures that may be shown. BlobsUnwritable when they can't be kept.

        With `kept` they are finished files of ours that are shown once more: judged anew, and left as they are.
        """
        answered = [image for answer in answers for image in answer.images]
        origin = await self._origin(job)
        worked = await side_by_side(
            [self._one(job, image, origin, kept=kept) for image in answered]
        )
        self.boundary("processed", job.id)
        judged = [one for one in worked if one is not None]
        cost = _cost(answers)
        shown = [one for one in judged if one.fits(job.place)]
        if not shown:
            return _nothing(judged, cost)
        images = [
            await self._store(job, position, one) for position, one in enumerate(shown, start=1)
        ]
        grid = await self._grid(shown)
        self.boundary("stored", job.id)
        return Finished(
            images=tuple(images),
            # Those of withheld pictures follow: what was decided is kept, shown or not.
            decisions=tuple(
                one.decision
                for one in [*shown, *(one for one in judged if not one.fits(job.place))]
            ),
            grid=grid,
            notes=tuple(dict.fromkeys(note for answer in answers for note in answer.notes)),
            cost_microusd=cost,
        )

    async def _origin(self, job: Job) -> SourceType | None:
        """How the picture of ours came about that this job starts from, by its own label; None without one.

        A picture whose label can't be read counts as partly a model's: that says rather too much than too little.
        """
        if job.order.parent_image is None:
            return None
        parent = await self.parent_of(job)
        data = await self.blobs.get(parent.key) if parent is not None else b""
        label = await self.off_loop(read_label, data, timeout_s=LABEL_TIMEOUT_S)
        return _PARTLY if label is None else label.source_type

    def _drawn_by_rules(self, job: Job, origin: SourceType | None) -> bool:
        """Whether no model had a hand in it so far."""
        capabilities = self.catalog.capabilities(cast(Plan, job.plan).model)
        return (
            capabilities is not None
            and not capabilities.is_ai_model
            and not _brought(job)
            and origin in {None, SourceType.ALGORITHMIC_MEDIA}
        )

    async def _one(
        self, job: Job, answered: AnsweredImage, origin: SourceType | None, *, kept: bool
    ) -> _Judged | None:
        capabilities = self.catalog.capabilities(cast(Plan, job.plan).model)
        source_type = source_type_of(
            by_model=capabilities is None or capabilities.is_ai_model,
            touched_by_model=answered.model_touched,
            brought=_brought(job),
            origin=origin,
        )
        order = FinishOrder(
            output_format=ImageFormat.PNG,
            label=MachineLabel(source_type=source_type, software=self.software),
            limits=KEPT_LIMITS if kept else DEFAULT_LIMITS,
            kept=kept,
        )
        raw = await self.blobs.get(answered.raw)
        try:
            check_bytes(raw, order.limits)
            finished = await self.off_loop(finish_image, raw, order, timeout_s=FINISH_TIMEOUT_S)
        except (Unreadable, ProcessFault, TimeoutError) as error:
            log.warning("job %s: a picture can't be used: %r", job.id, error)
            return None
        decision = await self.panel.judge_image(
            ImageCase(
                preview_jpeg=finished.preview_jpeg,
                prompt=job.order.ask.prompt,
                drawn_by_rules=self._drawn_by_rules(job, origin),
            )
        )
        record_decision(self.record, decision)
        self.boundary("image_moderated", job.id)
        return _Judged(
            answered=answered,
            order=order,
            finished=finished,
            decision=decision,
            audience=audience_of(
                decision,
                prompt=job.order.ask.prompt,
                brought=_brought(job) or origin is _PARTLY,
            ),
        )

    async def _store(self, job: Job, position: int, one: _Judged) -> NewImage:
        finished = one.finished
        return NewImage(
            position=position,
            seed=one.answered.seed,
            width_px=finished.width_px,
            height_px=finished.height_px,
            mime=finished.file_format.mime,
            key=await self.blobs.put(finished.file),
            view=await self.blobs.put(finished.rendition_webp),
            thumbnail=await self.blobs.put(finished.thumbnail_webp),
            phash=finished.phash,
            alt=alt_text(job.order.ask.prompt, position, job),
            not_drawn=one.answered.not_drawn,
            sensitive=one.audience is not Audience.EVERYBODY,
        )

    async def _grid(self, shown: Sequence[_Judged]) -> BlobKey | None:
        if len(shown) < 2 or any(one.audience is not Audience.EVERYBODY for one in shown):
            # A sheet can't be covered in part.
            return None
        try:
            sheet = await self.off_loop(
                partial(contact_sheet, label=shown[0].order.label),
                [one.finished.rendition_webp for one in shown],
                timeout_s=FINISH_TIMEOUT_S,
            )
        except (Unreadable, ProcessFault, TimeoutError) as error:
            log.warning("no contact sheet: %r", error)
            return None
        return await self.blobs.put(sheet)


async def parent_of(gallery: Gallery, job: Job) -> StoredImage | None:
    """The picture of ours that a job starts from, out of its own workspace's gallery."""
    if job.order.parent_image is None:
        return None
    return await gallery.image(job.order.parent_image, workspace=job.person.workspace_id)


def _brought(job: Job) -> bool:
    """Whether it starts from a picture that somebody brought, and not from one of ours."""
    return job.order.source is not None and job.order.parent_image is None


def source_type_of(
    *, by_model: bool, touched_by_model: bool, brought: bool, origin: SourceType | None
) -> SourceType:
    """What a picture's label says. What a model once made stays a model's, whoever enlarges it later."""
    if by_model:
        partly = brought or origin is _PARTLY
        return _PARTLY if partly else SourceType.TRAINED_ALGORITHMIC_MEDIA
    if touched_by_model and origin in {None, SourceType.ALGORITHMIC_MEDIA}:
        return _PARTLY
    return origin or SourceType.ALGORITHMIC_MEDIA


def alt_text(prompt: str, position: int, job: Job) -> str:
    """What a screen reader says of a picture."""
    count = job.plan.count if job.plan else job.order.images
    words = prompt if len(prompt) <= 400 else prompt[:399] + "…"
    number = f"Picture {position} of {count}: " if count > 1 else ""
    return f"{number}{words}" if words else f"{number}a picture without a prompt"


def _cost(answers: Sequence[Answer]) -> int | None:
    known = [answer.cost_microusd for answer in answers if answer.cost_microusd is not None]
    return sum(known) if known else None


def _nothing(judged: Sequence[_Judged], cost: int | None) -> NothingToShow:
    if not judged:
        return NothingToShow(
            ending=Ending(reason=Reason.BAD_ANSWER), decision=None, cost_microusd=cost
        )
    decision = judged[0].decision
    match decision.verdict:
        case Block(category=category):
            ending = Ending(reason=Reason.BLOCKED_IMAGE, category=category.value)
        case Review(category=category):
            ending = Ending(reason=Reason.UNSURE_IMAGE, category=category.value)
        case _:
            ending = Ending(reason=Reason.UNCHECKED_IMAGE)
    return NothingToShow(ending=ending, decision=decision, cost_microusd=cost)
