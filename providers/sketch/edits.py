"""Edits of a given picture: recomposing, inpainting, outpainting, enlarging."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from providers.request import Insets
from providers.sketch.colour import Array
from providers.sketch.composition import Frame, composed, peopled
from providers.sketch.fields import blurred, resized, smooth
from providers.sketch.finish import LABEL, LABEL_GROUND, STYLED_LABEL, label_box
from providers.sketch.reading import Reading

SIDE_RENDERED_MAX_PX = 2048
_LIKENESS = 0.02
"""Mean difference (0 to 1) under which a picture counts as our own sketch of that prompt and seed."""


def _pixels(picture: Image.Image) -> Array:
    return np.asarray(picture, np.float32) / np.float32(255)


def _picture(pixels: Array) -> Image.Image:
    return Image.fromarray((np.clip(pixels, 0, 1) * 255 + 0.5).astype(np.uint8))


def _toned_like(pixels: Array, model: Array, weight: float) -> Array:
    """The pixels with each channel's mean and spread moved towards the model's."""
    own_mean, own_spread = pixels.mean((0, 1)), pixels.std((0, 1)) + 1e-3
    mean, spread = model.mean((0, 1)), model.std((0, 1))
    scale = np.clip(spread / own_spread, 0.6, 1.6)
    toned: Array = (pixels - own_mean) * scale + mean
    return pixels + (toned - pixels) * np.float32(weight)


def recomposed(source: Image.Image, reading: Reading, frame: Frame, strength: float) -> Image.Image:
    """The source repainted: its light and subject from the prompt first, its scene as strength nears 1."""
    size = (frame.width_px, frame.height_px)
    base = ImageOps.fit(source, size, Image.Resampling.LANCZOS)
    if strength <= 0:
        return base
    pixels = _pixels(base)
    target = _pixels(composed(reading, frame))
    painted = _pixels(base.filter(ImageFilter.MedianFilter(5)))
    pixels = pixels + (painted - pixels) * np.float32(min(strength, 0.6))
    pixels = _toned_like(pixels, target, min(strength * 0.9, 0.8))
    if reading.subjects and strength > 0.2:
        pixels = peopled(np.ascontiguousarray(pixels, np.float32), reading, frame)
    share = float(smooth(np.array(strength), 0.5, 1.0))
    return _picture(pixels + (target - pixels) * np.float32(share))


def masked(below: Image.Image, above: Image.Image, mask: Image.Image) -> Image.Image:
    """`above` where the mask says edit, feathered inwards; `below`, untouched, elsewhere."""
    alpha = _feathered(np.asarray(mask, np.uint8) > 127)
    old, new = _pixels(below), _pixels(above)
    merged = _picture(old + (new - old) * alpha[..., None])
    keep = Image.fromarray(((alpha == 0) * 255).astype(np.uint8))
    merged.paste(below, (0, 0), keep)
    return merged


def _feathered(inside: Array) -> Array:
    """0 outside, rising to 1 within a soft border inside."""
    solid = inside.astype(np.float32)
    reach = max(min(inside.shape) * 0.02, 1.0)
    soft = np.clip((blurred(solid, reach) - 0.5) * 2, 0, 1)
    feather: Array = soft * soft * (3 - 2 * soft) * solid
    return feather


def _spread(pixels: Array, known: Array) -> Array:
    """The known pixels kept, the others filled smoothly from them, coarse to fine."""
    weight = known.astype(np.float32)
    if min(pixels.shape[:2]) <= 4 or weight.all():
        total = max(float(weight.sum()), 1e-6)
        mean = (pixels * weight[..., None]).sum((0, 1)) / total
        level: Array = pixels * weight[..., None] + mean * (1 - weight[..., None])
        return level
    height, width = weight.shape
    padded = np.pad(pixels * weight[..., None], ((0, height % 2), (0, width % 2), (0, 0)))
    padded_weight = np.pad(weight, ((0, height % 2), (0, width % 2)))
    sums = padded.reshape(padded.shape[0] // 2, 2, padded.shape[1] // 2, 2, 3).sum((1, 3))
    counts = padded_weight.reshape(sums.shape[0], 2, sums.shape[1], 2).sum((1, 3))
    coarse = _spread(sums / np.maximum(counts, 1e-6)[..., None], np.minimum(counts, 1))
    enlarged = np.stack(
        [
            np.asarray(
                Image.fromarray(np.ascontiguousarray(coarse[..., channel], np.float32)).resize(
                    (padded.shape[1], padded.shape[0]), Image.Resampling.BILINEAR
                )
            )
            for channel in range(3)
        ],
        axis=2,
    )[:height, :width]
    spread: Array = pixels * weight[..., None] + enlarged * (1 - weight[..., None])
    return spread


def _spread_coarsely(pixels: Array, known: Array, step: int = 4) -> Array:
    """The same from every `step`-th pixel only, for what is smooth anyway."""
    small = _spread(pixels[::step, ::step], known[::step, ::step])
    shape = (known.shape[0], known.shape[1])
    return np.stack([resized(small[..., channel], shape) for channel in range(3)], axis=2)


def _borrowed(old: Array, inside: Array) -> Array:
    """The hole filled from the same rows beside it, where a landscape goes on most alike, toned at its border."""
    step = max(min(inside.shape) // 128, 1)
    small, hole = old[::step, ::step], inside[::step, ::step]
    shift = _likest_shift(small, hole) * step
    if not shift:
        return _spread(old, ~inside)
    columns = np.arange(old.shape[1]) + shift
    within = (columns >= 0) & (columns < old.shape[1])
    columns = np.clip(columns, 0, old.shape[1] - 1)
    usable = within[None] & ~inside[:, columns]
    moved = _spread(old[:, columns], usable)
    return moved + _spread(old - moved, ~inside)


def _likest_shift(pixels: Array, hole: Array) -> int:
    """By how many columns to look aside so that the rim of the hole fits best; 0 when nowhere fits."""
    width = hole.shape[1]
    rim = (blurred(hole.astype(np.float32), max(width * 0.03, 1)) > 0.02) & ~hole
    best, best_cost = 0, np.inf
    for shift in np.unique(np.linspace(-0.85 * width, 0.85 * width, 69).astype(int)):
        columns = np.arange(width) + shift
        within = (columns >= 0) & (columns < width)
        columns = np.clip(columns, 0, width - 1)
        usable = within[None] & ~hole[:, columns]
        covered = float(usable[hole].mean())
        seen = rim & usable
        if covered < 0.6 or not seen.any():
            continue
        cost = float(np.abs(pixels[:, columns] - pixels)[seen].mean()) + (1 - covered) * 0.4
        if cost < best_cost:
            best, best_cost = int(shift), cost
    return best


def inpainted(
    source: Image.Image, mask: Image.Image, reading: Reading, frame: Frame, strength: float
) -> Image.Image:
    """The source with what the prompt names painted where the mask is 255.

    Scene words fill the hole with that scene, toned to its surroundings; without them it is filled from its
    surroundings. A subject is set into the hole by its size. Pixels outside the mask keep their values.
    """
    inside = np.asarray(mask, np.uint8) > 127
    if not inside.any():
        return source
    old = _pixels(source)
    filled = _borrowed(old, inside) if not inside.all() else old * 0 + old.mean((0, 1))
    if reading.scene or inside.all():
        scenery = _pixels(composed(reading, frame, bare=True))
        residual = _spread(filled - scenery, ~inside) if not inside.all() else filled * 0
        filled = scenery + residual * np.float32(0.5)
    if reading.subjects:
        rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
        hole = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
        inner = np.ascontiguousarray(filled[hole], np.float32)
        small = replace(frame, width_px=inner.shape[1], height_px=inner.shape[0])
        filled = filled.copy()
        filled[hole] = peopled(inner, reading, small, share=0.9)
    new = old + (filled - old) * np.float32(strength)
    return masked(source, _picture(new), mask)


def unlabelled(source: Image.Image) -> Image.Image:
    """The source with our own label filled in from around it, or the source itself when it bears none."""
    for text in (LABEL, STYLED_LABEL):
        left, top, right, bottom = label_box(source.size, text)
        patch = np.asarray(source.crop((left, top, right, bottom)), np.int16)
        if patch.size and np.mean(np.abs(patch - LABEL_GROUND).max(2) < 14) > 0.5:
            inside = np.zeros((source.height, source.width), bool)
            inside[max(top - 1, 0) : bottom + 1, max(left - 1, 0) : right + 1] = True
            clean = _picture(_borrowed(_pixels(source), inside))
            clean.paste(source, (0, 0), Image.fromarray((~inside * 255).astype(np.uint8)))
            return clean
    return source


def outpainted(source: Image.Image, expand: Insets, reading: Reading, seed: int) -> Image.Image:
    """The source with more of its world around it; the source is kept pixel for pixel, but for a label of ours."""
    width = source.width + expand.left_px + expand.right_px
    height = source.height + expand.top_px + expand.bottom_px
    frame = Frame(width_px=width, height_px=height, seed=seed)
    scenery = _pixels(composed(reading, frame, bare=True))
    known = np.zeros((height, width), bool)
    rows = slice(expand.top_px, expand.top_px + source.height)
    columns = slice(expand.left_px, expand.left_px + source.width)
    known[rows, columns] = True
    canvas = np.zeros((height, width, 3), np.float32)
    canvas[rows, columns] = _pixels(unlabelled(source))
    residual = _spread_coarsely(canvas - scenery, known)
    away = _distance(known, expand) / (0.45 * min(source.size))
    pixels = scenery + residual * np.clip(1 - away * 0.4, 0.35, 1)[..., None].astype(np.float32)
    mirrored = _mirrored(_pixels(unlabelled(source)), expand)
    near = 1 - smooth(away.astype(np.float32), 0.0, 0.55)
    pixels = pixels + (mirrored - pixels) * near[..., None]
    out = _picture(pixels)
    out.paste(unlabelled(source), (expand.left_px, expand.top_px))
    return out


def _distance(known: Array, expand: Insets) -> Array:
    """How far each pixel lies from the source, in pixels."""
    height, width = known.shape
    across = np.arange(width)
    down = np.arange(height)
    dx = np.maximum(np.maximum(expand.left_px - across, across - (width - expand.right_px - 1)), 0)
    dy = np.maximum(np.maximum(expand.top_px - down, down - (height - expand.bottom_px - 1)), 0)
    away: Array = np.hypot(dx[None], dy[:, None])
    return away


def _mirrored(pixels: Array, expand: Insets) -> Array:
    """The source mirrored outwards over its edges as often as needed."""
    pad = ((expand.top_px, expand.bottom_px), (expand.left_px, expand.right_px), (0, 0))
    return np.pad(pixels, pad, mode="symmetric")


def upscaled(source: Image.Image, scale: int, reading: Reading, seed: int) -> Image.Image:
    """The source enlarged: painted anew when it is our own sketch of that prompt and seed, else resampled."""
    size = (source.width * scale, source.height * scale)
    if max(size) <= SIDE_RENDERED_MAX_PX and min(source.size) >= 64:
        own = composed(reading, Frame(width_px=source.width, height_px=source.height, seed=seed))
        unlabelled = max(source.height * 3 // 4, 1)
        difference = np.abs(_pixels(own) - _pixels(source))[:unlabelled]
        if float(difference.mean()) < _LIKENESS:
            return composed(reading, Frame(width_px=size[0], height_px=size[1], seed=seed))
    enlarged = source.resize(size, Image.Resampling.LANCZOS)
    return enlarged.filter(ImageFilter.UnsharpMask(radius=scale * 0.7, percent=70, threshold=2))
