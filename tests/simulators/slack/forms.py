"""Filling a form as a client does: by block_id or by label, with the checks that Slack makes before it sends anything.

Source of `state.values`: docs.slack.dev/reference/interaction-payloads/view-interactions-payload.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.simulators.slack.controls import options_of
from tests.simulators.slack.stored_file import StoredFile
from tests.simulators.slack.workspace import Channel, User, View

Json = dict[str, Any]
SELECTED = {
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "rich_text_input": "rich_text_value",
}
INITIAL = {
    "users_select": "initial_user",
    "multi_users_select": "initial_users",
    "conversations_select": "initial_conversation",
    "multi_conversations_select": "initial_conversations",
    "channels_select": "initial_channel",
    "multi_channels_select": "initial_channels",
    "datepicker": "initial_date",
    "timepicker": "initial_time",
    "datetimepicker": "initial_date_time",
    "rich_text_input": "initial_value",
}
ONE_OPTION = frozenset({"static_select", "external_select", "radio_buttons"})
MANY_OPTIONS = frozenset({"multi_static_select", "multi_external_select", "checkboxes"})
TYPED = frozenset({"plain_text_input", "number_input", "email_text_input", "url_text_input"})


class CannotSubmit(Exception):
    """The client keeps the form open and says why; the app hears nothing."""


def fill_in(view: View, filled: Mapping[str, Any], *, current_channel: str | None = None) -> None:
    """Sets `view.values` to what a person who typed this would send; CannotSubmit when the client would not."""
    left = dict(filled)
    for block in view.payload["blocks"]:
        if block["type"] != "input":
            continue
        element, given = block["element"], _given(block, left)
        state = _initial(element, current_channel) if given is None else _state(element, given)
        _check(block, element, state)
        view.values.setdefault(block["block_id"], {})[element["action_id"]] = state
    if left:
        labels = [b["label"]["text"] for b in view.payload["blocks"] if b["type"] == "input"]
        raise CannotSubmit(f"the form has no field {sorted(left)}, only {labels}")


def _given(block: Json, left: dict[str, Any]) -> Any:
    for name in (block["block_id"], block["label"]["text"], block["element"]["action_id"]):
        if name in left:
            return left.pop(name)
    return None


def _initial(element: Json, current_channel: str | None) -> Json:
    kind = element["type"]
    if kind in TYPED:
        return {"type": kind, "value": element.get("initial_value")}
    if kind in ONE_OPTION:
        return {"type": kind, "selected_option": element.get("initial_option")}
    if kind in MANY_OPTIONS:
        return {"type": kind, "selected_options": element.get("initial_options", [])}
    if kind == "file_input":
        return {"type": kind, "files": []}
    value = element.get(INITIAL[kind])
    if value is None and element.get("default_to_current_conversation"):
        value = current_channel
    return {"type": kind, SELECTED[kind]: value}


def _state(element: Json, given: Any) -> Json:
    kind = element["type"]
    if kind in TYPED:
        return {"type": kind, "value": str(given)}
    if kind in ONE_OPTION:
        return {"type": kind, "selected_option": _option(element, given)}
    if kind in MANY_OPTIONS:
        return {"type": kind, "selected_options": [_option(element, one) for one in given]}
    if kind == "file_input":
        files = given if isinstance(given, list) else [given]
        for one in files:
            one.given = True
        return {
            "type": kind,
            "files": [one.as_json() for one in files if isinstance(one, StoredFile)],
        }
    return {"type": kind, SELECTED[kind]: _plain(given)}


def _plain(given: Any) -> Any:
    if isinstance(given, list | tuple):
        return [_plain(one) for one in given]
    return given.id if isinstance(given, Channel | User) else given


def _option(element: Json, given: str) -> Json:
    for option in options_of(element):
        if given in (option["text"]["text"], option["value"]):
            return option
    raise CannotSubmit(
        f"no option {given!r} among {[o['text']['text'] for o in options_of(element)]}"
    )


def _check(block: Json, element: Json, state: Json) -> None:
    label, value = block["label"]["text"], next(v for k, v in state.items() if k != "type")
    if value in (None, "", []):
        if not block.get("optional"):
            raise CannotSubmit(f"{label}: please complete this required field")
        return
    if element["type"] == "plain_text_input":
        _check_length(label, element, value)
    elif element["type"] == "number_input":
        _check_number(label, element, value)
    elif element["type"] == "file_input":
        _check_files(label, element, value)


def _check_length(label: str, element: Json, value: str) -> None:
    if not element.get("min_length", 0) <= len(value) <= element.get("max_length", 3000):
        raise CannotSubmit(f"{label}: {len(value)} characters")


def _check_number(label: str, element: Json, value: str) -> None:
    try:
        number = float(value) if element["is_decimal_allowed"] else int(value)
    except ValueError:
        raise CannotSubmit(f"{label}: {value!r} is no number") from None
    low, high = element.get("min_value", "-inf"), element.get("max_value", "inf")
    if not float(low) <= number <= float(high):
        raise CannotSubmit(f"{label}: must be between {low} and {high}")


def _check_files(label: str, element: Json, files: list[Json]) -> None:
    if len(files) > element.get("max_files", 10):
        raise CannotSubmit(f"{label}: {len(files)} files")
    allowed = element.get("filetypes")
    for file in files:
        ending = file["name"].rpartition(".")[2].lower()
        if allowed and ending not in allowed:
            raise CannotSubmit(f"{label}: {file['name']} is not one of {allowed}")
