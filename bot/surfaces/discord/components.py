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
    rows = _rows(card, room)
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
        if not lines:
            return None
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
    if not pictures:
        return []
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


def _rows(card: Card, room: int) -> list[Component]:
    """Rows of buttons as far as `room` components allow; what is left of them, and the menu, in selects below.

    The last buttons make room first, and none is left out: a select holds as many in two components.
    """
    seen: set[str] = set()
    rows = [row for buttons in card.rows for row in _in_rows(_fresh(buttons, seen))]
    menu = _fresh(card.menu, seen)
    if len(menu) <= limits.ROW_BUTTONS and _size(whole := [*rows, *_in_rows(menu)]) <= room:
        return [_button_row(row) for row in whole]
    kept = len(rows)
    while kept and _size(rows[:kept]) + 2 * len(_in_selects(rows[kept:], menu)) > room:
        kept -= 1
    selects = _in_selects(rows[kept:], menu)[: room // 2]
    return [
        *(_button_row(row) for row in rows[:kept]),
        *(_select(buttons, number) for number, buttons in enumerate(selects)),
    ]


def _fresh(buttons: Sequence[Button], seen: set[str]) -> list[Button]:
    """Those with words on them that weren't seen before: Discord takes each custom id once in a message."""
    fresh: list[Button] = []
    for button in buttons:
        custom_id = _custom_id(button)
        if custom_id not in seen and one_line(button.label):
            seen.add(custom_id)
            fresh.append(button)
    return fresh


def _in_rows(buttons: Sequence[Button]) -> list[Sequence[Button]]:
    return [
        buttons[start : start + limits.ROW_BUTTONS]
        for start in range(0, len(buttons), limits.ROW_BUTTONS)
    ]


def _size(rows: Sequence[Sequence[Button]]) -> int:
    """Rows count as components, and what is in them too."""
    return sum(1 + len(row) for row in rows)


def _in_selects(rows: Sequence[Sequence[Button]], menu: Sequence[Button]) -> list[Sequence[Button]]:
    buttons = [*(button for row in rows for button in row), *menu]
    return [
        buttons[start : start + limits.SELECT_OPTIONS]
        for start in range(0, len(buttons), limits.SELECT_OPTIONS)
    ]


def _button_row(buttons: Sequence[Button]) -> Component:
    return {"type": _ACTION_ROW, "components": [_button(button) for button in buttons]}


def _button(button: Button) -> Component:
    return {
        "type": _BUTTON,
        "style": _STYLES[button.style],
        "label": shortened(one_line(button.label), limits.BUTTON_LABEL_CHARS),
        "custom_id": _custom_id(button),
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
    # "U" and "V" say nothing without their numbers.
    telling = ", ".join(word for word in words if len(word) > 1)
    placeholder = shortened(telling or "More", limits.PLACEHOLDER_CHARS)
    menu = {
        "type": _SELECT,
        "custom_id": f"{MENU_PREFIX}{number}",
        "placeholder": placeholder,
        "options": list(options.values()),
    }
    return {"type": _ACTION_ROW, "components": [menu]}
