"""`help`, `styles`, `models`, `quota` and `privacy`: what there is, and what is left of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.commands.desk import Desk
from bot.domain import answers
from bot.domain.card import Card, Field, Reply, Tone
from bot.domain.flags import FLAGS
from bot.domain.guide import ADMIN_PREFIX, Guide
from bot.domain.identity import Role
from bot.domain.invocation import Invocation
from bot.domain.money_sentences import spending_line, spending_name
from bot.domain.nearest import nearest
from bot.domain.quota_sentences import usage_line, usage_name
from bot.domain.sentences import counted, data_terms, money
from bot.domain.style import names_of
from providers import DataTerms, Price

HELP = Guide(
    name="help",
    role=Role.MEMBER,
    summary="What you can type",
    usage="[COMMAND]",
    example="help imagine",
)
STYLES = Guide(name="styles", role=Role.MEMBER, summary="Styles for --style", example="styles")
MODELS = Guide(
    name="models",
    role=Role.MEMBER,
    summary="Models for --model, and what each can do",
    example="models",
)
QUOTA = Guide(name="quota", role=Role.MEMBER, summary="What is left of your quota", example="quota")
PRIVACY = Guide(
    name="privacy", role=Role.MEMBER, summary="What is kept about you, and where", example="privacy"
)


NO_SUCH = "You have no command of that name."


LONGEST_LIST = 1_800
"""Characters, ours: well below the 2,500 that both chat platforms give a list. What is longer is cut there, and words would be missing."""


async def help_word(desk: Desk, invocation: Invocation) -> Reply:
    """The commands this person may use, the admin words among them, or one of them in full."""
    mine = [guide for guide in desk.guides if invocation.person.role.includes(guide.role)]
    wanted = _wanted(invocation.text)
    if not wanted:
        return _members_words(mine)
    return _about(wanted, mine) or _nearest_help(wanted, mine)


def _wanted(typed: str) -> str:
    """What help is asked for, as a guide names it: people copy a word with its slash, and on some surfaces with more."""
    return " ".join(typed.strip().lstrip("/").lower().split()).removeprefix("impasto ")


def _about(wanted: str, mine: Sequence[Guide]) -> Reply | None:
    """The help of a word, of a group of admin words, or of all of them; None when it names none."""
    chosen = next((one for one in mine if wanted in {one.name, one.under_admin}), None)
    if chosen is not None:
        return _one_word(chosen)
    admin = [guide for guide in mine if guide.is_admin_word]
    group = [guide for guide in admin if _begins(guide, wanted)]
    if not group:
        return None
    if len(group) == 1:
        return _one_word(group[0])
    return answers.listing(
        "What admins can type",
        _summaries(group),
        footer=f"/help {group[0].name} shows all of that word.",
    )


def _begins(guide: Guide, wanted: str) -> bool:
    return any(f"{name} ".startswith(f"{wanted} ") for name in (guide.name, guide.under_admin))


def _members_words(mine: Sequence[Guide]) -> Reply:
    admin = any(guide.is_admin_word for guide in mine)
    more = " Admin words: /help admin." if admin else ""
    members = [guide for guide in mine if not guide.is_admin_word]
    return answers.listing(
        "What you can type",
        _summaries(members),
        footer=f"/help imagine shows all flags.{more}",
    )


def _nearest_help(wanted: str, mine: Sequence[Guide]) -> Reply:
    """The help of the word that was most likely meant, and that it was not what was typed."""
    names = [name for one in mine for name in (one.name, one.under_admin)]
    groups = [name.rpartition(" ")[0] for name in names]
    meant = nearest(wanted, [name for name in dict.fromkeys([*names, *groups]) if name])
    near = _about(meant, mine) if meant else None
    told, then = (
        (near, "The nearest is this:") if near else (_members_words(mine), "These are yours:")
    )
    if told.card is None:
        return told
    return replace(told, card=replace(told.card, lines=(f"{NO_SUCH} {then}",)))


def _summaries(guides: Sequence[Guide]) -> str:
    width = max(len(guide.name) for guide in guides)
    told = "\n".join(f"/{guide.name:<{width}}  {guide.summary}" for guide in guides)
    return told if len(told) <= LONGEST_LIST else _names(guides)


def _names(guides: Sequence[Guide]) -> str:
    """The admin words alone, a line for each group."""
    groups: dict[str, list[str]] = {}
    for guide in guides:
        groups.setdefault(guide.under_admin.partition(" ")[0], []).append(guide.under_admin)
    return "\n".join(f"/{ADMIN_PREFIX}{', '.join(names)}" for names in groups.values())


def _one_word(chosen: Guide) -> Reply:
    lines = [f"/{chosen.name} {chosen.usage}".rstrip(), chosen.summary, ""]
    if chosen.name == "imagine":
        lines += [_flag_line(flag.name, flag.placeholder, flag.help) for flag in FLAGS] + [""]
    if chosen.parameters:
        width = max(len(one.usage) for one in chosen.parameters)
        lines += [f"  {one.usage:<{width}}  {one.help}" for one in chosen.parameters] + [""]
    lines += [f"Try: /{example}" for example in (chosen.example, *chosen.more_examples)]
    return answers.listing(f"/{chosen.name}", "\n".join(lines))


def _flag_line(name: str, placeholder: str, text: str) -> str:
    return f"  {f'--{name} {placeholder}':<18}  {text}"


async def styles(desk: Desk, invocation: Invocation) -> Reply:
    """The workspace's own styles, and every style some model here knows."""
    rules = await desk.rulebook.current(invocation.person.workspace_id)
    own = rules.wordings.styles
    known = names_of(own, desk.catalog.styles)
    if not known:
        return answers.notice("There are no named styles here", "Describe the style in your words.")
    example = f'"{known[0]}"' if " " in known[0] else known[0]
    lines = [f"{name}  (made here)" if name in own else name for name in known]
    return answers.listing("Styles", "\n".join(lines), footer=f"As in: --style {example}")


async def models(desk: Desk, invocation: Invocation) -> Reply:
    """Every model that may be asked for here: what it can do, what it costs, what becomes of prompts and pictures."""
    workspace = await desk.rulebook.current(invocation.person.workspace_id)
    rules = workspace.routing.within(desk.rules.routing)
    blocks = []
    for stall in desk.catalog.stalls:
        for model in stall.models:
            if not rules.allows(stall.name, model):
                continue
            can = model.capabilities
            what = ", ".join(sorted(one.value.replace("_", " ") for one in can.operations))
            end = f"\n    ends on {can.shutdown:%Y-%m-%d}" if can.shutdown else ""
            blocks.append(
                f"{model.id}  ({stall.provider.name}, {_cost(can.price)})"
                f"\n    {what}\n    {data_terms(can.data_terms)}{end}"
            )
    if not blocks:
        return answers.notice("No model may be asked for here", "Ask an admin: /help admin.")
    return answers.listing("Models", "\n".join(blocks), footer="The first one is the default.")


def _cost(price: Price | None) -> str:
    if price is None:
        return "price unknown"
    microusd = price.per_image_microusd
    return f"{money(microusd)} an image" if microusd else "free"


async def quota(desk: Desk, invocation: Invocation) -> Reply:
    """Each of the person's limits and budgets: what is left, whose rule it is, and when it starts anew."""
    person, place, now = invocation.person, invocation.place, desk.clock.now()
    rules = await desk.rulebook.current(person.workspace_id)
    everywhere = await desk.entitlements.installation()
    allowance = desk.entitlements.allowance(rules, person, place)
    counters = desk.entitlements.counters(rules, allowance, person, place)
    purses = desk.entitlements.purses(rules, everywhere, person, place)
    # What the whole house spends is the operator's to know; that it is spent is said to whom it concerns.
    spendings = await desk.budgets.spendings([one for one in purses if not one.is_the_houses])
    if not counters and not spendings:
        return answers.notice("You have no quota", "Ask for as many images as you like.")
    fields = [
        Field(name=usage_name(usage), value=usage_line(usage, now=now))
        for usage in await desk.quotas.usage(counters)
    ]
    fields += [
        Field(name=spending_name(one), value=spending_line(one, now=now)) for one in spendings
    ]
    return Reply(
        card=Card(
            tone=Tone.NOTICE,
            headline="Your quota",
            lines=("Only pictures you receive are counted.",),
            fields=tuple(fields),
            only_asker=True,
        )
    )


async def privacy(desk: Desk, _invocation: Invocation) -> Reply:
    """What is kept, where, and who else sees a prompt."""
    lines = [
        "Kept on the machine this bot runs on: your requests, the decisions about them, the pictures, and what they cost.",
        "Prompts and pictures are checked on this machine before anything is painted or shown.",
    ]
    lines += [
        f"{stall.provider.name}: {_terms(stall.models[0].capabilities.data_terms)}"
        for stall in desk.catalog.stalls
    ]
    lines.append(
        "Delete takes a picture away for everybody, at once; what the image service sent is gone within two hours."
    )
    return answers.notice("What is kept about you", *lines)


def _terms(terms: DataTerms) -> str:
    """What a provider keeps of prompts and pictures, in a sentence."""
    if terms.region == "this machine":
        return "paints on this machine; nothing leaves it."
    kept = (
        "how long it keeps prompts and pictures is not known to this bot"
        if terms.retention_days is None
        else f"it keeps prompts and pictures for {counted(terms.retention_days, 'day')}"
    )
    where = f" in {terms.region}" if terms.region else ""
    trains = {True: ", and trains on them", False: ", and does not train on them", None: ""}
    return f"receives your prompt; {kept}{where}{trains[terms.trains_on_data]}."
