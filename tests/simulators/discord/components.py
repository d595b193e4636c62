"""Walking through the components of a message or a modal. Source: docs, components/reference."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from enum import IntEnum
from itertools import count
from typing import Any

Json = dict[str, Any]
Path = tuple[str | int, ...]


class ComponentType(IntEnum):
    """Source: docs, components/reference, Component Types."""

    ACTION_ROW = 1
    BUTTON = 2
    STRING_SELECT = 3
    TEXT_INPUT = 4
    USER_SELECT = 5
    ROLE_SELECT = 6
    MENTIONABLE_SELECT = 7
    CHANNEL_SELECT = 8
    SECTION = 9
    TEXT_DISPLAY = 10
    THUMBNAIL = 11
    MEDIA_GALLERY = 12
    FILE = 13
    SEPARATOR = 14
    CONTAINER = 17
    LABEL = 18
    FILE_UPLOAD = 19
    RADIO_GROUP = 21
    CHECKBOX_GROUP = 22
    CHECKBOX = 23


T = ComponentType
SELECTS = (
    T.STRING_SELECT,
    T.USER_SELECT,
    T.ROLE_SELECT,
    T.MENTIONABLE_SELECT,
    T.CHANNEL_SELECT,
)
LEGACY_TYPES = (T.ACTION_ROW, T.BUTTON, *SELECTS)
"""What a message without the components v2 flag may carry."""


def walk(components: list[Json], path: Path = ("components",)) -> Iterator[tuple[Path, Json]]:
    """Every component with its path in the body, parents first. Media items are no components."""
    for index, component in enumerate(components):
        if isinstance(component, dict):
            yield from _walk_one(component, (*path, index))


def _walk_one(component: Json, path: Path) -> Iterator[tuple[Path, Json]]:
    yield path, component
    if isinstance(component.get("components"), list):
        yield from walk(component["components"], (*path, "components"))
    for key in ("accessory", "component"):
        if isinstance(component.get(key), dict):
            yield from _walk_one(component[key], (*path, key))


def media_of(component: Json) -> list[tuple[Path, Json]]:
    """The unfurled media items of one component, each with its path below it."""
    kind = component.get("type")
    if kind == T.MEDIA_GALLERY:
        items = component.get("items") or []
        return [
            (("items", place, "media"), item["media"])
            for place, item in enumerate(items)
            if isinstance(item, dict) and isinstance(item.get("media"), dict)
        ]
    if kind == T.THUMBNAIL and isinstance(component.get("media"), dict):
        return [(("media",), component["media"])]
    if kind == T.FILE and isinstance(component.get("file"), dict):
        return [(("file",), component["file"])]
    return []


def with_ids(components: list[Json]) -> list[Json]:
    """A copy in which each component has an id; given ones stay. Source: docs, Anatomy of a Component."""
    copied = copy.deepcopy(components)
    taken = {one["id"] for _, one in walk(copied) if one.get("id")}
    fresh = (number for number in count(1) if number not in taken)
    for _, component in walk(copied):
        if not component.get("id"):
            component["id"] = next(fresh)
    return copied


def with_media(components: list[Json], resolve: Callable[[str], Json]) -> list[Json]:
    """A copy in which every media item carries what `resolve` knows about its address."""
    copied = copy.deepcopy(components)
    for _, component in walk(copied):
        for _, media in media_of(component):
            media.update(resolve(media["url"]))
    return copied


def texts(components: list[Json]) -> list[str]:
    """The words of the text displays, in reading order."""
    return [
        component.get("content", "")
        for _, component in walk(components)
        if component.get("type") == T.TEXT_DISPLAY
    ]


def attachment_name(url: str) -> str | None:
    """The file that `attachment://name` means; None for another address."""
    prefix = "attachment://"
    return url[len(prefix) :] if url.startswith(prefix) else None
