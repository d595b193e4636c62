"""`model …` and `provider …`: who may be asked to paint in this workspace, and on which terms for its data."""

from __future__ import annotations

from collections.abc import Iterable

from bot.commands.admin.typed import admin_word, change
from bot.commands.desk import Desk
from bot.domain import answers
from bot.domain.arguments import Arguments
from bot.domain.card import Reply
from bot.domain.identity import Role
from bot.domain.invocation import Invocation
from bot.domain.json_values import Json
from bot.domain.nearest import nearest
from bot.domain.parameter import Parameter, ParameterKind
from bot.domain.routing import (
    CANARY,
    DENIED,
    KEPT_DAYS,
    NO_TRAINING,
    NOWHERE,
    OFF,
    REGIONS,
    RoutingRules,
    regions_of,
)
from bot.domain.sentences import counted, data_terms, money
from bot.domain.subject import EVERYONE
from bot.domain.workspace_rules import Topic
from bot.ports import RuleChange
from providers import Model

ANYWHERE = "any"
"""What takes the rule about regions away."""

_MODELS = Parameter(
    name="models", kind=ParameterKind.MODELS, help="Which models, with commas between them"
)
_TERMS = (
    Parameter(
        name="region",
        kind=ParameterKind.WORD,
        help="Where prompts may go, as eu or eu,us; or any",
        positional=False,
    ),
    Parameter(name="no-training", kind=ParameterKind.FLAG, help="Only who trains on nothing"),
    Parameter(
        name="kept",
        kind=ParameterKind.NUMBER,
        help="Longest time it may be kept, in days",
        positional=False,
        low=0,
        high=36_500,
    ),
    Parameter(name="everything", kind=ParameterKind.FLAG, help="Takes every rule here away"),
)
_PROVIDER = Parameter(
    name="provider", kind=ParameterKind.WORD, help="The provider's name", required=True
)


async def allow(desk: Desk, invocation: Invocation, arguments: Arguments) -> Reply:
    """Models are allowed again, or only providers whose terms fit."""
    put: dict[str, Json] = {}
    drop = [f"{DENIED}{model}" for model in _named(arguments)]
    if region := arguments.text("region"):
        regions = regions_of(region.split(","))
        if regions == {ANYWHERE}:
            drop.append(REGIONS)
        elif regions == NOWHERE or ANYWHERE in regions:
            return answers.needs_change(
                f"{region}: name regions, as eu or eu,us; or {ANYWHERE} alone for all of them.",
                "Nothing was changed.",
            )
        else:
            put[REGIONS] = ",".join(sorted(regions))
    if arguments.flag("no-training"):
        put[NO_TRAINING] = True
    if (days := arguments.number("kept")) is not None:
        put[KEPT_DAYS] = days
    if arguments.flag("everything"):
        drop += _all_names(await _rules(desk, invocation))
    if not put and not drop:
        return answers.needs_change(
            "Which models, or which terms?",
            "As in: /admin model allow region eu no-training",
            "Nothing was changed.",
        )
    return await _changed(desk, invocation, "model.allow", put=put, drop=drop)


async def deny(desk: Desk, invocation: Invocation, arguments: Arguments) -> Reply:
    """Nobody here is given those models any more."""
    put: dict[str, Json] = {f"{DENIED}{model}": True for model in _named(arguments)}
    return await _changed(desk, invocation, "model.deny", put=put)


async def canary(desk: Desk, invocation: Invocation, arguments: Arguments) -> Reply:
    """A model on trial gets its share of the requests that name none."""
    name = f"{CANARY}{arguments.text('model')}"
    share = arguments.number("percent") or 0
    put: dict[str, Json] = {name: share} if share else {}
    drop = () if share else (name,)
    return await _changed(desk, invocation, "model.canary", put=put, drop=drop)


async def show(desk: Desk, invocation: Invocation, _arguments: Arguments) -> Reply:
    """Every model: who offers it, whether it may be asked for here, its price and its terms."""
    return _shown(desk, await _rules(desk, invocation), headline="Models and providers here")


async def switch_on(desk: Desk, invocation: Invocation, arguments: Arguments) -> Reply:
    """The provider may be asked again."""
    return await _switched(desk, invocation, arguments, on=True)


async def switch_off(desk: Desk, invocation: Invocation, arguments: Arguments) -> Reply:
    """The provider is asked for nothing new; what it paints already still comes."""
    return await _switched(desk, invocation, arguments, on=False)


async def _switched(desk: Desk, invocation: Invocation, arguments: Arguments, *, on: bool) -> Reply:
    known = [stall.name for stall in desk.catalog.stalls]
    name = arguments.text("provider")
    if name not in known:
        meant = nearest(name, known)
        hint = f"Did you mean {meant}?" if meant else f"There are: {', '.join(known)}."
        return answers.needs_change(
            f"There is no provider {name!r} here.", hint, "Nothing was changed."
        )
    key, action = f"{OFF}{name}", f"provider.{'on' if on else 'off'}"
    if on:
        return await _changed(desk, invocation, action, drop=(key,))
    return await _changed(desk, invocation, action, put={key: True})


async def _changed(
    desk: Desk,
    invocation: Invocation,
    action: str,
    *,
    put: dict[str, Json] | None = None,
    drop: Iterable[str] = (),
) -> Reply:
    rule = RuleChange(topic=Topic.OFFER, subject=EVERYONE.key, put=put or {}, drop=tuple(drop))
    await change(desk, invocation, action, rule)
    return _shown(desk, await _rules(desk, invocation), headline="What may be asked for now")


async def _rules(desk: Desk, invocation: Invocation) -> RoutingRules:
    return (await desk.rulebook.current(invocation.person.workspace_id)).routing


def _named(arguments: Arguments) -> tuple[str, ...]:
    found = arguments.values.get("models")
    return found if isinstance(found, tuple) else ()


def _all_names(rules: RoutingRules) -> list[str]:
    return [
        *(f"{DENIED}{one}" for one in rules.denied_models),
        *(f"{OFF}{one}" for one in rules.providers_off),
        *(f"{CANARY}{one}" for one in rules.canary),
        REGIONS,
        NO_TRAINING,
        KEPT_DAYS,
    ]


def _shown(desk: Desk, workspace: RoutingRules, *, headline: str) -> Reply:
    rules = workspace.within(desk.rules.routing)
    lines = [*_policy(rules)]
    for stall in desk.catalog.stalls:
        off = " (off)" if stall.name in rules.providers_off else ""
        lines += [
            f"{stall.name}{off}",
            *(_line(model, stall.name, rules) for model in stall.models),
        ]
    return answers.listing(
        headline,
        "\n".join(lines),
        footer="It holds from the next request on. The operator's own rules hold as well.",
    )


def _policy(rules: RoutingRules) -> Iterable[str]:
    terms = rules.terms
    if terms.regions:
        yield f"only in: {', '.join(sorted(terms.regions))}"
    if terms.no_training:
        yield "only who trains on nothing"
    if terms.max_retention_days is not None:
        yield f"kept at most {counted(terms.max_retention_days, 'day')}"


def _line(model: Model, provider: str, rules: RoutingRules) -> str:
    price = model.capabilities.price
    costs = "price unknown" if price is None else money(price.per_image_microusd)
    mark = "+" if rules.allows(provider, model) else "-"
    share = rules.canary.get(model.id)
    trial = f", on trial with {share:.0%}" if share else ""
    ends = model.capabilities.shutdown
    end = f", ends {ends:%Y-%m-%d}" if ends else ""
    return f" {mark} {model.id}: {costs}; {data_terms(model.capabilities.data_terms)}{trial}{end}"


WORDS = (
    admin_word(
        "model allow",
        allow,
        role=Role.ADMIN,
        summary="Allows models, or only providers whose terms fit",
        examples=("model allow region eu no-training", "model allow everything"),
        parameters=(_MODELS, *_TERMS),
    ),
    admin_word(
        "model deny",
        deny,
        role=Role.ADMIN,
        summary="Takes models away from everybody here",
        examples=("model deny sdxl-base", "model deny sdxl-base,flux-pro"),
        parameters=(
            Parameter(
                name="models",
                kind=ParameterKind.MODELS,
                help="Which models, with commas between them",
                required=True,
            ),
        ),
    ),
    admin_word(
        "model canary",
        canary,
        role=Role.ADMIN,
        summary="Tries a model out on some of the requests",
        examples=("model canary flux-pro 5", "model canary flux-pro 0"),
        parameters=(
            Parameter(name="model", kind=ParameterKind.MODEL, help="Which model", required=True),
            Parameter(
                name="percent",
                kind=ParameterKind.NUMBER,
                help="Share of requests that name no model; 0 ends it",
                required=True,
                low=0,
                high=100,
            ),
        ),
    ),
    admin_word(
        "model show",
        show,
        role=Role.MODERATOR,
        summary="Models, prices and terms, and what is allowed",
        examples=("model show",),
    ),
    admin_word(
        "provider on",
        switch_on,
        role=Role.ADMIN,
        summary="Asks a provider again",
        examples=("provider on sketch",),
        parameters=(_PROVIDER,),
    ),
    admin_word(
        "provider off",
        switch_off,
        role=Role.ADMIN,
        summary="Asks a provider for nothing new",
        examples=("provider off sketch",),
        parameters=(_PROVIDER,),
    ),
    admin_word(
        "provider show",
        show,
        role=Role.MODERATOR,
        summary="Providers and their models",
        examples=("provider show",),
    ),
)
