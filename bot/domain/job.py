"""A job: what was asked, where it stands, and which steps it may take next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.grammar import Ask
from bot.domain.identity import BlobKey, ImageId, JobId, Person, Place
from bot.domain.template import TemplateUse
from providers import Insets, Operation


class JobState(StrEnum):
    """Where a job stands. FINAL ones never change again."""

    RECEIVED = "received"
    """Durable and acknowledged; being judged by its leaseholder."""
    PARKED = "parked"
    """Outside the line until its quota is back or an admin lets it through; looked at again at `run_at`."""
    REFUSED = "refused"
    WAITING = "waiting"
    """Admitted, but its user already has as many jobs ready or running as the cap allows."""
    READY = "ready"
    RUNNING = "running"
    DELAYED = "delayed"
    """Comes back at `run_at`."""
    DELIVERING = "delivering"
    """Images stored; the answer is in the outbox."""
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"


FINAL: frozenset[JobState] = frozenset(
    {JobState.REFUSED, JobState.DELIVERED, JobState.FAILED, JobState.CANCELLED}
)

TRANSITIONS: Mapping[JobState, frozenset[JobState]] = {
    JobState.RECEIVED: frozenset(
        {
            JobState.PARKED,
            JobState.REFUSED,
            JobState.WAITING,
            JobState.READY,
            JobState.FAILED,
            JobState.CANCELLED,
        }
    ),
    JobState.PARKED: frozenset({JobState.RECEIVED, JobState.REFUSED, JobState.CANCELLED}),
    JobState.WAITING: frozenset({JobState.READY, JobState.CANCELLED, JobState.FAILED}),
    JobState.READY: frozenset({JobState.RUNNING, JobState.CANCELLED, JobState.FAILED}),
    JobState.RUNNING: frozenset(
        {
            JobState.READY,
            JobState.DELAYED,
            JobState.DELIVERING,
            JobState.REFUSED,
            JobState.FAILED,
            JobState.CANCELLED,
        }
    ),
    JobState.DELAYED: frozenset(
        {JobState.READY, JobState.WAITING, JobState.CANCELLED, JobState.FAILED}
    ),
    JobState.DELIVERING: frozenset({JobState.DELIVERED, JobState.FAILED}),
    JobState.REFUSED: frozenset(),
    JobState.DELIVERED: frozenset(),
    JobState.FAILED: frozenset(),
    JobState.CANCELLED: frozenset(),
}


class ParkedFor(StrEnum):
    """What a parked job waits for."""

    QUOTA = "quota"
    """Its asker wished it so."""
    BUDGET = "budget"
    """An admin is asked whether it may be paid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lent:
    """A flag that nobody typed: `by`, as "the template hero", set it."""

    flag: str
    """As written, with its dashes."""
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What was asked, as it is stored with the job: everything a restart needs to go on.

    `parent_image` is the image this one comes from (lineage). `source`, `mask` and `control` are blobs already made
    safe; a mask is single-channel with 255 = edit.
    """

    operation: Operation
    ask: Ask
    parent_image: ImageId | None = None
    source: BlobKey | None = None
    mask: BlobKey | None = None
    scale: int | None = None
    expand: Insets | None = None
    repair: tuple[str, ...] = ()
    """What a second pass should mend where the model can: faces, text."""
    template: TemplateUse | None = None
    """What `ask` was made with; its prompt is filled in already."""
    styled: str = ""
    """The workspace's style whose words stand in `ask` already."""
    lent: tuple[Lent, ...] = ()
    """What of `ask` its template or style brought along."""

    @property
    def images(self) -> int:
        """How many images are asked for; this many are held from the quota."""
        return self.ask.count or 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A provider that may be asked, and the model it is asked for."""

    provider: str
    model: str
    if_gone: bool = False
    """Only once the chosen model turned out to be retired: its named successor."""


REPEAT = "=repeat"
"""In a plan's providers: the pictures are there already, nobody need be asked. No provider can have this name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What admission settled: the model, the exact size and seed, and who may do it, best first."""

    model: str
    providers: tuple[str, ...]
    """Whose slots the job may be claimed with, each once: those of `candidates`, and REPEAT."""
    width_px: int
    height_px: int
    count: int
    seed: int | None
    notes: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    per_call: int | None = None
    """Most images one call is asked for; None in plans of releases that asked the catalogue again."""
    digest: str | None = None
    """Names exactly what is asked, for whoever asks the same again; None where no two answers are alike."""
    repeats: JobId | None = None
    """The request whose pictures are this one's answer."""

    @property
    def choices(self) -> tuple[Candidate, ...]:
        """Who may be asked for what, best first."""
        if self.candidates:
            return self.candidates
        return tuple(Candidate(provider=name, model=self.model) for name in self.providers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fence:
    """Proof of a claim: writes of a process whose lease was taken over are refused by it."""

    job: JobId
    owner: str
    attempt: int


class Reason(StrEnum):
    """Why a job did not end in images; each has its sentence in `sentences.py`."""

    BLOCKED_PROMPT = "blocked_prompt"
    BLOCKED_IMAGE = "blocked_image"
    UNSURE_PROMPT = "unsure_prompt"
    UNSURE_IMAGE = "unsure_image"
    UNCHECKED_PROMPT = "unchecked_prompt"
    UNCHECKED_IMAGE = "unchecked_image"
    PROVIDER_BLOCKED = "provider_blocked"
    NO_MODEL = "no_model"
    BAD_REQUEST = "bad_request"
    PROVIDER_DOWN = "provider_down"
    PROVIDER_ACCOUNT = "provider_account"
    BAD_ANSWER = "bad_answer"
    OUTCOME_UNKNOWN = "outcome_unknown"
    DEADLINE = "deadline"
    WORKER_DIED = "worker_died"
    UNDELIVERABLE = "undeliverable"
    STORAGE = "storage"
    OVER_BUDGET = "over_budget"
    OVER_QUOTA = "over_quota"
    NO_PRICE = "no_price"
    NOT_LET_IN = "not_let_in"
    INTERNAL = "internal"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a job ended without images.

    `category` is set where moderation decided. `words` fill the reason's sentence; `detail` is for admins and logs only.
    """

    reason: Reason
    category: str | None = None
    words: str = ""
    detail: str = ""
    until: datetime | None = None
    """When the same might be asked for again, where that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as the database has it."""

    id: JobId
    key: str
    """The platform's own id of the event: asking again with it changes nothing."""
    person: Person
    place: Place
    order: Order
    state: JobState
    plan: Plan | None
    attempt: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    cancel_asked: bool
    ending: Ending | None
    message: str | None
    """The platform's reference of the message that shows how the job stands, once posted."""
    cost_microusd: int | None = None
    notes: tuple[str, ...] = ()
    """What the provider or the house had to say about the pictures."""
    grid: BlobKey | None = None
    """All its pictures on one sheet, where there are several."""
    parked: ParkedFor | None = None
    run_at: datetime | None = None
    """When a delayed or parked one is looked at again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredImage:
    """One finished picture, in the gallery. All keys are blobs; `key` is the full-size labelled file."""

    id: ImageId
    job: JobId
    position: int
    """1-based place in its answer: the number on the buttons."""
    seed: int | None
    width_px: int
    height_px: int
    mime: str
    key: BlobKey
    view: BlobKey
    thumbnail: BlobKey
    phash: str
    alt: str
    not_drawn: tuple[str, ...] = ()
    parent: ImageId | None = None
    hidden: bool = False
    sensitive: bool = False
    """Shown in age-restricted places only, and there covered until somebody opens it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewImage:
    """A picture about to be recorded; the database gives it its id."""

    position: int
    seed: int | None
    width_px: int
    height_px: int
    mime: str
    key: BlobKey
    view: BlobKey
    thumbnail: BlobKey
    phash: str
    alt: str
    not_drawn: tuple[str, ...] = ()
    sensitive: bool = False
