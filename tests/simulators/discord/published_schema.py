"""Is this a body of Discord's published OpenAPI document? Found by IMPASTO_SPECS, or `shared/specs` beside the repository.

The document misses eight kinds of wrong bodies; those stand in the `*_rules` files.
"""

from __future__ import annotations

import json
import os
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from referencing import Registry, Resource

from tests.simulators.discord.refusals import Wrong

Json = dict[str, Any]
FILE_NAME = "discord-openapi.json"
ROOT_URN = "urn:discord"


def specs_folder() -> Path:
    beside = Path(__file__).resolve().parents[4] / "shared" / "specs"
    return Path(os.environ.get("IMPASTO_SPECS", beside))


def schema_is_present() -> bool:
    return (specs_folder() / FILE_NAME).is_file()


@cache
def _document() -> Json:
    return json.loads((specs_folder() / FILE_NAME).read_text(encoding="utf-8"))


@cache
def _registry() -> Registry:
    resource = Resource.from_contents(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "components": _document()["components"],
        }
    )
    return Registry().with_resource(ROOT_URN, resource)


def _absolute(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: ROOT_URN + one if key == "$ref" else _absolute(one) for key, one in value.items()
        }
    return [_absolute(one) for one in value] if isinstance(value, list) else value


@cache
def _validator(route: str) -> Draft202012Validator | None:
    """For "POST /channels/{channel_id}/messages"; None when the document is absent or asks for no body there."""
    if not schema_is_present():
        return None
    method, template = route.split(" ", 1)
    operation = _document()["paths"].get(template, {}).get(method.lower(), {})
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return None
    return Draft202012Validator(_absolute(content["schema"]), registry=_registry())


def schema_wrongs(route: str, body: Any) -> list[Wrong]:
    """What the document says is wrong with the body of this route, innermost complaint of each."""
    if _validator(route) is None:
        return []
    return list(_wrongs_of(route, json.dumps(_with_text_ids(body))))


@lru_cache(maxsize=256)
def _wrongs_of(route: str, text: str) -> tuple[Wrong, ...]:
    """Kept by the body's text: every bot registers the same words at its start, and looking through them takes 0.3 s."""
    check = _validator(route)
    assert check is not None
    found = []
    for error in check.iter_errors(json.loads(text)):
        inner = best_match([error]) or error
        sentence = inner.message if len(inner.message) < 300 else inner.message[:297] + "..."
        found.append(
            Wrong(tuple(inner.absolute_path), f"SCHEMA_{inner.validator}".upper(), sentence)
        )
    return tuple(found)


def _with_text_ids(body: Any) -> Any:
    """Clients send snowflakes and numbers of new attachments as integers, the document wants text.

    Its README announces the difference. A component's own `id` is an integer in both.
    """
    if isinstance(body, list):
        return [_with_text_ids(one) for one in body]
    if not isinstance(body, dict):
        return body
    return {key: _text_id(key, value) for key, value in body.items()}


def _text_id(key: str, value: Any) -> Any:
    if key.endswith("_id") and type(value) is int:
        return str(value)
    if key == "attachments" and isinstance(value, list):
        return [
            {**one, "id": str(one["id"])} if isinstance(one, dict) and "id" in one else one
            for one in value
        ]
    if key == "allowed_mentions" and isinstance(value, dict):
        return {
            name: [str(one) for one in ids] if name in ("users", "roles") and ids else ids
            for name, ids in value.items()
        }
    return _with_text_ids(value)
