"""The names by which a template says where words, numbers and pictures go."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from providers.comfyui.graph import BadGraph, Graph, Place, Value, inputs_of

SLOTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "prompt": ("text", "prompt", "string", "value", "positive"),
        "negative_prompt": ("text", "prompt", "string", "value", "negative"),
        "width": ("width",),
        "height": ("height",),
        "count": ("batch_size", "amount"),
        "seed": ("seed", "noise_seed"),
        "steps": ("steps",),
        "guidance": ("cfg", "guidance", "cfg_scale"),
        "sampler": ("sampler_name",),
        "strength": ("denoise", "strength"),
        "image": ("image",),
        "masked_image": ("image",),
        "mask": ("image",),
        "control_image": ("image",),
        "control_strength": ("strength",),
        "scale": ("scale_by", "upscale_by", "scale"),
        "left": ("left",),
        "top": ("top",),
        "right": ("right",),
        "bottom": ("bottom",),
        "model": ("ckpt_name", "unet_name", "model_name"),
    }
)
"""Each slot with the inputs it may mean when only a node's title names it, the likeliest first."""

DEFAULTS: Mapping[str, Value] = MappingProxyType(
    {
        "prompt": "",
        "negative_prompt": "",
        "count": 1,
        "seed": 0,
        "steps": 20,
        "guidance": 7.0,
        "sampler": "euler",
        "strength": 0.75,
        "control_strength": 1.0,
        "scale": 2.0,
        "left": 0,
        "top": 0,
        "right": 0,
        "bottom": 0,
    }
)
"""What a placeholder becomes when the request says nothing; a real value in its place is a better default."""

MARK = re.compile(r"\{\{\s*(\w+)\s*\}\}")

Bindings = Mapping[str, tuple[Place, ...]]


def bindings_of(graph: Graph, declared: object) -> Bindings:
    """Where each slot is: declared, named in a node's title, or a whole value `{{slot}}`. BadGraph when it is unclear."""
    found: dict[str, list[Place]] = {}
    for name, place in (*declared_in(graph, declared), *titled_in(graph), *marked_in(graph)):
        if name not in SLOTS:
            raise BadGraph(f"no slot {name!r}; there are: {', '.join(SLOTS)}")
        places = found.setdefault(name, [])
        if place not in places:
            places.append(place)
    owners: dict[Place, str] = {}
    for name, places in found.items():
        for place in places:
            if owners.setdefault(place, name) != name:
                raise BadGraph(f"{place} is both {owners[place]} and {name}")
    return {name: tuple(places) for name, places in found.items()}


def declared_in(graph: Graph, declared: object) -> Iterator[tuple[str, Place]]:
    """The slots of the template's own `slots` section, {"prompt": "6.text"} or a list of places."""
    if declared is None:
        return
    if not isinstance(declared, dict):
        raise BadGraph("slots is no table")
    for name, said in declared.items():
        for text in said if isinstance(said, list) else [said]:
            yield name, place_at(graph, text)


def place_at(graph: Graph, text: object) -> Place:
    """The place that "node.input" names. BadGraph when there is none."""
    node, _, name = str(text).rpartition(".")
    if node not in graph or name not in graph[node]["inputs"]:
        raise BadGraph(f"{text} is no input of a node")
    return Place(node=node, name=name)


def titled_in(graph: Graph) -> Iterator[tuple[str, Place]]:
    """The slots that nodes' titles name, as `{{seed}} {{steps}}` over a sampler: the editor saves titles."""
    for node_id, node in graph.items():
        meta = node.get("_meta")
        title = meta.get("title") if isinstance(meta, dict) else None
        for name in MARK.findall(title) if isinstance(title, str) else ():
            names = SLOTS.get(name)
            if names is None:
                raise BadGraph(f"no slot {name!r} (in the title of node {node_id})")
            fitting = [known for known in names if known in node["inputs"]]
            if not fitting:
                raise BadGraph(f"node {node_id} has no input for {{{{{name}}}}}")
            yield name, Place(node=node_id, name=fitting[0])


def marked_in(graph: Graph) -> Iterator[tuple[str, Place]]:
    """The slots whose mark is an input's whole value. A mark among other words is left as the words it is."""
    for place, value in inputs_of(graph):
        match = MARK.fullmatch(value.strip()) if isinstance(value, str) else None
        if match:
            yield match[1], place


def unset_marks(graph: Graph, bindings: Bindings) -> Mapping[str, Value]:
    """The default of each slot that is only a mark, so that no mark is ever sent."""
    marked = {name for name, _ in marked_in(graph)}
    return {name: DEFAULTS[name] for name in bindings if name in marked and name in DEFAULTS}
