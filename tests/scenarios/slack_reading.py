"""What a person reads on Slack, as the values every platform shares: the renderer, backwards."""

from __future__ import annotations

import json
from typing import Any

from bot.domain.action import Action, unpack
from bot.domain.card import Button, ButtonStyle, Card, Field, Form, Input, InputKind, Picture, Tone

Json = dict[str, Any]
ICONS = {
    "hourglass_flowing_sand": Tone.WORKING,
    "art": Tone.DONE,
    "information_source": Tone.NOTICE,
    "no_entry_sign": Tone.REFUSED,
    "warning": Tone.FAILED,
}
KINDS = {"static_select": InputKind.CHOICE, "number_input": InputKind.NUMBER}
ASK_FIRST = "ask:"


def read_card(blocks: list[Json], *, only_asker: bool, pictures: tuple[Picture, ...] = ()) -> Card:
    """The card that these blocks show."""
    head = next(block for block in blocks if block["type"] == "rich_text")
    opening, *rest = head["elements"]
    said: dict[str, Any] = {"quote": "", "lines": (), "fields": [], "preformatted": ""}
    for part in rest:
        _read_part(part, said)
    rows: list[tuple[Button, ...]] = []
    menu: tuple[Button, ...] = ()
    footer, progress = "", None
    for block in blocks:
        if block["type"] == "context" and block["block_id"].endswith("foot"):
            footer = block["elements"][0]["text"]
        elif block["type"] == "context":
            for fact in (element["text"] for element in block["elements"]):
                name, found, value = fact.partition(": ")
                if found:
                    said["fields"].append(Field(name=name, value=value))
                else:
                    progress = int(fact.split()[-2]) / 100
        elif block["type"] == "actions" and block["block_id"].endswith("menu"):
            menu = tuple(_option(one) for one in _options(block["elements"][0]))
        elif block["type"] == "actions":
            rows.append(tuple(_button(one) for one in block["elements"]))
    return Card(
        tone=ICONS[opening["elements"][0]["name"]],
        headline=opening["elements"][2]["text"],
        quote=said["quote"],
        lines=said["lines"],
        fields=tuple(said["fields"]),
        preformatted=said["preformatted"],
        pictures=pictures,
        progress=progress,
        rows=tuple(rows),
        menu=menu,
        footer=footer,
        only_asker=only_asker,
    )


def _read_part(part: Json, said: dict[str, Any]) -> None:
    text = "".join(element.get("text", "") for element in part["elements"])
    if part["type"] == "rich_text_quote":
        said["quote"] = text
    elif part["type"] == "rich_text_preformatted":
        said["preformatted"] = text
    elif part["elements"][0].get("style", {}).get("bold"):
        names, values = part["elements"][::2], part["elements"][1::2]
        said["fields"] += [
            Field(name=name["text"].removesuffix(": "), value=value["text"].removesuffix("\n"))
            for name, value in zip(names, values, strict=True)
        ]
    else:
        said["lines"] = tuple(text.splitlines())


def _action(value: str) -> Action:
    action = unpack(value.removeprefix(ASK_FIRST))
    assert action is not None, value
    return action


def _button(element: Json) -> Button:
    return Button(
        label=element["text"]["text"],
        action=_action(element["value"]),
        says=element["accessibility_label"],
        style=ButtonStyle(element.get("style", "plain")),
        confirm=element.get("confirm", {}).get("text", {}).get("text"),
    )


def _options(element: Json) -> list[Json]:
    """The entries of a menu, flat or under headings."""
    grouped = [one for group in element.get("option_groups", ()) for one in group["options"]]
    return [*element.get("options", ()), *grouped]


def _option(option: Json) -> Button:
    label = option["text"]["text"]
    return Button(label=label, action=_action(option["value"]), says=label)


def images_on(card: Card) -> list[int]:
    """The pictures that the card's buttons act on, in order."""
    found = [
        button.action.target
        for button in (*(one for row in card.rows for one in row), *card.menu)
        if button.action.verb in {"details", "save", "upscale"}
    ]
    return list(dict.fromkeys(found))


def read_form(view: Json) -> Form:
    """The form that this view shows."""
    return Form(
        title=view["title"]["text"],
        action=_action(json.loads(view["private_metadata"])["action"]),
        inputs=tuple(_input(block) for block in view["blocks"] if block["type"] == "input"),
        submit_label=view["submit"]["text"],
    )


def _input(block: Json) -> Input:
    element = block["element"]
    chosen = element.get("initial_option", {}).get("value", "")
    return Input(
        name=block["block_id"],
        label=block["label"]["text"],
        kind=KINDS.get(element["type"], InputKind.LONG_TEXT),
        value=element.get("initial_value") or chosen,
        choices=tuple(option["value"] for option in element.get("options", ())),
        required=not block.get("optional", False),
    )
