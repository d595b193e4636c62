"""What the web surface is given by wiring."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from bot.domain.card import Card, Reply
from bot.domain.guide import Guide
from bot.domain.identity import JobId, Person, Role
from bot.domain.invocation import Invocation
from bot.domain.job import Job
from bot.domain.wordings import Wordings
from bot.pipeline.catalog import Catalog
from bot.ports import Blobs, Channel, PictureLinks, Signals, Uploads

Check = Callable[[], Awaitable[str | None]]
"""None when all is well, else a sentence saying what is not. It doesn't raise for what it is there to find."""


class Answerer(Protocol):
    """Takes what a person did and replies: `bot.commands.dispatch.Dispatch`."""

    async def __call__(self, invocation: Invocation) -> Reply:
        """The reply to show at once."""

    def may_use(self, role: Role) -> tuple[Guide, ...]:
        """The words this role may use."""

    async def known(self, person: Person) -> Person:
        """The person with the role they have in their workspace now."""

    async def words(self, person: Person) -> Wordings:
        """The templates and styles of the person's workspace."""


class Jobs(Protocol):
    """The part of the queue that the page reads."""

    async def job(self, job: JobId) -> Job | None:
        """The job, if there is one."""


class CardOf(Protocol):
    """Draws a job as it stands."""

    async def __call__(self, job_id: JobId) -> Card | None:
        """The card that shows the job now; None when there is no such job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaygroundParts:
    """What the playground needs beside pictures."""

    answer: Answerer
    channel: Channel
    jobs: Jobs
    card_of: CardOf
    signals: Signals
    uploads: Uploads
    catalog: Catalog


@dataclass(frozen=True, slots=True, kw_only=True)
class WebParts:
    """Everything served over HTTP. Without `playground` there is none.

    `secret` signs the session. `public_url` is where people reach this site; without it only this machine's names and
    bare addresses are answered. `checks` are what `/readyz` asks.
    """

    secret: str = field(repr=False)
    blobs: Blobs
    links: PictureLinks
    checks: Mapping[str, Check] = field(default_factory=dict)
    public_url: str | None = None
    playground: PlaygroundParts | None = None
