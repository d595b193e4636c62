"""A card as Block Kit: pure, and within Slack's limits whatever the card holds.

Words of people and of the house stand in rich text and plain text elements, which Slack never reads as markup, so no
prompt can ping anybody. The one mention there may be is the person the answer is for.

Limits, from docs.slack.dev/reference/block-kit and slack_sdk.models 3.48, read 2026-11: 50 blocks a message, 25 elements
in an actions block, 10 in a context block, 1 to 5 overflow options, 100 select options. All texts of a message's blocks
together: about 12,000 characters (Slack staff, bolt-js #2509; refused once at 11,341, bolt-js #2867), so the parts below
have shares of 10,900.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.card import Button, ButtonStyle, Card, Tone
from bot.surfaces.slack.text import Json, escape, plain, shorten
from bot.surfaces.umbrella import under_umbrella

MAX_BLOCKS = 50
MAX_FALLBACK_CHARS = 400
"""Ours: more than a notification shows. chat.update refuses a text beyond 4,000 characters."""
MAX_HEADLINE_CHARS = 150
MAX_QUOTE_CHARS = 800
"""A longer prompt would push its picture off the screen; Details has more of it."""
MAX_LINES_CHARS = 2_500
MAX_FACTS_CHARS = 1_500
MAX_PREFORMATTED_CHARS = 2_500
MAX_CONTROLS_CHARS = 2_400
MAX_FACT_CHARS = 100
MAX_ALT_CHARS = 1_000
MAX_LABEL_CHARS = 75
MAX_FACTS_BELOW = 10
IN_CONTEXT = 10
IN_ACTIONS = 25
IN_OVERFLOW = 5
IN_SELECT = 100
BAR_CELLS = 12

_NUMBERED = re.compile(r"\D+([0-9]{1,3})")
"""The label of a button about one of several pictures."""
PRESS = "press"
"""What the action_id of every button of ours begins with; the meaning stands in its value."""
ASK_FIRST = "ask:"
"""Before the value of a menu entry whose question is to be asked in a form: Slack confirms only whole menus."""

_ICONS = {
    Tone.WORKING: "hourglass_flowing_sand",
    Tone.DONE: "art",
    Tone.NOTICE: "information_source",
    Tone.REFUSED: "no_entry_sign",
    Tone.FAILED: "warning",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownFile:
    """A file Slack has, as a card shows it."""

    file: str
    alt: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A message: blocks, and the text that notifications and screen readers use."""

    text: str
    blocks: list[Json]


def render(card: Card, *, asker: str | None = None, files: Sequence[ShownFile] = ()) -> Rendered:
    """The card for Slack. `asker` is the one user id that is mentioned; `files` are the pictures it shows."""
    card = under_umbrella(card)
    below = [*_facts(card), *_controls(card)]
    if card.footer:
        below.append(_context([plain(card.footer, MAX_FACT_CHARS)], "foot"))
    images = [_image(file, number) for number, file in enumerate(files)][
        : MAX_BLOCKS - 1 - len(below)
    ]
    return Rendered(text=fallback(card), blocks=[_head(card, asker), *images, *below])


def fallback(card: Card) -> str:
    """The card in one line of escaped text."""
    parts = [card.headline, card.quote and f"“{card.quote}”", *card.lines]
    text = " ".join(" ".join(part.split()) for part in parts if part)
    return escape(shorten(text, MAX_FALLBACK_CHARS))


def _head(card: Card, asker: str | None) -> Json:
    """Headline, prompt, lines and table in one rich text block: none of it is markup."""
    opening: list[Json] = [
        {"type": "emoji", "name": _ICONS[card.tone]},
        {"type": "text", "text": " "},
        _text(shorten(card.headline, MAX_HEADLINE_CHARS) or "\u00a0", bold=True),
    ]
    if asker is not None:
        opening += [_text("  "), {"type": "user", "user_id": asker}]
    elements: list[Json] = [{"type": "rich_text_section", "elements": opening}]
    if card.quote.strip():
        quoted = _text(shorten(card.quote, MAX_QUOTE_CHARS))
        elements.append({"type": "rich_text_quote", "elements": [quoted]})
    lines = "\n".join(line for line in card.lines if line.strip())
    if lines:
        said = _text(shorten(lines, MAX_LINES_CHARS))
        elements.append({"type": "rich_text_section", "elements": [said]})
    if card.fields and not _facts_below(card):
        elements.append({"type": "rich_text_section", "elements": _named_facts(card)})
    if card.preformatted.strip():
        table = _text(shorten(card.preformatted, MAX_PREFORMATTED_CHARS))
        elements.append({"type": "rich_text_preformatted", "elements": [table]})
    return {"type": "rich_text", "block_id": "head", "elements": elements}


def _text(text: str, *, bold: bool = False) -> Json:
    element: Json = {"type": "text", "text": text}
    if bold:
        element["style"] = {"bold": True}
    return element


def _facts_below(card: Card) -> bool:
    """Facts about a request stand small below it; facts that were asked for stand in the text."""
    return card.tone in {Tone.WORKING, Tone.DONE}


def _named_facts(card: Card) -> list[Json]:
    elements: list[Json] = []
    left = MAX_FACTS_CHARS
    for field in card.fields:
        name, value = shorten(field.name, MAX_LABEL_CHARS), shorten(field.value, MAX_FACT_CHARS)
        left -= len(name) + len(value)
        if left < 0:
            break
        elements += [_text(f"{name}: ", bold=True), _text(f"{value}\n")]
    return elements


def _facts(card: Card) -> list[Json]:
    facts = [plain(bar(card.progress), MAX_FACT_CHARS)] if card.progress is not None else []
    if _facts_below(card):
        told = card.fields[: MAX_FACTS_BELOW - len(facts)]
        facts += [plain(f"{field.name}: {field.value}", MAX_FACT_CHARS) for field in told]
    return [_context(facts, "facts")] if facts else []


def bar(progress: float) -> str:
    """`▓▓▓▓▓▓░░░░░░ 52 %`."""
    share = min(1.0, max(0.0, progress))
    full = round(share * BAR_CELLS)
    return f"{'▓' * full}{'░' * (BAR_CELLS - full)} {share:.0%}".replace("%", " %")


def _image(file: ShownFile, number: int) -> Json:
    block: Json = {
        "type": "image",
        "block_id": f"image:{number}",
        "slack_file": {"id": file.file},
        "alt_text": shorten(file.alt, MAX_ALT_CHARS) or "Picture",
    }
    if file.title:
        block["title"] = plain(file.title, MAX_FACT_CHARS)
    return block


def _context(elements: Sequence[Json], block_id: str) -> Json:
    return {"type": "context", "block_id": block_id, "elements": list(elements)}


def _controls(card: Card) -> list[Json]:
    """Rows of buttons, then the menu; what no message could hold is left out from the end."""
    blocks: list[Json] = []
    left = MAX_CONTROLS_CHARS
    for number, row in enumerate(card.rows):
        buttons: list[Json] = []
        for column, button in enumerate(row[:IN_ACTIONS]):
            left -= _weight(button)
            if left >= 0:
                buttons.append(button_element(button, f"{PRESS}:{number}:{column}"))
        if buttons:
            blocks.append({"type": "actions", "block_id": f"row:{number}", "elements": buttons})
    entries: list[Button] = []
    for button in card.menu[:IN_SELECT]:
        left -= min(len(button.label), MAX_LABEL_CHARS)
        if left >= 0:
            entries.append(button)
    return [*blocks[: MAX_BLOCKS // 2], *_menu(entries)]


def _weight(button: Button) -> int:
    """Characters of text that the button brings into its message, at most."""
    confirm = min(len(button.confirm), 300) + 160 if button.confirm else 0
    return min(len(button.label), MAX_LABEL_CHARS) + confirm


def button_element(button: Button, action_id: str) -> Json:
    """A button; `action_id` tells it from its neighbours and means nothing."""
    element: Json = {
        "type": "button",
        "action_id": action_id,
        "text": plain(button.label, MAX_LABEL_CHARS),
        "value": button.action.pack(),
        "accessibility_label": shorten(button.says or button.label, MAX_LABEL_CHARS) or "\u00a0",
    }
    if button.style is not ButtonStyle.PLAIN:
        element["style"] = button.style.value
    if button.confirm:
        element["confirm"] = {
            "title": plain(button.says, 100),
            "text": plain(button.confirm, 300),
            "confirm": plain(button.label, 30),
            "deny": plain("Keep it as it is", 30),
        }
    return element


def _menu(entries: Sequence[Button]) -> list[Json]:
    """The less common buttons behind one element; more than an overflow holds become a select, picture by picture."""
    if not entries:
        return []
    element: Json = {"action_id": f"{PRESS}:menu"}
    if len(entries) <= IN_OVERFLOW:
        element |= {"type": "overflow", "options": [_option(entry) for entry in entries]}
    else:
        element |= {
            "type": "static_select",
            "placeholder": plain("More …", 150),
            **_listed(entries),
        }
    return [{"type": "actions", "block_id": "menu", "elements": [element]}]


def _listed(entries: Sequence[Button]) -> Json:
    """The entries of a select; under a heading for each picture where their labels number several."""
    groups: dict[str, list[Json]] = {}
    for entry in entries:
        numbered = _NUMBERED.fullmatch(entry.label)
        groups.setdefault(numbered[1] if numbered else "", []).append(_option(entry))
    if "" in groups or len(groups) < 2:
        return {"options": [_option(entry) for entry in entries]}
    return {
        "option_groups": [
            {"label": plain(f"Picture {number}", MAX_LABEL_CHARS), "options": options}
            for number, options in groups.items()
        ]
    }


def _option(button: Button) -> Json:
    value = button.action.pack()
    option: Json = {"text": plain(button.label, MAX_LABEL_CHARS), "value": value}
    if button.confirm:
        option["value"] = f"{ASK_FIRST}{value}"
    return option
