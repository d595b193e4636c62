"""What a person reads on Discord, as the values every platform shares: the renderer, backwards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bot.domain.action import unpack
from bot.domain.card import Button, ButtonStyle, Card, Field, Form, Input, InputKind, Picture, Tone
from bot.domain.questions import QUESTIONS

Json = dict[str, Any]
COLOURS = {
    0xE0A526: Tone.WORKING,
    0x3BA55D: Tone.DONE,
    0x6B7280: Tone.NOTICE,
    0xC2410C: Tone.REFUSED,
    0xB91C1C: Tone.FAILED,
}
STYLES = {1: ButtonStyle.PRIMARY, 2: ButtonStyle.PLAIN, 4: ButtonStyle.DANGER}
ASK_FIRST = "c1:"
FACT = re.compile(r"\*\*(.+?)\*\* (.*?)(?= · \*\*|$)")


def read_card(
    components: list[Json], *, only_asker: bool, pictures: tuple[Picture, ...] = ()
) -> Card:
    """The card that these components show."""
    (container,) = components
    said: dict[str, Any] = {"headline": "", "quote": "", "lines": [], "fields": [], "footer": ""}
    for part in container["components"]:
        if part["type"] == 10:
            _read_text(part["content"], said)
    rows = [
        tuple(_button(one) for one in part["components"])
        for part in container["components"]
        if part["type"] == 1 and part["components"][0]["type"] == 2
    ]
    menu = tuple(
        _option(option)
        for part in container["components"]
        if part["type"] == 1 and part["components"][0]["type"] == 3
        for option in part["components"][0]["options"]
    )
    return Card(
        tone=COLOURS[container["accent_color"]],
        headline=said["headline"],
        quote=said["quote"],
        lines=tuple(said["lines"]),
        fields=tuple(said["fields"]),
        preformatted=said.get("preformatted", ""),
        progress=said.get("progress"),
        footer=said["footer"],
        pictures=pictures,
        rows=tuple(rows),
        menu=menu,
        only_asker=only_asker,
    )


def _read_text(text: str, said: dict[str, Any]) -> None:
    if block := re.search(r"```\n(.*?)\n```", text, re.DOTALL):
        said["preformatted"] = block[1]
        text = text.replace(block[0], "")
    for line in filter(None, text.split("\n")):
        if line.startswith("-# "):
            _read_small(line.removeprefix("-# "), said)
        elif line[0] in "▰▱":
            said["progress"] = int(line.split()[-1].removesuffix("%")) / 100
        elif line.startswith("> "):
            said["quote"] = plain(line.removeprefix("> "))
        elif line.startswith("**") and not said["headline"]:
            said["headline"] = plain(line.removeprefix("**").removesuffix("**"))
        else:
            said["lines"].append(plain(line))


def _read_small(line: str, said: dict[str, Any]) -> None:
    if line.startswith("**"):
        said["fields"] += [
            Field(name=plain(found[1]), value=plain(found[2])) for found in FACT.finditer(line)
        ]
    else:
        said["footer"] = plain(re.sub(r"^asked by <@\d+>(?: · )?", "", line))


def plain(text: str) -> str:
    """What the markdown shows."""
    return re.sub(r"\\(.)", r"\1", text).replace("@\u200b", "@")


def _button(component: Json) -> Button:
    style = STYLES[component["style"]]
    return _pressed(component["custom_id"], component["label"], style, component["label"])


def _option(option: Json) -> Button:
    says = option.get("description", option["label"])
    return _pressed(option["value"], option["label"], ButtonStyle.PLAIN, says)


def _pressed(text: str, label: str, style: ButtonStyle, says: str) -> Button:
    action = unpack(text.removeprefix(ASK_FIRST))
    assert action is not None, text
    asked = QUESTIONS[action.verb] if text.startswith(ASK_FIRST) else None
    return Button(label=label, action=action, says=says, style=style, confirm=asked)


def images_in(filenames: list[str]) -> Iterator[int]:
    """The numbers of the pictures behind files of ours."""
    for name in filenames:
        found = re.match(r"impasto-(\d+)-", name)
        assert found is not None, name
        yield int(found[1])


def read_form(custom_id: str, title: str, components: list[Json]) -> Form:
    """The form that this modal shows."""
    action = unpack(custom_id)
    assert action is not None, custom_id
    return Form(
        title=title,
        action=action,
        inputs=tuple(_input(one) for one in components),
        submit_label="Submit",
    )


def _input(label: Json) -> Input:
    component = label["component"]
    options = component.get("options", ())
    chosen = next((one["value"] for one in options if one.get("default")), "")
    long = component.get("style") == 2
    return Input(
        name=component["custom_id"],
        label=label["label"],
        kind=InputKind.CHOICE if options else InputKind.LONG_TEXT if long else InputKind.TEXT,
        value=component.get("value") or chosen,
        choices=tuple(one["value"] for one in options),
        required=component.get("required", True),
    )
