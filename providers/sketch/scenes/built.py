"""City, village, room and studio."""

from __future__ import annotations

import numpy as np

from providers.sketch import land, sky, water
from providers.sketch.colour import Array, mix, rgb
from providers.sketch.dice import Dice
from providers.sketch.fields import bell, noise, smooth
from providers.sketch.raster import blend, box, circle, coverage, ellipse, fill
from providers.sketch.view import Stage, View


def city(view: View) -> Stage:
    """A skyline in layers over a promenade that mirrors its lights."""
    canvas = view.blank()
    h, unit = view.height, view.unit
    sky.paint(view, canvas, h * 0.66, clouds=0.34)
    for at, depth in enumerate((0.66, 0.42, 0.2)):
        _blocks(view, canvas, y=h * (0.69 + 0.02 * at), depth=depth, at=at)
    land.fog(view, canvas, y=h * 0.7, height=unit * 0.05, strength=0.35, name="smog")
    wet = 0.06 if "rain" in view.weather else 0.16
    water.surface(view, canvas, h * 0.72, rough=wet, name="river", deep="243447")
    _promenade(view, canvas, h * 0.86)

    def front(over: Array) -> None:
        _lamps(view, over, h * 0.93)

    return Stage(
        canvas=canvas, ground_y=h * 0.945, middle_y=h * 0.73, air_y=h * 0.28, haze=0.1,
        mirror=0.22 if "rain" in view.weather else 0.1, front=front,
    )  # fmt: skip


def _blocks(view: View, canvas: Array, *, y: float, depth: float, at: int) -> None:
    dice = view.dice.stream(f"blocks{at}")
    unit = view.unit
    wide = unit * (0.055 + 0.022 * at)
    count = int(view.width / wide) + 3
    rolls = dice.grid(count, 6)
    heap = noise(dice, (4, count), cells=2, octaves=2)[1]
    dark, light, windows = [], [], []
    x = -wide * float(rolls[0][0])
    centre = view.light.x
    for roll, lump in zip(rolls, heap, strict=True):
        width = wide * (0.6 + 0.9 * float(roll[0]))
        tall = (
            view.height
            * (0.1 + 0.36 * float(roll[1]) ** 2.2 * (0.5 + float(lump)))
            * (1.12 - 0.2 * at)
        )
        tall = min(tall, view.height * 0.56)
        dark += _tower(x, y, width, tall, roll)
        side = width * 0.32
        edge = x if centre < x else x + width - side
        light.append(box(edge, y - tall, edge + side, y))
        windows += _windows(dice, x, y, width, tall, unit * (0.008 + 0.002 * at))
        x += width * (0.86 + 0.2 * float(roll[5]))
    wall = rgb(("6d7590", "5d6580", "4d546c")[at])
    fill(canvas, dark, view.light.far(wall, depth, 0.1))
    fill(canvas, light, view.light.far(wall, depth, 0.95), opacity=0.55)
    _light_windows(view, canvas, windows, depth=depth, dice=dice)


def _tower(x: float, y: float, width: float, tall: float, roll: Array) -> list[Array]:
    """A building with one of five tops."""
    outlines = [box(x, y - tall, x + width, y + 2)]
    kind, top = int(roll[2] * 5), y - tall
    middle = x + width / 2
    if kind == 0:
        outlines.append(box(x + width * 0.2, top - width * 0.3, x + width * 0.8, top + 1))
        outlines.append(box(middle - width * 0.02, top - width * 0.9, middle + width * 0.02, top))
    elif kind == 1:
        outlines.append(
            np.array(
                [
                    [x, top + 1],
                    [x + width * (1 if roll[3] > 0.5 else 0), top - width * 0.4],
                    [x + width, top + 1],
                ]
            )
        )
    elif kind == 2:
        outlines.append(
            np.array([[x, top + 1], [middle, top - width * 0.75], [x + width, top + 1]])
        )
        outlines.append(box(middle - width * 0.015, top - width * 1.2, middle + width * 0.015, top))
    elif kind == 3:
        outlines.append(box(x + width * 0.15, top - width * 0.22, x + width * 0.85, top + 1))
        outlines.append(box(x + width * 0.32, top - width * 0.42, x + width * 0.68, top + 1))
    return outlines


def _windows(dice: Dice, x: float, y: float, width: float, tall: float, pane: float) -> list[Array]:
    columns, floors = int(width / (pane * 1.7)), int(tall / (pane * 2.1))
    if columns < 2 or floors < 2 or pane < 1.1:
        return []
    step = width / columns
    lit = dice.grid(floors, columns)
    tones = []
    for floor, column in np.argwhere(lit > 0.3)[:900]:
        left = x + column * step + step * 0.25
        top = y - tall + (floor + 0.6) * pane * 2.1
        tones.append(np.array([[left, top, step * 0.5, pane * 1.15, lit[floor, column]]]))
    return tones


def _light_windows(
    view: View, canvas: Array, windows: list[Array], *, depth: float, dice: Dice
) -> None:
    if not windows:
        return
    panes = np.concatenate(windows)
    night = max(view.palette.night, 0.75 if view.palette.low > 0.84 else 0.0)
    groups = (
        (panes[:, 4] > 0.72, "ffd58a", 0.25 + 0.7 * night),
        ((panes[:, 4] > 0.66) & (panes[:, 4] <= 0.72), "9fe3ff", 0.2 + 0.65 * night),
        (panes[:, 4] <= 0.66, "20263a", 0.3 - 0.12 * night),
    )
    for chosen, hue, opacity in groups:
        outlines = [box(px, py, px + pw, py + ph) for px, py, pw, ph, _ in panes[chosen]]
        fill(canvas, outlines, mix(rgb(hue), view.light.haze, depth * 0.55), opacity=opacity)
    if night > 0.5 and dice.chance(0.9):
        _signs(view, canvas, panes, depth)


def _signs(view: View, canvas: Array, panes: Array, depth: float) -> None:
    """A few upright neon signs, glowing."""
    if depth > 0.5:
        return
    dice = view.dice.stream(f"signs{depth}")
    many = 7 if view.palette.night < 1 and view.palette.night > 0.6 else 3
    for _ in range(many):
        pane = panes[min(int(dice.uniform() * len(panes)), len(panes) - 1)]
        hue = rgb(dice.pick(("ff4fa0", "3fe6ff", "ffd24a", "8d6bff", "ff6a4a")))
        tall = view.unit * dice.uniform(0.03, 0.08)
        x, y = float(pane[0]), float(pane[1])
        glow = np.outer(
            bell(view.height, y + tall / 2, tall * 0.7), bell(view.width, x, tall * 0.45)
        )
        blend(canvas, glow * np.float32(0.4), hue)
        fill(canvas, [box(x, y, x + tall * 0.2, y + tall)], mix(hue, rgb("ffffff"), 0.4))


def _promenade(view: View, canvas: Array, y: float) -> None:
    h = view.height
    stone = view.light.lit(rgb("7c7f8a"), 0.35)
    band = np.clip((np.arange(h, dtype=np.float32) - y)[:, None] + 0.5, 0, 1) * np.ones(
        (1, view.width), np.float32
    )
    mottle = noise(view.dice.stream("stone"), (h, view.width), cells=14, octaves=3, stretch=5) - 0.5
    shade = np.clip((np.arange(h, dtype=np.float32) - y) / (h - y + 1), 0, 1)[:, None]
    tone = stone * (1.0 - 0.32 * shade + mottle * 0.22)[..., None]
    glow = bell(view.width, view.light.x, view.width * 0.3)[None, :, None] * np.float32(0.2)
    blend(canvas, band, tone + (view.palette.horizon - tone) * glow)
    lip = [box(0, y, view.width, y + view.unit * 0.01)]
    fill(canvas, lip, view.light.lit(rgb("a9a8a6"), 0.8))
    seams = []
    for at in range(-9, 10):
        x = view.width / 2 + at * view.unit * 0.13
        far = view.width / 2 + at * view.unit * 0.3
        seams.append(np.array([[x, y], [x + 1, y], [far + 2, h], [far, h]]))
    fill(canvas, seams, stone * np.float32(0.6), opacity=0.5)


def _lamps(view: View, canvas: Array, y: float) -> None:
    unit = view.unit
    iron = view.light.lit(rgb("2b2e38"), 0.2)
    bright = rgb("ffe2a6")
    spots = [view.width * share for share in (0.1, 0.9)]
    for x in spots:
        if abs(x / view.width - view.focus_x) < 0.2:
            continue
        tall = unit * 0.38
        half = unit * 0.005
        if view.palette.night > 0.3 or view.palette.low > 0.84:
            halo = np.outer(
                bell(view.height, y - tall, unit * 0.07), bell(view.width, x, unit * 0.07)
            )
            blend(canvas, halo * np.float32(0.55), bright)
        fill(
            canvas,
            [box(x - half, y - tall, x + half, y), box(x - half * 2, y - unit * 0.05, x + half * 2, y),
             ellipse(x, y, half * 3.4, half * 1.2)],
            iron,
        )  # fmt: skip
        fill(canvas, [circle(x, y - tall, unit * 0.014)], mix(bright, rgb("ffffff"), 0.4))
        cap = np.array(
            [
                [x - unit * 0.018, y - tall - unit * 0.008],
                [x, y - tall - unit * 0.024],
                [x + unit * 0.018, y - tall - unit * 0.008],
            ]
        )
        fill(canvas, [cap], iron)


def village(view: View) -> Stage:
    """A village of lit windows among hills."""
    canvas = view.blank()
    h, unit = view.height, view.unit
    sky.paint(view, canvas, h * 0.6, clouds=0.34)
    crest = land.line(view, "peak", y=h * 0.6, rise=h * 0.3, cells=2.2, sharp=True, rough=0.46)
    land.peaks(
        view, canvas, crest, depth=0.52, snow_y=h * (0.62 if view.snowy else 0.42), name="face"
    )
    for at, depth in enumerate((0.4, 0.2)):
        crest = land.line(view, f"hill{at}", y=h * (0.63 + 0.09 * at), rise=h * 0.08, cells=1.7)
        land.conifers(
            view, canvas, crest, size=unit * (0.06 + 0.05 * at), count=int(110 * view.aspect),
            depth=depth, name=f"firs{at}", clear=0.1,
        )  # fmt: skip
        land.hill(view, canvas, crest, view.grass, depth=depth * 0.6, name=f"slope{at}", fog=0.15)
        rolls = view.dice.stream(f"houses{at}").grid(int((7 - at) * view.aspect) + 1, 3)
        for row in sorted(rolls, key=lambda item: float(item[1])):
            if at == 1 and abs(float(row[0]) - view.focus_x) < 0.17:
                continue
            x = float(row[0]) * view.width
            foot = float(crest[int(min(x, view.width - 1))]) + h * (0.02 + 0.045 * float(row[1]))
            cottage(
                view,
                canvas,
                x,
                foot,
                unit * (0.05 + 0.035 * at) * (0.8 + 0.4 * float(row[2])),
                depth=depth * 0.5,
                roll=float(row[2]),
            )
    crest = land.line(view, "front", y=h * 0.85, rise=h * 0.05, cells=1.2)
    land.hill(view, canvas, crest, view.grass, depth=0.0, name="front")

    def front(over: Array) -> None:
        if not view.snowy:
            land.grass(view, over, y=h * 0.985, height=unit * 0.06, count=240, name="verge")

    return Stage(
        canvas=canvas,
        ground_y=h * 0.93,
        middle_y=h * 0.79,
        air_y=h * 0.3,
        haze=0.08,
        shadow=0.35,
        front=front,
    )


def cottage(
    view: View, canvas: Array, x: float, y: float, size: float, *, depth: float, roll: float
) -> None:
    """A small house with a lit window, standing at (x, y)."""
    light = view.light
    wall = rgb(("d8c3a4", "b8836a", "cdb9c0", "8f6a52")[int(roll * 3.99)])
    left = light.x < x
    tall = size * 0.62
    fill(
        canvas,
        [box(x - size * 0.5, y - tall, x + size * 0.5, y + size * 0.06)],
        light.far(wall, depth, 0.25),
    )
    side = (
        box(x - size * 0.5, y - tall, x, y + size * 0.06)
        if left
        else box(x, y - tall, x + size * 0.5, y + size * 0.06)
    )
    fill(canvas, [side], light.far(wall, depth, 0.8), opacity=0.6)
    roof = rgb("f4f7fb") if view.snowy else rgb("8c4a3c")
    top = np.array(
        [
            [x - size * 0.62, y - tall],
            [x - size * 0.34, y - tall * 1.75],
            [x + size * 0.34, y - tall * 1.75],
            [x + size * 0.62, y - tall],
        ]
    )
    fill(
        canvas,
        [box(x + size * 0.15, y - tall * 2.0, x + size * 0.27, y - tall * 1.4)],
        light.far(rgb("6a4a42"), depth, 0.3),
    )
    fill(canvas, [top], light.far(roof, depth, 0.65))
    fill(
        canvas,
        [box(x - size * 0.62, y - tall * 1.03, x + size * 0.62, y - tall * 0.96)],
        light.far(roof, depth, 0.1),
    )
    panes = [
        box(
            x + at * size - size * 0.09,
            y - tall * 0.72,
            x + at * size + size * 0.09,
            y - tall * 0.36,
        )
        for at in (-0.28, 0.28)
    ]
    glow = max(view.palette.night, 0.5)
    if view.palette.night > 0.2:
        halo = np.outer(
            bell(view.height, y - tall * 0.4, size * 0.5), bell(view.width, x, size * 0.6)
        )
        blend(canvas, halo * np.float32(0.3 * view.palette.night), rgb("ffb85a"))
    fill(canvas, panes, mix(light.far(rgb("3a4454"), depth, 0.4), rgb("ffd27a"), glow))
    fill(
        canvas,
        [box(x - size * 0.07, y - tall * 0.5, x + size * 0.07, y + size * 0.05)],
        light.far(rgb("5a3f30"), depth, 0.4),
    )


def interior(view: View) -> Stage:
    """A room with a window, its light falling on a table."""
    canvas = view.blank()
    h, w, unit = view.height, view.width, view.unit
    dice = view.dice.stream("room")
    wall = rgb(dice.pick(("c9b79c", "a9b5a4", "b7a7b4", "9fb0bd", "cfae93")))
    window_x = view.light.x
    wide, tall = unit * 0.5, unit * 0.62
    top = h * 0.5 - unit * 0.42
    across = np.arange(w, dtype=np.float32)[None] - np.float32(window_x)
    down = np.arange(h, dtype=np.float32)[:, None] - np.float32(top + tall / 2)
    fall = np.exp(-np.hypot(across, down) / (unit * 0.62))
    mottle = noise(view.dice.stream("plaster"), (h, w), cells=5, octaves=5) - 0.5
    amount = np.clip(0.12 + fall * 1.0 + mottle * 0.1, 0, 1)
    dark, bright = view.light.lit(wall, 0.0) * np.float32(0.62), view.light.lit(wall, 1.0)
    canvas[:] = dark + (bright - dark) * amount[..., None]
    _outside(view, canvas, box(window_x - wide / 2, top, window_x + wide / 2, top + tall))
    _window_frame(view, canvas, window_x, top, wide, tall)
    _table(view, canvas, h * 0.74)
    _beam(view, canvas, window_x, top + tall * 0.4)
    return Stage(
        canvas=canvas,
        ground_y=h * 0.86,
        middle_y=h * 0.84,
        air_y=h * 0.42,
        haze=0.0,
        shadow=0.55,
        mirror=0.12,
    )


def _outside(view: View, canvas: Array, frame: Array) -> None:
    """The landscape behind the panes."""
    outside = canvas[:].copy()
    horizon = float(frame[0][1] + (frame[2][1] - frame[0][1]) * 0.75)
    sky.paint(view, outside, horizon, clouds=0.4)
    for at in range(2):
        crest = land.line(
            view, f"out{at}", y=horizon + view.unit * 0.05 * at, rise=view.unit * 0.09, cells=3
        )
        land.hill(
            view,
            outside,
            crest,
            mix(view.grass, rgb("6a8f7a"), 0.5),
            depth=0.5 - 0.25 * at,
            name=f"outside{at}",
        )
    blend(outside, np.full(outside.shape[:2], 0.18, np.float32), view.palette.glow)
    mask, rows, columns = coverage(canvas.shape[:2], [frame])
    if mask.size:
        blend(canvas[rows, columns], mask, outside[rows, columns])


def _window_frame(
    view: View, canvas: Array, x: float, top: float, wide: float, tall: float
) -> None:
    bar = view.unit * 0.016
    left, right, bottom = x - wide / 2, x + wide / 2, top + tall
    wood = rgb("efe6d8")
    bars = [
        box(left - bar, top - bar, right + bar, top + bar * 0.4), box(left - bar, top, left + bar * 0.4, bottom),
        box(right - bar * 0.4, top, right + bar, bottom), box(x - bar * 0.4, top, x + bar * 0.4, bottom),
        box(left, top + tall * 0.42, right, top + tall * 0.42 + bar * 0.7),
    ]  # fmt: skip
    fill(canvas, bars, view.light.lit(wood, 0.3) * np.float32(0.85))
    fill(
        canvas,
        [box(left - bar * 2.4, bottom, right + bar * 2.4, bottom + bar * 2)],
        view.light.lit(wood, 0.95),
    )
    fill(
        canvas,
        [box(left - bar * 2.4, bottom + bar * 2, right + bar * 2.4, bottom + bar * 3.2)],
        view.light.lit(wood, 0.0) * np.float32(0.6),
    )
    cloth = rgb(
        view.dice.stream("curtain").pick(("c8705a", "6f8fa8", "d9a05a", "7f9a76", "e9dcc6"))
    )
    for side in (-1, 1):
        edge = x + side * wide * 0.62
        for fold in range(6):
            share = fold / 5
            start = edge + side * (share - 0.5) * wide * 0.3
            inner = start - side * wide * 0.03
            strip = np.array(
                [
                    [start - wide * 0.036, top - bar * 3],
                    [start + wide * 0.036, top - bar * 3],
                    [inner + wide * 0.05, bottom + tall * 0.16],
                    [inner - wide * 0.05, bottom + tall * 0.16],
                ]
            )
            fill(canvas, [strip], view.light.lit(cloth, 0.25 + 0.6 * (fold % 2)) * np.float32(0.92))
    fill(
        canvas,
        [box(x - wide * 0.84, top - bar * 3.6, x + wide * 0.84, top - bar * 2.4)],
        view.light.lit(rgb("6b4a36"), 0.5),
    )


def _table(view: View, canvas: Array, y: float) -> None:
    h, w = view.height, view.width
    rows = np.arange(h, dtype=np.float32)[:, None]
    mask = np.clip(rows - y + 0.5, 0, 1) * np.ones((1, w), np.float32)
    grain = noise(view.dice.stream("grain"), (h, w), cells=26, octaves=4, stretch=14) - 0.5
    fall = bell(w, view.light.x, view.unit * 0.55)[None] * np.exp(
        -np.maximum(rows - y, 0) / (h * 0.3)
    )
    amount = np.clip(0.2 + 0.8 * fall + grain * 0.34, 0, 1)
    wood = rgb(view.dice.stream("wood").pick(("a9744a", "8a5a3c", "c29a6a", "6f4a38")))
    dark, bright = view.light.lit(wood, 0.0) * np.float32(0.7), view.light.lit(wood, 1.0)
    blend(canvas, mask, dark + (bright - dark) * amount[..., None])
    fill(canvas, [box(0, y, w, y + view.unit * 0.006)], view.light.lit(wood, 1.0), opacity=0.7)


def _beam(view: View, canvas: Array, x: float, y: float) -> None:
    """Sunlight slanting from the window over the table."""
    side = 1.0 if x < view.width / 2 else -1.0
    reach = view.unit
    shaft = np.array(
        [
            [x - reach * 0.2, y],
            [x + reach * 0.2, y],
            [x + side * reach * 0.62 + reach * 0.32, view.height],
            [x + side * reach * 0.62 - reach * 0.32, view.height],
        ]
    )
    fill(canvas, [shaft], view.palette.glow, opacity=0.1 * (1 - 0.6 * view.palette.night))


def studio(view: View) -> Stage:
    """A seamless backdrop with a podium, lit like a product."""
    canvas = view.blank()
    h, w, unit = view.height, view.width, view.unit
    dice = view.dice.stream("studio")
    palette = view.palette
    back = mix(palette.upper, palette.horizon, 0.5)
    across = np.arange(w, dtype=np.float32)[None] - np.float32(w * view.focus_x)
    down = np.arange(h, dtype=np.float32)[:, None] - np.float32(h * 0.42)
    pool = np.exp(-((across / (unit * 0.62)) ** 2) - (down / (unit * 0.55)) ** 2)
    dark, bright = mix(palette.zenith, back, 0.5), mix(back, rgb("ffffff"), 0.35)
    canvas[:] = dark + (bright - dark) * pool[..., None]
    y = h * 0.7
    floor = smooth(np.arange(h, dtype=np.float32), y - unit * 0.05, y + unit * 0.07)[:, None]
    shade = mix(back, palette.zenith, 0.18)
    shine = np.exp(-((across / (unit * 0.6)) ** 2)) * 0.5 + 0.35
    blend(
        canvas,
        floor * np.ones((1, w), np.float32),
        shade + (bright - shade) * np.clip(shine, 0, 1)[..., None],
    )
    x = w * view.focus_x
    _backdrop(view, canvas, x, y, dice)
    podium = h * 0.8
    _podium(view, canvas, x, podium, dice)
    return Stage(
        canvas=canvas,
        ground_y=podium + unit * 0.012,
        middle_y=podium + unit * 0.012,
        air_y=h * 0.42,
        haze=0.0,
        shadow=0.5,
        mirror=0.16,
        scale=1.12,
    )


def _backdrop(view: View, canvas: Array, x: float, y: float, dice: Dice) -> None:
    unit, palette = view.unit, view.palette
    shape = dice.pick(("disc", "arch", "discs"))
    accent = mix(palette.upper, palette.sun, 0.3)
    if shape == "arch":
        outlines = [
            circle(x, y - unit * 0.3, unit * 0.27, 64),
            box(x - unit * 0.27, y - unit * 0.3, x + unit * 0.27, y),
        ]
        fill(canvas, outlines, mix(accent, palette.zenith, 0.25), opacity=0.5)
    else:
        fill(
            canvas,
            [circle(x, y - unit * 0.3, unit * 0.31, 72)],
            mix(accent, rgb("ffffff"), 0.2),
            opacity=0.6,
        )
    if shape == "discs":
        fill(
            canvas,
            [circle(x + unit * 0.3, y - unit * 0.14, unit * 0.15, 48)],
            mix(palette.horizon, palette.sun, 0.5),
            opacity=0.6,
        )
    for side in (-1, 1):
        reach = unit * dice.uniform(0.36, 0.46)
        radius = unit * dice.uniform(0.035, 0.075)
        _ball(view, canvas, x + side * reach, y + unit * 0.06 - radius, radius)


def _ball(view: View, canvas: Array, x: float, y: float, radius: float) -> None:
    unit_mask, rows, columns = coverage(canvas.shape[:2], [circle(x, y, radius, 48)], finer=3)
    fill(
        canvas,
        [ellipse(x + radius * 0.3, y + radius, radius * 1.15, radius * 0.16)],
        view.palette.zenith,
        opacity=0.28,
    )
    if not unit_mask.size:
        return
    across = (np.arange(columns.start, columns.stop, dtype=np.float32)[None] - x) / radius
    down = (np.arange(rows.start, rows.stop, dtype=np.float32)[:, None] - y) / radius
    depth = np.sqrt(np.clip(1 - across**2 - down**2, 0, 1))
    way = view.light.towards(x, y)
    amount = np.clip(0.3 + 0.5 * (across * way[0] + down * way[1]) + 0.4 * depth, 0, 1)
    tone = mix(view.palette.upper, view.palette.horizon, 0.4)
    dark, bright = tone * np.float32(0.55), mix(tone, rgb("ffffff"), 0.6)
    blend(canvas[rows, columns], unit_mask, dark + (bright - dark) * amount[..., None])


def _podium(view: View, canvas: Array, x: float, y: float, dice: Dice) -> None:
    unit, palette = view.unit, view.palette
    for step in range(dice.pick((1, 2))):
        wide = unit * (0.27 + 0.08 * step)
        top = y + unit * 0.045 * step
        tall = unit * 0.05
        side = mix(palette.upper, palette.zenith, 0.3)
        fill(
            canvas,
            [ellipse(x + unit * 0.03, top + tall + unit * 0.01, wide * 1.1, wide * 0.2, 64)],
            palette.zenith,
            opacity=0.22,
        )
        body = [
            box(x - wide, top, x + wide, top + tall),
            ellipse(x, top + tall, wide, wide * 0.17, 64),
        ]
        mask, rows, columns = coverage(canvas.shape[:2], body)
        if not mask.size:
            continue
        across = (np.arange(columns.start, columns.stop, dtype=np.float32) - x) / wide
        way = view.light.towards(x, y)[0]
        amount = np.clip(0.5 + across * way * 0.6, 0, 1)[None, :, None]
        blend(
            canvas[rows, columns],
            mask,
            side * np.float32(0.8)
            + (mix(palette.horizon, rgb("ffffff"), 0.4) - side * np.float32(0.8)) * amount,
        )
        fill(
            canvas,
            [ellipse(x, top, wide, wide * 0.17, 64)],
            mix(palette.horizon, rgb("ffffff"), 0.35 - 0.15 * step),
        )
