"""What the Slack surface is given by wiring."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from bot.domain.card import Card, Reply
from bot.domain.guide import Guide
from bot.domain.identity import JobId, Person, Role
from bot.domain.invocation import Invocation
from bot.domain.job import Job
from bot.pipeline.sole import Sole
from bot.ports import (
    Blobs,
    Buckets,
    ChatFiles,
    ChatMessages,
    Clock,
    Installations,
    Signals,
    Uploads,
)


class Answerer(Protocol):
    """Takes what a person did and replies: `bot.commands.dispatch.Dispatch`."""

    async def __call__(self, invocation: Invocation) -> Reply:
        """The reply to show at once."""

    def may_use(self, role: Role) -> tuple[Guide, ...]:
        """The words this role may use."""

    async def known(self, person: Person) -> Person:
        """The person with the role they have in their workspace now."""


class Jobs(Protocol):
    """The part of the queue that the surface reads."""

    async def job(self, job: JobId) -> Job | None:
        """The job, if there is one."""


class CardOf(Protocol):
    """Draws a job as it stands."""

    async def __call__(self, job_id: JobId) -> Card | None:
        """The card that shows the job now; None when there is no such job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackParts:
    """The house, as far as Slack needs it. `as_jpeg` re-encodes a picture of ours, its label kept."""

    answer: Answerer
    jobs: Jobs
    card_of: CardOf
    blobs: Blobs
    uploads: Uploads
    signals: Signals
    clock: Clock
    messages: ChatMessages
    files: ChatFiles
    installations: Installations
    as_jpeg: Callable[[bytes], Awaitable[bytes]]
    buckets: Buckets
    sole: Sole | None = None
    """Held by the one process that shows how requests go on; None where there is only one."""
