"""A request as the protocol's body: checked first, and what the server can't do said in notes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from providers.a1111.control import control_unit
from providers.a1111.discovery import API, Checkpoint, Found
from providers.a1111.offers import has_adetailer, upscaler_at
from providers.a1111.options import Options
from providers.a1111.pictures import SEAM_PX, Ready
from providers.a1111.prompt import check_loras, harmless, with_loras
from providers.capabilities import Capabilities, NumberRange
from providers.errors import InvalidRequest
from providers.precheck import NEEDS_SOURCE, check_request
from providers.request import GenerationRequest, Operation

REPAINT_STRENGTH = 0.75
"""The protocol's own default of denoising_strength. Source: AUTOMATIC1111 `modules/api/models.py`, 2026-11-25."""

OUTPAINT_STRENGTH = 0.95
"""What is painted outside the source has only a blur to keep."""

VARY_STRENGTH = 0.35
"""How far a variation moves when nobody says; a little more than a retouch."""

ORIGINAL = 1
"""inpainting_fill: the region starts from what is there (0 fill, 2 noise, 3 nothing)."""

CROP_AND_RESIZE = 1

MAX_PROMPT_CHARS = 20_000
"""Longer words are cut by every text encoder long before; this only bounds what is sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WireCall:
    """One call as it goes out."""

    path: str
    body: dict[str, Any]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Where a request is turned into a call: the server, the checkpoint and the operator's wishes."""

    found: Found
    checkpoint: Checkpoint
    capabilities: Capabilities
    options: Options
    task: str
    control: Ready | None = None
    ready: Ready | None = None
    notes: list[str] = field(default_factory=list)


def check(request: GenerationRequest, capabilities: Capabilities, found: Found) -> None:
    """InvalidRequest, naming the field, for what could only be refused after it was sent."""
    check_request(request, capabilities, max_prompt_chars=MAX_PROMPT_CHARS, wordless=NEEDS_SOURCE)
    if request.operation is Operation.UPSCALE:
        if request.count != 1:
            raise InvalidRequest("1 image a call", param="count")
        if request.scale not in (None, *capabilities.upscale_factors):
            raise InvalidRequest(f"scale is one of {capabilities.upscale_factors}", param="scale")
    if request.control_kind is not None and request.control_kind not in capabilities.controls:
        known = ", ".join(capabilities.controls) or "none"
        raise InvalidRequest(f"control kinds here: {known}", param="control_kind")
    check_choices(request, capabilities)
    check_loras(request.loras, found.loras, most=capabilities.max_loras)


def check_choices(request: GenerationRequest, capabilities: Capabilities) -> None:
    """InvalidRequest for a name the server doesn't have, or a number out of its range."""
    for param, value, known in (
        ("sampler", request.sampler, capabilities.samplers),
        ("style", request.style, capabilities.styles),
    ):
        if value is not None and value not in known:
            raise InvalidRequest(
                f"no {param} {value!r}; there are: {', '.join(known)[:300]}", param=param
            )
    ranges: tuple[tuple[str, float | None, NumberRange | None], ...] = (
        ("steps", request.steps, capabilities.steps),
        ("guidance", request.guidance, capabilities.guidance),
        ("strength", request.strength, NumberRange(low=0, high=1, default=1)),
        ("control_strength", request.control_strength, NumberRange(low=0, high=2, default=1)),
    )
    for param, number, bounds in ranges:
        if number is not None and bounds is not None and not bounds.low <= number <= bounds.high:
            raise InvalidRequest(f"{param} is from {bounds.low:g} to {bounds.high:g}", param=param)


def wire_call(request: GenerationRequest, bench: Bench) -> WireCall:
    """The call for a checked request; its pictures lie ready on the bench."""
    if request.operation is Operation.UPSCALE:
        return upscale_call(request, bench)
    body = painting_body(request, bench)
    path = "txt2img"
    if bench.ready is not None:
        path = "img2img"
        body |= dict(source_fields(request, bench.ready))
    scripts = dict(script_fields(request, bench))
    if scripts:
        body["alwayson_scripts"] = scripts
    return WireCall(path=f"{API}/{path}", body=body, notes=(*bench.notes, *unused(request, bench)))


def upscale_call(request: GenerationRequest, bench: Bench) -> WireCall:
    """One picture made larger, its faces mended where that is asked."""
    restorers = bench.found.face_restorers
    mends = "faces" in request.repair
    return WireCall(
        path=f"{API}/extra-single-image",
        body={
            "image": bench.ready.picture if bench.ready else "",
            "resize_mode": 0,
            "upscaling_resize": request.scale or bench.capabilities.upscale_factors[0],
            "upscaler_1": upscaler_at(bench.found, bench.options),
            "gfpgan_visibility": 1.0 if mends and "GFPGAN" in restorers else 0.0,
            "codeformer_visibility": (
                1.0 if mends and "GFPGAN" not in restorers and "CodeFormer" in restorers else 0.0
            ),
        },
        notes=tuple(bench.notes),
    )


def painting_body(request: GenerationRequest, bench: Bench) -> dict[str, Any]:
    """What txt2img and img2img have in common."""
    width, height = painted_size(request, bench)
    found = bench.found
    prompt = with_loras(request.prompt, () if found.is_sd_cpp else request.loras)
    body: dict[str, Any] = {
        # stable-diffusion.cpp refuses an empty prompt, and a picture alone may be varied without words.
        "prompt": prompt or " ",
        "negative_prompt": harmless(request.negative_prompt),
        "seed": -1 if request.seed is None else request.seed,
        "batch_size": request.count,
        "n_iter": 1,
        "steps": request.steps or 20,
        "width": width,
        "height": height,
        "save_images": False,
        "send_images": True,
        "override_settings": {"sd_model_checkpoint": bench.checkpoint.title},
        "override_settings_restore_afterwards": bench.options.restore_checkpoint,
        "force_task_id": bench.task,
    }
    body |= dict(guidance_fields(request, bench))
    if request.sampler is not None:
        body["sampler_name"] = request.sampler
    if request.style is not None:
        body["styles"] = [request.style]
    if request.operation is Operation.VARY:
        body |= dict(variation_fields(request))
    if found.is_sd_cpp and request.loras:
        body["lora"] = [
            {"path": found.loras[lora.name], "multiplier": lora.weight} for lora in request.loras
        ]
    if "faces" in request.repair and found.face_restorers and not has_adetailer(found):
        body["restore_faces"] = True
    return body


def painted_size(request: GenerationRequest, bench: Bench) -> tuple[int, int]:
    """The size that is painted, noted where it isn't the one asked for."""
    asked = (request.width_px, request.height_px)
    if request.operation in (Operation.INPAINT, Operation.OUTPAINT) and bench.ready is not None:
        size = (bench.ready.width_px, bench.ready.height_px)
        if request.operation is Operation.INPAINT and size != asked:
            bench.notes.append(f"painted at the source's size, {size[0]}x{size[1]}")
        return size
    rule = bench.capabilities.sizes
    step = rule.multiple_px

    def side(length_px: int) -> int:
        low = -(-rule.min_px // step) * step
        return max(low, min(round(length_px / step) * step, rule.max_px // step * step))

    size = (side(asked[0]), side(asked[1]))
    if size != asked:
        bench.notes.append(f"size {asked[0]}x{asked[1]} painted as {size[0]}x{size[1]}")
    return size


def guidance_fields(request: GenerationRequest, bench: Bench) -> Iterator[tuple[str, float]]:
    """How closely the words are followed; Flux under Forge has a guidance of its own and no other."""
    if bench.found.is_forge and "flux" in bench.checkpoint.title.lower():
        yield "cfg_scale", 1.0
        yield "distilled_cfg_scale", 3.5 if request.guidance is None else request.guidance
    else:
        yield "cfg_scale", 7.0 if request.guidance is None else request.guidance


def variation_fields(request: GenerationRequest) -> Iterator[tuple[str, Any]]:
    """The old seed keeps the composition, the new one moves it."""
    subseed = request.extra.get("vary_seed")
    if isinstance(subseed, int) and not isinstance(subseed, bool):
        yield "subseed", subseed
        yield (
            "subseed_strength",
            VARY_STRENGTH if request.strength is None else request.strength,
        )


def source_fields(request: GenerationRequest, ready: Ready) -> Iterator[tuple[str, Any]]:
    """What img2img takes beside: the source, how much of it is kept, and where it is painted over."""
    usual = {Operation.OUTPAINT: OUTPAINT_STRENGTH, Operation.VARY: VARY_STRENGTH + 0.2}
    strength = request.strength
    if strength is None or request.operation is Operation.VARY:
        strength = usual.get(request.operation, REPAINT_STRENGTH)
    yield "init_images", [ready.picture]
    yield "denoising_strength", strength
    yield "resize_mode", CROP_AND_RESIZE
    if ready.mask is not None:
        yield "mask", ready.mask
        yield "mask_blur", SEAM_PX // 2
        yield "inpainting_fill", ORIGINAL
        yield "inpaint_full_res", False
        # White is painted over: the project's own convention.
        yield "inpainting_mask_invert", 0


def script_fields(
    request: GenerationRequest, bench: Bench
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The extensions that work on this call."""
    if bench.control is not None:
        kind = request.control_kind or bench.capabilities.controls[0]
        yield (
            "controlnet",
            control_unit(
                kind,
                bench.control.picture,
                strength=request.control_strength,
                found=bench.found,
            ),
        )
    if "faces" in request.repair and has_adetailer(bench.found):
        # Enabled, not skipping img2img, then one detector. Source: Bing-su/adetailer wiki "API", 2026-11-25 [M].
        yield "ADetailer", {"args": [True, False, {"ad_model": bench.options.face_model}]}


def unused(request: GenerationRequest, bench: Bench) -> Iterator[str]:
    """A note for everything asked that this server doesn't do."""
    for repair in request.repair:
        if repair not in bench.capabilities.repairs:
            yield f"{repair} not mended: this server has nothing for it"
    if request.control_image and bench.control is None:
        yield "control image not used: this server has no ControlNet"
    for name in request.extra:
        if name != "vary_seed":
            yield f"{name} not used: this server has none"


def at_bench(bench: Bench, *, ready: Ready | None = None, control: Ready | None = None) -> Bench:
    """The bench with its pictures on it."""
    return replace(bench, ready=ready, control=control, notes=[])
