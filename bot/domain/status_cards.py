"""What becomes of the message that showed a request waiting, once its answer stands elsewhere."""

from __future__ import annotations

from bot.domain.card import Card, Tone
from bot.domain.job import Job, JobState, Reason
from bot.domain.sentences import images

_KEPT = frozenset({"Model", "Time"})


def answered(job: Job, answer: Card) -> Card:
    """One line about how the request ended. Why it ended without a picture is told to nobody but its asker."""
    if answer.pictures:
        where = "in the thread" if job.place.threads or job.place.thread else "below"
        return Card(
            tone=Tone.DONE,
            headline=f"{images(len(answer.pictures))} {where}",
            quote=job.order.ask.prompt,
            fields=tuple(field for field in answer.fields if field.name in _KEPT),
        )
    cancelled = job.state is JobState.CANCELLED or (
        job.ending is not None and job.ending.reason is Reason.CANCELLED
    )
    return Card(
        tone=Tone.NOTICE,
        headline="Cancelled" if cancelled else "No picture this time",
        quote=job.order.ask.prompt if cancelled else "",
    )
