"""The no-op jobs that the queue's benchmarks push through it."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.domain.grammar import Ask
from bot.domain.identity import BlobKey, Person, Place
from bot.domain.job import NewImage, Order, Plan
from bot.domain.quota import Counter
from bot.ports import Submission
from moderation import Allow, Decision, Gate, Opinion
from providers import Operation

OWNER = "bench"
PROVIDER = "instant"
LEASE_S = 60.0
USERS = 50

PLAN = Plan(
    model="instant-1", providers=(PROVIDER,), width_px=1024, height_px=1024, count=1, seed=7
)


class SystemClock:
    """The time."""

    def now(self) -> datetime:
        """UTC."""
        return datetime.now(UTC)  # noqa: TID251 - a benchmark measures real time


def submission(number: int, *, user: str, cap: int = 2) -> Submission:
    """The `number`th request, of one image, held in one day's counter."""
    person = Person(platform="web", workspace="bench", user=user, name=user)
    counter = Counter(
        scope=f"user:{person.lane}",
        period_key="day:2026-11-25",
        limit=1_000_000,
        returns_at=datetime(2026, 11, 26, tzinfo=UTC),
    )
    ask = Ask(prompt="a lighthouse in a storm, oil on canvas", count=1)
    return Submission(
        key=f"bench:{user}:{number}",
        person=person,
        place=Place(channel="studio"),
        order=Order(operation=Operation.TEXT_TO_IMAGE, ask=ask),
        counters=(counter,),
        max_queued=1_000_000,
        weight=1.0,
        cap=cap,
    )


def decision(gate: Gate) -> Decision:
    """A judge's yes."""
    opinion = Opinion(judge="rules", version="1", required=True, verdict=Allow())
    return Decision(
        gate=gate, verdict=Allow(), judge="rules", policy_version="1", opinions=(opinion,)
    )


PROMPT_DECISION = decision(Gate.PROMPT)
IMAGE_DECISION = decision(Gate.IMAGE)


def new_image(position: int = 1) -> NewImage:
    """A picture nobody painted."""
    return NewImage(
        position=position,
        seed=7,
        width_px=1024,
        height_px=1024,
        mime="image/png",
        key=BlobKey("a" * 64),
        view=BlobKey("b" * 64),
        thumbnail=BlobKey("c" * 64),
        phash="0" * 16,
        alt="a lighthouse in a storm, oil on canvas",
    )
