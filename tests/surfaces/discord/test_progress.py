"""Progress beside an answer that another process posts: what is shown in the end is the answer."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from bot.domain.card import Card, Tone
from bot.domain.identity import JobId, Person, Place
from bot.domain.job import Job, JobState
from bot.domain.live import Changed
from bot.pipeline.sole import LEASE_S
from bot.ports import FirstLook, FirstResponse, NotPosted, StoreUnavailable, Unavailable
from bot.surfaces.discord import progress, unheard
from bot.surfaces.discord.errand import Errand
from bot.surfaces.discord.faults import Away, Busy, DiscordFault
from bot.surfaces.discord.progress import Progress
from bot.surfaces.discord.rest import Ref
from bot.surfaces.discord.writers import Writers
from tests.pipeline.jobs import a_job

NOW = datetime(2026, 11, 25, tzinfo=UTC)


@dataclass
class Shared:
    """A job that other processes change too, and its message."""

    job: Job
    shown: list[Card] = field(default_factory=list)
    while_editing: Callable[[], None] = lambda: None

    async def of(self, job: Job) -> Card:
        return Card(tone=Tone.NOTICE, headline=job.state)

    async def errand(self, job: Job) -> Errand:
        first = FirstResponse(look=FirstLook.SHOWN, message="1/2")
        return Errand.of(job, first, now=NOW)

    async def edit(self, errand: Errand, ref: Ref, card: Card) -> tuple[int, ...]:
        self.while_editing()
        self.shown.append(card)
        return ()


@dataclass
class Jobs:
    shared: Shared

    async def job(self, job: JobId) -> Job:
        return self.shared.job


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> Shared:
    monkeypatch.setattr(progress, "EVERY_S", 0.0)
    monkeypatch.setattr(progress, "FIRST_S", 0.0)
    monkeypatch.setattr(progress, "EDITS_PER_S", 1000.0)
    monkeypatch.setattr(unheard, "CATCH_UP_S", 0.0)
    person = Person(platform="discord", workspace="1", user="2", name="Ada")
    return Shared(a_job(person=person, place=Place(channel="1")))


@dataclass
class Turn:
    """Whether this process shows progress, and when the one before it was last known to live."""

    held: bool = True
    lapsed_at: float | None = None


@dataclass
class Records:
    """What the database tells of jobs that are over."""

    ended: list[tuple[float, JobId]] = field(default_factory=list)
    gone: dict[JobId, int] = field(default_factory=dict)
    away: bool = False
    asked: list[tuple[float, float | None]] = field(default_factory=list)

    async def ended_between(self, since_s: float, until_s: float, *, newest: int) -> list[JobId]:
        return [job for at_s, job in self.ended if since_s <= at_s <= until_s]

    async def with_gone(
        self, *, newest: int, within_s: float, since_s: float | None = None
    ) -> dict[JobId, int]:
        self.asked.append((within_s, since_s))
        if self.away:
            raise StoreUnavailable(Unavailable.UNREACHABLE, "cut off")
        return self.gone


def watching(
    shared: Shared, *, turn: Turn | None = None, records: Records | None = None
) -> Progress:
    return Progress(
        queue=Jobs(shared),  # type: ignore[arg-type]
        cards=shared,  # type: ignore[arg-type]
        postman=shared,  # type: ignore[arg-type]
        writers=Writers(),
        turn=turn or Turn(),
        records=records or Records(),  # type: ignore[arg-type]
    )


async def steps(watch: Progress, count: int) -> None:
    for _ in range(count):
        await watch.step(stop=asyncio.Event())


@pytest.mark.parametrize("ended", [JobState.DELIVERED, JobState.CANCELLED])
async def test_an_answer_that_an_edit_came_after_is_shown_again(
    shared: Shared, ended: JobState
) -> None:
    watch = watching(shared)

    def another_answers() -> None:
        shared.job = replace(shared.job, state=ended)

    shared.while_editing = another_answers
    watch.hear(Changed(job=shared.job.id))
    await steps(watch, 3)

    assert [card.headline for card in shared.shown] == ["running", ended]


async def test_an_answer_of_this_process_came_after_the_edit_anyway(shared: Shared) -> None:
    watch = watching(shared)

    def we_answer_next() -> None:
        shared.job = replace(shared.job, state=JobState.DELIVERED)
        watch._writers.answered(shared.job.id, Card(tone=Tone.DONE, headline="x"))

    shared.while_editing = we_answer_next
    watch.hear(Changed(job=shared.job.id))
    await steps(watch, 3)

    assert [card.headline for card in shared.shown] == ["running"]


async def test_an_answer_on_its_way_is_waited_for(shared: Shared) -> None:
    watch = watching(shared)

    def another_finishes() -> None:
        if shared.job.state is JobState.RUNNING:
            shared.job = replace(shared.job, state=JobState.DELIVERING)

    shared.while_editing = another_finishes
    watch.hear(Changed(job=shared.job.id))
    await steps(watch, 3)
    assert [card.headline for card in shared.shown] == ["running"]

    shared.job = replace(shared.job, state=JobState.DELIVERED)
    await steps(watch, 2)

    assert [card.headline for card in shared.shown] == ["running", "delivered"]


async def test_an_answer_that_an_edit_without_a_reply_may_have_overwritten_is_shown_again(
    shared: Shared,
) -> None:
    watch = watching(shared)

    def another_answers_and_the_reply_is_lost() -> None:
        if shared.job.state is JobState.RUNNING:
            shared.job = replace(shared.job, state=JobState.DELIVERED)
            raise Away("no answer in time")

    shared.while_editing = another_answers_and_the_reply_is_lost
    watch.hear(Changed(job=shared.job.id))
    await steps(watch, 3)

    assert [card.headline for card in shared.shown] == ["delivered"]


@pytest.mark.parametrize(
    "refusal", [Busy("429", retry_after_s=1.0), Away("503"), NotPosted("its event is answered")]
)
async def test_an_answer_that_could_not_be_shown_again_at_once_is_shown_later(
    shared: Shared, refusal: DiscordFault | NotPosted
) -> None:
    watch = watching(shared)
    refusals = [refusal]

    def another_answers_and_the_next_edit_is_refused() -> None:
        if shared.job.state is JobState.RUNNING:
            shared.job = replace(shared.job, state=JobState.DELIVERED)
        elif refusals:
            raise refusals.pop()

    shared.while_editing = another_answers_and_the_next_edit_is_refused
    watch.hear(Changed(job=shared.job.id))
    await steps(watch, 4)

    assert [card.headline for card in shared.shown] == ["running", "delivered"]


async def test_what_nothing_came_between_is_edited_once(shared: Shared) -> None:
    watch = watching(shared)

    watch.hear(Changed(job=shared.job.id))
    await steps(watch, 3)

    assert [card.headline for card in shared.shown] == ["running"]


async def test_who_is_not_connected_shows_no_progress(shared: Shared) -> None:
    watch = watching(shared, turn=Turn(held=False))

    watch.hear(Changed(job=shared.job.id))
    await steps(watch, 2)

    assert not shared.shown


@pytest.mark.parametrize("ended", [JobState.DELIVERED, JobState.CANCELLED])
async def test_who_takes_over_from_a_dead_process_shows_again_what_its_last_edit_may_stand_over(
    shared: Shared, ended: JobState
) -> None:
    shared.job = replace(shared.job, state=ended)
    records = Records(ended=[(1_000.0, shared.job.id)])
    watch = watching(shared, turn=Turn(lapsed_at=1_010.0), records=records)

    await steps(watch, 3)

    assert [card.headline for card in shared.shown] == [ended]


@pytest.mark.parametrize("lapsed_at", [None, 5_000.0])
async def test_what_no_dead_process_can_have_edited_is_left_alone(
    shared: Shared, lapsed_at: float | None
) -> None:
    shared.job = replace(shared.job, state=JobState.DELIVERED)
    records = Records(ended=[(1_000.0, shared.job.id)])
    watch = watching(shared, turn=Turn(lapsed_at=lapsed_at), records=records)

    await steps(watch, 3)

    assert shared.shown == []


async def test_a_picture_that_went_unheard_is_taken_out_of_its_answer_once(shared: Shared) -> None:
    shared.job = replace(shared.job, state=JobState.DELIVERED)
    turn, records = Turn(held=False), Records(gone={shared.job.id: 1})
    watch = watching(shared, turn=turn, records=records)
    watch.hear(Changed(job=shared.job.id))
    await steps(watch, 2)
    assert shared.shown == []

    turn.held = True
    await steps(watch, 4)

    assert [card.headline for card in shared.shown] == ["delivered"]


async def test_what_went_unheard_is_looked_for_again_when_the_database_is_back(
    shared: Shared,
) -> None:
    shared.job = replace(shared.job, state=JobState.DELIVERED)
    records = Records(gone={shared.job.id: 1}, away=True)
    watch = watching(shared, records=records)
    await steps(watch, 2)

    records.away = False
    await steps(watch, 2)

    assert [card.headline for card in shared.shown] == ["delivered"]


@pytest.mark.parametrize("lapsed_at", [None, 1_000_000.0])
async def test_what_went_away_a_day_ago_is_looked_for_only_where_nobody_lived_since(
    shared: Shared, lapsed_at: float | None
) -> None:
    records = Records()
    watch = watching(shared, turn=Turn(lapsed_at=lapsed_at), records=records)

    await steps(watch, 1)

    since_s = None if lapsed_at is None else lapsed_at - LEASE_S
    assert records.asked == [(unheard.GONE_WITHIN_S, since_s)]


class Several(Shared):
    """Answers that lack a picture, and one job at work whose every look is new."""

    LIVE = JobId(1)
    edited: list[JobId]

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared.job)
        self.edited = []

    async def job_of(self, job: JobId) -> Job:
        state = JobState.RUNNING if job == self.LIVE else JobState.DELIVERED
        return replace(self.job, id=job, state=state)

    async def of(self, job: Job) -> Card:
        return Card(tone=Tone.NOTICE, headline=f"{job.id}: {len(self.edited)}")

    async def edit(self, errand: Errand, ref: Ref, card: Card) -> tuple[int, ...]:
        self.edited.append(errand.job.id)
        return ()


@dataclass
class SeveralJobs(Jobs):
    async def job(self, job: JobId) -> Job:
        assert isinstance(self.shared, Several)
        return await self.shared.job_of(job)


@pytest.mark.parametrize(
    ("behind_s", "edited"), [(1_000.0, [1, 1, 1, 11, 12]), (0.0, [11, 12, 13, 1, 1])]
)
async def test_pictures_that_went_unheard_wait_for_live_ones_but_not_forever(
    shared: Shared, monkeypatch: pytest.MonkeyPatch, behind_s: float, edited: list[int]
) -> None:
    monkeypatch.setattr(progress, "BEHIND_S", behind_s)
    several = Several(shared)
    records = Records(gone={JobId(11): 1, JobId(12): 1, JobId(13): 1})
    watch = Progress(
        queue=SeveralJobs(several),  # type: ignore[arg-type]
        cards=several,  # type: ignore[arg-type]
        postman=several,  # type: ignore[arg-type]
        writers=Writers(),
        turn=Turn(),
        records=records,  # type: ignore[arg-type]
    )
    await watch._catch_up()

    for _ in range(5):
        if several.edited.count(several.LIVE) < 3:
            watch.hear(Changed(job=several.LIVE))
        await steps(watch, 1)

    assert several.edited[:5] == edited


@pytest.mark.parametrize(
    "refusal", [Busy("429", retry_after_s=1.0), Away("503"), NotPosted("its event is answered")]
)
@pytest.mark.parametrize("state", [JobState.RUNNING, JobState.DELIVERED])
async def test_what_could_not_be_shown_at_once_is_shown_later(
    shared: Shared, state: JobState, refusal: DiscordFault | NotPosted
) -> None:
    shared.job = replace(shared.job, state=state)
    watch = watching(shared)
    refusals = [refusal]

    def refused() -> None:
        if refusals:
            raise refusals.pop()

    shared.while_editing = refused
    watch.hear(Changed(job=shared.job.id))
    await steps(watch, 3)

    assert [card.headline for card in shared.shown] == [state]
