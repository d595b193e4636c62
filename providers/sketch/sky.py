"""Skies: gradient, sun and moon, clouds, stars, aurora, rainbow."""

from __future__ import annotations

import numpy as np

from providers.sketch.colour import Array, mix, rgb
from providers.sketch.fields import bell, blurred, noise, resized, smooth
from providers.sketch.raster import blend, circle, coverage, fill
from providers.sketch.view import View


def paint(view: View, canvas: Array, horizon: float, *, clouds: float = 0.5) -> None:
    """Fill the canvas above `horizon` (and the haze below it) with sky; `clouds` is how much of it they cover."""
    _gradient(view, canvas, horizon)
    if view.palette.night > 0.3 or "stars" in view.weather:
        stars(view, canvas, rows=horizon, density=0.5 + view.palette.night)
    if "aurora" in view.weather:
        _aurora(view, canvas, horizon)
    _disc(view, canvas)
    if clouds > 0:
        _clouds(view, canvas, horizon, clouds)
    if "rainbow" in view.weather:
        _rainbow(view, canvas, horizon)


def _gradient(view: View, canvas: Array, horizon: float) -> None:
    palette = view.palette
    down = np.clip(np.arange(view.height, dtype=np.float32) / max(horizon, 1), 0, 1)
    upper = smooth(down, 0.0, 0.62)[:, None]
    lower = smooth(down, 0.35, 1.0)[:, None]
    column = palette.zenith * (1 - upper) + palette.upper * upper
    column = column * (1 - lower) + palette.horizon * lower
    canvas[:] = column[:, None, :]
    if palette.disc == "none":
        return
    unit = view.unit
    wide = np.outer(
        bell(view.height, horizon, 0.16 * unit), bell(view.width, view.light.x, 0.7 * unit)
    )
    near = np.outer(
        bell(view.height, view.light.y, 0.3 * unit), bell(view.width, view.light.x, 0.34 * unit)
    )
    strength = 0.2 if palette.disc == "moon" else 0.16 + 0.3 * palette.low
    blend(canvas, (wide * strength * 0.8).clip(0, 1), mix(palette.horizon, palette.glow, 0.5))
    blend(canvas, (near * strength * 0.9).clip(0, 1), mix(palette.horizon, palette.glow, 0.75))


def _disc(view: View, canvas: Array) -> None:
    palette = view.palette
    if palette.disc == "none" and not view.weather & {"moon", "sun"}:
        return
    moon = _is_moon(view)
    radius = disc_radius(view)
    x, y = view.light.x, view.light.y
    for spread, strength in ((2.6, 0.3), (1.25, 0.55)):
        halo = np.outer(bell(view.height, y, radius * spread), bell(view.width, x, radius * spread))
        blend(canvas, halo * np.float32(strength * (0.5 if moon else 1.0)), palette.glow)
    mask, rows, columns = coverage(canvas.shape[:2], [circle(x, y, radius, 64)], finer=3)
    if not mask.size:
        return
    face = mix(palette.glow, rgb("ffffff"), 0.7 if moon else 0.5)
    if moon:
        maria = smooth(noise(view.dice.stream("maria"), mask.shape, cells=3, octaves=3), 0.5, 0.75)
        face = face - maria[..., None] * np.float32(0.14)
    blend(canvas[rows, columns], mask, face)


def disc_radius(view: View) -> float:
    """The radius of sun or moon in pixels, whichever would be in this sky."""
    return view.unit * (0.052 if _is_moon(view) else 0.032 + 0.024 * view.palette.low)


def _is_moon(view: View) -> bool:
    return view.palette.disc == "moon" or "moon" in view.weather


def stars(view: View, canvas: Array, *, rows: float, density: float) -> None:
    """Scatter stars over the canvas down to `rows`, fading towards there; density 1 is a clear night."""
    dice = view.dice.stream("stars")
    count = int(260 * density * view.aspect)
    across, down, size = dice.many(count), dice.many(count), dice.many(count)
    radius = view.unit * (0.0007 + 0.0016 * size**7)
    down = down**1.25 * rows
    shape = (int(np.clip(rows, 1, view.height)), view.width)
    steep = 0.7 + 2.3 * view.palette.night**2
    for low, high, opacity in ((0.0, 0.6, 0.5), (0.6, 0.9, 0.75), (0.9, 1.1, 1.0)):
        chosen = np.flatnonzero((size >= low) & (size < high))
        dots = [circle(across[i] * view.width, down[i], max(radius[i], 0.45), 8) for i in chosen]
        if not dots:
            continue
        mask, span, columns = coverage(shape, dots, finer=3)
        if mask.size:
            fade = 1 - np.linspace(0, 1, shape[0], dtype=np.float32)[span, None] ** steep * 0.9
            blend(canvas[span, columns], mask * fade * np.float32(opacity), rgb("f4f6ff"))


def _clouds(view: View, canvas: Array, horizon: float, amount: float) -> None:
    rows = int(np.clip(horizon, 8, view.height))
    dice = view.dice.stream("clouds")
    small = (max(rows // 2, 4), max(view.width // 2, 4))
    stretch = dice.uniform(1.7, 3.2)
    cells = dice.uniform(2.2, 3.0) * max(rows / view.unit * 1.2, 1.0)
    roomy = (small[0] * 3 // 2, small[1] * 3 // 2)
    flat = noise(dice, roomy, cells=cells * 1.5, octaves=6, roughness=0.52, stretch=stretch)
    swirl = noise(dice.stream("swirl"), small, cells=4, octaves=4, stretch=2) - 0.5
    drift = noise(dice.stream("drift"), small, cells=4, octaves=4, stretch=2) - 0.5
    lift = np.arange(small[0], dtype=np.float32)[:, None] / small[0]
    down = (1.15 - (1 - lift) ** 0.62 + swirl * 0.13) * small[0]
    across = np.arange(small[1])[None] + drift * small[0] * 0.24 + small[1] * 0.25
    field = flat[
        np.clip(down, 0, roomy[0] - 1).astype(np.int64),
        np.clip(across, 0, roomy[1] - 1).astype(np.int64),
    ]
    threshold = 0.78 - 0.42 * amount
    body = smooth(field, threshold, threshold + 0.18)
    way = view.light.towards(view.width / 2, rows * 0.6)
    step = max(view.unit * 0.009, 1.0)
    moved = _moved(field, round(way[1] * step * 0.8), round(way[0] * step))
    light = np.clip(0.58 + (field - moved) * 3.4 - smooth(field, threshold, 1.1) * 0.2, 0, 1)
    palette = view.palette
    bright = mix(palette.sun, palette.glow, 0.5) * np.float32(1 - 0.72 * palette.night)
    bright = mix(bright, palette.horizon, 0.25)
    dull = mix(mix(palette.ambient, palette.upper, 0.6), palette.horizon, 0.15)
    fade = smooth(1.02 - lift, 0.0, 0.3) * np.float32(0.9 - 0.3 * palette.night)
    shape = (rows, view.width)
    tone = dull + (bright - dull) * np.clip(resized(light, shape), 0, 1)[..., None]
    blend(canvas[:rows], np.clip(resized(body * fade, shape), 0, 1), tone)


def _moved(field: Array, down: int, across: int) -> Array:
    """The field as seen `down` rows and `across` columns further, its edges repeated."""
    rows = np.clip(np.arange(field.shape[0]) + down, 0, field.shape[0] - 1)
    columns = np.clip(np.arange(field.shape[1]) + across, 0, field.shape[1] - 1)
    return field[rows][:, columns]


def _aurora(view: View, canvas: Array, horizon: float) -> None:
    dice = view.dice.stream("aurora")
    rows = max(int(horizon), 8)
    down = np.arange(rows, dtype=np.float32)[:, None] / rows
    for hue, base in (("45f0a8", 0.62), ("6a7bff", 0.5), ("3fe0d0", 0.72)):
        wave = noise(dice, (4, view.width), cells=1.5, octaves=3)[0] * 0.34 + base - 0.2
        curtain = noise(dice, (4, view.width), cells=9, octaves=4, roughness=0.6)[1]
        above = wave[None] - down
        glow = np.where(above > 0, np.exp(-above * 5.5), np.exp(above * 40))
        blend(canvas[:rows], (glow * curtain[None] * 0.62).astype(np.float32), rgb(hue))


def _rainbow(view: View, canvas: Array, horizon: float) -> None:
    rows = max(int(horizon), 8)
    across = np.arange(view.width, dtype=np.float32)[None] - view.width * (
        1 - view.light.x / view.width
    )
    down = np.arange(rows, dtype=np.float32)[:, None] - horizon * 1.1
    reach = np.hypot(across, down) / (view.unit * 0.62)
    hues = ("7a4fd0", "3f7fe0", "4fc07a", "f2dc5a", "f09a3e", "e0483e")
    for place, hue in enumerate(hues):
        band = np.exp(-(((reach - 0.9 - place * 0.022) / 0.016) ** 2))
        blend(canvas[:rows], (band * 0.32).astype(np.float32), rgb(hue))


def cumulus(
    view: View, canvas: Array, base_y: float, height: float, *, name: str, haze: float
) -> None:
    """A bank of heaped clouds whose tops reach `height` pixels above `base_y`, filled to the bottom edge."""
    dice = view.dice.stream(name)
    count = int(16 * view.aspect)
    across = (np.arange(count) + dice.many(count)) / count * view.width * 1.1 - view.width * 0.05
    tall = dice.many(count) ** 2
    palette = view.palette
    field = np.zeros((max(view.height // 3, 8), max(view.width // 3, 8)), np.float32)
    outlines = []
    for at in range(count):
        top = tall[at] * height
        puffs = dice.many(12).reshape(4, 3)
        for puff in puffs:
            radius = height * (0.16 + 0.2 * puff[0]) * (0.6 + 0.5 * tall[at])
            x = across[at] + (puff[1] - 0.5) * height * 0.9
            y = base_y - top * puff[2] * 0.9
            outlines.append(circle(x / 3, y / 3, radius / 3, 20))
    bottom = np.array(
        [[0, base_y], [view.width, base_y], [view.width, view.height], [0, view.height]]
    )
    outlines.append(bottom / 3)
    mask, rows, columns = coverage(field.shape, outlines)
    if mask.size:
        field[rows, columns] = mask
    wisps = noise(dice, field.shape, cells=7, octaves=4, roughness=0.45)
    from_blur = blurred(field, height / 3 * 0.1)
    edge = smooth(from_blur + (wisps - 0.5) * 0.34, 0.38, 0.62)
    way = view.light.towards(view.width / 2, base_y)
    wide = blurred(field, height / 3 * 0.22) + (wisps - 0.5) * 0.24
    down, along = np.gradient(wide)
    light = np.clip(0.46 - (along * way[0] + down * way[1]) * height * 0.16, 0, 1)
    depth = np.clip(
        (np.arange(view.height, dtype=np.float32) - base_y + height) / (2.2 * height), 0, 1
    )
    shape = (view.height, view.width)
    light = np.clip(resized(light, shape) - 0.2 * depth[:, None], 0, 1)
    bright = mix(palette.sun, palette.glow, 0.6) * np.float32(1 - 0.6 * palette.night)
    dull = mix(palette.ambient, palette.upper, 0.45)
    tone = (
        mix(dull, view.light.haze, haze)
        + (mix(bright, palette.horizon, haze * 0.8) - mix(dull, view.light.haze, haze))
        * light[..., None]
    )
    blend(canvas, np.clip(resized(edge, shape), 0, 1), tone)


def birds(view: View, canvas: Array, *, y: float) -> None:
    """A few far birds gliding about a height."""
    dice = view.dice.stream("far-birds")
    if view.palette.night > 0.6 or view.weather & {"rain", "snow"} or dice.chance(0.35):
        return
    x = view.width * (0.28 if view.focus_x > 0.5 else 0.72)
    wings: list[Array] = []
    for across, down, size, tilt in dice.grid(6, 4):
        px, py = x + (across - 0.5) * view.unit * 0.3, y + (down - 0.5) * view.unit * 0.16
        span = view.unit * (0.008 + 0.012 * size)
        lift = span * (0.35 + 0.5 * tilt)
        wing = np.array([[0, 0], [0.5, -1], [1, -0.7], [0.5, -0.72], [0, 0.3]]) * (span, lift)
        wings += [wing * (side, 1) + np.array([px, py]) for side in (-1, 1)]
    fill(
        canvas,
        wings,
        mix(view.palette.ambient, view.palette.zenith, 0.6) * np.float32(0.6),
        opacity=0.75,
    )
