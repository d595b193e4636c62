"""The journal of paid calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.domain.identity import BlobKey, JobId
from bot.domain.job import Fence


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredImage:
    """An image as the provider sent it, kept before anything else is done with it."""

    raw: BlobKey
    seed: int | None
    not_drawn: tuple[str, ...] = ()
    model_touched: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a paid call gave, durable. One without images is the bill of a call that brought none."""

    images: tuple[AnsweredImage, ...]
    cost_microusd: int | None
    notes: tuple[str, ...]
    request_id: str | None
    model: str | None = None
    """The model that gave it, where it was not the plan's."""
    asked: int | None = None
    """How many images the call was asked for, where that was fewer than its part takes."""


class CallEnd(StrEnum):
    """How a call ended that gave no images."""

    FAILED = "failed"
    """Another may be made in its place."""
    UNKNOWN = "unknown"
    """It may have been billed: none is made in its place unasked."""
    BLOCKED = "blocked"
    """The provider's moderation said no: it is not asked the same again."""
    INVALID = "invalid"
    """The request is wrong: nobody is asked the same again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalledCall:
    """One planned or made call of a job. `part` counts the calls of a fan-out from 0."""

    id: int
    job: JobId
    part: int
    attempt: int
    provider: str
    key: str
    state: str
    """planned | sent | answered, or a CallEnd."""
    remote_id: str | None
    answer: Answer | None
    model: str | None = None
    """What was asked for; None in calls of releases that always asked for the plan's model."""


class Journal(Protocol):
    """Written before and after every paid call, so that a restart knows what was bought."""

    async def calls(self, job: JobId) -> Sequence[JournalledCall]:
        """All calls of a job, oldest first."""

    async def plan(
        self, fence: Fence, *, part: int, provider: str, key: str, model: str | None = None
    ) -> JournalledCall | None:
        """The new call, `planned`; the one there is when `key` was planned before; None when the fence is stale."""

    async def sent(self, fence: Fence, call: int) -> bool:
        """planned -> sent: committed before the request leaves the house."""

    async def submitted(self, call: int, remote_id: str) -> None:
        """The provider's own id, stored before it is awaited."""

    async def answered(self, call: int, answer: Answer) -> None:
        """sent -> answered, with the images already stored as blobs. Booked at once where its job has ended."""

    async def failed(
        self, call: int, *, end: CallEnd, detail: str, cost_microusd: int | None = None
    ) -> None:
        """sent -> its end, with what it cost all the same, where the provider says so. Of several bills the highest counts."""

    async def job_of(self, provider: str, remote_id: str) -> JobId | None:
        """The job for which the provider has that id of its own; None when nobody here asked for it."""
