"""Letters to people, and who posts them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from bot.domain.card import Card
from bot.domain.identity import JobId, WorkspaceId
from bot.domain.job import Job


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Something to be said in chat about a job. `final` is its one final answer; the other kind shows it waiting.

    `nonce` is the same on every attempt at this letter, and no other house's; `post_by_s` is when this attempt's time is
    over, by `since_boot_s`. Whoever delivers sets them.
    """

    id: int
    job: JobId
    final: bool
    attempt: int
    nonce: str = ""
    post_by_s: float = math.inf


LetterState = Literal["pending", "posted", "void", "given_up"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What became of a letter: the newest `attempt` at it, and once it was posted, the platform's reference."""

    state: LetterState
    attempt: int
    message: str | None


class Outbox(Protocol):
    """Letters, delivered in order for each job, each by one process at a time."""

    async def due(self, *, owner: str, limit: int, lease_s: float) -> Sequence[Letter]:
        """Letters to be posted now, leased to `owner`. A job's final letter makes its older ones void."""

    async def posted(self, letter: Letter, *, message: str, images: Sequence[int]) -> bool:
        """Marks it sent. A final letter settles the positions in `images`, releases the rest and ends the job.

        False when another has taken it up since, or when it is a status that comes after its answer.
        """

    async def postpone(
        self, letter: Letter, *, run_at: datetime, detail: str, tried: bool = True
    ) -> None:
        """Tried again at `run_at`. Where nothing was `tried`, this attempt doesn't count."""

    async def give_up(self, letter: Letter, *, detail: str) -> None:
        """Can't be posted: a final letter's job fails as undeliverable and its holds are released."""

    async def standing(self, letter: Letter) -> Standing | None:
        """What became of it, whoever holds it now; None when it is gone with its job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """The card is in chat. `message` is the platform's reference, `images` the positions it shows."""

    message: str
    images: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Undeliverable:
    """Nowhere to put it: channel gone, bot removed, token revoked."""

    detail: str


class NotPosted(Exception):
    """Posting failed for now; `retry_after_s` is the platform's wish, None = it had none."""

    def __init__(self, detail: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """Something said in a channel without having been asked.

    `nonce` is the same on every attempt; `again` says that an earlier one may have worked, at or after `since_s`.
    """

    workspace: WorkspaceId
    channel: str
    card: Card
    nonce: str
    again: bool
    since_s: float
    """Seconds since 1970."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overtaken:
    """A letter whose poster stood still past its lease: another took it up, and both may have posted.

    `stands` is the message on record, None where none is; `written` the late poster's, None where it doesn't know. `job`
    and `card` are as of now: an edit of the late one may have put something older over them.
    """

    letter: Letter
    job: Job
    card: Card
    stands: str | None
    written: str | None


class Postman(Protocol):
    """One platform's way to post a card."""

    @property
    def platform(self) -> str:
        """As in Person.platform."""

    async def post(self, letter: Letter, job: Job, card: Card) -> Posted | Undeliverable:
        """Posts or edits; the same letter twice shows once. NotPosted when it should be tried again."""

    async def say(self, notice: Saying) -> Posted | Undeliverable:
        """Posts a card that belongs to no job into a channel. NotPosted when it should be tried again."""

    async def put_right(self, overtaken: Overtaken) -> None:
        """Leaves one message of a letter that two processes may have posted. NotPosted when it should be tried again."""
