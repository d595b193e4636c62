"""The interactive elements of Block Kit and what each may hold.

Source: docs.slack.dev/reference/block-kit/block-elements and composition-objects, read 2026-11; keys as in @slack/types 3.2.0.
"""

from __future__ import annotations

from typing import Any

from tests.simulators.slack.shapes import (
    Check,
    Report,
    anything,
    choice,
    either,
    flag,
    listed,
    one_of,
    record,
    string,
    text,
    whole,
)

Json = dict[str, Any]

ACTION_ID = string(255, least=1)
CONFIRM = record(
    {
        "title": text(100, kind="plain_text"),
        "text": text(300),
        "confirm": text(30, kind="plain_text"),
        "deny": text(30, kind="plain_text"),
        "style": choice("primary", "danger"),
    },
    needs=["text"],
)
PLACEHOLDER = text(150, kind="plain_text")
OPTION = record(
    {
        "text": text(75, kind="plain_text"),
        "value": string(150),
        "description": text(75, kind="plain_text"),
    },
    needs=["text", "value"],
)
MARKED_OPTION = record(
    {"text": text(75), "value": string(150), "description": text(75)}, needs=["text", "value"]
)
OVERFLOW_OPTION = record(
    {
        "text": text(75, kind="plain_text"),
        "value": string(150),
        "description": text(75, kind="plain_text"),
        "url": string(3000),
    },
    needs=["text", "value"],
)
OPTION_GROUP = record(
    {"label": text(75, kind="plain_text"), "options": listed(OPTION, least=1, most=100)},
    needs=["label", "options"],
)
DISPATCH = record(
    {"trigger_actions_on": listed(choice("on_enter_pressed", "on_character_entered"), least=1)}
)
FILTER = record(
    {
        "include": listed(choice("im", "mpim", "private", "public"), least=1),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    }
)
SLACK_FILE = record(
    {"id": string(255, least=1), "url": string(3000, least=1)}, also=either("id", "url")
)


def known_file(value: Json, at: str, report: Report) -> None:
    """`invalid slack file` names the place of the file: python-slack-sdk #1521."""
    found = value.get("slack_file")
    if isinstance(found, dict) and (problem := report.file_problem(found)):
        report.add(problem, f"{at}/slack_file")


def image_source(value: Json, at: str, report: Report) -> None:
    either("image_url", "slack_file")(value, at, report)
    known_file(value, at, report)


IMAGE = record(
    {
        "alt_text": string(2000, least=1),
        "image_url": string(3000, least=1),
        "slack_file": SLACK_FILE,
    },
    needs=["alt_text"],
    also=image_source,
)


def chosen_among_options(value: Json, at: str, report: Report) -> None:
    """Source: docs.slack.dev, static select: initial_option must exactly match one of the options."""
    options = _items(value.get("options"))
    for group in _items(value.get("option_groups")):
        options += _items(group.get("options")) if isinstance(group, dict) else []
    first = value.get("initial_option")
    for chosen in [*([first] if first else []), *_items(value.get("initial_options"))]:
        if chosen not in options:
            report.add("initial option must match one of the options", at)


def _items(found: Any) -> list[Any]:
    return list(found) if isinstance(found, list) else []


def _element(fields: dict[str, Check], *needs: str, also: Check | None = None) -> Check:
    return record({"action_id": ACTION_ID, **fields}, needs=needs, also=also)


def _options_or_groups(value: Json, at: str, report: Report) -> None:
    either("options", "option_groups")(value, at, report)
    chosen_among_options(value, at, report)


_PICK: dict[str, Check] = {"confirm": CONFIRM, "focus_on_load": flag, "placeholder": PLACEHOLDER}
_MANY: dict[str, Check] = {**_PICK, "max_selected_items": whole(1, 100)}
_TYPED: dict[str, Check] = {
    "dispatch_action_config": DISPATCH,
    "focus_on_load": flag,
    "placeholder": PLACEHOLDER,
}
_STATIC: dict[str, Check] = {
    "options": listed(OPTION, least=1, most=100),
    "option_groups": listed(OPTION_GROUP, least=1, most=100),
}
_CONVERSATIONS: dict[str, Check] = {"default_to_current_conversation": flag, "filter": FILTER}

BUTTON = _element(
    {
        "text": text(75, kind="plain_text"),
        "value": string(2000),
        "url": string(3000),
        "style": choice("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
        "visible_to_user_ids": listed(string(255), most=10),
    },
    "text",
)
OVERFLOW = _element(
    {"options": listed(OVERFLOW_OPTION, least=1, most=5), "confirm": CONFIRM}, "options"
)
FEEDBACK_BUTTON = record(
    {"text": text(75, kind="plain_text"), "value": string(2000), "accessibility_label": string(75)},
    needs=["text", "value"],
)

PICKERS: dict[str, Check] = {
    "static_select": _element(
        {**_PICK, **_STATIC, "initial_option": OPTION}, also=_options_or_groups
    ),
    "multi_static_select": _element(
        {**_MANY, **_STATIC, "initial_options": listed(OPTION)}, also=_options_or_groups
    ),
    "external_select": _element(
        {**_PICK, "initial_option": OPTION, "min_query_length": whole(0, 1000)}
    ),
    "users_select": _element({**_PICK, "initial_user": string(255)}),
    "multi_users_select": _element({**_MANY, "initial_users": listed(string(255))}),
    "conversations_select": _element(
        {
            **_PICK,
            **_CONVERSATIONS,
            "initial_conversation": string(255),
            "response_url_enabled": flag,
        }
    ),
    "multi_conversations_select": _element(
        {**_MANY, **_CONVERSATIONS, "initial_conversations": listed(string(255))}
    ),
    "channels_select": _element(
        {**_PICK, "initial_channel": string(255), "response_url_enabled": flag}
    ),
    "multi_channels_select": _element({**_MANY, "initial_channels": listed(string(255))}),
    "radio_buttons": _element(
        {
            "options": listed(MARKED_OPTION, least=1, most=10),
            "initial_option": MARKED_OPTION,
            "confirm": CONFIRM,
            "focus_on_load": flag,
        },
        "options",
        also=chosen_among_options,
    ),
    "checkboxes": _element(
        {
            "options": listed(MARKED_OPTION, least=1, most=10),
            "initial_options": listed(MARKED_OPTION, least=1),
            "confirm": CONFIRM,
            "focus_on_load": flag,
        },
        "options",
        also=chosen_among_options,
    ),
    "datepicker": _element({**_PICK, "initial_date": string(10)}),
    "timepicker": _element({**_PICK, "initial_time": string(5), "timezone": string(64)}),
    "datetimepicker": _element(
        {"confirm": CONFIRM, "focus_on_load": flag, "initial_date_time": whole(0, 10**10)}
    ),
}
TYPED: dict[str, Check] = {
    "plain_text_input": _element(
        {
            **_TYPED,
            "initial_value": string(3000),
            "multiline": flag,
            "min_length": whole(0, 3000),
            "max_length": whole(1, 3000),
        }
    ),
    "number_input": _element(
        {
            **_TYPED,
            "initial_value": string(64),
            "is_decimal_allowed": flag,
            "min_value": string(64),
            "max_value": string(64),
        },
        "is_decimal_allowed",
    ),
    "email_text_input": _element({**_TYPED, "initial_value": string(3000)}),
    "url_text_input": _element({**_TYPED, "initial_value": string(3000)}),
    "rich_text_input": _element({**_TYPED, "initial_value": anything}),
    "file_input": _element({"filetypes": listed(string(32)), "max_files": whole(1, 10)}),
}
CONTEXT_ACTIONS: dict[str, Check] = {
    "feedback_buttons": _element(
        {"positive_button": FEEDBACK_BUTTON, "negative_button": FEEDBACK_BUTTON},
        "positive_button",
        "negative_button",
    ),
    "icon_button": _element(
        {
            "icon": string(64, least=1),
            "text": text(75, kind="plain_text"),
            "value": string(2000),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
            "visible_to_user_ids": listed(string(255), most=10),
        },
        "icon",
        "text",
    ),
}

IN_ACTIONS = one_of(
    {"button": BUTTON, "overflow": OVERFLOW, **PICKERS, "rich_text_input": TYPED["rich_text_input"]}
)
IN_ACCESSORY = one_of({"button": BUTTON, "overflow": OVERFLOW, "image": IMAGE, **PICKERS})
IN_INPUT = one_of({**PICKERS, **TYPED})
IN_CONTEXT_ACTIONS = one_of(CONTEXT_ACTIONS)
