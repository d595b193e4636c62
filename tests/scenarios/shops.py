"""A house with several providers that keep a bill, paint plain squares and fail as they are told."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from PIL import Image

from bot.config import load_settings
from bot.pipeline.catalog import Catalog, Stall
from bot.wiring.fittings import Fittings, SystemClock
from bot.wiring.house import open_house
from moderation.panel import Panel
from providers import (
    Call,
    Capabilities,
    Done,
    Event,
    GeneratedImage,
    GenerationRequest,
    Headroom,
    Model,
    Operation,
    ProviderError,
    Result,
    SeedSupport,
    SizeRule,
)
from tests.scenarios.painter import WordJudge
from tests.scenarios.stage import ChatLog, Stage
from tests.servers.sqlite import lay_fresh_database

EVERYTHING = frozenset(Operation) - {Operation.CONTROL, Operation.REMOVE_BACKGROUND}


def model(model_id: str, **changes: object) -> Model:
    able = Capabilities(
        operations=EVERYTHING,
        sizes=SizeRule(max_px=1024),
        max_count=4,
        seed=SeedSupport.ECHOED,
        strength=True,
        upscale_factors=(2,),
    )
    return Model(id=model_id, capabilities=replace(able, **changes))


@dataclass
class Shop:
    """One provider. `fault` is asked before each call whether it fails; a paid call stands in `paid`."""

    name: str
    offers: tuple[Model, ...]
    fault: Callable[[GenerationRequest], ProviderError | None] = lambda request: None
    cost_microusd: int | None = 1000
    tells_seeds: bool = True
    headroom: Headroom | None = None
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    calls: list[GenerationRequest] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    called_at: list[float] = field(default_factory=list)
    paid: list[GenerationRequest] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    painting: asyncio.Condition = field(default_factory=asyncio.Condition)

    def __post_init__(self) -> None:
        self.gate.set()

    async def models(self) -> Sequence[Model]:
        return self.offers

    async def generate(self, request: GenerationRequest, call: Call) -> AsyncGenerator[Event, None]:
        self.calls.append(request)
        self.keys.append(call.key)
        self.called_at.append(asyncio.get_running_loop().time())
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        async with self.painting:
            self.painting.notify_all()
        try:
            await self.gate.wait()
            if fault := self.fault(request):
                raise fault
            self.paid.append(request)
            if self.headroom is not None:
                yield self.headroom
            cost = None if self.cost_microusd is None else self.cost_microusd * request.count
            images = tuple(square(request, number) for number in range(request.count))
            if not self.tells_seeds:
                images = tuple(replace(image, seed=None) for image in images)
            yield Done(result=Result(images=images, cost_microusd=cost))
        finally:
            self.at_once -= 1

    async def resume(
        self, remote_id: str, request: GenerationRequest, call: Call
    ) -> AsyncGenerator[Event, None]:
        raise AssertionError("these shops have no job ids")
        yield

    async def cancel(self, remote_id: str) -> bool:
        return False


def square(request: GenerationRequest, number: int) -> GeneratedImage:
    seed = (request.seed or 0) + number
    colour = (seed % 256, seed // 256 % 256, len(request.prompt) % 256)
    buffer = io.BytesIO()
    Image.new("RGB", (request.width_px, request.height_px), colour).save(buffer, "PNG")
    return GeneratedImage(data=buffer.getvalue(), seed=seed)


def stall(shop: Shop, **more: object) -> Stall:
    return Stall(provider=shop, models=(), **more).offering(
        shop.offers, today=SystemClock().now().date()
    )


@asynccontextmanager
async def open_street(
    folder: Path, *stalls: Stall, slots: int = 8, public_url: str = "", **rules: object
) -> AsyncIterator[Stage]:
    """The house at work with these providers."""
    settings = load_settings(
        {
            "IMPASTO_DATA_DIR": str(folder),
            "IMPASTO_CONFIG": "",
            "IMPASTO_PUBLIC_URL": public_url,
        },
        rules={"side_px": 64, "draft_side_px": 64, "jobs_at_once": 50, "jobs_queued": 99, **rules},
        moderators=[],
        image_processes=1,
        slots=slots,
    )
    lay_fresh_database(settings.database_path)
    chat = ChatLog()
    fittings = Fittings(
        postmen={chat.platform: chat},
        catalog=lambda _: Catalog(stalls),
        panel=lambda _: Panel([(WordJudge(), True)], policy_version="test", timeout_s=5),
    )
    async with open_house(settings, work=True, fittings=fittings) as house:
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(house.work(stop=stop, drain_s=0))
            try:
                yield Stage(house, chat, stalls[0].provider)
            finally:
                stop.set()
                for one in stalls:
                    if isinstance(one.provider, Shop):
                        one.provider.gate.set()
