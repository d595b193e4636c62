"""A form as one of Discord's modals. Pure; regions to paint are left out, since Discord has no canvas."""

from __future__ import annotations

from typing import Any

from bot.domain.card import Form, Input, InputKind
from bot.surfaces.discord import limits
from bot.surfaces.discord.escaping import one_line, shortened

_SELECT, _TEXT_INPUT, _LABEL = 3, 4, 18
FILE_UPLOAD = 19
_SHORT, _PARAGRAPH = 1, 2


def modal(form: Form, *, custom_id: str | None = None) -> dict[str, Any]:
    """The data of a modal response. It carries the form's action, so that it can be sent after any restart."""
    inputs = [one for one in form.inputs if one.kind is not InputKind.MASK]
    return {
        "custom_id": custom_id or form.action.pack(),
        "title": shortened(one_line(form.title), limits.MODAL_TITLE_CHARS) or "Impasto",
        "components": [_labelled(one) for one in inputs[: limits.MODAL_INPUTS]],
    }


def _labelled(one: Input) -> dict[str, Any]:
    label: dict[str, Any] = {
        "type": _LABEL,
        "label": shortened(one_line(one.label), limits.MODAL_LABEL_CHARS) or one.name,
        "component": _component(one),
    }
    if hint := shortened(one_line(one.hint), limits.MODAL_HINT_CHARS):
        label["description"] = hint
    return label


def _component(one: Input) -> dict[str, Any]:
    match one.kind:
        case InputKind.CHOICE:
            return _select(one)
        case InputKind.PICTURE:
            least = 1 if one.required else 0
            file = {"type": FILE_UPLOAD, "custom_id": one.name, "required": one.required}
            return {**file, "min_values": least, "max_values": 1}
        case _:
            return _text(one)


def _text(one: Input) -> dict[str, Any]:
    most = min(one.max_length or limits.INPUT_CHARS, limits.INPUT_CHARS)
    component: dict[str, Any] = {
        "type": _TEXT_INPUT,
        "custom_id": one.name,
        "style": _PARAGRAPH if one.kind is InputKind.LONG_TEXT else _SHORT,
        "required": one.required,
        "max_length": most,
    }
    if one.value:
        component["value"] = shortened(one.value, most)
    return component


def _select(one: Input) -> dict[str, Any]:
    choices = list(dict.fromkeys(one.choices))[: limits.SELECT_OPTIONS]
    return {
        "type": _SELECT,
        "custom_id": one.name,
        "required": one.required,
        "options": [
            {
                "label": shortened(choice, limits.OPTION_CHARS),
                "value": shortened(choice, limits.OPTION_CHARS),
                "default": choice == one.value,
            }
            for choice in choices
        ],
    }
