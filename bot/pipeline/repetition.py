"""An exact repeat: the finished pictures of the earlier request, for as long as all of them are kept."""

from __future__ import annotations

from bot.domain.job import Plan
from bot.pipeline.outcomes import Painted
from bot.pipeline.planning import all_there
from bot.pipeline.requests import REST
from bot.ports import Answer, AnsweredImage, Blobs, Gallery, Journal, Queue


async def shown_before(
    plan: Plan, *, queue: Queue, gallery: Gallery, journal: Journal, blobs: Blobs
) -> Painted | None:
    """The pictures of the request that `plan` repeats; None when something of it is gone by now.

    What the provider sent is tidied away an hour after that request was answered, so the finished files are shown.
    """
    before = None if plan.repeats is None else await queue.job(plan.repeats)
    if before is None or not await all_there(gallery, before, count=plan.count):
        return None
    images = await gallery.images_of(before.id)
    if len(images) != plan.count:
        # One was deleted or reported between the two looks.
        return None
    for image in images:
        if not await blobs.exists(image.key):
            return None
    calls = sorted(await journal.calls(before.id), key=lambda call: (call.part % REST, call.part))
    answers = [call.answer for call in calls if call.answer is not None]
    # Whether a model had a hand in it follows from what was asked, so it is the same for all of a request.
    touched = any(image.model_touched for answer in answers for image in answer.images)
    kept = tuple(
        AnsweredImage(
            raw=image.key, seed=image.seed, not_drawn=image.not_drawn, model_touched=touched
        )
        for image in images
    )
    notes = tuple(note for answer in answers for note in answer.notes)
    answer = Answer(images=kept, cost_microusd=0, notes=notes, request_id=None)
    return Painted(answers=(answer,), counted=False)
