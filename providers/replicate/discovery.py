"""A model's own word on what it takes: its version's openapi_schema, joined with what the file knows."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from providers.capabilities import CancelKind, DataTerms, Delivery, Model, Price, ProgressKind
from providers.errors import ModelGone
from providers.input_schema.abilities import Hints, capabilities_of
from providers.input_schema.fields import inputs_of
from providers.input_schema.shelf import KnownModel
from providers.request import Operation

SLUG = re.compile(
    r"(?P<owner>[a-z0-9][a-z0-9_.-]{0,99})/(?P<name>[a-z0-9][a-z0-9_.-]{0,99})(?::(?P<version>[0-9a-f]{64}))?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slug:
    """A model's name there: owner, name, and a version where the operator pinned one."""

    owner: str
    name: str
    version: str | None

    @property
    def path(self) -> str:
        """Where the model or its version is described."""
        model = f"/models/{self.owner}/{self.name}"
        return f"{model}/versions/{self.version}" if self.version else model


def slug_of(text: str) -> Slug:
    """The slug. ValueError with a sentence when it is none."""
    found = SLUG.fullmatch(text)
    if found is None:
        raise ValueError(
            f"{text!r} is no model of Replicate: write owner/name or owner/name:version"
        )
    return Slug(owner=found["owner"], name=found["name"], version=found["version"])


def names_of(names: Sequence[str]) -> tuple[str, ...]:
    """The allowlist checked, or the listed models. ValueError for a name that is no slug."""
    for name in names:
        slug_of(name)
    listed = (entry["id"] for entry in contents()["models"] if entry.get("listed"))
    return tuple(names) or tuple(listed)


@cache
def contents() -> Mapping[str, Any]:
    """The models file."""
    text = files("providers.replicate").joinpath("models.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def entry_of(text: str) -> Mapping[str, Any]:
    """What the file knows of a model, whatever its version."""
    bare = text.partition(":")[0]
    return next((entry for entry in contents()["models"] if entry["id"] == bare), {})


def known_model(text: str, fields: Mapping[str, Any]) -> KnownModel:
    """The model as it is offered, from the answer that describes it. ModelGone when it can't be used for pictures.

    An official model is called by its name; every other one by its version (Replicate's description of
    models.predictions.create, read 2026-11-22).
    """
    slug, entry = slug_of(text), entry_of(text)
    version = fields if slug.version else fields.get("latest_version")
    version = version if isinstance(version, Mapping) else {}
    inputs = inputs_of(*input_schema(version))
    hints = Hints(operations=tuple(Operation(name) for name in entry.get("operations", ())))
    capabilities = capabilities_of(text, inputs, hints)
    unmet = inputs.unmet()
    if not capabilities.operations or unmet:
        why = f"needs {', '.join(unmet)[:200]}" if unmet else "takes nothing that makes a picture"
        raise ModelGone(f"{text} {why}")
    told = slug.version or version.get("id")
    version_id = told if isinstance(told, str) and told != "hidden" else None
    by_name = slug.version is None and (fields.get("is_official") is True or version_id is None)
    return KnownModel(
        model=Model(
            id=text,
            capabilities=replace(
                capabilities,
                progress=ProgressKind.PERCENT,
                cancel=CancelKind.RUNNING,
                delivery=Delivery.POLL,
                price=price_of(entry),
                shutdown=entry.get("shutdown"),
                successor=entry.get("successor"),
                version=version_id,
                data_terms=data_terms(),
            ),
        ),
        inputs=inputs,
        hints=hints,
        path=f"/models/{slug.owner}/{slug.name}/predictions" if by_name else "/predictions",
        version=None if by_name else f"{slug.owner}/{slug.name}:{version_id}",
    )


def input_schema(version: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The schema of the input, and the schemas it refers to."""
    found: object = version.get("openapi_schema")
    for name in ("components", "schemas"):
        found = found.get(name) if isinstance(found, Mapping) else None
    schemas = found if isinstance(found, Mapping) else {}
    schema = schemas.get("Input")
    return (schema if isinstance(schema, Mapping) else {}), schemas


def price_of(entry: Mapping[str, Any]) -> Price | None:
    """What a picture costs, None when not known."""
    prices = contents()["prices"]
    if "microusd" not in entry:
        return None
    return Price(
        per_image_microusd=entry["microusd"], source=prices["source"], read_on=prices["read_on"]
    )


def data_terms() -> DataTerms:
    """What Replicate keeps."""
    terms = contents()["data_terms"]
    return DataTerms(retention_days=terms["retention_days"], region=terms.get("region"))
