"""Is a body one that Discord would take? Its published description where that lies beside us, and the rules that it misses.

Sources: the published OpenAPI document (discord-api-spec 74fda0f, 2026-07-18); the rules from discord-api-docs (c98d64b,
2026-08-06), components/reference, resources/message and interactions/receiving-and-responding.
"""

from __future__ import annotations

import functools
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

FILE_NAME = "discord-openapi.json"
V2 = 1 << 15
EPHEMERAL = 1 << 6

CHANNEL_MESSAGE = ("/channels/{channel_id}/messages", "post")
CHANNEL_EDIT = ("/channels/{channel_id}/messages/{message_id}", "patch")
THREAD = ("/channels/{channel_id}/messages/{message_id}/threads", "post")
CALLBACK = ("/interactions/{interaction_id}/{interaction_token}/callback", "post")
FOLLOW_UP = ("/webhooks/{webhook_id}/{webhook_token}", "post")
ORIGINAL = ("/webhooks/{webhook_id}/{webhook_token}/messages/@original", "patch")
COMMANDS = ("/applications/{application_id}/commands", "put")

_ROUTES = (
    (r"POST /channels/\d+/messages", CHANNEL_MESSAGE),
    (r"PATCH /channels/\d+/messages/\d+", CHANNEL_EDIT),
    (r"POST /channels/\d+/messages/\d+/threads", THREAD),
    (r"POST /interactions/\d+/[^/]+/callback", CALLBACK),
    (r"POST /webhooks/\d+/[^/]+", FOLLOW_UP),
    (r"PATCH /webhooks/\d+/[^/]+/messages/@original", ORIGINAL),
    (r"PUT /applications/\d+/commands", COMMANDS),
)


def specs_folder() -> Path:
    """Where the published descriptions lie: IMPASTO_SPECS, or `shared/specs` beside the repository."""
    beside = Path(__file__).resolve().parents[4] / "shared" / "specs"
    return Path(os.environ.get("IMPASTO_SPECS", beside))


def have_description() -> bool:
    return (specs_folder() / FILE_NAME).is_file()


def operation(method: str, path: str) -> tuple[str, str] | None:
    """The operation a request is, as the description names it."""
    return next((op for shape, op in _ROUTES if re.fullmatch(shape, f"{method} {path}")), None)


def faults(op: tuple[str, str], body: Any) -> list[str]:
    """Everything that Discord would not take in `body`."""
    return [*_described(op, body), *_undescribed(op, body)]


def _described(op: tuple[str, str], body: Any) -> Iterator[str]:
    if not have_description():
        return
    for error in _validator(*op).iter_errors(_with_text_ids(body)):
        yield f"{op[0]} {list(error.absolute_path)}: {error.message[:300]}"


def _with_text_ids(body: Any) -> Any:
    """Attachment ids are numbers on the wire and texts in the description, as its repository says."""
    if isinstance(body, dict):
        return {
            key: [{**one, "id": str(one["id"])} for one in value]
            if key == "attachments" and isinstance(value, list)
            else _with_text_ids(value)
            for key, value in body.items()
        }
    return [_with_text_ids(one) for one in body] if isinstance(body, list) else body


@functools.cache
def _document() -> dict[str, Any]:
    return json.loads((specs_folder() / FILE_NAME).read_text(encoding="utf-8"))


@functools.cache
def _validator(path: str, method: str) -> Draft202012Validator:
    document = _document()
    components = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "components": document["components"],
    }
    registry = Registry().with_resource("urn:d", Resource.from_contents(components))
    content = document["paths"][path][method]["requestBody"]["content"]
    return Draft202012Validator(_absolute(content["application/json"]["schema"]), registry=registry)


def _absolute(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {k: f"urn:d{v}" if k == "$ref" else _absolute(v) for k, v in schema.items()}
    return [_absolute(one) for one in schema] if isinstance(schema, list) else schema


def _undescribed(op: tuple[str, str], body: Any) -> Iterator[str]:
    if op == COMMANDS:
        for command in body:
            yield from _command(command)
    elif op == CALLBACK:
        yield from _callback(body)
    elif op != THREAD:
        yield from _message(body)
        if op in {CHANNEL_EDIT, ORIGINAL} and body.get("flags", 0) & EPHEMERAL:
            yield "who may see a message can't be edited"


def _callback(body: dict[str, Any]) -> Iterator[str]:
    kind, data = body["type"], body.get("data", {})
    if kind == 4:
        yield from _message(data)
    elif kind == 5 and data.get("flags", 0) & ~EPHEMERAL:
        yield "a deferred response carries no flag but EPHEMERAL"
    elif kind == 9:
        if len(data["components"]) > 5:
            yield "a modal has at most 5 components"
        yield from _unique_ids(data["components"])
    elif kind == 8 and len(data["choices"]) > 25:
        yield "at most 25 choices"


def _message(body: dict[str, Any]) -> Iterator[str]:
    components = body.get("components", [])
    if body.get("flags", 0) & V2:
        if body.get("content") or body.get("embeds"):
            yield "version 2 takes neither content nor embeds"
        if not components:
            yield "version 2 needs components"
    count = sum(1 for _ in walk(components))
    if count > 40:
        yield f"{count} components: 40 is the most"
    chars = sum(len(one["content"]) for one in walk(components) if one["type"] == 10)
    if chars > 4000:
        yield f"{chars} characters of text: 4000 is the most"
    if body.get("allowed_mentions") != {"parse": []}:
        yield "mentions are not forbidden"
    if len(str(body.get("nonce", ""))) > 25:
        yield "a nonce has at most 25 characters"
    yield from _unique_ids(components)
    yield from _files(body)


def _files(body: dict[str, Any]) -> Iterator[str]:
    named = {one["filename"] for one in body.get("attachments", [])}
    shown = {
        item["media"]["url"].removeprefix("attachment://")
        for one in walk(body.get("components", []))
        for item in one.get("items", [])
    }
    if named != shown:
        yield f"files {sorted(named ^ shown)} are sent and not shown, or shown and not sent"


def _unique_ids(components: list[dict[str, Any]]) -> Iterator[str]:
    seen: set[str] = set()
    for one in walk(components):
        custom_id = one.get("custom_id")
        if custom_id in seen:
            yield f"custom_id {custom_id} stands there twice"
        if custom_id:
            seen.add(custom_id)


def walk(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every component, nested ones too."""
    for one in components:
        yield one
        yield from walk(one.get("components", []))
        if "component" in one:
            yield from walk([one["component"]])


def _command(command: dict[str, Any]) -> Iterator[str]:
    name = command["name"]
    if command["type"] == 1 and (name != name.lower() or " " in name):
        yield f"command {name!r}: lower case without blanks"
    if command["type"] == 1 and not command.get("description"):
        yield f"command {name!r} has no description"
    optional_seen = False
    for option in command.get("options", []):
        if option["name"] != option["name"].lower() or " " in option["name"]:
            yield f"option {option['name']!r}: lower case without blanks"
        if option.get("required") and optional_seen:
            yield f"option {option['name']!r} is required behind optional ones"
        optional_seen |= not option.get("required", False)
        yield from _command({**option, "type": 1}) if option["type"] in {1, 2} else ()
