"""Forms as modals, and what came back from them.

Limits, from docs.slack.dev/reference/views and slack_sdk.models 3.48, read 2026-11: title and buttons 24 characters,
private_metadata 3000, a text input 3000, a label 2000, a placeholder 150, 100 options.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.action import Action, unpack
from bot.domain.card import Card, Form, Input, InputKind
from bot.domain.identity import BlobKey, ImageId
from bot.surfaces.slack.blocks import ShownFile, render
from bot.surfaces.slack.payloads import SentFile, files_of
from bot.surfaces.slack.text import Json, plain, shorten

FORM = "form"
"""callback_id of every modal of ours."""
VALUE = "value"
"""action_id inside every input block; the input's name is the block's id."""
CHANNEL = "_channel"
WHICH = "_which"
"""Inputs of this surface's own; no field of a form begins with an underscore."""
MAX_TITLE_CHARS = 24
MAX_INPUT_CHARS = 3_000
MAX_HINT_CHARS = 2_000
MAX_OPTION_CHARS = 75
MAX_OPTION_VALUE_CHARS = 150
MAX_OPTIONS = 100
PICTURE_TYPES = ("png", "jpg", "jpeg", "webp")


@dataclass(frozen=True, slots=True, kw_only=True)
class FormContext:
    """What a form must still know when it is sent: what it does, and from where it was opened."""

    action: Action
    channel: str | None = None
    thread: str | None = None
    reference: BlobKey | None = None
    reference_image: ImageId | None = None

    def pack(self) -> str:
        """For private_metadata, which only Slack and we see."""
        values: Json = {
            "action": self.action.pack(),
            "channel": self.channel,
            "thread": self.thread,
            "reference": self.reference,
            "image": self.reference_image,
        }
        return json.dumps({name: value for name, value in values.items() if value is not None})


def unpack_context(text: str) -> FormContext | None:
    """What a sent form knows; None when it is none of ours (any more)."""
    try:
        values = json.loads(text)
    except ValueError:
        return None
    if not isinstance(values, dict):
        return None
    action = unpack(str(values.get("action", "")))
    if action is None:
        return None
    reference, image = values.get("reference"), values.get("image")
    return FormContext(
        action=action,
        channel=values.get("channel"),
        thread=values.get("thread"),
        reference=None if reference is None else BlobKey(str(reference)),
        reference_image=None if image is None else ImageId(int(image)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Extras:
    """What Slack's form asks beside the fields that every platform has."""

    picture: ShownFile | None = None
    asks_channel: bool = False
    """The form was opened from nowhere in particular, so it asks where to post."""
    which: Sequence[ImageId] = ()
    """Several pictures stood on the message; the first is what is meant unless another is chosen."""


def modal(form: Form, context: FormContext, extras: Extras | None = None) -> Json:
    """The form."""
    more = extras or Extras()
    blocks: list[Json] = []
    if more.picture is not None:
        blocks.append(
            {
                "type": "image",
                "slack_file": {"id": more.picture.file},
                "alt_text": shorten(more.picture.alt, 1_000) or "Picture",
            }
        )
    if len(more.which) > 1:
        blocks.append(_which(more.which))
    for one in form.inputs:
        blocks += _input(one)
    if more.asks_channel:
        blocks.append(_CHANNEL_INPUT)
    return {
        "type": "modal",
        "callback_id": FORM,
        "title": plain(form.title, MAX_TITLE_CHARS),
        "submit": plain(form.submit_label, MAX_TITLE_CHARS),
        "close": plain("Cancel", MAX_TITLE_CHARS),
        "private_metadata": context.pack(),
        "blocks": blocks,
    }


def _which(images: Sequence[ImageId]) -> Json:
    options = [
        {"text": plain(f"Picture {number}", MAX_OPTION_CHARS), "value": str(image)}
        for number, image in enumerate(images[:MAX_OPTIONS], start=1)
    ]
    return {
        "type": "input",
        "block_id": WHICH,
        "label": plain("Which picture?", MAX_HINT_CHARS),
        "element": {
            "type": "static_select",
            "action_id": VALUE,
            "options": options,
            "initial_option": options[0],
        },
    }


_CHANNEL_INPUT: Json = {
    "type": "input",
    "block_id": CHANNEL,
    "label": plain("Post in", MAX_HINT_CHARS),
    "element": {
        "type": "conversations_select",
        "action_id": VALUE,
        "default_to_current_conversation": True,
        "filter": {"include": ["public", "private", "im"], "exclude_bot_users": False},
    },
}


def corrected(view: Json, trouble: Card) -> Json:
    """The same form again, as it was filled in, with what was wrong with it on top.

    Slack keeps what was typed in blocks whose ids stay; only that much of `view` as it may be sent back is kept.
    """
    kept = [block for block in view.get("blocks", ()) if block.get("type") in {"input", "image"}]
    return {
        "type": "modal",
        "callback_id": FORM,
        "title": view["title"],
        "submit": view["submit"],
        "close": view["close"],
        "private_metadata": view.get("private_metadata", ""),
        "blocks": [*render(trouble).blocks, *(_as_sent(block) for block in kept)],
    }


def _as_sent(block: Json) -> Json:
    """A block as we sent it: Slack adds fields of its own that it doesn't take back."""
    if block["type"] == "input":
        return block
    return {
        "type": "image",
        "slack_file": {"id": block["slack_file"]["id"]},
        "alt_text": block["alt_text"],
    }


def said(card: Card) -> Json:
    """A modal that only tells something."""
    return {
        "type": "modal",
        "callback_id": FORM,
        "title": plain("Impasto", MAX_TITLE_CHARS),
        "close": plain("Close", MAX_TITLE_CHARS),
        "blocks": render(card).blocks,
    }


def confirmation(label: str, question: str, context: FormContext) -> Json:
    """Asks before a menu entry is done."""
    return {
        "type": "modal",
        "callback_id": FORM,
        "title": plain(label, MAX_TITLE_CHARS),
        "submit": plain(label, MAX_TITLE_CHARS),
        "close": plain("Keep it as it is", MAX_TITLE_CHARS),
        "private_metadata": context.pack(),
        "blocks": [{"type": "section", "text": plain(question, 3_000)}],
    }


def _input(one: Input) -> list[Json]:
    """The field; nothing for what Slack has no element for."""
    if one.kind is InputKind.MASK:
        return []
    block: Json = {
        "type": "input",
        "block_id": one.name,
        "optional": not one.required,
        "label": plain(one.label, MAX_HINT_CHARS),
        "element": _element(one),
    }
    hint = one.hint
    if len(one.value) > _most(one) and one.kind is not InputKind.CHOICE:
        hint = f"{hint} Slack's fields end at {_most(one)} characters, so the rest is left out.".strip()
    if hint:
        block["hint"] = plain(hint, MAX_HINT_CHARS)
    return [block]


def _most(one: Input) -> int:
    return min(one.max_length or MAX_INPUT_CHARS, MAX_INPUT_CHARS)


def _element(one: Input) -> Json:
    match one.kind:
        case InputKind.CHOICE:
            return _select(one)
        case InputKind.NUMBER:
            number: Json = {
                "type": "number_input",
                "action_id": VALUE,
                "is_decimal_allowed": True,
            }
            return number | ({"initial_value": one.value} if one.value else {})
        case InputKind.PICTURE:
            return {
                "type": "file_input",
                "action_id": VALUE,
                "filetypes": list(PICTURE_TYPES),
                "max_files": 1,
            }
        case _:
            text: Json = {
                "type": "plain_text_input",
                "action_id": VALUE,
                "multiline": one.kind is InputKind.LONG_TEXT,
                "max_length": _most(one),
            }
            value = shorten(one.value, _most(one))
            return text | ({"initial_value": value} if value else {})


def _select(one: Input) -> Json:
    options = [
        {
            "text": plain(choice, MAX_OPTION_CHARS),
            "value": choice[:MAX_OPTION_VALUE_CHARS],
        }
        for choice in one.choices[:MAX_OPTIONS]
        if choice
    ]
    select: Json = {"type": "static_select", "action_id": VALUE, "options": options}
    chosen = next((option for option in options if option["value"] == one.value), None)
    return select if chosen is None else select | {"initial_option": chosen}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What was filled in: the form's inputs by name, and what Slack's form asked beside them."""

    inputs: Mapping[str, str]
    channel: str | None = None
    which: ImageId | None = None
    files: tuple[SentFile, ...] = ()


def sent(state: Mapping[str, Mapping[str, Json]]) -> Sent:
    """What was filled in."""
    elements = {name: block.get(VALUE, {}) for name, block in state.items()}
    values = {
        name: _value(element)
        for name, element in elements.items()
        if element.get("type") != "file_input"
    }
    channel, which = values.pop(CHANNEL, ""), values.pop(WHICH, "")
    return Sent(
        inputs=values,
        channel=channel or None,
        which=ImageId(int(which)) if which.isdecimal() else None,
        files=tuple(file for element in elements.values() for file in files_of(element)),
    )


def _value(element: Json) -> str:
    option = element.get("selected_option")
    if option is not None:
        return str(option["value"])
    return str(element.get("value") or element.get("selected_conversation") or "")
