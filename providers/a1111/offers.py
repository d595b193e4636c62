"""The server's checkpoints as models with what they can do there."""

from __future__ import annotations

from datetime import date

from providers.a1111.control import kinds_at
from providers.a1111.discovery import Checkpoint, Found
from providers.a1111.options import Options
from providers.capabilities import (
    CancelKind,
    Capabilities,
    DataTerms,
    Delivery,
    Model,
    NumberRange,
    Price,
    ProgressKind,
    SeedSupport,
    SizeRule,
)
from providers.request import Operation

MAX_LORAS = 8

UPSCALE_FACTORS = (2, 4)

UPSCALERS = ("R-ESRGAN 4x+", "ESRGAN_4x", "SwinIR_4x", "SwinIR 4x", "Lanczos")
"""The servers' own upscalers, best first. Source: AUTOMATIC1111 `modules/upscaler.py` and its extensions [M]."""

PAINTING = frozenset(
    {
        Operation.TEXT_TO_IMAGE,
        Operation.IMAGE_TO_IMAGE,
        Operation.INPAINT,
        Operation.OUTPAINT,
        Operation.VARY,
    }
)


def models_at(found: Found, options: Options, wanted: tuple[str, ...]) -> tuple[Model, ...]:
    """The checkpoints as models: the wanted ones in their order, all for none."""
    by_name = {checkpoint.name: checkpoint for checkpoint in found.checkpoints}
    names = [name for name in wanted if name in by_name] if wanted else list(by_name)
    return tuple(
        Model(id=name, capabilities=capabilities_of(by_name[name], found, options))
        for name in names
    )


def capabilities_of(checkpoint: Checkpoint, found: Found, options: Options) -> Capabilities:
    """What one checkpoint can do on this server."""
    operations = PAINTING
    upscales = upscaler_at(found, options) is not None
    if upscales:
        operations |= {Operation.UPSCALE}
    controls = kinds_at(found)
    if controls:
        operations |= {Operation.CONTROL}
    progress = ProgressKind.PREVIEW if options.previews else ProgressKind.PERCENT
    return Capabilities(
        operations=operations,
        sizes=SizeRule(
            max_px=options.max_px,
            multiple_px=options.multiple_px,
            max_area_px=options.max_px**2,
        ),
        max_count=options.max_count,
        seed=SeedSupport.INPUT if found.is_sd_cpp else SeedSupport.ECHOED,
        # The ranges of the web page's own sliders (AUTOMATIC1111 `modules/ui.py`, 2026-11-25 [M]).
        steps=NumberRange(low=1, high=150, default=20),
        guidance=NumberRange(low=1, high=30, default=7),
        samplers=found.samplers,
        styles=found.styles,
        negative_prompt=True,
        strength=True,
        upscale_factors=UPSCALE_FACTORS if upscales else (),
        controls=controls,
        max_loras=MAX_LORAS if found.loras else 0,
        loras=tuple(found.loras),
        repairs=("faces",) if mends_faces(found) else (),
        progress=ProgressKind.NONE if found.is_sd_cpp else progress,
        cancel=CancelKind.NONE if found.is_sd_cpp else CancelKind.RUNNING,
        delivery=Delivery.SYNC,
        repeatable=True,
        price=Price(per_image_microusd=0, source="your own server", read_on=date(2026, 11, 25)),
        version=checkpoint.version,
        data_terms=DataTerms(retention_days=0, region="your own server", trains_on_data=False),
    )


def upscaler_at(found: Found, options: Options) -> str | None:
    """The upscaler to use: the table's, or the best the server has; None where it can't upscale a picture."""
    if found.is_sd_cpp or not found.upscalers:
        return None
    if options.upscaler:
        return options.upscaler if options.upscaler in found.upscalers else None
    usable = [name for name in found.upscalers if name != "None"]
    return next((name for name in UPSCALERS if name in usable), usable[0] if usable else None)


def mends_faces(found: Found) -> bool:
    """Whether faces can be mended: by the ADetailer extension, or the server's own restorers."""
    return has_adetailer(found) or bool(found.face_restorers)


def has_adetailer(found: Found) -> bool:
    """Whether the ADetailer extension is there."""
    return "adetailer" in found.scripts
