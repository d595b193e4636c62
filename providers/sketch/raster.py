"""Shapes to coverage, and coverage onto a canvas."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from providers.sketch.colour import Array


def coverage(
    shape: tuple[int, int], outlines: Sequence[Array], *, finer: int = 2
) -> tuple[Array, slice, slice]:
    """How much of each pixel the outlines cover, with the rows and columns it stands for.

    `outlines` are (n, 2) arrays of x and y in pixels. The mask is float32 from 0 to 1, cropped to the outlines; it is
    empty when nothing of them lies inside `shape`.
    """
    low = np.floor(np.min([outline.min(0) for outline in outlines], 0)).astype(int) - 1
    high = np.ceil(np.max([outline.max(0) for outline in outlines], 0)).astype(int) + 2
    left, top = max(low[0], 0), max(low[1], 0)
    right, bottom = min(high[0], shape[1]), min(high[1], shape[0])
    if right <= left or bottom <= top:
        return np.zeros((0, 0), np.float32), slice(0, 0), slice(0, 0)
    picture = Image.new("L", ((right - left) * finer, (bottom - top) * finer))
    draw = ImageDraw.Draw(picture)
    for outline in outlines:
        if len(outline) > 2:
            moved = (outline - (left, top)) * finer
            draw.polygon(moved.ravel().tolist(), fill=255)
    mask = np.asarray(picture.reduce(finer), np.float32) / np.float32(255)
    return mask, slice(top, bottom), slice(left, right)


def fill(canvas: Array, outlines: Sequence[Array], colour: Array, *, opacity: float = 1.0) -> None:
    """Paint the outlines onto the (height, width, 3) canvas."""
    if not outlines:
        return
    mask, rows, columns = coverage(canvas.shape[:2], outlines)
    if mask.size:
        blend(canvas[rows, columns], mask * np.float32(opacity), colour)


def blend(canvas: Array, alpha: Array, colour: Array) -> None:
    """Move the canvas towards `colour` (3,) or (height, width, 3) by alpha (height, width), in place."""
    canvas += (colour - canvas) * alpha[..., None]


def circle(x: float, y: float, radius: float, points: int = 24) -> Array:
    """The outline of a disc."""
    return ellipse(x, y, radius, radius, points)


def ellipse(x: float, y: float, across: float, down: float, points: int = 24) -> Array:
    """The outline of an upright ellipse by its centre and radii."""
    turn = np.linspace(0, 2 * np.pi, points, endpoint=False)
    return np.stack([x + across * np.cos(turn), y + down * np.sin(turn)], 1)


def box(left: float, top: float, right: float, bottom: float) -> Array:
    """The outline of a rectangle."""
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float64)


def below(line: Array, height: int) -> tuple[Array, int]:
    """Coverage of everything under a line of heights (one y per column), and the first row it touches."""
    top = int(np.clip(np.floor(line.min()) - 1, 0, height - 1))
    steep = np.sqrt(1 + np.gradient(line) ** 2) if len(line) > 1 else np.ones(1)
    rows = np.arange(top, height, dtype=np.float32)[:, None]
    mask = np.clip((rows - line[None]) / steep[None].astype(np.float32) + 0.5, 0, 1)
    return mask.astype(np.float32), top
