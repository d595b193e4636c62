"""A real house on a real database, with a chat that remembers what was posted and a provider that paints squares."""

from __future__ import annotations

import asyncio
import io
import itertools
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image

from bot.config import load_settings
from bot.domain.action import Action, unpack
from bot.domain.card import Button, Card, Reply
from bot.domain.identity import BlobKey, JobId, Person, Place, Role
from bot.domain.invocation import Invocation
from bot.domain.job import Job
from bot.pipeline.catalog import Catalog, Stall
from bot.ports import Letter, Posted
from bot.wiring.house import Fittings, House, open_house
from moderation import Allow, Block, Category, Gate, ImageCase, PromptCase, Unchecked, Verdict
from moderation.panel import Panel
from providers import (
    Call,
    CancelKind,
    Capabilities,
    Done,
    Event,
    GeneratedImage,
    GenerationRequest,
    Model,
    ModelGone,
    Operation,
    Progress,
    ProviderError,
    Result,
    SeedSupport,
    SizeRule,
)

WAIT_S = 20.0


class WordJudge:
    """Refuses prompts that say so; a real judge with one rule."""

    name = "words"
    version = "1"
    gates = frozenset(Gate)

    async def judge_prompt(self, case: PromptCase) -> Verdict:
        if "forbidden" in case.prompt:
            return Block(category=Category.VIOLENCE, score=1.0)
        if "uncheckable" in case.prompt:
            return Unchecked(detail="the judge is away")
        return Allow()

    async def judge_image(self, case: ImageCase) -> Verdict:
        if "ugly" in case.prompt:
            return Block(category=Category.SEXUAL, score=1.0)
        return Allow()


@dataclass
class SquarePainter:
    """Paints plain squares at once, or when `gate` opens; raises what is in `faults` first."""

    name: str = "squares"
    requests: list[GenerationRequest] = field(default_factory=list)
    faults: list[ProviderError] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    async def models(self) -> Sequence[Model]:
        return [
            Model(
                id="square-1",
                capabilities=Capabilities(
                    operations=frozenset(Operation) - {Operation.CONTROL},
                    sizes=SizeRule(max_px=1024),
                    max_count=4,
                    seed=SeedSupport.ECHOED,
                    styles=("pencil", "watercolor"),
                    strength=True,
                    upscale_factors=(2,),
                    cancel=CancelKind.RUNNING,
                ),
            )
        ]

    async def generate(self, request: GenerationRequest, call: Call) -> AsyncGenerator[Event, None]:
        self.requests.append(request)
        yield Progress(fraction=0.5)
        await self.gate.wait()
        if self.faults:
            raise self.faults.pop(0)
        images = [self._square(request, number) for number in range(request.count)]
        yield Done(result=Result(images=tuple(images), cost_microusd=1000 * request.count))

    async def resume(
        self, remote_id: str, request: GenerationRequest, call: Call
    ) -> AsyncGenerator[Event, None]:
        raise ModelGone("this provider has no job ids")
        yield

    async def cancel(self, remote_id: str) -> bool:
        return True

    def _square(self, request: GenerationRequest, number: int) -> GeneratedImage:
        seed = (request.seed or 0) + number
        size = (request.width_px, request.height_px)
        colour = (seed % 256, seed // 256 % 256, len(request.prompt) % 256)
        buffer = io.BytesIO()
        Image.new("RGB", size, colour).save(buffer, "PNG")
        return GeneratedImage(data=buffer.getvalue(), seed=seed)


@dataclass
class ChatLog:
    """A platform that remembers every card posted for a job."""

    platform: str = "test"
    posts: list[tuple[Letter, Job, Card]] = field(default_factory=list)
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def post(self, letter: Letter, job: Job, card: Card) -> Posted:
        async with self.news:
            self.posts.append((letter, job, card))
            self.news.notify_all()
        return Posted(
            message=str(len(self.posts)), images=tuple(one.position for one in card.pictures)
        )

    async def final(self, job: JobId) -> Card:
        """The one final card of a job, once it is there."""

        def found() -> list[Card]:
            return [card for letter, its, card in self.posts if letter.final and its.id == job]

        async with asyncio.timeout(WAIT_S), self.news:
            await self.news.wait_for(found)
        cards = found()
        assert len(cards) == 1
        return cards[0]


@dataclass
class Actor:
    """A person of the test workspace, doing things."""

    stage: Stage
    person: Person

    async def says(
        self, line: str, *, reference: BlobKey | None = None, key: str | None = None
    ) -> Reply:
        word, _, text = line.removeprefix("/").partition(" ")
        return await self.stage.house.dispatch(
            Invocation(
                key=key or self.stage.fresh_key(),
                person=self.person,
                place=Place(channel="general"),
                word=word,
                text=text,
                reference=reference,
            )
        )

    async def presses(
        self, button: Button | Action, *, mask: BlobKey | None = None, **inputs: str
    ) -> Reply:
        packed = (button.action if isinstance(button, Button) else button).pack()
        return await self.stage.house.dispatch(
            Invocation(
                key=self.stage.fresh_key(),
                person=self.person,
                place=Place(channel="general"),
                action=unpack(packed),
                inputs=inputs,
                mask=mask,
            )
        )

    async def gets(self, line: str) -> Card:
        """The final card of what `line` asked for."""
        reply = await self.says(line)
        assert reply.card is not None
        assert reply.card.headline == "Got it", reply.card
        return await self.stage.newest_final(self.person)

    async def gets_by(self, button: Button, **inputs: str) -> Card:
        reply = await self.presses(button, **inputs)
        assert reply.card is not None
        assert reply.card.headline == "Got it", reply.card
        return await self.stage.newest_final(self.person)


@dataclass
class Stage:
    house: House
    chat: ChatLog
    painter: SquarePainter
    _keys: itertools.count[int] = field(default_factory=itertools.count)

    def actor(self, user: str, role: Role = Role.MEMBER, workspace: str = "W") -> Actor:
        person = Person(platform="test", workspace=workspace, user=user, name=user, role=role)
        return Actor(self, person)

    def fresh_key(self) -> str:
        return f"event-{next(self._keys)}"

    async def newest_job(self, person: Person) -> Job:
        (job,) = await self.house.store.queue.jobs_of(person.lane, unfinished=False, limit=1)
        return job

    async def newest_final(self, person: Person) -> Card:
        return await self.chat.final((await self.newest_job(person)).id)


Opener = Callable[..., "asyncio.Future[Stage]"]


@asynccontextmanager
async def open_stage(
    folder: Path, *, database_url: str = "", **rules: object
) -> AsyncIterator[Stage]:
    settings = load_settings(
        {"IMPASTO_DATA_DIR": str(folder), "IMPASTO_CONFIG": "", "DATABASE_URL": database_url},
        rules={"side_px": 64, **rules},
        moderators=[],
        image_processes=1,
    )
    painter, chat = SquarePainter(), ChatLog()
    stall = Stall(provider=painter, models=tuple(await painter.models()), max_concurrent=4)
    fittings = Fittings(
        postmen={chat.platform: chat},
        catalog=lambda _: Catalog((stall,)),
        panel=lambda _: Panel([(WordJudge(), True)], policy_version="test", timeout_s=5),
    )
    async with open_house(settings, work=True, fittings=fittings) as house:
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(house.work(stop=stop, drain_s=0))
            try:
                yield Stage(house, chat, painter)
            finally:
                stop.set()
                painter.gate.set()


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(tmp_path) as opened:
        yield opened


@pytest.fixture
def ana(stage: Stage) -> Actor:
    return stage.actor("ana")


@pytest.fixture
def ben(stage: Stage) -> Actor:
    return stage.actor("ben")


@pytest.fixture
def ida(stage: Stage) -> Actor:
    return stage.actor("ida", Role.ADMIN)
