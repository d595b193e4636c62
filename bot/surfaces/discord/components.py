"""A card as one of Discord's messages: components, version 2, as plain data. Pure; shortens what is too long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bot.domain.card import Button, ButtonStyle, Card, Picture, Tone
from bot.surfaces.discord import limits
from bot.surfaces.discord.commands import ADMIN
from bot.surfaces.discord.escaping import code_block, escaped, one_line, shortened
from bot.surfaces.umbrella import under_umbrella

Component = dict[str, Any]

V2_FLAG = 1 << 15
EPHEMERAL_FLAG = 1 << 6

CONFIRM_PREFIX = "c1:"
"""Stands before the action of a button that asks first."""
MENU_PREFIX = "m1:"
"""The custom id of a select; what was chosen in it is an action."""

QUOTE_CHARS = 300
HEADLINE_CHARS = 200
FACT_CHARS = 200
FOOTER_CHARS = 200
PREFORMATTED_CHARS = 2500
BAR_CELLS = 10

_ACTION_ROW, _BUTTON, _SELECT, _TEXT, _GALLERY, _CONTAINER = 1, 2, 3, 10, 12, 17
_COLOURS = {
    Tone.WORKING: 0xE0A526,
    Tone.DONE: 0x3BA55D,
    Tone.NOTICE: 0x6B7280,
    Tone.REFUSED: 0xC2410C,
    Tone.FAILED: 0xB91C1C,
}
_STYLES = {ButtonStyle.PRIMARY: 1, ButtonStyle.PLAIN: 2, ButtonStyle.DANGER: 4}


def message(
    card: Card,
    *,
    files: Sequence[str | None] = (),
    asker: str | None = None,
    ephemeral: bool = False,
) -> dict[str, Any]:
    """The body of a message that shows `card`.

    `files` are the names under which its pictures are uploaded, in their order; None leaves one out. `asker` is the
    Discord id of whoever asked; it is shown, and nobody is pinged by anything.
    """
    return {
        "components": [_container(under_umbrella(card, admin=ADMIN), files, asker)],
        "flags": V2_FLAG | (EPHEMERAL_FLAG if ephemeral else 0),
        "allowed_mentions": {"parse": []},
    }


def texts_of(components: Sequence[Component]) -> Iterator[str]:
    """All text in components, in order."""
    for component in components:
        if component.get("type") == _TEXT:
            yield str(component["content"])
        yield from texts_of(component.get("components", ()))


def _container(card: Card, files: Sequence[str | None], asker: str | None) -> Component:
    budget = _Budget(limits.TEXT_CHARS)
    small = budget.text(_small(card, asker))
    head = budget.text(_head(card))
    body = budget.text(_body(card))
    gallery = _gallery(card.pictures, files)
    parts = [head, body, *gallery, small]
    content = [part for part in parts if part is not None]
    room = limits.COMPONENTS - 1 - len(content)
    rows = list(_fitting(_rows(card), room))
    return {
        "type": _CONTAINER,
        "accent_color": _COLOURS[card.tone],
        "components": content + rows,
    }


class _Budget:
    """The characters all text of a message may have together."""

    def __init__(self, chars: int) -> None:
        self._left = chars

    def text(self, lines: Sequence[str]) -> Component | None:
        """A text display with as many of the lines as still fit; None when there are none."""
        taken: list[str] = []
        for line in lines:
            if len(line) + 1 > self._left:
                break
            taken.append(line)
            self._left -= len(line) + 1
        return {"type": _TEXT, "content": "\n".join(taken)} if taken else None


def _head(card: Card) -> list[str]:
    lines = [f"**{escaped(card.headline, most=HEADLINE_CHARS)}**"] if card.headline.strip() else []
    if card.quote.strip():
        lines.append(f"> {escaped(card.quote, most=QUOTE_CHARS)}")
    return lines


def _body(card: Card) -> list[str]:
    lines = [escaped(line, most=2 * QUOTE_CHARS) for line in card.lines if line.strip()]
    if card.preformatted.strip("\n"):
        lines.append(code_block(card.preformatted, most=PREFORMATTED_CHARS))
    return lines


def _small(card: Card, asker: str | None) -> list[str]:
    """What stands below: progress, facts, who asked, the label."""
    lines = []
    if card.progress is not None:
        lines.append(_bar(card.progress))
    facts = [
        f"**{escaped(field.name, most=FACT_CHARS)}** {escaped(field.value, most=FACT_CHARS)}"
        for field in card.fields
    ]
    if card.only_asker:
        lines += [f"-# {fact}" for fact in facts]
    elif facts:
        lines.append(f"-# {' · '.join(facts)}")
    ends = [f"asked by <@{asker}>"] if asker else []
    if card.footer.strip():
        ends.append(escaped(card.footer, most=FOOTER_CHARS))
    if ends:
        lines.append(f"-# {' · '.join(ends)}")
    return lines


def _bar(fraction: float) -> str:
    full = round(min(1.0, max(0.0, fraction)) * BAR_CELLS)
    return f"{'▰' * full}{'▱' * (BAR_CELLS - full)} {min(1.0, max(0.0, fraction)):.0%}"


def _gallery(pictures: Sequence[Picture], files: Sequence[str | None]) -> list[Component]:
    items = [
        _item(picture, name)
        for picture, name in zip(pictures, files, strict=False)
        if name is not None
    ]
    if not items:
        return []
    return [{"type": _GALLERY, "items": items[: limits.GALLERY_PICTURES]}]


def _item(picture: Picture, name: str) -> Component:
    item: Component = {"media": {"url": f"attachment://{name}"}, "spoiler": picture.spoiler}
    if alt := shortened(one_line(picture.alt), limits.ALT_CHARS):
        item["description"] = alt
    return item


def _rows(card: Card) -> Iterator[Component]:
    """Rows of buttons, then the menu: buttons when they fit a row, else selects."""
    seen: set[str] = set()
    for row in card.rows:
        yield from _button_rows(row, seen)
    if len(card.menu) <= limits.ROW_BUTTONS:
        yield from _button_rows(card.menu, seen)
        return
    for number, start in enumerate(range(0, len(card.menu), limits.SELECT_OPTIONS)):
        yield _select(card.menu[start : start + limits.SELECT_OPTIONS], number)


def _button_rows(buttons: Sequence[Button], seen: set[str]) -> Iterator[Component]:
    fresh: list[Component] = []
    for button in buttons:
        custom_id = _custom_id(button)
        if custom_id not in seen and one_line(button.label):
            seen.add(custom_id)
            fresh.append(_button(button, custom_id))
    for start in range(0, len(fresh), limits.ROW_BUTTONS):
        yield {"type": _ACTION_ROW, "components": fresh[start : start + limits.ROW_BUTTONS]}


def _button(button: Button, custom_id: str) -> Component:
    return {
        "type": _BUTTON,
        "style": _STYLES[button.style],
        "label": shortened(one_line(button.label), limits.BUTTON_LABEL_CHARS),
        "custom_id": custom_id,
    }


def _custom_id(button: Button) -> str:
    packed = button.action.pack()
    return packed if button.confirm is None else f"{CONFIRM_PREFIX}{packed}"


def _select(buttons: Sequence[Button], number: int) -> Component:
    options: dict[str, Component] = {}
    for button in buttons:
        value = _custom_id(button)
        label = shortened(one_line(button.label), limits.OPTION_CHARS) or "…"
        options.setdefault(value, {"label": label, "value": value})
        if says := shortened(one_line(button.says), limits.OPTION_CHARS):
            options[value]["description"] = says
    words = dict.fromkeys(one_line(button.label).rstrip(" 0123456789") for button in buttons)
    placeholder = shortened(", ".join(filter(None, words)) or "More", limits.PLACEHOLDER_CHARS)
    menu = {
        "type": _SELECT,
        "custom_id": f"{MENU_PREFIX}{number}",
        "placeholder": placeholder,
        "options": list(options.values()),
    }
    return {"type": _ACTION_ROW, "components": [menu]}


def _fitting(rows: Iterator[Component], room: int) -> Iterator[Component]:
    """As many rows as `room` components allow; the first ones matter most."""
    for row in rows:
        room -= 1 + len(row["components"])
        if room < 0:
            return
        yield row
