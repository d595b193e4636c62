"""An admin word: its line or its typed options read by its own parameters before it is answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from bot.commands.desk import Desk
from bot.commands.registry import Gate, Word
from bot.domain import answers
from bot.domain.argument_values import Known, Misfit
from bot.domain.arguments import Arguments, read_options, read_text
from bot.domain.audit import Deed
from bot.domain.card import Reply
from bot.domain.guide import ADMIN_PREFIX, Guide
from bot.domain.identity import Role
from bot.domain.invocation import Invocation
from bot.domain.parameter import Parameter, usage_of
from bot.domain.subject import Subject
from bot.domain.workspace_rules import Topic
from bot.ports import RuleChange, RuleChanged

AdminHandler = Callable[[Desk, Invocation, Arguments], Awaitable[Reply]]


def admin_word(
    name: str,
    handler: AdminHandler,
    *,
    role: Role,
    summary: str,
    examples: Sequence[str],
    parameters: tuple[Parameter, ...] = (),
) -> Word:
    """The word `admin NAME`. `examples` are whole lines without `admin`; the first is shown with every mistake."""
    guide = Guide(
        name=f"{ADMIN_PREFIX}{name}",
        summary=summary,
        role=role,
        usage=usage_of(parameters),
        example=f"{ADMIN_PREFIX}{examples[0]}",
        parameters=parameters,
        more_examples=tuple(f"{ADMIN_PREFIX}{line}" for line in examples[1:]),
    )

    async def answer(desk: Desk, invocation: Invocation) -> Reply:
        read = await _read(desk, invocation, parameters)
        if isinstance(read, Arguments):
            return await handler(desk, invocation, read)
        sentences = [misfit.sentence for misfit in read]
        return answers.needs_change(*sentences, f"As in: /{guide.example}", "Nothing was changed.")

    return Word(guide=guide, handler=answer, gate=Gate.FREE)


async def _read(
    desk: Desk, invocation: Invocation, parameters: tuple[Parameter, ...]
) -> Arguments | tuple[Misfit, ...]:
    rules = await desk.rulebook.current(invocation.person.workspace_id)
    subjects = {**rules.names(), **invocation.known}
    read = _with(invocation, parameters, subjects, desk)
    if isinstance(read, Arguments) or "@" not in invocation.text:
        return read
    # A name that no platform resolved may be somebody who asked for a picture once.
    people = await desk.workspace_rules.people(invocation.person.workspace_id)
    return _with(invocation, parameters, {**people, **subjects}, desk)


def _with(
    invocation: Invocation,
    parameters: tuple[Parameter, ...],
    subjects: dict[str, str],
    desk: Desk,
) -> Arguments | tuple[Misfit, ...]:
    known = Known(subjects=subjects, models=desk.catalog.model_ids)
    if invocation.options:
        return read_options(invocation.options, parameters, known)
    return read_text(invocation.text, parameters, known)


async def change(
    desk: Desk, invocation: Invocation, action: str, *changes: RuleChange
) -> Sequence[RuleChanged]:
    """Changes the rules with their audit entry; this process knows them at once."""
    person = invocation.person
    deed = Deed(
        workspace=person.workspace_id,
        actor=person.lane,
        name=person.name,
        action=action,
        target=changes[0].subject,
        place=invocation.place.channel,
    )
    done = await desk.workspace_rules.change(person.workspace_id, changes, deed=deed)
    await desk.rulebook.current(person.workspace_id)
    if any(one.topic in _GIVES_ROOM for one in changes):
        await desk.queue.wake_parked(person.workspace_id)
    return done


_GIVES_ROOM = frozenset({Topic.QUOTA, Topic.GRANT, Topic.FORGIVEN, Topic.BUDGET, Topic.SETTING})
"""After such a change a request that waits for its quota may fit."""


def of_topic(topic: str, subject: Subject, **put: object) -> RuleChange:
    """A whole rule about a subject; without `put` it is taken away."""
    document = {name: value for name, value in put.items() if isinstance(value, str | int | float)}
    return RuleChange(
        topic=topic, subject=subject.key, label=subject.name, put=document, whole=True
    )
