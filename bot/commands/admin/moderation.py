"""`moderation show` and `moderation test`: who judges here, and what they would say."""

from __future__ import annotations

from typing import assert_never

from bot.commands.admin.typed import admin_word
from bot.commands.desk import Desk
from bot.commands.wording import worded
from bot.domain import answers
from bot.domain.arguments import Arguments
from bot.domain.card import Reply
from bot.domain.grammar import Ask, parse
from bot.domain.identity import Role
from bot.domain.invocation import Invocation
from bot.domain.parameter import Parameter, ParameterKind
from bot.pipeline.foresight import case_of
from moderation import Allow, Block, Gate, Review, Unchecked, Verdict

_PROMPT = Parameter(
    name="prompt",
    kind=ParameterKind.TEXT,
    help="What would be asked for, as after /imagine",
    required=True,
    high=3000,
)
SCORES_SHOWN = 3


async def show(desk: Desk, _invocation: Invocation, _arguments: Arguments) -> Reply:
    """Every judge: what it looks at, and what its silence means."""
    seats = desk.panel.seats
    if not seats:
        return answers.notice("Nobody judges here", "No [[moderators]] are configured.")
    width = max(len(judge.name) for judge, _ in seats)
    lines = [
        f"{judge.name:<{width}}  {_looks_at(judge.gates)}; {judge.version}; "
        + ("its silence means no" if required else "its silence counts for nothing")
        for judge, required in seats
    ]
    return answers.listing(
        "Who judges here",
        "\n".join(lines),
        footer="The strictest of them decides. How strict each is stands in the operator's impasto.toml.",
    )


def _looks_at(gates: frozenset[Gate]) -> str:
    names = {Gate.PROMPT: "prompts", Gate.IMAGE: "pictures"}
    return " and ".join(names[gate] for gate in Gate if gate in gates)


async def test(desk: Desk, invocation: Invocation, arguments: Arguments) -> Reply:
    """What the judges say of a prompt, its template and style filled in. Nothing is painted or kept."""
    asked = parse(arguments.text("prompt"))
    if not isinstance(asked, Ask):
        return answers.bad_flags(asked)
    rules = await desk.rulebook.current(invocation.person.workspace_id)
    full = await worded(desk, invocation, asked, rules)
    if isinstance(full, Reply):
        return full
    decision = await desk.panel.judge_prompt(case_of(full.ask))
    width = max((len(one.judge) for one in decision.opinions), default=0)
    lines = [f"{one.judge:<{width}}  {_said(one.verdict)}" for one in decision.opinions]
    outcome = "would be painted" if decision.allowed else f"would be refused by {decision.judge}"
    return answers.listing(
        f"This {outcome}",
        "\n".join([f"Judged: {full.ask.prompt}", "", *lines]),
        footer="Nothing was painted, charged or kept. Its picture would be judged as well.",
    )


def _said(verdict: Verdict) -> str:
    match verdict:
        case Allow():
            said = "nothing against it"
        case Review(category=category, score=score):
            said = f"not sure: {category} ({score:.2f})"
        case Block(category=category, score=score):
            said = f"no: {category} ({score:.2f})"
        case Unchecked(detail=detail):
            return f"could not answer: {detail}"
        case _:
            assert_never(verdict)
    highest = sorted(verdict.scores.items(), key=lambda one: -one[1])[:SCORES_SHOWN]
    scores = ", ".join(f"{category} {score:.2f}" for category, score in highest)
    return f"{said}; {scores}" if scores else said


WORDS = (
    admin_word(
        "moderation show",
        show,
        role=Role.MODERATOR,
        summary="Who judges prompts and pictures here",
        examples=("moderation show",),
    ),
    admin_word(
        "moderation test",
        test,
        role=Role.MODERATOR,
        summary="What the judges would say of a prompt",
        examples=("moderation test a fox in a barrel",),
        parameters=(_PROMPT,),
    ),
)
