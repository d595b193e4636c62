"""Sizes a schema allows, and how a size is written in its own words."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from providers.capabilities import SizeRule
from providers.input_schema.fields import Input, Inputs, Role, Scalar
from providers.remote_jobs.sizes import snapped

NAMED_SIZES: dict[str, tuple[int, int]] = {
    "square_hd": (1024, 1024),
    "square": (512, 512),
    "portrait_4_3": (768, 1024),
    "portrait_16_9": (576, 1024),
    "landscape_4_3": (1024, 768),
    "landscape_16_9": (1024, 576),
}
"""fal's words for sizes. Source: model pages of fal.ai, read 2026-11-25."""

FLUX_SIZES: dict[str, tuple[int, int]] = {
    "1:1": (1024, 1024),
    "16:9": (1344, 768),
    "21:9": (1536, 640),
    "3:2": (1216, 832),
    "2:3": (832, 1216),
    "4:5": (896, 1088),
    "5:4": (1088, 896),
    "3:4": (896, 1152),
    "4:3": (1152, 896),
    "9:16": (768, 1344),
    "9:21": (640, 1536),
}
"""Pixels that open FLUX models paint for a ratio at one megapixel. Source: replicate/cog-flux, read 2026-11-25."""

RATIO = re.compile(r"([1-9]\d?):([1-9]\d?)")

STEP_PX = 16
"""FLUX and Stable Diffusion XL work in blocks of 8 or 16 pixels; 16 suits both."""

LARGEST_SIDE_PX = 2048
SMALLEST_SIDE_PX = 256
MAX_FIXED = 64


def size_rule(inputs: Inputs) -> SizeRule:
    """Which sizes the model paints; any, where the schema has no word for it."""
    fixed = tuple(size for size, _ in fixed_sizes(inputs))
    if fixed:
        sides = [side for size in fixed for side in size]
        return SizeRule(fixed=fixed, min_px=min(sides), max_px=max(sides), multiple_px=1)
    width, height = inputs.get(Role.WIDTH), inputs.get(Role.HEIGHT)
    if width is not None and height is not None:
        step = int(width.multiple or STEP_PX)
        low, high = int(width.low or SMALLEST_SIDE_PX), int(width.high or LARGEST_SIDE_PX)
        high = max(min(high, LARGEST_SIDE_PX), -(-low // step) * step)
        return SizeRule(min_px=max(1, low), max_px=high, multiple_px=step, max_area_px=high * high)
    if takes_objects(inputs.get(Role.IMAGE_SIZE)):
        return SizeRule(
            min_px=SMALLEST_SIDE_PX,
            max_px=LARGEST_SIDE_PX,
            multiple_px=STEP_PX,
            max_area_px=LARGEST_SIDE_PX**2,
        )
    return SizeRule(min_px=1, max_px=4096, multiple_px=1, max_area_px=4096 * 4096)


def takes_objects(size: Input | None) -> bool:
    """Whether a size may be written as {width, height}."""
    return size is not None and "object" in size.types


def has_sizes(inputs: Inputs) -> bool:
    """Whether the model is told a size at all."""
    both = inputs.get(Role.WIDTH) is not None and inputs.get(Role.HEIGHT) is not None
    return both or takes_objects(inputs.get(Role.IMAGE_SIZE)) or bool(fixed_sizes(inputs))


def fixed_sizes(inputs: Inputs) -> list[tuple[tuple[int, int], Scalar]]:
    """Each size there is with its own word; empty when sizes are free or nobody is asked."""
    width, height = inputs.get(Role.WIDTH), inputs.get(Role.HEIGHT)
    aspect, size = inputs.get(Role.ASPECT), inputs.get(Role.IMAGE_SIZE)
    if width is not None and height is not None:
        return [] if not (width.choices and height.choices) else choice_sizes(width, height)
    if size is not None:
        if takes_objects(size):
            return []
        return [
            (NAMED_SIZES[word], word)
            for word in size.choices
            if isinstance(word, str) and word in NAMED_SIZES
        ]
    return list(ratio_sizes(aspect)) if aspect is not None else []


def choice_sizes(width: Input, height: Input) -> list[tuple[tuple[int, int], Scalar]]:
    """Every pair of listed sides, the squarest first."""
    pairs = [
        (int(wide), int(high))
        for wide in width.choices
        for high in height.choices
        if isinstance(wide, int | float) and isinstance(high, int | float) and min(wide, high) >= 1
    ]
    pairs.sort(key=lambda pair: (abs(math.log(pair[0] / pair[1])), -pair[0] * pair[1]))
    return [(pair, "") for pair in pairs[:MAX_FIXED]]


def ratio_sizes(aspect: Input) -> Iterator[tuple[tuple[int, int], Scalar]]:
    """Each ratio with the size it is about; words like "match_input_image" have none."""
    for word in aspect.choices:
        found = RATIO.fullmatch(word) if isinstance(word, str) else None
        if found is not None:
            yield FLUX_SIZES.get(found[0]) or megapixel(int(found[1]), int(found[2])), found[0]


def megapixel(wide: int, high: int) -> tuple[int, int]:
    """About a megapixel of that shape, in whole blocks."""
    scale = math.sqrt(1024 * 1024 / (wide * high))
    return max(1, round(wide * scale / STEP_PX)) * STEP_PX, max(
        1, round(high * scale / STEP_PX)
    ) * STEP_PX


def written_size(
    inputs: Inputs, width_px: int, height_px: int, *, like_source: bool
) -> Iterator[tuple[str, object]]:
    """The inputs that ask for the size nearest to this one. `like_source`: it is the source's own."""
    width, height = snapped(width_px, height_px, size_rule(inputs))
    aspect, size = inputs.get(Role.ASPECT), inputs.get(Role.IMAGE_SIZE)
    if aspect is not None and like_source and "match_input_image" in aspect.choices:
        yield aspect.name, "match_input_image"
    elif inputs.get(Role.WIDTH) is not None and inputs.get(Role.HEIGHT) is not None:
        if aspect is not None and "custom" in aspect.choices:
            yield aspect.name, "custom"
        yield inputs.by_role[Role.WIDTH].name, width
        yield inputs.by_role[Role.HEIGHT].name, height
    elif size is not None and takes_objects(size):
        yield size.name, {"width": width, "height": height}
    else:
        named = size if size is not None else aspect
        word = dict(fixed_sizes(inputs)).get((width, height))
        if named is not None and word is not None:
            yield named.name, word
