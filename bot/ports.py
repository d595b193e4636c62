"""What the inside needs from the outside, as Protocols. Store ports are whole operations, each one transaction."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Protocol

from bot.domain.access import Closed
from bot.domain.audit import AuditQuery, Breach, ChainEnd, Deed, Entry
from bot.domain.budget import Purse, Spending
from bot.domain.card import Card
from bot.domain.identity import BlobKey, ImageId, JobId, LaneId, Person, Place, WorkspaceId
from bot.domain.job import (
    Ending,
    Fence,
    Job,
    JobState,
    NewImage,
    Order,
    ParkedFor,
    Plan,
    StoredImage,
)
from bot.domain.json_values import Document, Json
from bot.domain.live import LiveUpdate
from bot.domain.notice import Told
from bot.domain.preferences import Preferences
from bot.domain.quota import Counter, Usage
from bot.domain.rating import Rating, Ratings
from bot.domain.report import Reported
from bot.domain.statistics import Figures
from bot.domain.subject import Subject
from bot.domain.workspace_rules import WorkspaceRules
from moderation import Decision

# --- time, chance, crash points ---------------------------------------------------------------------------------


class Clock(Protocol):
    """The time, passed in so that tests can move it."""

    def now(self) -> datetime:
        """The time, aware, in UTC."""


class Boundary(Protocol):
    """Told of every step of a job's life before its side effect and after it. The crash suite dies here."""

    def __call__(self, name: str, job: JobId | None) -> None:
        """Called at the boundary `name`."""


class Unavailable(StrEnum):
    """Why the database took nothing."""

    FULL = "full"
    READ_ONLY = "read_only"
    LOCKED = "locked"
    """Another process has been writing for longer than we wait."""
    BROKEN = "broken"
    """An I/O error, or a file that is no sound database."""
    UNREACHABLE = "unreachable"
    """No connection to its server, or none any more."""
    CLOSED = "closed"


class StoreUnavailable(Exception):
    """Any store operation may raise this: it is not stored, or whether it is can't be known; asking again is safe."""

    def __init__(self, why: Unavailable, detail: str) -> None:
        super().__init__(f"the database is {why.replace('_', ' ')}: {detail}")
        self.why = why


# --- submitting -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A request about to become a job. `counters` are held for `order.images`, all or none."""

    key: str
    person: Person
    place: Place
    order: Order
    counters: tuple[Counter, ...]
    max_queued: int
    """Unfinished jobs one person may have."""
    weight: float
    cap: int
    """Jobs of one person that may be ready or running at once."""
    rules_version: int | None = None
    """Of the workspace's rules it was made by; None asks nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """Durable: job, hold and key are committed. Whoever adopts it first admits it."""

    job: JobId


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """The same event came before; its job stands as it stands."""

    job: JobId
    state: JobState


@dataclass(frozen=True, slots=True, kw_only=True)
class OverQuota:
    """Nothing was written: this counter has fewer images left than asked for."""

    usage: Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class TooManyQueued:
    """Nothing was written: the person has this many unfinished jobs."""

    queued: int
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesChanged:
    """Nothing was written: the workspace's rules are no longer those the submission was made by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotLetIn:
    """Nothing was written: the person may not ask for pictures here and now."""

    closed: Closed


@dataclass(frozen=True, slots=True, kw_only=True)
class TooManyImages:
    """Nothing was written: one request may ask for fewer. `because` is whose rule says so."""

    asked: int
    most: int
    because: Subject


StoreOutcome = Accepted | Duplicate | OverQuota | TooManyQueued | RulesChanged
SubmitOutcome = Accepted | Duplicate | OverQuota | TooManyQueued | TooManyImages | NotLetIn


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A job in this process's hands until its lease ends."""

    job: Job
    fence: Fence
    provider: str
    """The candidate whose slot was reserved with the claim."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewal:
    """What a heartbeat found: leases that were lost, and jobs whose asker wants them cancelled."""

    lost: frozenset[JobId]
    cancel_asked: frozenset[JobId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A job in line, as `queue` shows it."""

    job: JobId
    lane: LaneId
    place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """It will not run; what was held is released."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelAsked:
    """It is running; its worker was told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TooLate:
    """It had already ended, or is being delivered."""

    state: JobState


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """By which rules a job is admitted, and what is held of which budgets. Nothing is, where its price is 0."""

    rules_version: int
    installation_version: int
    purses: tuple[Purse, ...] = ()
    price_microusd: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OverBudget:
    """Nothing was changed: this purse has less left than the request may cost."""

    spending: Spending


class Queue(Protocol):
    """Jobs and their order. Every operation is one transaction; a stale fence changes nothing and says False."""

    async def submit(self, submission: Submission) -> StoreOutcome:
        """Job, hold and idempotency key, all or nothing."""

    async def admit(
        self,
        fence: Fence,
        *,
        plan: Plan,
        decision: Decision,
        weight: float,
        terms: Terms | None = None,
    ) -> bool | RulesChanged | OverBudget:
        """received -> waiting | ready, with its tag; the stored decision and a status letter go with it.

        Without terms nobody is asked for rules, and nothing is paid.
        """

    async def refuse(
        self,
        fence: Fence,
        *,
        ending: Ending,
        decision: Decision | None,
        cost_microusd: int | None = None,
    ) -> bool:
        """received | running -> refused; holds released, the final letter written.

        What was spent stays recorded, here and wherever else a job ends: `cost_microusd`, or else what its calls cost.
        """

    async def park(
        self, fence: Fence, *, why: ParkedFor, run_at: datetime, decision: Decision
    ) -> bool:
        """received -> parked until `run_at`; the stored decision and a status letter go with it."""

    async def park_new(
        self, submission: Submission, *, run_at: datetime
    ) -> Accepted | Duplicate | RulesChanged | TooManyQueued:
        """A job that is parked from the beginning: nothing is held for it, its key counts as any other's."""

    async def unpark(self, job: JobId, submission: Submission) -> bool | OverQuota | RulesChanged:
        """parked -> received, its quota held; over quota it stays parked until that counter returns.

        False when it isn't parked any more.
        """

    async def put_off(self, job: JobId, *, run_at: datetime) -> bool:
        """A parked job is looked at again at `run_at`."""

    async def waive(self, job: JobId, *, deed: Deed) -> bool:
        """An admin lets a job through that waits for one. False when it doesn't."""

    async def end_parked(self, job: JobId, *, ending: Ending) -> bool:
        """parked -> refused, with its final letter."""

    async def wake_parked(self, workspace: WorkspaceId | None) -> int:
        """All parked jobs of a workspace, or of all, are looked at again at once. How many."""

    async def parked_due(self, *, limit: int) -> Sequence[Job]:
        """Parked jobs to be looked at now."""

    async def adopt(self, *, owner: str, limit: int, lease_s: float) -> Sequence[Claimed]:
        """Received jobs nobody is admitting: `owner`'s own not taken up yet, and those whose process died.

        They are leased to `owner` now, and earlier fences are stale. `provider` is empty.
        """

    async def claim(
        self, *, owner: str, slots: int, lease_s: float, capacity: Mapping[str, int]
    ) -> Sequence[Claimed]:
        """Up to `slots` ready jobs in fair order, each with a slot of one of its candidates.

        `capacity` maps provider names to how many jobs each may run at once, over all processes.
        """

    async def switch_provider(self, fence: Fence, *, provider: str, capacity: int) -> bool:
        """Moves a running job's slot to another candidate, if one is free there."""

    async def renew(self, fences: Sequence[Fence], *, lease_s: float) -> Renewal:
        """Heartbeat of running and received jobs."""

    async def finish(  # noqa: PLR0913 - all that a job came to, in one transaction
        self,
        fence: Fence,
        *,
        images: Sequence[NewImage],
        decisions: Sequence[Decision],
        cost_microusd: int | None,
        notes: Sequence[str],
        grid: BlobKey | None,
        plan: Plan | None = None,
        counted: bool = True,
        paid_images: int | None = None,
    ) -> bool:
        """running -> delivering: images, image decisions and the final letter in one transaction; the slot passes on.

        `paid_images` is how many pictures `cost_microusd` bought, shown or not.

        `decisions` stand in the order of `images`. What was held beyond len(images) is released; all of it when the
        images are not `counted`. `plan` takes the place of the job's, where another model did it.
        """

    async def fail(self, fence: Fence, *, ending: Ending, cost_microusd: int | None = None) -> bool:
        """received | running -> failed; holds released, the final letter written."""

    async def delay(self, fence: Fence, *, run_at: datetime, detail: str) -> bool:
        """running -> delayed until `run_at`; its slot passes on, its tag stays."""

    async def hand_back(self, fence: Fence) -> bool:
        """running -> ready, attempt not counted: this process is stopping."""

    async def cancel(self, job: JobId, *, by: str) -> Cancelled | CancelAsked | TooLate:
        """Cancels what has not begun; asks the worker of what has."""

    async def cancelled(self, fence: Fence, *, cost_microusd: int | None = None) -> bool:
        """running -> cancelled, by its worker."""

    async def sweep(self, *, max_attempts: int) -> int:
        """Due retries, lapsed leases, passed deadlines, repeatedly dead jobs. How many rows moved."""

    async def recover(self, *, owner: str, max_attempts: int) -> int:
        """For a store that only one process may use: everything leased to another owner is free again.

        A job that was in a dead worker's hands `max_attempts` times fails instead.
        """

    async def job(self, job: JobId) -> Job | None:
        """The job, if there is one."""

    async def jobs_of(self, lane: LaneId, *, unfinished: bool, limit: int) -> Sequence[Job]:
        """A person's jobs, newest first."""

    async def place(self, job: JobId) -> int | None:
        """Its place in line, 1 = next; None when it isn't waiting."""

    async def waiting_in(self, workspace: WorkspaceId) -> int:
        """How many of a workspace's jobs are in line: what its people may know of how busy it is."""

    async def line(self) -> Sequence[Line]:
        """Everybody's place, in the order they will be served: one query."""


# --- paid calls -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredImage:
    """An image as the provider sent it, kept before anything else is done with it."""

    raw: BlobKey
    seed: int | None
    not_drawn: tuple[str, ...] = ()
    model_touched: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a paid call gave, durable."""

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
        """sent -> answered, with the images already stored as blobs."""

    async def failed(self, call: int, *, end: CallEnd, detail: str) -> None:
        """sent -> its end."""

    async def job_of(self, provider: str, remote_id: str) -> JobId | None:
        """The job for which the provider has that id of its own; None when nobody here asked for it."""


# --- who may be asked, and how often ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """At most `amount` calls in `per_s` seconds, coming evenly, `burst` of them at once."""

    amount: int
    per_s: float
    burst: int | None = None
    """None: all of them."""

    @property
    def most(self) -> int:
        """How many calls may be made at once."""
        return self.amount if self.burst is None else self.burst


class Buckets(Protocol):
    """How many calls may still be made, by key: an account at a provider, a channel on a platform.

    Losing it costs a 429, never a job.
    """

    async def take(
        self, key: str, amount: int, rate: Rate | None, *, most_wait_s: float = 0.0
    ) -> float:
        """The seconds to wait. Up to `most_wait_s` the calls are taken and may be made after them; beyond, nothing was.

        Without a rate only what `limit` told counts. An amount of 0 takes nothing, and tells whether one call may go.
        """

    async def give_back(self, key: str, amount: int, rate: Rate | None) -> None:
        """Calls that were taken and then not made: the next may have them. Never more than a full bucket."""

    async def limit(self, key: str, *, left: int, for_s: float) -> None:
        """The other side's own word: no more than `left` calls within the next `for_s` seconds.

        With 0 it is a pause: no later word of how much is left ends it.
        """


class Breakers(Protocol):
    """Which providers are left alone for a while, because their last calls failed one after another."""

    async def shut(self, keys: Sequence[str]) -> Mapping[str, float]:
        """Those of `keys` that are shut, with the seconds until one call may try again; 0 when it may now."""

    async def admit(self, key: str) -> float:
        """0 when a call may go, else the seconds to wait. Of a shut one, a 0 is the one trial until that has ended."""

    async def succeeded(self, key: str) -> None:
        """The provider answered."""

    async def failed(self, key: str) -> None:
        """It didn't, or with nothing usable."""


class Repeats(Protocol):
    """Which request asked for exactly what, so that the same need not be painted twice. Never across workspaces."""

    async def find(self, workspace: WorkspaceId, digest: str) -> JobId | None:
        """The last delivered request of that digest."""

    async def keep(self, workspace: WorkspaceId, digest: str, job: JobId) -> None:
        """Remembers it; it may be lost, which costs a call."""


# --- answers ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Something to be said in chat about a job. `final` is its one final answer; the other kind shows it waiting.

    `nonce` is the same on every attempt at this letter, and no other house's; whoever delivers sets it.
    """

    id: int
    job: JobId
    final: bool
    attempt: int
    nonce: str = ""


class Outbox(Protocol):
    """Letters, delivered in order for each job, each by one process at a time."""

    async def due(self, *, owner: str, limit: int, lease_s: float) -> Sequence[Letter]:
        """Letters to be posted now, leased to `owner`. A job's final letter makes its older ones void."""

    async def posted(self, letter: Letter, *, message: str, images: Sequence[int]) -> bool:
        """Marks it sent. A final letter settles the positions in `images`, releases the rest and ends the job."""

    async def postpone(
        self, letter: Letter, *, run_at: datetime, detail: str, tried: bool = True
    ) -> None:
        """Tried again at `run_at`. Where nothing was `tried`, this attempt doesn't count."""

    async def give_up(self, letter: Letter, *, detail: str) -> None:
        """Can't be posted: a final letter's job fails as undeliverable and its holds are released."""


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


class Postman(Protocol):
    """One platform's way to post a card."""

    @property
    def platform(self) -> str:
        """As in Person.platform."""

    async def post(self, letter: Letter, job: Job, card: Card) -> Posted | Undeliverable:
        """Posts or edits; the same letter twice shows once. NotPosted when it should be tried again."""

    async def say(self, notice: Saying) -> Posted | Undeliverable:
        """Posts a card that belongs to no job into a channel. NotPosted when it should be tried again."""


# --- pictures ---------------------------------------------------------------------------------------------------


class BlobFault(Exception):
    """The place for pictures could not do what was asked.

    BlobFault
    ├── BlobMissing       no such blob, or a key that can't be one
    ├── BlobsUnreadable   it may be there, but the disk wouldn't give it
    └── BlobsUnwritable   full, read-only, no rights: nothing was stored, nothing half
    """


class BlobMissing(BlobFault):
    """No blob lies under this key."""


class BlobsUnreadable(BlobFault):
    """Reading failed for a reason that lies in the disk; the message says which."""


class BlobsUnwritable(BlobFault):
    """Nothing was stored or removed; the message is the system's own reason, as "No space left on device"."""


class Blobs(Protocol):
    """Where pictures lie, by the SHA-256 of their bytes."""

    async def put(self, data: bytes) -> BlobKey:
        """The key; durable when this returns. BlobsUnwritable when it can't be."""

    async def get(self, key: BlobKey) -> bytes:
        """The bytes. BlobMissing when there are none."""

    async def exists(self, key: BlobKey) -> bool:
        """Whether there are bytes under this key; cheaper than reading them."""

    async def delete(self, key: BlobKey) -> None:
        """Gone afterwards, unless it was put more than once: then it goes when nobody refers to it for a while."""


class BlobStock(Protocol):
    """All blobs there are, for whoever takes away what nobody refers to."""

    async def database_id(self) -> str | None:
        """Whose they are: only that database knows what they are for. None when nobody has said."""

    async def aged(self, shard: int, *, before: datetime) -> Sequence[BlobKey]:
        """Keys in one of 256 parts that nobody put since `before`."""

    async def set_aside(self, keys: Sequence[BlobKey], *, before: datetime) -> Sequence[BlobKey]:
        """Those of `keys` now aside: readable, not put since `before`, and put anew by whoever puts them from here on."""

    async def drop(self, keys: Sequence[BlobKey]) -> None:
        """Removes what was set aside."""

    async def put_back(self, keys: Sequence[BlobKey]) -> None:
        """Undoes `set_aside`."""


class BlobUse(Protocol):
    """Which blobs the rows refer to."""

    async def database_id(self) -> str:
        """Which database's rows these are."""

    async def shown(self, key: BlobKey, *, lasting: timedelta) -> None:
        """The blob, of a picture that belongs to no job, is in use from now on for so long, at least."""

    async def unused(self, keys: Sequence[BlobKey]) -> Sequence[BlobKey]:
        """Those of `keys` that no picture, sheet, upload, unfinished call or chart that is still shown refers to."""


class Gallery(Protocol):
    """Finished pictures and what people say of them. Another workspace's picture does not exist."""

    async def image(self, image: ImageId, *, workspace: WorkspaceId) -> StoredImage | None:
        """The picture, hidden ones included; deleted ones are gone."""

    async def images_of(self, job: JobId) -> Sequence[StoredImage]:
        """A job's pictures by position, hidden and deleted ones left out."""

    async def made_by(self, job: JobId) -> int:
        """How many pictures the job ever gave, hidden and deleted ones included."""

    async def recent(
        self,
        *,
        workspace: WorkspaceId,
        lane: LaneId | None,
        limit: int,
        before: ImageId | None = None,
        viewer: LaneId | None = None,
    ) -> Sequence[StoredImage]:
        """Newest first; of one person, or of all without those that others than the viewer keep to themselves."""

    async def delete(self, image: ImageId, *, by: Person) -> tuple[BlobKey, ...] | None:
        """Blobs nobody else uses any more, for deletion; None when it was gone already."""

    async def report(self, image: ImageId, *, by: Person, reason: str) -> bool:
        """Hides it for the workspace, files a report and an audit row.

        False, and nothing changed, when this person reported it before or there is no such picture here.
        """

    async def rate(self, image: ImageId, *, by: Person, rating: Rating | None) -> bool:
        """What this person thinks of it from now on; None takes it back. False when there is no such picture here."""

    async def ratings(self, image: ImageId, *, lane: LaneId) -> Ratings:
        """What everybody thinks of it, and what this person does."""


class Reports(Protocol):
    """Reported pictures, which are hidden until a moderator has looked at them."""

    async def waiting(self, workspace: WorkspaceId, *, limit: int) -> Sequence[Reported]:
        """What was said of hidden pictures, the longest waiting first."""

    async def restore(self, image: ImageId, *, by: Person) -> bool:
        """Shown again, with an audit entry; False when it isn't hidden in the person's workspace."""


class PreferenceBook(Protocol):
    """What each person wants when they say nothing."""

    async def of(self, person: Person, *, at: int) -> Preferences:
        """The person's own defaults, no older than version `at` of their workspace's rules; read only if that is new here."""

    async def keep(self, person: Person, preferences: Preferences) -> None:
        """From now on, in every process: it is a new version of the workspace's rules."""


class TemplatePictures(Protocol):
    """What was made with templates."""

    async def made_with(
        self, workspace: WorkspaceId, names: Sequence[str]
    ) -> Mapping[str, StoredImage]:
        """The newest picture made with each template that everybody may see; those without one are left out."""


# --- what admins set ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChange:
    """One rule, changed part by part: `put` sets names in its document, `drop` takes them out.

    With `whole` the document is replaced. A rule that says nothing any more is gone. `label` is the subject's name.
    """

    topic: str
    subject: str
    label: str = ""
    put: Mapping[str, Json] = field(default_factory=dict)
    drop: tuple[str, ...] = ()
    whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleChanged:
    """What the rule said before and says now; empty when there is none."""

    change: RuleChange
    before: Document
    after: Document


class Rules(Protocol):
    """What admins set for each workspace."""

    async def newer(self, workspace: WorkspaceId, *, than: int | None) -> WorkspaceRules | None:
        """The rules, unless they are still those of version `than`: then nothing but the version is read.

        With None they always come.
        """

    async def change(
        self, workspace: WorkspaceId, changes: Sequence[RuleChange], *, deed: Deed
    ) -> Sequence[RuleChanged]:
        """All changes or none, with their audit entry. The version moves on when something did change."""

    async def workspaces(self) -> Sequence[WorkspaceId]:
        """Every workspace in which something was ever set or asked for."""

    async def people(self, workspace: WorkspaceId) -> Mapping[str, str]:
        """Mentions of people who asked for something here, by what may be typed for them; the newest thousand."""


class Statistics(Protocol):
    """What happened, counted."""

    async def figures(
        self, workspace: WorkspaceId, *, since: datetime, until: datetime, zone: tzinfo
    ) -> Figures:
        """Everything that was asked for in the workspace from `since` on, days by the clock of `zone`."""


class Audit(Protocol):
    """The log of what admins and people did: append-only, chained by hash for each workspace."""

    async def note(self, deed: Deed) -> None:
        """Notes a deed that changed no rule."""

    async def entries(self, query: AuditQuery) -> Sequence[Entry]:
        """The entries that fit, newest first."""

    async def check(self) -> tuple[Sequence[ChainEnd], Sequence[Breach]]:
        """Where every workspace's chain ends, and what is wrong with any."""


class Quotas(Protocol):
    """What is used and held."""

    async def usage(self, counters: Sequence[Counter]) -> Sequence[Usage]:
        """Each counter as it stands, in the same order."""


class Budgets(Protocol):
    """What is spent and held of budgets."""

    async def spendings(self, purses: Sequence[Purse]) -> Sequence[Spending]:
        """Each purse as it stands, in the same order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something an admins' channel is told, leased to whoever posts it."""

    id: int
    workspace: WorkspaceId
    told: Told
    attempt: int
    written_at_s: float
    """Seconds since 1970."""


class Notices(Protocol):
    """Notices, each posted by one process at a time; at least once, and once where the platform can tell."""

    async def listeners(self) -> Sequence[WorkspaceId]:
        """Workspaces in which an admin named a channel for notices."""

    async def write(self, workspace: WorkspaceId, told: Told) -> None:
        """To be said there, unless it was before."""

    async def due(self, *, owner: str, limit: int, lease_s: float) -> Sequence[Notice]:
        """Notices to be posted now, leased to `owner`."""

    async def posted(self, told: Notice, *, message: str) -> None:
        """It was said."""

    async def give_up(self, told: Notice, *, detail: str) -> None:
        """It can't be said."""

    async def postpone(self, told: Notice, *, run_at: datetime, detail: str) -> None:
        """Tried again at `run_at`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A request that was over quota, as it would be asked for again. `key` is its event's."""

    key: str
    person: Person
    place: Place
    order: Order


class Offers(Protocol):
    """Requests that may still be asked for by a button; kept for a week, the newest of each person."""

    async def put(self, made: Offer) -> int:
        """Its number; the same request again keeps the one it has."""

    async def find(self, number: int) -> Offer | None:
        """The request of that number, while it is kept."""


# --- hints that may be lost -------------------------------------------------------------------------------------


class Signals(Protocol):
    """Wake-ups and live progress. Losing one costs a poll interval, never a job."""

    def wake(self, topic: str) -> None:
        """Wakes whoever waits on `topic`."""

    async def wait(self, topic: str, *, timeout_s: float) -> None:
        """Returns on a wake-up since the last wait, or after `timeout_s`."""

    def publish(self, update: LiveUpdate) -> None:
        """Tells all listeners; never blocks, drops for the slow."""

    def updates(self) -> AsyncIterator[LiveUpdate]:
        """Live updates from now on, until closed."""


# --- one process at a time ----------------------------------------------------------------------------------------


class Locks(Protocol):
    """Named locks between processes. Each is held for a lease, and fenced by a token that only grows.

    Whoever could not renew in time must act as if it were lost from the lease's end on, counted from before it asked.
    """

    async def acquire(self, name: str, *, owner: str, lease_s: float) -> int | None:
        """The new token; None while another owner's lease runs. The same owner gets it anew: asking twice is safe."""

    async def renew(self, name: str, *, token: int, lease_s: float) -> bool:
        """Begins the lease anew. False when it was given to somebody else since, or given back."""

    async def release(self, name: str, *, token: int) -> None:
        """Free for others at once; nothing happens when it is held under another token."""


class Presence(Protocol):
    """Which processes there are. `house` is the mark of the folder that each keeps its files in."""

    async def join(self, owner: str, part: str, *, house: str, lease_s: float) -> Sequence[str]:
        """As `beat`, unless processes live that keep their files elsewhere: then those, and nothing is said."""

    async def beat(self, owner: str, part: str, *, house: str, lease_s: float) -> Mapping[str, int]:
        """Says that `owner` lives for `lease_s` more; how many live, by part, itself included."""

    async def leave(self, owner: str) -> None:
        """It is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What is not done yet, over all processes and workspaces."""

    jobs: Mapping[str, int]
    """Unfinished jobs: received, in_line, running, delayed, parked."""
    oldest_wait_s: float
    """How long ago the oldest job in line was accepted; 0 when none waits."""
    letters: int
    """Not posted yet."""
    oldest_letter_s: float
    """Age of the oldest of them; 0 when there is none."""


class Backlogs(Protocol):
    """How much is waiting."""

    async def now(self) -> Backlog:
        """As it stands: one query."""


# --- the playground's channel -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelMessage:
    """One message of the playground. `job` is set on messages that show a job: they are drawn from its state.

    `text` is what a person typed. `thread` is the id of the message that opened the thread. `only_for` is set on
    what one person alone may see.
    """

    id: int
    channel: str
    thread: int | None
    author: str
    """A person's user id, or `impasto`."""
    text: str
    job: JobId | None
    final: bool
    only_for: str | None
    created_at: datetime
    changed_at: datetime


class Channel(Protocol):
    """The playground's messages, durable like any platform's."""

    async def put(self, message: NewMessage) -> int:
        """Its id; the same nonce again gives the message there is, brought up to date."""

    async def messages(
        self, channel: str, *, viewer: str, since: datetime | None = None, limit: int = 200
    ) -> Sequence[ChannelMessage]:
        """What `viewer` may see, oldest first; with `since`, only what changed after it."""

    async def of_job(self, job: JobId) -> Sequence[ChannelMessage]:
        """The messages that show a job."""

    async def remove(self, message: int) -> None:
        """Gone for everybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """A message about to be put into the playground."""

    nonce: str
    channel: str
    author: str
    text: str = ""
    thread: int | None = None
    job: JobId | None = None
    final: bool = False
    only_for: str | None = None


# --- Discord's first responses --------------------------------------------------------------------------------------


class FirstLook(StrEnum):
    """How a request was answered at first, which on Discord settles who may see what follows."""

    PUBLIC = "public"
    """By a message everybody sees; it says nothing of the request yet."""
    SHOWN = "shown"
    """By a message everybody sees that shows the job."""
    PRIVATE = "private"
    """By a message only the asker sees."""
    SILENT = "silent"
    """Without a message of its own: a button was pressed."""
    LOST = "lost"
    """Not in time, or nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstResponse:
    """What the platform made of our first response. `message` is its reference, None when there is none."""

    look: FirstLook
    message: str | None = None


class FirstResponses(Protocol):
    """First responses by job, and which commands are registered."""

    async def put(self, job: JobId, response: FirstResponse) -> None:
        """Remembers it."""

    async def of(self, job: JobId) -> FirstResponse | None:
        """None while there was none, or when the process died over it."""

    async def registered(self, application: str) -> str | None:
        """The digest of the commands that were registered last."""

    async def set_registered(self, application: str, digest: str) -> None:
        """Remembers the digest of the commands just registered."""


# --- what a chat platform holds of ours -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMessage:
    """A message that shows a job on a platform, by the platform's own ids. `shown` are the positions of its pictures."""

    job: JobId
    final: bool
    workspace: WorkspaceId
    channel: str
    message: str
    thread: str | None
    shown: tuple[int, ...] = ()
    sheet: BlobKey | None = None
    """The one file that shows all of them, where there is one."""


class ChatMessages(Protocol):
    """Where each job stands in chat: for edits, and for whoever would post it a second time."""

    async def put(self, message: ChatMessage) -> None:
        """Remembers it; a job has one that shows it waiting and one with its answer."""

    async def of_job(self, job: JobId) -> Sequence[ChatMessage]:
        """What shows the job, the answer last."""

    async def count_edit(self, job: JobId, *, most: int) -> bool:
        """Counts an edit of the message that shows it waiting; False, and nothing counted, when it had `most`."""

    async def showing_gone(self, *, newest: int) -> Sequence[JobId]:
        """Those of the newest jobs whose answer still shows a picture that was deleted or hidden since."""


class ChatFiles(Protocol):
    """Which of our blobs a workspace's platform holds as files."""

    async def file(self, workspace: WorkspaceId, blob: BlobKey) -> str | None:
        """The platform's id of the file."""

    async def keep(self, workspace: WorkspaceId, blob: BlobKey, file: str) -> None:
        """Remembers an uploaded file."""

    async def forget(self, workspace: WorkspaceId, blob: BlobKey) -> str | None:
        """The file that held the blob, remembered no more."""

    async def outlived(self, workspace: WorkspaceId, job: JobId) -> Sequence[BlobKey]:
        """Blobs still held as files of which every picture is deleted or hidden, one of this job's among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """A workspace that installed the bot. `token` is a secret; it is stored encrypted."""

    workspace: WorkspaceId
    token: str = field(repr=False)
    bot_user: str
    name: str = ""
    scopes: str = ""


class Installations(Protocol):
    """Who installed the bot, one row for each workspace."""

    async def save(self, installation: Installation) -> None:
        """Installed, or installed anew."""

    async def find(self, workspace: WorkspaceId) -> Installation | None:
        """None when it never was, or is no more."""

    async def remove(self, workspace: WorkspaceId) -> None:
        """Uninstalled, or its token revoked: the token is deleted."""


# --- pictures that come in and go out over HTTP --------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedBlob:
    """What a signed link leads to."""

    workspace: WorkspaceId
    key: BlobKey


class PictureLinks(Protocol):
    """Signed links to pictures, the last part of `/i/{signed}`."""

    def link(self, workspace: WorkspaceId, key: BlobKey) -> str:
        """A URL-safe token. The same for a good while, so that browsers need not fetch a picture twice."""

    def open(self, token: str) -> LinkedBlob | None:
        """What the token leads to; None when it was tampered with or is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfit:
    """An upload that can't be used; `sentence` tells the person why and what would do."""

    sentence: str


class Uploads(Protocol):
    """Takes pictures that people bring, makes them safe and stores them."""

    async def reference(self, data: bytes) -> BlobKey | Unfit:
        """The picture to start from."""

    async def mask(self, data: bytes) -> BlobKey | Unfit:
        """A painted region as a single-channel mask, 255 = edit."""
