"""What a modal may be. Source: docs, components/reference, and interactions/receiving-and-responding, Modal."""

from __future__ import annotations

from typing import Any

from tests.simulators.discord.component_rules import (
    duplicate_wrongs,
    length,
    option_wrongs,
    select_wrongs,
)
from tests.simulators.discord.components import SELECTS, ComponentType, Path, walk
from tests.simulators.discord.refusals import Wrong

Json = dict[str, Any]
T = ComponentType

MAX_TITLE = 45
MAX_CUSTOM_ID = 100
MAX_COMPONENTS = 5
MAX_LABEL = 45
MAX_DESCRIPTION = 100
MAX_TEXT = 4000
MAX_PLACEHOLDER = 100
MAX_FILES = 10

TOP_LEVEL = (T.LABEL, T.TEXT_DISPLAY, T.ACTION_ROW)
"""An action row around a text input is deprecated and still taken."""
IN_LABEL = (
    T.TEXT_INPUT,
    *SELECTS,
    T.FILE_UPLOAD,
    T.RADIO_GROUP,
    T.CHECKBOX_GROUP,
    T.CHECKBOX,
)


def modal_wrongs(modal: Json) -> list[Wrong]:
    """Everything wrong with the `data` of a modal response; paths start at the callback's body."""
    root: Path = ("data",)
    components = modal.get("components") or []
    found = length(
        modal.get("custom_id") or "", (*root, "custom_id"), at_least=1, at_most=MAX_CUSTOM_ID
    )
    found += length(modal.get("title") or "", (*root, "title"), at_least=1, at_most=MAX_TITLE)
    found += length(
        components,
        (*root, "components"),
        at_least=1,
        at_most=MAX_COMPONENTS,
        what="components",
    )
    every = list(walk(components, (*root, "components")))
    found += duplicate_wrongs(every)
    for path, component in every:
        found += _one(component, path, top_level=len(path) == len(root) + 2)
    return found


def _one(component: Json, path: Path, *, top_level: bool) -> list[Wrong]:
    kind = component.get("type")
    allowed = TOP_LEVEL if top_level else IN_LABEL
    found = []
    if kind not in allowed:
        found.append(Wrong((*path, "type"), "UNION_TYPE_CHOICES", "Not allowed in a modal here."))
    if kind == T.LABEL:
        found += _label(component, path)
    elif kind == T.TEXT_INPUT:
        found += _text_input(component, path)
    elif kind == T.FILE_UPLOAD:
        found += _range(component, path, MAX_FILES)
    elif kind == T.RADIO_GROUP:
        options = component.get("options") or []
        found += option_wrongs(options, (*path, "options"), at_least=2, at_most=10)
    elif kind == T.CHECKBOX_GROUP:
        options = component.get("options") or []
        found += option_wrongs(options, (*path, "options"), at_least=1, at_most=10)
        found += _range(component, path, 10)
    elif kind in SELECTS:
        found += select_wrongs(component, path) + _range(component, path, 25)
    return found


def _label(component: Json, path: Path) -> list[Wrong]:
    found = length(component.get("label") or "", (*path, "label"), at_least=1, at_most=MAX_LABEL)
    found += length(component.get("description"), (*path, "description"), at_most=MAX_DESCRIPTION)
    if not component.get("component"):
        found.append(Wrong((*path, "component"), "BASE_TYPE_REQUIRED", "This field is required"))
    return found


def _text_input(component: Json, path: Path) -> list[Wrong]:
    found = length(component.get("value"), (*path, "value"), at_most=MAX_TEXT)
    found += length(component.get("placeholder"), (*path, "placeholder"), at_most=MAX_PLACEHOLDER)
    least, most = component.get("min_length") or 0, component.get("max_length") or MAX_TEXT
    if not 0 <= least <= most <= MAX_TEXT:
        sentence = f"min_length and max_length must lie in order within 0 and {MAX_TEXT}."
        found.append(Wrong((*path, "max_length"), "NUMBER_TYPE_MAX", sentence))
    return found


def _range(component: Json, path: Path, limit: int) -> list[Wrong]:
    """min_values is left out or at least 1 when the field is required, as it is by default."""
    least = component.get("min_values")
    most = component.get("max_values")
    found = []
    if component.get("required", True) and least == 0:
        sentence = "Must be at least 1 when required."
        found.append(Wrong((*path, "min_values"), "NUMBER_TYPE_MIN", sentence))
    if (most or 1) > limit or (least or 0) > (most if most is not None else limit):
        sentence = f"Must be in order and at most {limit}."
        found.append(Wrong((*path, "max_values"), "NUMBER_TYPE_MAX", sentence))
    return found
