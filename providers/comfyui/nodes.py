"""What a server says of its nodes (`/object_info/{class}`): which there are, and what their inputs take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from providers.capabilities import NumberRange
from providers.comfyui.graph import Graph, Place, class_at
from providers.errors import BadAnswer, ModelGone
from providers.wire.deadline import Deadline
from providers.wire.own_server import OwnServer, get

MAX_CHOICES = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Nodes:
    """The inputs of each class there is, as the server describes them."""

    inputs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def has(self, class_type: str) -> bool:
        """Whether there is such a node."""
        return class_type in self.inputs

    def choices(self, class_type: str, name: str) -> tuple[str, ...] | None:
        """What an input may be chosen from; None when it is no choice, or takes uploads too."""
        spec = self.spec(class_type, name)
        if not spec:
            return None
        options = spec[1] if len(spec) > 1 and isinstance(spec[1], dict) else {}
        if options.get("image_upload"):
            return None
        listed = options.get("options") if spec[0] == "COMBO" else spec[0]
        if not isinstance(listed, list):
            return None
        return tuple(item for item in listed[:MAX_CHOICES] if isinstance(item, str))

    def bounds(self, class_type: str, name: str) -> tuple[float, float] | None:
        """The lowest and highest number an input takes; None when it tells none."""
        spec = self.spec(class_type, name)
        options = spec[1] if len(spec) > 1 and isinstance(spec[1], dict) else {}
        low, high = options.get("min"), options.get("max")
        if not isinstance(low, int | float) or not isinstance(high, int | float) or low > high:
            return None
        return float(low), float(high)

    def spec(self, class_type: str, name: str) -> list[Any]:
        """An input's type or choices, and its options."""
        found = self.inputs.get(class_type, {}).get(name)
        return found if isinstance(found, list) else []

    def choices_at(self, graph: Graph, place: Place) -> tuple[str, ...] | None:
        """What the input at a place may be chosen from."""
        return self.choices(class_at(graph, place), place.name)

    def range_at(self, graph: Graph, place: Place, sensible: NumberRange) -> NumberRange:
        """The range at a place: the node's own, within the sensible one; its default is the workflow's."""
        bounds = self.bounds(class_at(graph, place), place.name) or (sensible.low, sensible.high)
        low, high = max(bounds[0], sensible.low), min(bounds[1], sensible.high)
        written = graph[place.node]["inputs"][place.name]
        default = written if is_number(written) else sensible.default
        return NumberRange(low=low, high=high, default=min(max(float(default), low), high))


def is_number(value: object) -> bool:
    """Whether a value is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


async def nodes_at(server: OwnServer, classes: Iterable[str], deadline: Deadline) -> Nodes:
    """Those classes as the server has them. Unavailable when it isn't there, BadAnswer when it is no ComfyUI."""
    inputs = {}
    for class_type in sorted(set(classes)):
        if not class_type.replace("_", "").replace("-", "").replace(" ", "").isalnum():
            # The name is part of a path: one with other characters in it can't be asked for.
            continue
        try:
            found = await server.json_of(get(f"/object_info/{class_type}"), deadline)
        except ModelGone:
            continue
        if not isinstance(found, dict):
            raise BadAnswer("object_info is no object")
        info = found.get(class_type)
        if isinstance(info, dict):
            inputs[class_type] = inputs_in(info)
    return Nodes(inputs=inputs)


def inputs_in(info: Mapping[str, Any]) -> Mapping[str, Any]:
    """The required and optional inputs of a class."""
    told = info.get("input")
    told = told if isinstance(told, dict) else {}
    return {
        name: spec
        for group in ("required", "optional")
        if isinstance(told.get(group), dict)
        for name, spec in told[group].items()
    }
