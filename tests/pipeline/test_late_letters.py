"""Letters whose poster stood still past its lease: what was done twice is put right, and nobody else waits for that."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from bot.domain.card import Card, Tone
from bot.domain.identity import JobId
from bot.domain.job import Job, JobState
from bot.pipeline import deliver, post_by
from bot.pipeline.deliver import Deliveries
from bot.ports import (
    Letter,
    NotPosted,
    Overtaken,
    Posted,
    Standing,
    StoreUnavailable,
    Unavailable,
    Undeliverable,
    since_boot_s,
)
from tests.pipeline.jobs import a_job

BY_ANOTHER = Standing(state="posted", attempt=2, message="theirs")
BY_US = Standing(state="posted", attempt=1, message="ours")
AWAY = StoreUnavailable(Unavailable.UNREACHABLE, "cut off")
POST_S = 0.05
"""So long a post may take."""
WAIT_S = 20.0
SLACK_S = 5.0
"""So much a busy machine may add."""

Takes = Callable[[], Awaitable[Posted | Undeliverable]]
Rights = Callable[[], Awaitable[None]]


@dataclass
class Records:
    """What the database tells. Whoever writes finds it away, and by then `passes_s` are over."""

    ahead_s: list[float]
    passes_s: float = 60.0
    stands: Standing = BY_ANOTHER
    job_now: Job = field(default_factory=lambda: a_job(state=JobState.DELIVERED))
    tried: list[str] = field(default_factory=list)

    async def job(self, job: JobId) -> Job:
        return self.job_now

    async def of(self, job: Job, *, tell_quota: bool = False) -> Card:
        return Card(tone=Tone.DONE, headline="x")

    async def standing(self, letter: Letter) -> Standing:
        return self.stands

    async def posted(self, letter: Letter, *, message: str, images: Sequence[int]) -> bool:
        self._away("posted")
        return False

    async def postpone(self, letter: Letter, *, run_at: datetime, detail: str) -> None:
        self._away("postpone")

    async def give_up(self, letter: Letter, *, detail: str) -> None:
        self._away("give_up")

    def _away(self, record: str) -> None:
        self.tried.append(record)
        self.ahead_s[0] += self.passes_s
        raise AWAY


async def too_slow() -> Posted:
    """Its bytes may have arrived."""
    await endless()
    return await taken()


async def refused() -> Undeliverable:
    return Undeliverable(detail="the channel is gone")


async def taken() -> Posted:
    return Posted(message="ours", images=(1,))


async def done() -> None:
    return


async def endless() -> None:
    await asyncio.get_running_loop().create_future()


async def away() -> None:
    raise NotPosted("503")


async def wishes_an_hour() -> None:
    raise NotPosted("429", retry_after_s=3600.0)


async def unreadable() -> None:
    raise AWAY


@dataclass
class Platform:
    """A chat of which it is told how it takes a post, and each wish to put one right."""

    takes: Takes = taken
    rights: list[Rights] = field(default_factory=lambda: [done])
    platform: str = "test"
    asked: list[Overtaken] = field(default_factory=list)
    asked_one: asyncio.Event = field(default_factory=asyncio.Event)

    async def post(self, letter: Letter, job: Job, card: Card) -> Posted | Undeliverable:
        return await self.takes()

    async def put_right(self, overtaken: Overtaken) -> None:
        self.asked.append(overtaken)
        self.asked_one.set()
        how = self.rights.pop(0) if len(self.rights) > 1 else self.rights[0]
        await how()

    async def say(self, notice: object) -> Posted:
        raise AssertionError("nothing is to be said")


class Quiet:
    """Signals that nobody listens to."""

    def publish(self, update: object) -> None:
        return

    def wake(self, topic: str) -> None:
        return

    async def wait(self, topic: str, *, timeout_s: float) -> None:
        return


class Now:
    def now(self) -> datetime:
        return datetime(2026, 11, 25, tzinfo=UTC)


@pytest.fixture(autouse=True)
def since_boot(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """By how much the time since the machine started is ahead. Waits between attempts are short."""
    ahead_s = [0.0]
    for module in (deliver, post_by):
        monkeypatch.setattr(module, "since_boot_s", lambda: since_boot_s() + ahead_s[0])
    for name in ("LOOK_AGAIN_S", "FIRST_WAIT_S", "SHORTEST_WAIT_S"):
        monkeypatch.setattr(deliver, name, 0.001)
    return ahead_s


async def works(
    records: Records,
    platform: Platform,
    *,
    attempt: int = 1,
    lease_s: float = WAIT_S,
    stop: asyncio.Event | None = None,
) -> None:
    """Works on a letter whose time is over by when it is recorded what came of it."""
    deliveries = Deliveries(
        outbox=records,  # type: ignore[arg-type]
        queue=records,  # type: ignore[arg-type]
        cards=records,  # type: ignore[arg-type]
        postmen={platform.platform: platform},
        signals=Quiet(),  # type: ignore[arg-type]
        clock=Now(),
        owner="us",
        boundary=lambda name, job: None,
        lease_s=lease_s,
    )
    letter = Letter(id=1, job=JobId(7), final=True, attempt=attempt, nonce="")
    async with asyncio.timeout(WAIT_S):
        await deliveries.work(
            replace(letter, post_by_s=since_boot_s() + POST_S), stop=stop or asyncio.Event()
        )


@pytest.mark.parametrize(
    ("takes", "attempt", "record", "written"),
    [
        (taken, 1, "posted", "ours"),
        (too_slow, 1, "postpone", None),
        (too_slow, deliver.MOST_ATTEMPTS, "give_up", None),
        (refused, 1, "give_up", None),
    ],
)
async def test_a_late_letter_is_put_right_also_where_it_could_not_be_recorded(
    since_boot: list[float],
    takes: Takes,
    attempt: int,
    record: str,
    written: str | None,
) -> None:
    stands = replace(BY_ANOTHER, attempt=attempt + 1)
    records = Records(since_boot, stands=stands)
    platform = Platform(takes=takes)

    await works(records, platform, attempt=attempt)

    assert records.tried == [record]
    assert [(one.stands, one.written) for one in platform.asked] == [("theirs", written)]


async def test_a_letter_in_time_that_could_not_be_recorded_is_left_to_its_next_attempt(
    since_boot: list[float],
) -> None:
    records, platform = Records(since_boot, passes_s=0.0), Platform()

    await works(records, platform)

    assert records.tried == ["posted"]
    assert platform.asked == []


async def test_a_late_letter_of_which_only_the_reply_was_lost_is_ours(
    since_boot: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    records, platform = Records(since_boot, stands=BY_US), Platform()

    await works(records, platform)

    assert platform.asked == []
    assert "another process" not in caplog.text


@pytest.mark.parametrize("first", [away, unreadable])
async def test_what_could_not_be_put_right_at_once_is_put_right_later(
    since_boot: list[float], first: Rights
) -> None:
    platform = Platform(rights=[first, done])

    await works(Records(since_boot), platform)

    assert len(platform.asked) == 2


@pytest.mark.parametrize("rights", [endless, away, wishes_an_hour])
async def test_a_platform_that_is_away_keeps_a_late_letter_no_longer_than_two_leases(
    since_boot: list[float], caplog: pytest.LogCaptureFixture, rights: Rights
) -> None:
    started_s, lease_s = since_boot_s(), 0.1

    await works(Records(since_boot), Platform(rights=[rights]), lease_s=lease_s)

    assert since_boot_s() - started_s < 2 * lease_s + SLACK_S
    assert "may show twice" in caplog.text


@pytest.mark.parametrize("rights", [endless, away, wishes_an_hour])
async def test_who_is_told_to_stop_puts_right_no_longer_than_a_moment(
    since_boot: list[float],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    rights: Rights,
) -> None:
    monkeypatch.setattr(deliver, "STOPPING_S", 0.01)
    platform, stop = Platform(rights=[rights]), asyncio.Event()

    async with asyncio.TaskGroup() as group:
        group.create_task(works(Records(since_boot), platform, stop=stop))
        await platform.asked_one.wait()
        stop.set()

    assert "may show twice" in caplog.text


async def test_who_wakes_up_stopping_still_puts_right_what_it_can(
    since_boot: list[float],
) -> None:
    platform, stop = Platform(), asyncio.Event()
    stop.set()

    await works(Records(since_boot), platform, stop=stop)

    assert len(platform.asked) == 1
