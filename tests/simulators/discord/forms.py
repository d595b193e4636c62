"""Filling in a modal as Discord's client lets one. Source: docs, components/reference, the interaction response structures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tests.simulators.discord.components import SELECTS, ComponentType, with_ids
from tests.simulators.discord.interactions import Modal
from tests.simulators.discord.slash import (
    CHANNEL,
    MENTIONABLE,
    ROLE,
    USER,
    Typist,
    select_value,
    upload_file,
)

Json = dict[str, Any]
T = ComponentType
SELECT_KINDS = {
    T.USER_SELECT: USER,
    T.ROLE_SELECT: ROLE,
    T.MENTIONABLE_SELECT: MENTIONABLE,
    T.CHANNEL_SELECT: CHANNEL,
}


class CannotSubmit(Exception):
    """The client keeps the form open: something is missing, too long or not among the options."""


def submitted(typist: Typist, modal: Modal, filled: Mapping[str, Any]) -> Json:
    """`data` of the modal submit. Keys are custom ids, labels, or labels as Python names ("Negative prompt": negative_prompt)."""
    unused = set(filled)
    components = []
    for component in with_ids(modal.components):
        sent: Json = {"type": component["type"], "id": component["id"]}
        if component["type"] == T.LABEL:
            field = component["component"]
            value = _given(filled, unused, field["custom_id"], component["label"])
            sent["component"] = _answer(typist, field, value, label=component["label"])
        elif component["type"] == T.ACTION_ROW:
            sent["components"] = [
                _answer(
                    typist,
                    field,
                    _given(filled, unused, field["custom_id"], field.get("label", "")),
                    label=field.get("label", ""),
                )
                for field in component["components"]
            ]
        components.append(sent)
    if unused:
        raise CannotSubmit(f"the form has no fields {sorted(unused)}")
    data: Json = {"custom_id": modal.custom_id, "components": components}
    if typist.resolved:
        data["resolved"] = typist.resolved
    return data


def labels_of(modal: Modal) -> list[str]:
    """The words beside the fields."""
    return [one["label"] for one in modal.components if one["type"] == T.LABEL]


def _given(filled: Mapping[str, Any], unused: set[str], custom_id: str, label: str) -> Any:
    as_name = re.sub(r"\W+", "_", label.lower()).strip("_")
    for key in (custom_id, label, as_name):
        if key in filled:
            unused.discard(key)
            return filled[key]
    return None


def _answer(typist: Typist, field: Json, value: Any, *, label: str) -> Json:
    sent: Json = {"type": field["type"], "id": field["id"], "custom_id": field["custom_id"]}
    kind = field["type"]
    if kind == T.TEXT_INPUT:
        return sent | {"value": _text(field, value, label)}
    if kind == T.CHECKBOX:
        return sent | {"value": bool(field.get("default") if value is None else value)}
    if kind == T.RADIO_GROUP:
        chosen = _chosen(field, value, label)
        return sent | {"value": chosen[0] if chosen else None}
    if kind == T.FILE_UPLOAD:
        uploads = value if isinstance(value, list | tuple) else [value] if value else []
        _check_count(field, len(uploads), label)
        return sent | {"values": [upload_file(typist, one) for one in uploads]}
    if kind in SELECT_KINDS:
        wanted = value if isinstance(value, list | tuple) else [value] if value else []
        _check_count(field, len(wanted), label)
        values = [select_value(typist, SELECT_KINDS[T(kind)], one) for one in wanted]
        return sent | {"values": values}
    if kind in (*SELECTS, T.CHECKBOX_GROUP):
        return sent | {"values": _chosen(field, value, label)}
    raise CannotSubmit(f"a field of type {kind} cannot be filled in")


def _text(field: Json, value: Any, label: str) -> str:
    text = field.get("value") or "" if value is None else str(value)
    least, most = field.get("min_length") or 0, field.get("max_length") or 4000
    if field.get("required", True) and not text:
        raise CannotSubmit(f"{label!r} is required")
    if text and not least <= len(text) <= most:
        raise CannotSubmit(f"{label!r} takes {least} to {most} characters")
    return text


def _chosen(field: Json, value: Any, label: str) -> list[str]:
    """Options by their value or their words; the defaults when nothing was touched."""
    options = field.get("options") or []
    if value is None:
        chosen = [one["value"] for one in options if one.get("default")]
    else:
        wanted = value if isinstance(value, list | tuple) else [value]
        chosen = [
            one["value"] for one in options if one["value"] in wanted or one["label"] in wanted
        ]
        if len(chosen) != len(wanted):
            raise CannotSubmit(f"{label!r} offers {[one['label'] for one in options]}")
    _check_count(field, len(chosen), label)
    return chosen


def _check_count(field: Json, count: int, label: str) -> None:
    required = field.get("required", True)
    least = field.get("min_values", 1) if required else 0
    most = field.get("max_values") or (
        len(field.get("options") or []) if field["type"] == T.CHECKBOX_GROUP else 1
    )
    if not least <= count <= most:
        raise CannotSubmit(f"{label!r} takes {least} to {most} of them")
