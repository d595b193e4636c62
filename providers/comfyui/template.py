"""One template: a workflow, where its slots are, and what it makes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from providers.capabilities import SizeRule
from providers.comfyui.graph import (
    BadGraph,
    Graph,
    LoraAnchor,
    Output,
    Place,
    checked_graph,
)
from providers.comfyui.slots import Bindings, bindings_of, place_at
from providers.request import Operation

MAX_BYTES = 2 * 1024 * 1024

KEYS = (
    "title",
    "model",
    "operation",
    "slots",
    "choose",
    "applies_to",
    "loras",
    "output",
    "sizes",
    "max_count",
    "control_kind",
    "upscale_factors",
    "is_ai_model",
    "workflow",
)

SIZES = ("min_px", "max_px", "multiple_px")

EDGES = frozenset({"left", "top", "right", "bottom"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A workflow that can be asked for.

    `model` is the id under which it is offered unless it has a `model` slot: then each file that its loader lists and
    one of `applies_to` fits is a model. `choose` picks for an input the first listed file that fits one of its
    patterns. `output` is the node whose pictures are the answer, None for every node that has some.
    """

    name: str
    model: str
    operations: frozenset[Operation]
    graph: Graph
    slots: Bindings
    choose: Mapping[Place, tuple[str, ...]] = field(default_factory=dict)
    applies_to: tuple[str, ...] = ("*",)
    loras: LoraAnchor | None = None
    output: str | None = None
    sizes: SizeRule = field(default_factory=SizeRule)
    max_count: int = 1
    control_kind: str | None = None
    upscale_factors: tuple[int, ...] = ()
    is_ai_model: bool = True


def template_in(text: str | bytes, name: str) -> Template:
    """The template of a file's text. ValueError with a sentence that names the file and what is wrong.

    A bare workflow in API format is one too: its slots are the marks in it, its model is named like the file.
    """
    if len(text) > MAX_BYTES:
        raise ValueError(f"workflow {name}: over {MAX_BYTES} bytes")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"workflow {name}: no JSON: {error}") from error
    try:
        return template_of(found, name)
    except BadGraph as error:
        raise ValueError(f"workflow {name}: {error}") from error


def template_of(found: object, name: str) -> Template:
    """The template of a file's JSON. BadGraph with a sentence."""
    if not isinstance(found, dict) or "workflow" not in found:
        found = {"workflow": found}
    unknown = [key for key in found if key not in KEYS]
    if unknown:
        raise BadGraph(f"no key {unknown[0]!r}; there are: {', '.join(KEYS)}")
    graph = checked_graph(found["workflow"])
    slots = bindings_of(graph, found.get("slots"))
    operations = operations_of(found.get("operation"), slots)
    most = whole(found, "max_count", 4) if "count" in slots else 1
    factors = found.get("upscale_factors", [2, 4] if Operation.UPSCALE in operations else [])
    if not isinstance(factors, list) or not all(is_whole(factor, 1, 16) for factor in factors):
        raise BadGraph("upscale_factors is no list of whole numbers")
    output = found.get("output")
    if output is not None and output not in graph:
        raise BadGraph(f"output {output!r} is no node")
    return Template(
        name=name,
        model=text_of(found, "model", name),
        operations=operations,
        graph=graph,
        slots=slots,
        choose=dict(choices_of(graph, found.get("choose", {}))),
        applies_to=patterns(found.get("applies_to", ["*"]), "applies_to"),
        loras=anchor_of(graph, found.get("loras")),
        output=output,
        sizes=sizes_of(found.get("sizes", {})),
        max_count=most,
        control_kind=control_kind_of(found, operations),
        upscale_factors=tuple(factors),
        is_ai_model=switch(found, "is_ai_model", default=True),
    )


def operations_of(said: object, slots: Bindings) -> frozenset[Operation]:
    """What the template makes: what it says, or what its slots tell."""
    if said is None:
        return told_by(slots)
    names = said if isinstance(said, list) else [said]
    try:
        operations = frozenset(Operation(str(name)) for name in names)
    except ValueError as error:
        known = ", ".join(operation.value for operation in Operation)
        raise BadGraph(f"operation {said!r}; there are: {known}") from error
    if not operations:
        raise BadGraph("operation is empty")
    return operations


def told_by(slots: Bindings) -> frozenset[Operation]:
    """What a template with these slots makes."""
    if "control_image" in slots:
        return frozenset({Operation.CONTROL})
    if "masked_image" in slots or "mask" in slots:
        return frozenset({Operation.INPAINT, Operation.OUTPAINT})
    if "image" not in slots:
        return frozenset({Operation.TEXT_TO_IMAGE})
    if EDGES & set(slots):
        return frozenset({Operation.OUTPAINT})
    if "scale" in slots or "prompt" not in slots:
        return frozenset({Operation.UPSCALE})
    return frozenset({Operation.IMAGE_TO_IMAGE, Operation.VARY})


def choices_of(graph: Graph, said: object) -> Iterator[tuple[Place, tuple[str, ...]]]:
    """The inputs whose file is picked from what the server has, by patterns."""
    if not isinstance(said, dict):
        raise BadGraph("choose is no table")
    for text, wanted in said.items():
        yield place_at(graph, text), patterns(wanted, "choose")


def patterns(said: object, key: str) -> tuple[str, ...]:
    """A list of file name patterns, as `*flux*`."""
    listed = said if isinstance(said, list) else [said]
    found = tuple(item.lower() for item in listed if isinstance(item, str) and item)
    if not found or len(found) != len(listed):
        raise BadGraph(f"{key} is no list of patterns")
    return found


def anchor_of(graph: Graph, said: object) -> LoraAnchor | None:
    """Where LoRAs are laid in: {"model": ["4", 0], "clip": ["4", 1]}."""
    if said is None:
        return None
    if not isinstance(said, dict) or set(said) != {"model", "clip"}:
        raise BadGraph('loras is written {"model": ["4", 0], "clip": ["4", 1]}')
    outputs = {}
    for name, link in said.items():
        if not (isinstance(link, list) and len(link) == 2 and link[0] in graph):
            raise BadGraph(f"loras: {name} is no output of a node")
        outputs[name] = Output(node=link[0], number=int(link[1]))
    return LoraAnchor(model=outputs["model"], clip=outputs["clip"])


def sizes_of(said: object) -> SizeRule:
    """The sizes the workflow paints."""
    if not isinstance(said, dict) or not set(said) <= set(SIZES):
        raise BadGraph(f"sizes takes {', '.join(SIZES)}")
    known: dict[str, int] = {"min_px": 64, "max_px": 2048, "multiple_px": 8}
    for name, value in said.items():
        if not is_whole(value, 1, 16384):
            raise BadGraph(f"sizes: {name} is no whole number")
        known[name] = value
    if not known["multiple_px"] <= known["max_px"] or known["min_px"] > known["max_px"]:
        raise BadGraph("sizes: no size fits")
    return SizeRule(
        min_px=known["min_px"],
        max_px=known["max_px"],
        multiple_px=known["multiple_px"],
        max_area_px=known["max_px"] ** 2,
    )


def control_kind_of(found: Mapping[str, Any], operations: frozenset[Operation]) -> str | None:
    """What the control image holds; needed where there is one."""
    if Operation.CONTROL not in operations:
        return None
    return text_of(found, "control_kind", "structure")


def text_of(found: Mapping[str, Any], key: str, default: str) -> str:
    """A text under a key."""
    value = found.get(key, default)
    if not isinstance(value, str) or not value:
        raise BadGraph(f"{key} is no text")
    return value


def whole(found: Mapping[str, Any], key: str, default: int) -> int:
    """A small whole number under a key."""
    value = found.get(key, default)
    if not is_whole(value, 1, 16):
        raise BadGraph(f"{key} is a whole number from 1 to 16")
    return int(value)


def is_whole(value: object, low: int, high: int) -> bool:
    """Whether the value is a whole number from one bound to the other."""
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def switch(found: Mapping[str, Any], key: str, *, default: bool) -> bool:
    """True or false under a key."""
    value = found.get(key, default)
    if not isinstance(value, bool):
        raise BadGraph(f"{key} is true or false")
    return value
