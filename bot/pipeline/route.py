"""Which model does it, at what size, with which seed, and who may be asked, best first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random

from bot.domain.aspect import Size
from bot.domain.grammar import Ask
from bot.domain.house import HouseRules
from bot.domain.job import Candidate, Ending, Order, Plan, Reason
from bot.domain.loras import read_loras
from bot.domain.nearest import nearest
from bot.domain.routing import RoutingRules
from bot.pipeline.candidates import (
    MOST_STAND_INS,
    Offer,
    in_turn,
    offers_of,
    stand_ins_of,
)
from bot.pipeline.catalog import Catalog
from bot.pipeline.sizes import Source, asked_size, shown, snap, within
from providers import Capabilities, Operation, SeedSupport

MAX_SEED = 2**31 - 1
"""The largest seed every provider takes. Source: Ideogram's and others' API descriptions, read 2026-11-22."""

_DRAWS_NOTHING = frozenset({Operation.UPSCALE, Operation.REMOVE_BACKGROUND})

__all__ = ["MAX_SEED", "Market", "Source", "route", "snap"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """What there is to choose from, for one workspace, now. `shut` are providers left alone for a while.

    `largest_px` is the longest side that whoever asks may have; None means any.
    """

    catalog: Catalog
    rules: HouseRules
    chance: Random
    routing: RoutingRules = field(default_factory=RoutingRules)
    shut: frozenset[str] = frozenset()
    largest_px: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """The model, why it is not another, and whether it was asked for by name."""

    model: str
    pinned: bool
    notes: tuple[str, ...] = ()


def route(order: Order, market: Market, *, source: Source | None) -> Plan | Ending:
    """The plan, or why nobody here can do it."""
    offers = offers_of(market.catalog, market.routing, order.operation)
    choice = _choose(order, market, offers)
    if isinstance(choice, Ending):
        return choice
    asked = asked_size(order, rules=market.rules, source=source)
    size = asked if _keeps_its_size(order) else within(asked, market.largest_px)
    own = [offer for offer in offers if offer.model.id == choice.model]
    if refusal := _unsupported(order, own[0].capabilities, choice.model):
        return refusal
    others = _others(order, market, choice, offers=offers, size=size)
    if not choice.pinned and others and all(one.provider in market.shut for one in own):
        healthy = [one for one in others if one.provider not in market.shut]
        if healthy:
            note = f"{choice.model} can't be reached just now, so {healthy[0].model.id} did this."
            choice = _Choice(model=healthy[0].model.id, pinned=False, notes=(*choice.notes, note))
            own = [offer for offer in offers if offer.model.id == choice.model]
            others = _others(order, market, choice, offers=offers, size=size)
    if size != asked:
        note = f"{market.largest_px} px is the largest you may have here; this is {shown(size)}."
        choice = replace(choice, notes=(*choice.notes, note))
    plan = _plan(order, market, choice, own=own, others=others, size=size)
    painted = max(plan.width_px, plan.height_px)
    if market.largest_px is not None and painted > market.largest_px:
        return _no(
            f"{market.largest_px} px is the largest you may have here, and this would be {painted} px."
        )
    return plan


def _keeps_its_size(order: Order) -> bool:
    """Whether a smaller picture would not be what was asked for."""
    return order.operation in {Operation.UPSCALE, Operation.OUTPAINT}


def _plan(
    order: Order,
    market: Market,
    choice: _Choice,
    *,
    own: Sequence[Offer],
    others: Sequence[Offer],
    size: Size,
) -> Plan:
    capabilities = own[0].capabilities
    snapped = _snapped(order, size, capabilities)
    notes = [*choice.notes, *_left_out(order, capabilities, choice.model)]
    if snapped != size:
        notes.append(f"{choice.model} doesn't paint {shown(size)}; this is {shown(snapped)}.")
    candidates = [
        Candidate(provider=one.provider, model=choice.model)
        for one in in_turn(own, chance=market.chance, shut=market.shut)
    ]
    candidates += [Candidate(provider=one.provider, model=one.model.id) for one in others]
    candidates += _successors(market, choice.model, offers=candidates, order=order)
    seeded = any(one.capabilities.seed is not SeedSupport.NONE for one in (*own, *others))
    return Plan(
        model=choice.model,
        providers=tuple(dict.fromkeys(one.provider for one in candidates)),
        candidates=tuple(candidates),
        width_px=snapped.width_px,
        height_px=snapped.height_px,
        count=order.images,
        seed=_seed(order, market.chance) if seeded else None,
        notes=tuple(notes),
        per_call=max(1, min(order.images, capabilities.max_count)),
    )


def _choose(order: Order, market: Market, offers: Sequence[Offer]) -> _Choice | Ending:
    """The model asked for, or the default."""
    asked, catalog = order.ask.model, market.catalog
    notes: tuple[str, ...] = ()
    if asked is not None and asked not in catalog.model_ids:
        successor = catalog.successor(asked)
        if successor is None:
            return _no(f"There is no model {asked!r} here.")
        notes = (f"{asked} was retired; {successor}, its successor, did this.",)
        asked = successor
    able = tuple(dict.fromkeys(offer.model.id for offer in offers))
    if asked in able:
        return _Choice(model=asked, pinned=True, notes=notes)
    if asked is not None and not _allowed(asked, market):
        return _no(f"The model {asked!r} may not be used here.")
    if not able:
        return _nobody(order, market)
    model = _default(order, market, offers)
    if asked is not None:
        notes = (*notes, f"{asked} can't do this, so {model} did.")
    return _Choice(model=model, pinned=False, notes=notes)


def _default(order: Order, market: Market, offers: Sequence[Offer]) -> str:
    """The first offered model that has the style or factor asked for; one on trial by its share; the cheapest for a draft."""
    fitting = [
        one for one in offers if _unsupported(order, one.capabilities, one.model.id) is None
    ] or [*offers]
    for model, share in market.routing.canary.items():
        if any(one.model.id == model for one in fitting) and market.chance.random() < share:
            return model
    usual = [one for one in fitting if one.model.id not in market.routing.canary] or fitting
    # A provider on trial must not become everybody's default by standing first.
    first = next((one for one in usual if one.stall.canary is None), usual[0])
    if not order.ask.draft:
        return first.model.id
    alike = [one for one in usual if one.capabilities.is_ai_model == first.capabilities.is_ai_model]
    return min(alike, key=lambda one: (one.price_microusd, one is not first)).model.id


def _allowed(model_id: str, market: Market) -> bool:
    return any(
        market.routing.allows(stall.name, model)
        for stall in market.catalog.stalls
        if (model := stall.model(model_id)) is not None
    )


def _nobody(order: Order, market: Market) -> Ending:
    """Nobody is known who can: because nobody can be asked, because of the rules, or at all."""
    if market.catalog.stalls and not market.catalog.model_ids:
        faults = [stall.fault for stall in market.catalog.stalls if stall.fault]
        return Ending(reason=Reason.PROVIDER_DOWN, detail="; ".join(faults))
    words = order.operation.value.replace("_", " ")
    if offers_of(market.catalog, RoutingRules(), order.operation):
        return _no(f"No model that may be used here can do: {words}.")
    return _no(f"No model here can do: {words}.")


def _no(words: str) -> Ending:
    return Ending(reason=Reason.NO_MODEL, words=words)


def _others(
    order: Order, market: Market, choice: _Choice, *, offers: Sequence[Offer], size: Size
) -> list[Offer]:
    """Equivalent models, for when nobody who offers the chosen one can be asked."""
    if choice.pinned or not market.routing.stand_ins:
        return []
    mine = next(offer for offer in offers if offer.model.id == choice.model)
    wanted = _snapped(order, size, mine.capabilities)
    missing = set(_missing(order, mine.capabilities))
    equal = [
        offer
        for offer in offers
        if offer.model.id != choice.model
        and _snapped(order, size, offer.capabilities) == wanted
        and set(_missing(order, offer.capabilities)) <= missing
        and _unsupported(order, offer.capabilities, offer.model.id) is None
    ]
    kind = mine.capabilities.is_ai_model
    of_its_kind = [one for one in equal if one.capabilities.is_ai_model == kind]
    others = [one for one in equal if one not in of_its_kind]
    turn = stand_ins_of(of_its_kind, chance=market.chance, shut=market.shut)
    if order.operation in _DRAWS_NOTHING:
        # What a program enlarges stays the picture it was, so it is better than none.
        turn += stand_ins_of(others, chance=market.chance, shut=market.shut)
    return turn[:MOST_STAND_INS]


def _successors(
    market: Market, model: str, *, offers: Sequence[Candidate], order: Order
) -> list[Candidate]:
    """Who offers the model's named successor, for when the model itself turns out to be gone."""
    successor = market.catalog.successor(model)
    there = {(one.provider, one.model) for one in offers}
    return [
        Candidate(provider=one.provider, model=one.model.id, if_gone=True)
        for one in offers_of(market.catalog, market.routing, order.operation)
        if one.model.id == successor and (one.provider, one.model.id) not in there
    ]


def _snapped(order: Order, size: Size, capabilities: Capabilities) -> Size:
    return size if order.operation is Operation.UPSCALE else snap(size, capabilities.sizes)


def _seed(order: Order, chance: Random) -> int:
    return order.ask.seed if order.ask.seed is not None else chance.randint(1, MAX_SEED)


def _unsupported(order: Order, capabilities: Capabilities, model: str) -> Ending | None:
    """What would give another picture than asked for is refused."""
    style = order.ask.style
    if style is not None and style not in capabilities.styles:
        known = ", ".join(capabilities.styles) or "none"
        return _no(f"{model} has no style {style!r}; it has: {known}.")
    if (lacking := _lacking(order.ask, capabilities)) is not None:
        return _no(f"{model} has no {lacking}")
    factors = capabilities.upscale_factors
    if order.operation is Operation.UPSCALE and factors and (order.scale or 2) not in factors:
        known = ", ".join(f"{factor}" for factor in factors)
        return _no(f"{model} enlarges by {known} only.")
    return None


def _lacking(ask: Ask, capabilities: Capabilities) -> str | None:
    """What was named and isn't among the model's own."""
    loras = read_loras(ask.lora) or () if ask.lora else ()
    named = [
        ("sampler", (ask.sampler,) if ask.sampler else (), capabilities.samplers),
        ("control", (ask.control,) if ask.control else (), capabilities.controls),
        ("LoRA", tuple(one.name for one in loras), capabilities.loras),
    ]
    for what, wanted, there in named:
        for one in wanted:
            if there and one not in there:
                meant = nearest(one, there)
                hint = f"did you mean {meant}?" if meant else f"it has: {', '.join(there[:20])}."
                return f"{what} {one!r}; {hint}"
    return None


def _missing(order: Order, capabilities: Capabilities) -> list[str]:
    """Flags that were given and the model can't take."""
    ask = order.ask
    left = [
        (ask.negative_prompt and not capabilities.negative_prompt, "--no"),
        (ask.steps is not None and capabilities.steps is None, "--steps"),
        (ask.guidance is not None and capabilities.guidance is None, "--guidance"),
        (ask.seed is not None and capabilities.seed is SeedSupport.NONE, "--seed"),
        (ask.strength is not None and not capabilities.strength, "--strength"),
        (ask.sampler is not None and not capabilities.samplers, "--sampler"),
        (ask.lora is not None and not capabilities.max_loras, "--lora"),
    ]
    return [word for missing, word in left if missing]


def _left_out(order: Order, capabilities: Capabilities, model: str) -> list[str]:
    """What the model can't take is said, never silently dropped."""
    lenders = {one.flag: f"what {one.by} sets there" for one in order.lent}
    flags: dict[str, list[str]] = {}
    for flag in _missing(order, capabilities):
        flags.setdefault(lenders.get(flag, "that"), []).append(flag)
    # What somebody typed themselves comes first.
    return [
        f"{model} takes no {' or '.join(flags[what])}, so {what} was left out."
        for what in sorted(flags, key=lambda what: what != "that")
    ]
