"""The templates every workspace begins with. Admins edit or remove them like their own."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.template import Template, read_template

OWNER = "Impasto"

_LINES: tuple[tuple[str, str, str], ...] = (
    (
        "hero",
        "A product in the limelight, for a page's top",
        "Product photograph of {product (wireless earbuds)} on {surface=polished stone}, "
        "{mood:warm|cool|dramatic|bright=warm} studio light, soft shadow, shallow depth of field, room for a headline "
        "on one side --ar 16:9 --no text, watermark, hands",
    ),
    (
        "packshot",
        "One product on one colour, for a shop",
        "Catalogue packshot of {product (a ceramic mug)}, centred, three-quarter view, seamless {colour=white} "
        "background, even softbox light, true colours --ar 1:1 --no text, watermark, props",
    ),
    (
        "portrait",
        "An invented person, for a team page or a persona",
        "Head and shoulders portrait of an invented {who (middle-aged engineer)}, "
        "{expression:smiling|calm|thoughtful|confident=calm}, {light:window light|studio light|golden hour=window light}, "
        "85 mm lens, plain background --ar 4:5 --no text, watermark",
    ),
    (
        "icon",
        "A simple picture for an app or a button",
        "Flat app icon of {thing (a paper plane)}, one bold shape, {colour=teal} on {background=cream}, rounded square, "
        "thick outlines, no gradients, readable at 32 pixels --ar 1:1 --no text, letters, photo",
    ),
    (
        "logo",
        "Ideas for a mark, to show to a designer",
        "Minimal vector logo mark for {business (a bakery)}, built from {idea=simple geometric shapes}, "
        "{colours=two colours}, flat, on white, generous margins --ar 1:1 --no photo, mockup, gradients",
    ),
    (
        "banner",
        "A wide picture behind a headline",
        "Wide header illustration about {topic (renewable energy)}, {look:flat vector|paper cut|watercolour|"
        "3d clay=flat vector}, {colours=calm blues and one warm accent}, empty space on the left third --ar 3:1 "
        "--no text, letters, watermark",
    ),
    (
        "poster",
        "A poster with a headline in letters",
        "{look:Swiss modernist|art deco|screen print|mid-century travel=Screen print} poster of {subject "
        '(a mountain railway)}, with the headline "{headline (Higher)}" in large letters, {colours=three flat colours}, '
        "strong composition --ar 2:3",
    ),
    (
        "scene",
        "A place at its best moment, for moods and backgrounds",
        "{place (a harbour town)} at {time:dawn|noon|golden hour|dusk|night=golden hour}, "
        "{weather:clear|misty|rainy|snowy|stormy=clear}, {season:spring|summer|autumn|winter=summer}, wide view, "
        "layered depth, natural colours --ar 16:9 --no text, watermark",
    ),
    (
        "character",
        "One figure from three sides, for games and stories",
        "Character sheet of {character (a young fox courier)}, wearing {outfit=a weathered travelling coat}, front, "
        "side and back view, neutral pose, plain background, {look:comic ink|painted|anime|pixel art=painted} --ar 3:2 "
        "--no text, watermark",
    ),
    (
        "storyboard",
        "A frame that tells what happens and how it is shot",
        "Storyboard frame, {shot:wide shot|medium shot|close-up|over the shoulder|bird's eye=medium shot}: {action "
        "(a courier runs across a rooftop)}, rough grey marker sketch, clear silhouettes --ar 16:9 "
        "--no colour, text",
    ),
    (
        "diagram",
        "A clear picture of how something is built",
        "Isometric cutaway of {thing (a greenhouse)}, clean lines, {colours=soft pastel colours}, parts easy to tell "
        "apart, white background, textbook illustration --ar 4:3 --no text, labels, people",
    ),
    (
        "food",
        "A dish, as in a cookbook",
        "Food photograph of {dish (tomato soup with basil)}, {angle:from above|at eye level|three-quarter view="
        "three-quarter view}, on {table=a rustic wooden table}, {light:morning light|candle light|bright daylight="
        "morning light}, steam, crisp detail --ar 4:5 --no text, hands, watermark",
    ),
    (
        "interior",
        "A room, for moods and pitches",
        "Interior of {room (a reading room)}, {look:Scandinavian|industrial|Japanese|mid-century|Mediterranean="
        "Scandinavian} design, {material=oak and linen}, daylight from one side, wide angle, nobody there --ar 3:2 "
        "--no text, people, watermark",
    ),
    (
        "pattern",
        "A tile that repeats, for slides and wrapping",
        "Seamless repeating pattern of {motif (lemons and leaves)}, {density:airy|even|dense=even}, "
        "{technique:block print|gouache|line art|paper cut=gouache}, {colours=four colours on off-white}, flat, "
        "no borders --ar 1:1 --no text, shadow",
    ),
    (
        "sticker",
        "A cheerful sticker for chat",
        "Die-cut sticker of {thing (a sleepy red panda)} {doing=waving}, thick white border, bold outlines, bright flat "
        "colours, plain background --ar 1:1 --no text, letters, watermark",
    ),
)


def _read() -> dict[str, Template]:
    found: dict[str, Template] = {}
    for name, about, line in _LINES:
        read = read_template(name, line, about=about, owner=OWNER)
        if not isinstance(read, Template):
            raise TypeError(f"starter template {name}: {read}")
        found[name] = read
    return found


STARTERS: Mapping[str, Template] = _read()
"""By name; each is its version 1."""
