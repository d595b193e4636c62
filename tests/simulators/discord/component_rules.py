"""Which components a message may carry. Source: docs, components/reference, unless a line says otherwise.

The published schema misses most of what crosses components: the count of nested ones, doubled custom ids, the v2 flag.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.simulators.discord.components import (
    LEGACY_TYPES,
    SELECTS,
    ComponentType,
    Path,
    attachment_name,
    media_of,
    texts,
    walk,
)
from tests.simulators.discord.refusals import Wrong

Json = dict[str, Any]
T = ComponentType

MAX_COMPONENTS = 40
MAX_LEGACY_ROWS = 5
MAX_ROW_BUTTONS = 5
MAX_CUSTOM_ID = 100
MAX_LABEL = 80
MAX_URL = 512
MAX_PLACEHOLDER = 150
MAX_OPTIONS = 25
MAX_OPTION_TEXT = 100
MAX_GALLERY = 10
MAX_ALT_TEXT = 1024
MAX_ALL_TEXT = 4000
"""Of all text displays together. Not in the docs; source: discord.py 2.7.1, ui.LayoutView.content_length."""

TOP_LEVEL = (
    T.ACTION_ROW,
    T.SECTION,
    T.TEXT_DISPLAY,
    T.MEDIA_GALLERY,
    T.FILE,
    T.SEPARATOR,
    T.CONTAINER,
)
IN_CONTAINER = tuple(kind for kind in TOP_LEVEL if kind is not T.CONTAINER)
LINK, PREMIUM = 5, 6


def length(
    value: Any, path: Path, *, at_least: int = 0, at_most: int, what: str = "characters"
) -> list[Wrong]:
    """Discord's complaint about a text or list of the wrong length."""
    if value is None:
        return []
    if not isinstance(value, str | list):
        return [Wrong(path, "BASE_TYPE_BAD_TYPE", "This has the wrong type.")]
    if at_least <= len(value) <= at_most:
        return []
    sentence = f"Must be between {at_least} and {at_most} {what} in length."
    return [Wrong(path, "BASE_TYPE_BAD_LENGTH", sentence)]


def message_component_wrongs(
    components: list[Json], *, v2: bool, filenames: Iterable[str]
) -> list[Wrong]:
    """Everything wrong with the components of one message that will have these files."""
    every = list(walk(components))
    found = _counted(components, every, v2=v2)
    found += duplicate_wrongs(every)
    for path, component in every:
        found += _placed(path, component, v2=v2)
        found += _RULES.get(component.get("type", 0), _no_rule)(component, path)
        found += _media_wrongs(component, path, set(filenames))
    return found


def _counted(components: list[Json], every: list[tuple[Path, Json]], *, v2: bool) -> list[Wrong]:
    found = []
    if v2 and len(every) > MAX_COMPONENTS:
        sentence = f"The total number of components must not exceed {MAX_COMPONENTS}, nested ones included."
        found.append(Wrong(("components",), "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", sentence))
    if v2 and sum(map(len, texts(components))) > MAX_ALL_TEXT:
        sentence = f"All text displays together must be {MAX_ALL_TEXT} or fewer in length."
        found.append(Wrong(("components",), "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", sentence))
    if not v2:
        found += length(components, ("components",), at_most=MAX_LEGACY_ROWS, what="rows")
    return found


def duplicate_wrongs(every: list[tuple[Path, Json]]) -> list[Wrong]:
    """custom_id and id are each unique in a message or modal; a custom_id has 1 to 100 characters."""
    found: list[Wrong] = []
    seen: dict[str, set[Any]] = {"custom_id": set(), "id": set()}
    for path, component in every:
        for key, known in seen.items():
            value = component.get(key)
            if not value:
                continue
            if value in known:
                code = f"COMPONENT_{key.upper()}_DUPLICATED"
                found.append(Wrong((*path, key), code, f"Component {key} cannot be duplicated"))
            known.add(value)
        if "custom_id" in component:
            given = component["custom_id"]
            found += length(given, (*path, "custom_id"), at_least=1, at_most=MAX_CUSTOM_ID)
    return found


def _placed(path: Path, component: Json, *, v2: bool) -> list[Wrong]:
    """Is this kind allowed at this place?"""
    kind = component.get("type")
    if not v2 and kind not in LEGACY_TYPES:
        sentence = "This component needs the IS_COMPONENTS_V2 flag."
        return [Wrong((*path, "type"), "UNION_TYPE_CHOICES", sentence)]
    allowed: tuple[int, ...] | None = None
    if len(path) == 2:
        allowed = TOP_LEVEL if v2 else (T.ACTION_ROW,)
    elif path[-1] == "accessory":
        allowed = (T.BUTTON, T.THUMBNAIL)
    if allowed is not None and kind not in allowed:
        sentence = f"Value must be one of {{{', '.join(str(int(one)) for one in allowed)}}}."
        return [Wrong((*path, "type"), "UNION_TYPE_CHOICES", sentence)]
    return []


def _no_rule(_component: Json, _path: Path) -> list[Wrong]:
    return []


def _children(component: Json, path: Path, allowed: tuple[int, ...]) -> list[Wrong]:
    return [
        Wrong((*path, "components", place, "type"), "UNION_TYPE_CHOICES", "Not allowed here.")
        for place, child in enumerate(component.get("components") or [])
        if child.get("type") not in allowed
    ]


def _row(component: Json, path: Path) -> list[Wrong]:
    children = component.get("components") or []
    found = _children(component, path, (T.BUTTON, *SELECTS))
    found += length(children, (*path, "components"), at_least=1, at_most=MAX_ROW_BUTTONS)
    if len(children) > 1 and any(child.get("type") in SELECTS for child in children):
        sentence = "The specified component exceeds the maximum width."
        found.append(Wrong((*path, "components"), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", sentence))
    return found


def _button(component: Json, path: Path) -> list[Wrong]:
    found = length(component.get("label"), (*path, "label"), at_most=MAX_LABEL)
    found += length(component.get("url"), (*path, "url"), at_most=MAX_URL)
    style = component.get("style")
    needed = {LINK: "url", PREMIUM: "sku_id"}.get(style or 0, "custom_id")
    if not component.get(needed):
        sentence = f"A button of style {style} needs {needed}"
        found.append(Wrong((*path, needed), "BASE_TYPE_REQUIRED", sentence))
    if style in (LINK, PREMIUM) and component.get("custom_id"):
        sentence = "A custom id and url cannot both be specified"
        found.append(Wrong(path, "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", sentence))
    if style != PREMIUM and not component.get("label") and not component.get("emoji"):
        sentence = "A button needs a label or an emoji"
        found.append(Wrong(path, "BUTTON_COMPONENT_INVALID_EMOJI_OR_LABEL", sentence))
    return found


def select_wrongs(component: Json, path: Path) -> list[Wrong]:
    """A select menu, in a message or a modal."""
    found = length(component.get("placeholder"), (*path, "placeholder"), at_most=MAX_PLACEHOLDER)
    if component.get("type") == T.STRING_SELECT:
        options = component.get("options") or []
        found += option_wrongs(options, (*path, "options"), at_least=1, at_most=MAX_OPTIONS)
    return found


def option_wrongs(options: list[Json], path: Path, *, at_least: int, at_most: int) -> list[Wrong]:
    """Options of a select, radio group or checkbox group: how many, how long, values unique."""
    found = length(options, path, at_least=at_least, at_most=at_most, what="options")
    seen = set()
    for place, option in enumerate(options):
        for key in ("label", "value", "description"):
            least = 0 if key == "description" else 1
            found += length(
                option.get(key), (*path, place, key), at_least=least, at_most=MAX_OPTION_TEXT
            )
        if option.get("value") in seen:
            sentence = "The specified option value is already used"
            found.append(
                Wrong((*path, place, "value"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", sentence)
            )
        seen.add(option.get("value"))
    return found


def _section(component: Json, path: Path) -> list[Wrong]:
    found = _children(component, path, (T.TEXT_DISPLAY,))
    children = component.get("components") or []
    found += length(children, (*path, "components"), at_least=1, at_most=3, what="components")
    if not component.get("accessory"):
        found.append(Wrong((*path, "accessory"), "BASE_TYPE_REQUIRED", "This field is required"))
    return found


def _text_display(component: Json, path: Path) -> list[Wrong]:
    given = component.get("content") or ""
    return length(given, (*path, "content"), at_least=1, at_most=MAX_ALL_TEXT)


def _gallery(component: Json, path: Path) -> list[Wrong]:
    items = component.get("items") or []
    found = length(items, (*path, "items"), at_least=1, at_most=MAX_GALLERY, what="items")
    for place, item in enumerate(items):
        alt = item.get("description")
        found += length(alt, (*path, "items", place, "description"), at_most=MAX_ALT_TEXT)
    return found


def _container(component: Json, path: Path) -> list[Wrong]:
    found = _children(component, path, IN_CONTAINER)
    return found + length(
        component.get("components") or [],
        (*path, "components"),
        at_least=1,
        at_most=MAX_COMPONENTS,
        what="components",
    )


_RULES = {
    T.ACTION_ROW: _row,
    T.BUTTON: _button,
    T.SECTION: _section,
    T.TEXT_DISPLAY: _text_display,
    T.MEDIA_GALLERY: _gallery,
    T.CONTAINER: _container,
    **dict.fromkeys(SELECTS, select_wrongs),
}


def _media_wrongs(component: Json, path: Path, filenames: set[str]) -> list[Wrong]:
    """`attachment://name` names a file of this message; a File component takes nothing else."""
    found = []
    for below, media in media_of(component):
        url = str(media.get("url", ""))
        name = attachment_name(url)
        place = (*path, *below, "url")
        if name is not None and name not in filenames:
            sentence = f"The attachment {name!r} is not on this message."
            found.append(
                Wrong(place, "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", sentence)
            )
        if name is None and component.get("type") == T.FILE:
            sentence = "Only attachment references are supported."
            found.append(Wrong(place, "UNFURLED_MEDIA_ITEM_MUST_BE_ATTACHMENT", sentence))
        if name is None and not url.startswith(("http://", "https://")):
            sentence = "Scheme must be one of ('http', 'https', 'attachment')."
            found.append(Wrong(place, "URL_TYPE_INVALID_SCHEME", sentence))
    return found
