"""What a person can press on a message or in a view, found by the words they read on it.

Source of the action objects: docs.slack.dev/reference/interaction-payloads/block_actions-payload.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.simulators.slack.block_rules import elements_with_block
from tests.simulators.slack.workspace import Message, User, View

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Control:
    """One thing to press: its words, and the action that pressing it sends."""

    label: str
    action: Json
    confirm: Json | None = None
    visible_to: tuple[str, ...] = ()

    def is_for(self, user: User) -> bool:
        return not self.visible_to or user.id in self.visible_to


class NotThere(LookupError):
    """The person does not see such a control."""


def blocks_of(where: Message | View) -> list[Json]:
    found = where.payload["blocks"] if isinstance(where, View) else where.blocks
    return list(found)


def controls_of(where: Message | View) -> list[Control]:
    """Everything to press, in reading order; each option of a menu is one."""
    return [
        control
        for block, element in elements_with_block(blocks_of(where))
        for control in _controls(block, element)
    ]


def _controls(block: Json, element: Json) -> Iterator[Control]:
    kind = element["type"]
    common = {
        "action_id": element.get("action_id"),
        "block_id": block["block_id"],
        "type": kind,
    }
    seen: Json = {
        "confirm": element.get("confirm"),
        "visible_to": tuple(element.get("visible_to_user_ids") or ()),
    }
    if kind in ("button", "icon_button"):
        action = {**common, "text": element["text"]} | _value(element)
        yield Control(label=element["text"]["text"], action=action, **seen)
    elif kind == "feedback_buttons":
        for side in ("positive_button", "negative_button"):
            one = element[side]
            action = {**common, "text": one["text"], "value": one["value"]}
            yield Control(label=one["text"]["text"], action=action)
    elif kind in ("overflow", "static_select", "radio_buttons"):
        for option in options_of(element):
            action = {**common, "selected_option": option}
            yield Control(label=option["text"]["text"], action=action, **seen)


def _value(element: Json) -> Json:
    return {"value": element["value"]} if "value" in element else {}


def options_of(element: Json) -> list[Json]:
    grouped = [one for group in element.get("option_groups") or [] for one in group["options"]]
    return [*(element.get("options") or []), *grouped]


def find_control(where: Message | View, words: str, user: User) -> Control:
    """By label, exactly or by its last words (`🎲 Re-roll` answers to `Re-roll`), or by action_id."""
    visible = [one for one in controls_of(where) if one.is_for(user)]
    for matches in (
        lambda one: one.label == words,
        lambda one: one.action["action_id"] == words,
        lambda one: one.label.endswith(f" {words}") or one.label.rstrip("…") == words,
        lambda one: words.lower() in one.label.lower(),
    ):
        found = [one for one in visible if matches(one)]
        if found:
            return found[0]
    raise NotThere(f"{user.name} sees no {words!r}, only {[one.label for one in visible]}")
