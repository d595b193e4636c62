"""A JSON value as YAML text that people can read and change; strings are quoted as JSON, which YAML reads."""

from __future__ import annotations

import json
from collections.abc import Iterator


def to_yaml(value: object) -> str:
    """The text, with a line break at its end."""
    return "\n".join(_lines(value, 0)) + "\n"


def _lines(value: object, depth: int) -> Iterator[str]:
    margin = "  " * depth
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            if _is_leaf(inner):
                yield f"{margin}{name}: {_leaf(inner)}"
            else:
                yield f"{margin}{name}:"
                yield from _lines(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            first, *rest = _lines(inner, depth + 1) if not _is_leaf(inner) else (_leaf(inner),)
            yield f"{margin}- {first.strip()}"
            yield from rest


def _is_leaf(value: object) -> bool:
    return not (isinstance(value, dict | list) and value)


def _leaf(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
