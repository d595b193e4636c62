"""The simulated providers as cases of the contract suite."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from PIL import Image

from bot.net.clients import make_client
from bot.net.policy import OutboundPolicy, operator_host
from providers import GenerationRequest, Insets, Operation, Provider, ProviderConfig
from providers.a1111 import plugin as a1111_plugin
from providers.comfyui import plugin as comfyui_plugin
from providers.gemini import plugin as gemini_plugin
from providers.openai import plugin as openai_plugin
from providers.protocol import ProviderPlugin
from providers.sketch import plugin as sketch_plugin
from providers.stability import plugin as stability_plugin
from providers.testing import ProviderCase, workshop
from tests.simulators.providers import a1111, comfyui, gemini, openai, polling, stability
from tests.simulators.providers.pictures import encoded, painted
from tests.simulators.providers.polling_adapter import plugin as polling_plugin

DEAD_URL = "http://127.0.0.1:9/v1"
"""Port 9 is "discard": nobody listens."""


@asynccontextmanager
async def provider_at(
    base_url: str,
    plugin: ProviderPlugin = openai_plugin,
    *,
    api_key: str | None = "sk-test",
    **table: object,
) -> AsyncIterator[Provider]:
    """A provider of that table, with the product's own client."""
    options, name = table.pop("options", {}), str(table.pop("name", "house"))
    config = ProviderConfig(
        name=name, kind="test", base_url=base_url, api_key=api_key, options=options, **table
    )
    policy = OutboundPolicy(operator_hosts=frozenset({operator_host(base_url)}))
    async with make_client(policy) as http:
        yield plugin(config, workshop(http))


def mask_png(side_px: int) -> bytes:
    """A canonical mask whose left half is to be edited."""
    mask = Image.new("L", (side_px, side_px), 0)
    mask.paste(255, (0, 0, side_px // 2, side_px))
    return encoded(mask)


def requests_for(model: str, side_px: int) -> tuple[GenerationRequest, ...]:
    """One request for each operation the images protocol has, and one for four images."""
    size = {"model": model, "width_px": side_px, "height_px": side_px, "prompt": "a red fox"}
    source = encoded(painted("a source", (side_px, side_px)))
    return (
        GenerationRequest(operation=Operation.TEXT_TO_IMAGE, **size),
        GenerationRequest(operation=Operation.TEXT_TO_IMAGE, count=4, **size),
        GenerationRequest(operation=Operation.IMAGE_TO_IMAGE, source_image=source, **size),
        GenerationRequest(operation=Operation.VARY, source_image=source, **size),
        GenerationRequest(
            operation=Operation.INPAINT, source_image=source, mask=mask_png(side_px), **size
        ),
        GenerationRequest(
            operation=Operation.OUTPAINT, source_image=source, expand=Insets(left_px=64), **size
        ),
    )


def openai_case(name: str, model: str, *, extended: bool = False, **table: object) -> ProviderCase:
    """An images server: OpenAI's own, or a compatible one."""
    simulators: list[openai.OpenAISimulator] = []

    @asynccontextmanager
    async def opened() -> AsyncIterator[Provider]:
        simulators.append(openai.OpenAISimulator(extended=extended))
        async with (
            openai.running(simulators[-1]) as base_url,
            provider_at(base_url, **table) as provider,
        ):
            yield provider
        assert simulators[-1].violations == []

    return ProviderCase(
        name=name,
        open=opened,
        requests=requests_for(model, 64 if extended else 816),
        calls_made=lambda: len(simulators[-1].calls),
        unreachable=lambda: provider_at(DEAD_URL, **table),
    )


def azure_case(name: str, style: str) -> ProviderCase:
    """An Azure resource, which serves OpenAI's models under names of its own."""
    simulators: list[openai.OpenAISimulator] = []
    table = {"options": {"azure": style, "deployments": "gpt-image-2=prod-images"}}

    @asynccontextmanager
    async def opened() -> AsyncIterator[Provider]:
        simulators.append(openai.OpenAISimulator(deployments={"prod-images": "gpt-image-2"}))
        async with (
            openai.running(simulators[-1]) as base_url,
            provider_at(base_url.removesuffix("/v1"), **table) as provider,
        ):
            yield provider
        assert simulators[-1].violations == []

    return ProviderCase(
        name=name,
        open=opened,
        requests=requests_for("gpt-image-2", 816),
        calls_made=lambda: len(simulators[-1].calls),
        unreachable=lambda: provider_at(DEAD_URL, **table),
    )


def gemini_case(name: str, model: str, side_px: int = 1024) -> ProviderCase:
    """The Gemini API: words and pictures in, one picture out."""
    simulators: list[gemini.GeminiSimulator] = []

    @asynccontextmanager
    async def opened() -> AsyncIterator[Provider]:
        simulators.append(gemini.GeminiSimulator())
        async with (
            gemini.running(simulators[-1]) as base_url,
            provider_at(base_url, gemini_plugin) as provider,
        ):
            yield provider
        assert simulators[-1].violations == []

    size = {"model": model, "width_px": side_px, "height_px": side_px, "prompt": "a red fox"}
    source = encoded(painted("a source", (96, 64)))
    return ProviderCase(
        name=name,
        open=opened,
        requests=(
            GenerationRequest(operation=Operation.TEXT_TO_IMAGE, seed=7, **size),
            GenerationRequest(operation=Operation.IMAGE_TO_IMAGE, source_image=source, **size),
            GenerationRequest(operation=Operation.VARY, source_image=source, **size),
        ),
        calls_made=lambda: len(simulators[-1].calls),
        unreachable=lambda: provider_at(DEAD_URL, gemini_plugin),
    )


STABILITY_TABLE = {"options": {"poll_every_s": 0.02}}


def stability_requests() -> tuple[GenerationRequest, ...]:
    """One request for each service of Stability's."""
    size = {"width_px": 128, "height_px": 128, "prompt": "a red fox", "seed": 7}
    plain = {"width_px": 128, "height_px": 128}
    source = {"source_image": encoded(painted("a source", (128, 128)))}
    square = {"width_px": 1024, "height_px": 1024, "prompt": "a red fox", "seed": 7}
    words: tuple[tuple[str, Operation, dict[str, object]], ...] = (
        ("sd3.5-large", Operation.TEXT_TO_IMAGE, square),
        ("stable-image-ultra", Operation.TEXT_TO_IMAGE, square),
        ("stable-image-core", Operation.TEXT_TO_IMAGE, {**square, "style": "anime"}),
        ("sd3.5-large-turbo", Operation.IMAGE_TO_IMAGE, {**size, **source}),
        ("stable-image-ultra", Operation.VARY, {**size, **source}),
        ("stable-image-inpaint", Operation.INPAINT, {**size, **source, "mask": mask_png(128)}),
        (
            "stable-image-outpaint",
            Operation.OUTPAINT,
            {**size, **source, "expand": Insets(top_px=32)},
        ),
        ("stable-image-remove-background", Operation.REMOVE_BACKGROUND, {**plain, **source}),
        ("stable-image-upscale-fast", Operation.UPSCALE, {**plain, **source, "scale": 4}),
        ("stable-image-upscale-conservative", Operation.UPSCALE, {**size, **source, "scale": 2}),
        ("stable-image-upscale-creative", Operation.UPSCALE, {**size, **source, "scale": 4}),
        *(
            (
                "stable-image-control",
                Operation.CONTROL,
                {
                    **size,
                    "control_image": source["source_image"],
                    "control_kind": kind,
                    "control_strength": 0.6,
                },
            )
            for kind in ("sketch", "structure", "style")
        ),
    )
    return tuple(
        GenerationRequest(model=model, operation=operation, **fields)
        for model, operation, fields in words
    )


def stability_case(name: str, *, first: str, delay_s: float = 0.0) -> ProviderCase:
    """Stability's services; the contract asks most of the first one's model."""
    simulators: list[stability.StabilitySimulator] = []

    @asynccontextmanager
    async def opened() -> AsyncIterator[Provider]:
        simulators.append(stability.StabilitySimulator(delay_s=delay_s))
        async with (
            stability.running(simulators[-1]) as base_url,
            provider_at(base_url, stability_plugin, **STABILITY_TABLE) as provider,
        ):
            yield provider
        assert simulators[-1].violations == []

    requests = sorted(stability_requests(), key=lambda request: request.model != first)
    return ProviderCase(
        name=name,
        open=opened,
        requests=tuple(requests),
        calls_made=lambda: len(simulators[-1].calls),
        unreachable=lambda: provider_at(DEAD_URL, stability_plugin),
    )


def polling_case(name: str, *, delay_s: float = 0.0) -> ProviderCase:
    """A provider with job ids."""
    simulators: list[polling.PollingSimulator] = []

    @asynccontextmanager
    async def opened() -> AsyncIterator[Provider]:
        simulators.append(polling.PollingSimulator(delay_s=delay_s))
        async with (
            polling.running(simulators[-1]) as base_url,
            provider_at(base_url, polling_plugin) as provider,
        ):
            yield provider

    request = GenerationRequest(
        operation=Operation.TEXT_TO_IMAGE,
        model="poll-1",
        prompt="a red fox",
        count=2,
        seed=7,
        width_px=64,
        height_px=64,
    )
    return ProviderCase(
        name=name,
        open=opened,
        requests=(request,),
        calls_made=lambda: len(simulators[-1].bill.entries),
        unreachable=lambda: provider_at(DEAD_URL, polling_plugin),
    )


def sketch_case() -> ProviderCase:
    """The local renderer: no server, every operation it has."""
    small = GenerationRequest(
        operation=Operation.TEXT_TO_IMAGE,
        model="sketch",
        prompt="a red fox",
        width_px=96,
        height_px=64,
    )
    source = encoded(painted("a source", (96, 64)))
    mask = Image.new("L", (96, 64), 0)
    mask.paste(255, (0, 0, 48, 32))

    @asynccontextmanager
    async def opened() -> AsyncIterator[Provider]:
        async with make_client(OutboundPolicy()) as http:
            yield sketch_plugin(ProviderConfig(name="sketch", kind="sketch"), workshop(http))

    return ProviderCase(
        name="sketch",
        open=opened,
        requests=(
            small,
            replace(small, count=4, seed=7),
            replace(small, operation=Operation.VARY, seed=7, extra={"vary_seed": 9}),
            replace(small, operation=Operation.IMAGE_TO_IMAGE, source_image=source),
            replace(small, operation=Operation.INPAINT, source_image=source, mask=encoded(mask)),
            replace(
                small,
                operation=Operation.OUTPAINT,
                source_image=source,
                expand=Insets(left_px=32),
            ),
            replace(small, operation=Operation.UPSCALE, source_image=source, scale=2),
        ),
    )


def own_server_requests(model: str) -> tuple[GenerationRequest, ...]:
    """One request for each operation that servers of diffusion models have, and one for four images."""
    size = {"width_px": 64, "height_px": 64}
    return (
        *(replace(request, **size) for request in requests_for(model, 64)),
        GenerationRequest(
            operation=Operation.UPSCALE,
            model=model,
            source_image=encoded(painted("a source", (64, 64))),
            scale=2,
        ),
    )


def a1111_case(kind: str) -> ProviderCase:
    """A server of the A1111 protocol of one kind."""
    simulators: list[a1111.A1111Simulator] = []
    options = {"options": {"progress_every_s": 0.01}}
    requests = own_server_requests("sdxl-base")
    if kind == "sdcpp":
        requests = requests[:-1]

    @asynccontextmanager
    async def opened() -> AsyncIterator[Provider]:
        simulators.append(a1111.A1111Simulator(kind=kind))
        async with (
            a1111.running(simulators[-1]) as base_url,
            provider_at(base_url, a1111_plugin, api_key=None, **options) as provider,
        ):
            yield provider
        assert simulators[-1].violations == []

    return ProviderCase(
        name=f"a1111-{kind}",
        open=opened,
        requests=requests,
        calls_made=lambda: len(simulators[-1].bill.entries),
        unreachable=lambda: provider_at(DEAD_URL, a1111_plugin, api_key=None, **options),
    )


CHECKPOINT = "sd_xl_base_1.0"


def comfyui_case(name: str, *, speaks_ws: bool = True) -> ProviderCase:
    """A ComfyUI with every file that the shipped workflows need."""
    simulators: list[comfyui.ComfySimulator] = []
    options = {"options": {"look_every_s": 0.02}}
    small = {"width_px": 64, "height_px": 64, "count": 1}
    painting = (replace(r, **small) for r in requests_for(CHECKPOINT, 64) if r.count == 1)
    source = encoded(painted("a source", (64, 64)))
    upscale = GenerationRequest(
        operation=Operation.UPSCALE, model="resize", source_image=source, scale=2
    )
    flux = GenerationRequest(
        operation=Operation.TEXT_TO_IMAGE,
        model="flux1-dev",
        prompt="a red fox",
        seed=7,
        width_px=256,
        height_px=256,
    )

    @asynccontextmanager
    async def opened() -> AsyncIterator[Provider]:
        simulators.append(comfyui.ComfySimulator(speaks_ws=speaks_ws))
        async with (
            comfyui.running(simulators[-1]) as base_url,
            provider_at(base_url, comfyui_plugin, api_key=None, **options) as provider,
        ):
            yield provider
        assert simulators[-1].violations == []

    return ProviderCase(
        name=name,
        open=opened,
        requests=(*painting, flux, upscale, replace(upscale, model="RealESRGAN_x4plus", scale=4)),
        calls_made=lambda: len(simulators[-1].bill.entries),
        unreachable=lambda: provider_at(DEAD_URL, comfyui_plugin, api_key=None, **options),
    )
