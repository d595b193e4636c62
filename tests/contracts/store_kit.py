"""Requests, plans and pictures for tests of the store, and the clock they are told by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from weakref import WeakKeyDictionary

from bot.domain.grammar import Ask
from bot.domain.identity import BlobKey, ImageId, JobId, Person, Place
from bot.domain.job import Ending, Fence, NewImage, Order, Plan, Reason
from bot.domain.quota import Counter
from bot.ports import Accepted, Claimed, Letter, Submission
from bot.store.opening import Store
from bot.store.transaction import OpenExecutor
from moderation import Allow, Block, Category, Decision, Gate, Opinion
from providers import Operation

LEASE_S = 15.0
DEADLINE_S = 600.0
CAPACITY = {"house": 100, "cloud": 100}


@dataclass
class MovableClock:
    """A clock that stands until it is moved."""

    at: datetime = field(default_factory=lambda: datetime(2026, 11, 25, 12, tzinfo=UTC))

    def now(self) -> datetime:
        return self.at

    def forward(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def person(user: str = "ann", *, workspace: str = "T1") -> Person:
    return Person(platform="slack", workspace=workspace, user=user, name=user.title())


def counter(user: str = "ann", *, limit: int = 100, period_key: str = "day:2026-11-25") -> Counter:
    return Counter(
        scope=f"user:{person(user).lane}",
        period_key=period_key,
        limit=limit,
        returns_at=datetime(2026, 11, 26, tzinfo=UTC),
    )


def submission(
    key: str,
    *,
    user: str = "ann",
    images: int = 1,
    counters: Sequence[Counter] | None = None,
    cap: int = 2,
    max_queued: int = 1_000,
    order: Order | None = None,
    workspace: str = "T1",
) -> Submission:
    ask = Ask(prompt="a red fox at dusk", count=images)
    return Submission(
        key=key,
        person=person(user, workspace=workspace),
        place=Place(channel="C1", thread="171.5"),
        order=order or Order(operation=Operation.TEXT_TO_IMAGE, ask=ask),
        counters=(counter(user),) if counters is None else tuple(counters),
        max_queued=max_queued,
        weight=1.0,
        cap=cap,
    )


def plan(*providers: str, count: int = 1) -> Plan:
    return Plan(
        model="sdxl",
        providers=providers or ("house",),
        width_px=1024,
        height_px=1024,
        count=count,
        seed=7,
    )


def allowed(gate: Gate = Gate.PROMPT) -> Decision:
    opinion = Opinion(judge="rules", version="1", required=True, verdict=Allow())
    return Decision(
        gate=gate, verdict=Allow(), judge="rules", policy_version="1", opinions=(opinion,)
    )


def blocked() -> Decision:
    verdict = Block(category=Category.VIOLENCE, score=0.9)
    opinion = Opinion(judge="rules", version="1", required=True, verdict=verdict)
    return Decision(
        gate=Gate.PROMPT, verdict=verdict, judge="rules", policy_version="1", opinions=(opinion,)
    )


def picture(position: int, *, content: str = "") -> NewImage:
    """A picture; the same `content` gives the same blobs."""
    content = content or f"p{position}"
    return NewImage(
        position=position,
        seed=7,
        width_px=1024,
        height_px=1024,
        mime="image/png",
        key=BlobKey(f"full-{content}"),
        view=BlobKey(f"view-{content}"),
        thumbnail=BlobKey(f"thumbnail-{content}"),
        phash="00ff",
        alt="a red fox at dusk",
        not_drawn=("a hat",),
    )


def child_of(image: ImageId, *, source: BlobKey) -> Order:
    return Order(
        operation=Operation.VARY,
        ask=Ask(prompt="a red fox", count=1),
        parent_image=image,
        source=source,
    )


_ADOPTED: WeakKeyDictionary[OpenExecutor, dict[JobId, Fence]] = WeakKeyDictionary()

REFUSED = Ending(reason=Reason.BLOCKED_PROMPT, category="violence")
BROKEN = Ending(reason=Reason.PROVIDER_DOWN, detail="503")


async def accepted(store: Store, key: str, **wishes: object) -> JobId:
    """A request that nobody judges yet."""
    outcome = await store.queue.submit(submission(key, **wishes))  # type: ignore[arg-type]
    assert isinstance(outcome, Accepted), outcome
    return outcome.job


async def submitted(
    store: Store, key: str, *, owner: str = "gateway", lease_s: float = 30.0, **wishes: object
) -> Fence:
    """The fence of a request that was accepted and adopted by whoever judges it.

    Tests that ask at the same time may adopt each other's; then each waits for its own.
    """
    job = await accepted(store, key, **wishes)
    adopted = _ADOPTED.setdefault(store.executor, {})
    while job not in adopted:
        for claimed in await store.queue.adopt(owner=owner, limit=100, lease_s=lease_s):
            adopted[claimed.job.id] = claimed.fence
    return adopted.pop(job)


async def queued(
    store: Store,
    key: str,
    *,
    providers: Sequence[str] = ("house",),
    weight: float = 1.0,
    **wishes: object,
) -> JobId:
    """A job in line."""
    fence = await submitted(store, key, **wishes)
    assert await store.queue.admit(fence, plan=plan(*providers), decision=allowed(), weight=weight)
    return fence.job


async def claim(
    store: Store, *, slots: int = 1, owner: str = "worker", capacity: dict[str, int] | None = None
) -> Sequence[Claimed]:
    return await store.queue.claim(
        owner=owner,
        slots=slots,
        lease_s=LEASE_S,
        capacity=CAPACITY if capacity is None else capacity,
    )


async def running(store: Store, key: str, **wishes: object) -> Claimed:
    """A job in a worker's hands; nobody else is in line."""
    await queued(store, key, **wishes)  # type: ignore[arg-type]
    (claimed,) = await claim(store)
    return claimed


async def finish(store: Store, fence: Fence, *, images: int = 1) -> bool:
    return await store.queue.finish(
        fence,
        images=[picture(position) for position in range(1, images + 1)],
        decisions=[allowed(Gate.IMAGE)] * images,
        cost_microusd=40_000,
        notes=("a note",),
        grid=None,
    )


async def letters(store: Store, *, owner: str = "postman", limit: int = 100) -> Sequence[Letter]:
    return await store.outbox.due(owner=owner, limit=limit, lease_s=60.0)


async def final_letter(store: Store) -> Letter:
    """The one final letter that is due."""
    (letter,) = [letter for letter in await letters(store) if letter.final]
    return letter


async def left(store: Store, user: str = "ann") -> tuple[int, int]:
    """What is used and held of a person's day."""
    (usage,) = await store.quotas.usage([counter(user)])
    return usage.used, usage.held
