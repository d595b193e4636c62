"""A judge with one rule and a provider that paints plain squares: real parts, small enough to reason about."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from datetime import date

from PIL import Image

from moderation import (
    Allow,
    Block,
    Category,
    Gate,
    ImageCase,
    PromptCase,
    Review,
    Unchecked,
    Verdict,
)
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
    Price,
    Progress,
    ProviderError,
    Result,
    SeedSupport,
    SizeRule,
    Submitted,
)


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
        if "risky" in case.prompt:
            return Review(category=Category.SEXUAL, score=0.5)
        return Allow()


@dataclass
class SquarePainter:
    """Paints plain squares at once, or when `gate` opens; raises what is in `faults` first."""

    name: str = "squares"
    requests: list[GenerationRequest] = field(default_factory=list)
    faults: list[ProviderError] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    faults_at: dict[int, ProviderError] = field(default_factory=dict)
    """By the number of the call, from 1."""
    gives_ids: bool = False
    cancel_fault: Exception | None = None

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
                    price=Price(
                        per_image_microusd=1000, source="this test", read_on=date(2026, 11, 25)
                    ),
                ),
            )
        ]

    async def generate(self, request: GenerationRequest, call: Call) -> AsyncGenerator[Event, None]:
        self.requests.append(request)
        if self.gives_ids:
            yield Submitted(remote_id=f"square-{len(self.requests)}")
        yield Progress(fraction=0.5)
        await self.gate.wait()
        if fault := self.faults_at.pop(len(self.requests), None):
            raise fault
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
        if self.cancel_fault is not None:
            raise self.cancel_fault
        return True

    def _square(self, request: GenerationRequest, number: int) -> GeneratedImage:
        seed = (request.seed or 0) + number
        size = (request.width_px, request.height_px)
        colour = (seed % 256, seed // 256 % 256, len(request.prompt) % 256)
        buffer = io.BytesIO()
        Image.new("RGB", size, colour).save(buffer, "PNG")
        return GeneratedImage(data=buffer.getvalue(), seed=seed)
