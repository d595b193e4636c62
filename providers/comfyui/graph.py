"""A workflow in API format as a tree: read with care, and changed only at named places."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from typing_extensions import override

from providers.request import Lora

Graph = dict[str, dict[str, Any]]
"""Nodes by id, each {"class_type": str, "inputs": {name: value or [node id, output]}}."""

Value = str | int | float | bool

MAX_NODES = 500


class BadGraph(ValueError):
    """Not a workflow in API format; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Place:
    """One input of one node."""

    node: str
    name: str

    @override
    def __str__(self) -> str:
        return f"{self.node}.{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One output of one node, as links name it."""

    node: str
    number: int

    def link(self) -> list[str | int]:
        """The output as an input's value."""
        return [self.node, self.number]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoraAnchor:
    """The outputs after which LoRAs are laid in."""

    model: Output
    clip: Output


def checked_graph(found: object) -> Graph:
    """The graph. BadGraph with a sentence for anything else."""
    if isinstance(found, Mapping) and isinstance(found.get("nodes"), list):
        raise BadGraph("this is a workflow for the editor: save it with Export (API)")
    if not isinstance(found, dict) or not found:
        raise BadGraph("no nodes")
    if len(found) > MAX_NODES:
        raise BadGraph(f"over {MAX_NODES} nodes")
    for node_id, node in found.items():
        if not isinstance(node, dict) or not isinstance(node.get("class_type"), str):
            raise BadGraph(f"node {node_id} has no class_type")
        if not isinstance(node.get("inputs"), dict):
            raise BadGraph(f"node {node_id} has no inputs")
        for name, value in node["inputs"].items():
            if is_link(value) and value[0] not in found:
                raise BadGraph(f"{node_id}.{name} is linked to node {value[0]}, which isn't there")
    return found


def is_link(value: object) -> bool:
    """Whether an input's value is an output of another node."""
    return (
        isinstance(value, list)
        and len(value) == 2
        and isinstance(value[0], str)
        and isinstance(value[1], int)
        and not isinstance(value[1], bool)
    )


def inputs_of(graph: Graph) -> Iterator[tuple[Place, Any]]:
    """Every input that is no link, with its value."""
    for node_id, node in graph.items():
        for name, value in node["inputs"].items():
            if not is_link(value):
                yield Place(node=node_id, name=name), value


def class_at(graph: Graph, place: Place) -> str:
    """The class of a place's node."""
    return str(graph[place.node]["class_type"])


def filled(graph: Graph, values: Mapping[Place, Value]) -> Graph:
    """A copy in which those places have those values. The values are never read as anything but values."""
    changed = copy.deepcopy(graph)
    for place, value in values.items():
        changed[place.node]["inputs"][place.name] = value
    return changed


def with_loras(graph: Graph, anchor: LoraAnchor, loras: Sequence[Lora]) -> Graph:
    """A copy with a chain of LoraLoader nodes after the anchor; everything that used it uses the chain's end."""
    if not loras:
        return graph
    changed = copy.deepcopy(graph)
    last_model, last_clip = anchor.model, anchor.clip
    names = fresh_names(graph, len(loras))
    for name, lora in zip(names, loras, strict=True):
        changed[name] = {
            "class_type": "LoraLoader",
            "inputs": {
                "model": last_model.link(),
                "clip": last_clip.link(),
                "lora_name": lora.name,
                "strength_model": lora.weight,
                "strength_clip": lora.weight,
            },
        }
        last_model, last_clip = Output(node=name, number=0), Output(node=name, number=1)
    for node_id in graph:
        inputs = changed[node_id]["inputs"]
        for name, value in inputs.items():
            if value == anchor.model.link():
                inputs[name] = last_model.link()
            elif value == anchor.clip.link():
                inputs[name] = last_clip.link()
    return changed


def fresh_names(graph: Graph, count: int) -> list[str]:
    """Ids that no node has."""
    names: list[str] = []
    number = 0
    while len(names) < count:
        name = f"lora{number}"
        number += 1
        if name not in graph:
            names.append(name)
    return names
