"""A card as Block Kit: pure, and within Slack's limits whatever the card holds.

Words of people and of the house stand in rich text and plain text elements, which Slack never reads as markup, so no
prompt can ping anybody. The one mention there may be is the person the answer is for.

Limits, from docs.slack.dev/reference/block-kit and slack_sdk.models 3.48, read 2026-11: 50 blocks a message, 25 elements
in an actions block, 10 in a context block, 1 to 5 overflow options, 100 select options.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.card import Button, ButtonStyle, Card, Picture, Tone
from bot.surfaces.slack.text import Json, escape, plain, shorten

MAX_BLOCKS = 50
MAX_FALLBACK_CHARS = 2_000
"""Ours. chat.postMessage shortens a text beyond 40,000 characters, and a notification shows far less."""
MAX_QUOTE_CHARS = 1_000
"""Ours: a longer prompt would push its picture off the screen; Details has it whole."""
MAX_LINE_CHARS = 2_900
MAX_PREFORMATTED_CHARS = 2_900
MAX_ALT_CHARS = 2_000
MAX_CONTEXT_CHARS = 300
"""Ours, for one fact below a picture."""
MAX_LABEL_CHARS = 75
MAX_LINES = 30
IN_CONTEXT = 10
IN_ACTIONS = 25
IN_OVERFLOW = 5
IN_SELECT = 100
BAR_CELLS = 12

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
    blocks: list[Json] = [_head(card, asker)]
    blocks += [_image(file) for file in files]
    blocks += _facts(card)
    blocks += [_row(row, number) for number, row in enumerate(card.rows) if row]
    blocks += _menu(card.menu)
    if card.footer:
        blocks.append(_context([plain(card.footer, MAX_CONTEXT_CHARS)], "foot"))
    return Rendered(text=fallback(card), blocks=blocks[:MAX_BLOCKS])


def fallback(card: Card) -> str:
    """The card in one line of escaped text."""
    parts = [card.headline, card.quote and f"“{card.quote}”", *card.lines]
    text = " ".join(" ".join(part.split()) for part in parts if part)
    return escape(shorten(text, MAX_FALLBACK_CHARS // 5))


def _head(card: Card, asker: str | None) -> Json:
    """Headline, prompt, lines and table in one rich text block: none of it is markup."""
    opening: list[Json] = [
        {"type": "emoji", "name": _ICONS[card.tone]},
        {"type": "text", "text": " "},
        _text(shorten(card.headline, MAX_LINE_CHARS) or "\u00a0", bold=True),
    ]
    if asker is not None:
        opening += [_text("  "), {"type": "user", "user_id": asker}]
    elements: list[Json] = [{"type": "rich_text_section", "elements": opening}]
    if card.quote.strip():
        quoted = _text(shorten(card.quote, MAX_QUOTE_CHARS))
        elements.append({"type": "rich_text_quote", "elements": [quoted]})
    lines = [shorten(line, MAX_LINE_CHARS) for line in card.lines if line.strip()][:MAX_LINES]
    if lines:
        elements.append(
            {"type": "rich_text_section", "elements": [_text("\n".join(lines) + "\n")]}
        )
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
    for field in card.fields:
        elements.append(_text(f"{shorten(field.name, MAX_LABEL_CHARS)}: ", bold=True))
        elements.append(_text(f"{shorten(field.value, MAX_CONTEXT_CHARS)}\n"))
    return elements


def _facts(card: Card) -> list[Json]:
    facts = [plain(bar(card.progress), MAX_CONTEXT_CHARS)] if card.progress is not None else []
    if _facts_below(card):
        facts += [plain(f"{field.name}: {field.value}", MAX_CONTEXT_CHARS) for field in card.fields]
    rows = [facts[start : start + IN_CONTEXT] for start in range(0, len(facts), IN_CONTEXT)]
    return [_context(row, f"facts:{number}") for number, row in enumerate(rows)]


def bar(progress: float) -> str:
    """`▓▓▓▓▓▓░░░░░░ 52 %`."""
    share = min(1.0, max(0.0, progress))
    full = round(share * BAR_CELLS)
    return f"{'▓' * full}{'░' * (BAR_CELLS - full)} {share:.0%}".replace("%", " %")


def _image(file: ShownFile) -> Json:
    block: Json = {
        "type": "image",
        "block_id": f"image:{file.file}",
        "slack_file": {"id": file.file},
        "alt_text": shorten(file.alt, MAX_ALT_CHARS) or "Picture",
    }
    if file.title:
        block["title"] = plain(file.title, MAX_CONTEXT_CHARS)
    return block


def _context(elements: Sequence[Json], block_id: str) -> Json:
    return {"type": "context", "block_id": block_id, "elements": list(elements)}


def _row(row: Sequence[Button], number: int) -> Json:
    buttons = [
        button_element(button, f"{PRESS}:{number}:{column}")
        for column, button in enumerate(row[:IN_ACTIONS])
    ]
    return {"type": "actions", "block_id": f"row:{number}", "elements": buttons}


def button_element(button: Button, action_id: str) -> Json:
    """A button; `action_id` tells it from its neighbours and means nothing."""
    element: Json = {
        "type": "button",
        "action_id": action_id,
        "text": plain(button.label, MAX_LABEL_CHARS),
        "value": button.action.pack(),
        "accessibility_label": shorten(button.says, MAX_LABEL_CHARS) or button.label,
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


def _menu(menu: Sequence[Button]) -> list[Json]:
    """The less common buttons behind one element; more than an overflow holds become a select."""
    if not menu:
        return []
    options = [_option(button) for button in menu[:IN_SELECT]]
    element: Json = {"action_id": f"{PRESS}:menu", "options": options}
    if len(options) <= IN_OVERFLOW:
        element["type"] = "overflow"
    else:
        element |= {"type": "static_select", "placeholder": plain("More …", 150)}
    return [{"type": "actions", "block_id": "menu", "elements": [element]}]


def _option(button: Button) -> Json:
    value = button.action.pack()
    option: Json = {"text": plain(button.label, MAX_LABEL_CHARS), "value": value}
    if button.confirm:
        option["value"] = f"{ASK_FIRST}{value}"
        option["description"] = plain(button.confirm, MAX_LABEL_CHARS)
    return option


def numbered(picture: Picture) -> str:
    """The title under one of several pictures."""
    return f"{picture.position}"
