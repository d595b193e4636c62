"""`imagine`: words, flags and perhaps a reference picture become a job."""

from __future__ import annotations

from dataclasses import replace

from bot.commands.desk import Desk
from bot.commands.ordering import held, image_here, told, unknown_names
from bot.commands.wording import rules_for, worded
from bot.domain import answers
from bot.domain.card import Reply
from bot.domain.grammar import Ask, parse
from bot.domain.guide import Guide
from bot.domain.identity import ImageId, Role
from bot.domain.invocation import Invocation
from bot.domain.job import Order
from bot.domain.workspace_rules import WorkspaceRules
from bot.ports import RulesChanged
from providers import Operation

GUIDE = Guide(
    name="imagine",
    role=Role.MEMBER,
    summary="Paints what you describe",
    usage="[template:NAME] PROMPT [--ar 16:9] [--n 4] [--seed 42] [--no text] [--style NAME] …",
    example="imagine a sailing ship at sunset --n 4",
)


async def imagine(desk: Desk, invocation: Invocation) -> Reply:
    """The acknowledgement; pictures follow in the thread."""
    asked = invocation.ask or parse(invocation.text)
    if not isinstance(asked, Ask):
        return answers.bad_flags(asked)
    return await place_ask(desk, invocation, asked)


async def place_ask(desk: Desk, invocation: Invocation, ask: Ask) -> Reply:
    """The acknowledgement of what was asked for, what it doesn't say filled in by the rules that hold when it is committed.

    It is filled in by the rules at hand, which costs no read; where the commit finds newer ones, it is done again by those.
    """
    rules = await rules_for(desk, invocation, ask)
    while True:
        order = await imagine_order(desk, invocation, ask, rules)
        reply = unknown_names(desk, order.ask) if isinstance(order, Order) else order
        if isinstance(order, Order) and reply is None:
            reply = await held(desk, order)
        if isinstance(order, Order) and reply is None:
            outcome = await desk.intake.submit_by(rules, invocation, order)
            if not isinstance(outcome, RulesChanged):
                return await told(desk, invocation, order, outcome)
        newest = await desk.rulebook.current(invocation.person.workspace_id)
        if reply is not None and newest.version == rules.version:
            return reply
        rules = newest


async def imagine_order(
    desk: Desk, invocation: Invocation, ask: Ask, rules: WorkspaceRules
) -> Order | Reply:
    """What is to be painted by these rules; a reply when the picture it should start from is not here."""
    parent: ImageId | None = None
    if invocation.reference_image is not None:
        found = await image_here(desk, invocation, invocation.reference_image)
        if found is None:
            return answers.no_picture(invocation.reference_image)
        parent = found[0].id
    if ask.control is not None and parent is None and invocation.reference is None:
        return answers.needs_change(
            "--control: there is no picture to follow. Add one, or leave the flag out.",
            "Nothing was submitted.",
        )
    operation = operation_of(invocation, ask)
    shaped = operation is not Operation.TEXT_TO_IMAGE
    full = await worded(desk, invocation, ask, rules, shaped=shaped)
    if isinstance(full, Reply):
        return full
    return Order(
        operation=operation,
        ask=with_count(full.ask, desk.rules.images),
        template=full.template,
        styled=full.styled,
        lent=full.lent,
        parent_image=parent,
        source=invocation.reference,
        mask=invocation.mask,
    )


def with_count(ask: Ask, default: int) -> Ask:
    """The same ask with its number of images settled."""
    return ask if ask.count is not None else replace(ask, count=default)


def operation_of(invocation: Invocation, ask: Ask) -> Operation:
    """What is done, by what was brought: a picture is repainted, or only where it was painted over, or followed."""
    if ask.control is not None:
        return Operation.CONTROL
    if invocation.mask is not None:
        return Operation.INPAINT
    if invocation.reference is not None or invocation.reference_image is not None:
        return Operation.IMAGE_TO_IMAGE
    return Operation.TEXT_TO_IMAGE
