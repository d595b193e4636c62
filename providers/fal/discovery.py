"""What a model takes: fal's own description of it when it can be had, else the file's."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from providers.capabilities import (
    CancelKind,
    Capabilities,
    DataTerms,
    Delivery,
    Model,
    Price,
    ProgressKind,
)
from providers.errors import ModelGone
from providers.input_schema.abilities import Hints, capabilities_of
from providers.input_schema.fields import inputs_of
from providers.input_schema.shelf import KnownModel
from providers.request import Operation

ENDPOINT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}(?:/[A-Za-z0-9][A-Za-z0-9_.-]{0,99}){1,5}")


def names_of(names: Sequence[str]) -> tuple[str, ...]:
    """The allowlist checked, or the file's models. ValueError for a name that is no endpoint."""
    for name in names:
        if ENDPOINT.fullmatch(name) is None:
            raise ValueError(
                f"{name!r} is no model of fal: write it as on its page, fal-ai/flux/dev"
            )
    return tuple(names) or tuple(entry["id"] for entry in contents()["models"])


@cache
def contents() -> Mapping[str, Any]:
    """The models file."""
    text = files("providers.fal").joinpath("models.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def entry_of(name: str) -> Mapping[str, Any]:
    """What the file knows of a model."""
    return next((entry for entry in contents()["models"] if entry["id"] == name), {})


def from_file(name: str) -> KnownModel | None:
    """The model as the file has it, None when it isn't there."""
    entry = entry_of(name)
    return known_model(name, contents()["shapes"][entry["shape"]], {}) if entry else None


def from_description(name: str, description: Mapping[str, Any]) -> KnownModel:
    """The model as fal's OpenAPI description of its queue has it. ModelGone when that names no input."""
    components = part(part(description, "components"), "schemas")
    content = part(
        part(part(part(part(description, "paths"), f"/{name}"), "post"), "requestBody"), "content"
    )
    schema = part(part(content, "application/json"), "schema")
    reference = schema.get("$ref")
    if isinstance(reference, str):
        schema = part(components, reference.rsplit("/", 1)[-1])
    if not schema:
        raise ModelGone(f"fal describes no input of {name}")
    return known_model(name, schema, components)


def part(whole: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object within an object, empty when it isn't there."""
    found = whole.get(name)
    return found if isinstance(found, Mapping) else {}


def known_model(name: str, schema: Mapping[str, Any], components: Mapping[str, Any]) -> KnownModel:
    """The model as it is offered. ModelGone when it can't be used for pictures."""
    entry = entry_of(name)
    inputs = inputs_of(schema, components)
    hints = Hints(operations=tuple(Operation(word) for word in entry.get("operations", ())))
    capabilities = capabilities_of(name, inputs, hints)
    unmet = inputs.unmet()
    if not capabilities.operations or unmet:
        why = f"needs {', '.join(unmet)[:200]}" if unmet else "takes nothing that makes a picture"
        raise ModelGone(f"{name} {why}")
    return KnownModel(
        model=Model(id=name, capabilities=told(capabilities, entry)),
        inputs=inputs,
        hints=hints,
        path=f"/{name}",
    )


def told(capabilities: Capabilities, entry: Mapping[str, Any]) -> Capabilities:
    """The capabilities with what is the same for every model there."""
    prices = contents()["prices"]
    price = None
    if "microusd" in entry:
        price = Price(
            per_image_microusd=entry["microusd"],
            source=prices["source"],
            read_on=prices["read_on"],
        )
    return replace(
        capabilities,
        progress=ProgressKind.PERCENT,
        cancel=CancelKind.RUNNING,
        delivery=Delivery.POLL,
        price=price,
        shutdown=entry.get("shutdown"),
        successor=entry.get("successor"),
        data_terms=DataTerms(),
    )
