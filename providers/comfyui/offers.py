"""Templates and a server together: which models that makes, and what each can do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase

from providers.capabilities import (
    CancelKind,
    Capabilities,
    DataTerms,
    Delivery,
    Model,
    NumberRange,
    Price,
    ProgressKind,
    SeedSupport,
    SizeRule,
)
from providers.comfyui.graph import Graph, filled, inputs_of
from providers.comfyui.nodes import Nodes
from providers.comfyui.template import Template
from providers.request import Operation

MAX_LORAS = 5

STEPS = NumberRange(low=1, high=150, default=20)
GUIDANCE = NumberRange(low=0, high=30, default=7)
"""What is sensible of the nodes' own ranges, which end at 10000 and at 100."""

UNSEEDED = frozenset({Operation.UPSCALE, Operation.REMOVE_BACKGROUND})


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """A template as this server can run it: its files chosen, and what it can do. `file` fills its `model` slot."""

    template: Template
    graph: Graph
    can: Capabilities
    file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A model with the recipe of each operation."""

    model: Model
    recipes: Mapping[Operation, Recipe]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """Why a template is of no use at this server."""

    template: str
    reason: str


def classes_of(templates: Iterable[Template]) -> set[str]:
    """The node classes that templates need."""
    found = {str(node["class_type"]) for t in templates for node in t.graph.values()}
    return found | {"LoraLoader"}


def offers_of(
    templates: Sequence[Template], nodes: Nodes, *, wanted: tuple[str, ...], max_px: int
) -> tuple[tuple[Offer, ...], tuple[Lacking, ...]]:
    """The models there are, the wanted ones in their order or all, and the templates that can't be used."""
    recipes: dict[str, dict[Operation, Recipe]] = {}
    lacking = []
    for template in templates:
        ready = usable(template, nodes)
        if isinstance(ready, Lacking):
            lacking.append(ready)
            continue
        for model, recipe in recipes_of(template, ready, nodes, max_px):
            known = recipes.setdefault(model, {})
            for operation in template.operations:
                known.setdefault(operation, recipe)
    names = [name for name in wanted if name in recipes] if wanted else list(recipes)
    offers = tuple(
        Offer(
            model=Model(id=name, capabilities=together(recipes[name])),
            recipes=recipes[name],
        )
        for name in names
    )
    return offers, tuple(lacking)


def usable(template: Template, nodes: Nodes) -> Graph | Lacking:
    """The workflow with its files chosen, or what the server lacks for it."""
    for node in template.graph.values():
        if not nodes.has(node["class_type"]):
            return Lacking(template=template.name, reason=f"no node {node['class_type']}")
    chosen = {}
    for place, patterns in template.choose.items():
        listed = nodes.choices_at(template.graph, place) or ()
        fitting = first_fitting(listed, patterns)
        if fitting is None:
            return Lacking(
                template=template.name, reason=f"no file for {place} like {', '.join(patterns)}"
            )
        chosen[place] = fitting
    graph = filled(template.graph, chosen)
    slotted = {place for places in template.slots.values() for place in places}
    for place, value in inputs_of(graph):
        known = nodes.choices_at(graph, place)
        if known is not None and place not in slotted and value not in known:
            return Lacking(template=template.name, reason=f"{place} has no choice {value!r}")
    return graph


def first_fitting(listed: Sequence[str], patterns: Sequence[str]) -> str | None:
    """The first listed name that the first pattern which fits any fits."""
    for pattern in patterns:
        for name in listed:
            if fnmatchcase(stem(name).lower(), pattern) or fnmatchcase(name.lower(), pattern):
                return name
    return None


def stem(name: str) -> str:
    """A file's name without its folder and without what says that it is a model."""
    last = name.replace("\\", "/").rpartition("/")[2]
    for ending in (".safetensors", ".sft", ".ckpt", ".gguf", ".pth", ".pt", ".bin"):
        if last.lower().endswith(ending):
            return last[: -len(ending)]
    return last


def recipes_of(
    template: Template, graph: Graph, nodes: Nodes, max_px: int
) -> Iterator[tuple[str, Recipe]]:
    """The models a template makes: one, or one for each fitting file of its loader."""
    can = capabilities_of(template, graph, nodes, max_px)
    places = template.slots.get("model")
    if not places:
        yield template.model, Recipe(template=template, graph=graph, can=can)
        return
    seen: set[str] = set()
    for name in nodes.choices_at(graph, places[0]) or ():
        if first_fitting((name,), template.applies_to) is None:
            continue
        model = stem(name) if stem(name) not in seen else name
        seen.add(model)
        yield model, Recipe(template=template, graph=graph, can=can, file=name)


def capabilities_of(template: Template, graph: Graph, nodes: Nodes, max_px: int) -> Capabilities:
    """What one template can do at this server."""
    slots = template.slots
    loras = nodes.choices("LoraLoader", "lora_name") if template.loras else None
    sampler = slots.get("sampler")
    samplers = nodes.choices_at(graph, sampler[0]) if sampler else None
    steps, guidance = slots.get("steps"), slots.get("guidance")
    return Capabilities(
        operations=template.operations,
        sizes=within(template.sizes, max_px),
        max_count=template.max_count,
        seed=seed_of(template),
        steps=nodes.range_at(graph, steps[0], STEPS) if steps else None,
        guidance=nodes.range_at(graph, guidance[0], GUIDANCE) if guidance else None,
        samplers=samplers or (),
        negative_prompt="negative_prompt" in slots,
        strength="strength" in slots,
        upscale_factors=template.upscale_factors,
        controls=(template.control_kind,) if template.control_kind else (),
        max_loras=MAX_LORAS if loras else 0,
        loras=loras or (),
        progress=ProgressKind.PREVIEW,
        cancel=CancelKind.RUNNING,
        delivery=Delivery.POLL,
        repeatable=True,
        is_ai_model=template.is_ai_model,
        price=Price(per_image_microusd=0, source="your own server", read_on=date(2026, 11, 25)),
        data_terms=DataTerms(region="your own server", trains_on_data=False),
    )


def seed_of(template: Template) -> SeedSupport:
    """Whether each image has a seed: those of one batch share theirs, so only the first can be told."""
    if "seed" not in template.slots:
        return SeedSupport.NONE
    return SeedSupport.INPUT if "count" in template.slots else SeedSupport.ECHOED


def within(rule: SizeRule, max_px: int) -> SizeRule:
    """The rule with the operator's longest side."""
    longest = max(min(rule.max_px, max_px), rule.multiple_px)
    return replace(rule, max_px=longest, min_px=min(rule.min_px, longest), max_area_px=longest**2)


def together(recipes: Mapping[Operation, Recipe]) -> Capabilities:
    """What a model's recipes can do between them; a limit is the narrowest, a choice is any."""
    cans = [recipe.can for recipe in recipes.values()]
    drawn = [
        can
        for operation, can in ((o, r.can) for o, r in recipes.items())
        if operation not in UNSEEDED
    ]
    first = recipes.get(Operation.TEXT_TO_IMAGE, next(iter(recipes.values()))).can
    seeds = [can.seed for can in drawn] or [SeedSupport.NONE]
    order = (SeedSupport.NONE, SeedSupport.INPUT, SeedSupport.ECHOED)
    return replace(
        first,
        operations=frozenset(recipes),
        max_count=min(can.max_count for can in cans),
        seed=min(seeds, key=order.index),
        negative_prompt=any(can.negative_prompt for can in cans),
        strength=any(can.strength for can in cans),
        upscale_factors=tuple(sorted({factor for can in cans for factor in can.upscale_factors}))
        if Operation.UPSCALE in recipes
        else (),
        controls=tuple(dict.fromkeys(kind for can in cans for kind in can.controls)),
        is_ai_model=any(can.is_ai_model for can in cans),
    )
