"""What a person can press on a message. Source: docs, components/reference, Button and select menus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.simulators.discord.components import SELECTS, ComponentType, walk
from tests.simulators.discord.messages import Message

Json = dict[str, Any]
LINK, PREMIUM = 5, 6


class CannotPress(Exception):
    """Discord's client shows nothing to press there, or not to this person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A button, or a select menu."""

    component: Json
    label: str
    custom_id: str | None
    disabled: bool

    @property
    def is_select(self) -> bool:
        return self.component["type"] in SELECTS


def controls_of(message: Message) -> list[Control]:
    """In the order in which they stand."""
    return [
        Control(
            component=component,
            label=_label(component),
            custom_id=component.get("custom_id"),
            disabled=bool(component.get("disabled")),
        )
        for _, component in walk(message.components)
        if component["type"] in (ComponentType.BUTTON, *SELECTS)
    ]


def _label(component: Json) -> str:
    emoji = (component.get("emoji") or {}).get("name") or ""
    return component.get("label") or component.get("placeholder") or emoji


def find_control(message: Message, words: str, *, user_id: str) -> Control:
    """The one with these words on it, or this custom id; it must be visible, unique and enabled."""
    if message.deleted or message.visible_to not in (None, user_id):
        raise CannotPress("this person does not see that message")
    every = controls_of(message)
    found = [one for one in every if words in (one.label, one.custom_id)]
    if len(found) != 1:
        raise CannotPress(f"{len(found)} controls {words!r} among {[one.label for one in every]}")
    control = found[0]
    if control.disabled:
        raise CannotPress(f"{words!r} is disabled")
    if control.component.get("style") in (LINK, PREMIUM) and not control.is_select:
        raise CannotPress(f"{words!r} sends no interaction: it is a link or premium button")
    return control
