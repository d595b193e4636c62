"""From an invocation to its reply: finds the word or the button, checks the right to it, answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from bot.commands.desk import Desk
from bot.commands.registry import Gate, Registry, Word
from bot.domain import answers
from bot.domain.card import Reply
from bot.domain.guide import ADMIN_PREFIX, Guide
from bot.domain.identity import Person, Role
from bot.domain.invocation import Invocation
from bot.domain.nearest import nearest
from bot.domain.wordings import Wordings
from bot.domain.workspace_rules import WorkspaceRules

ADMIN = ADMIN_PREFIX.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What was asked for, found in the registry."""

    role: Role
    gate: Gate
    invocation: Invocation
    answer: Callable[[Invocation], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Dispatch:
    """What a surface calls with everything a person does."""

    desk: Desk
    registry: Registry

    async def __call__(self, invocation: Invocation) -> Reply:
        """The reply to show at once; what a job gives follows in the thread."""
        asked = self._find(invocation)
        workspace = invocation.person.workspace_id
        if asked is None:
            rules = await self.desk.rulebook.current(workspace)
            return self._nothing_there(invocation, rules.known_as(invocation.person).role)
        book = self.desk.rulebook
        # A request for a picture is checked once more where it is committed, so it needs no read here.
        making = asked.gate is Gate.MAKE
        rules = await (book.at_hand(workspace) if making else book.current(workspace))
        told = asked.invocation.person
        person = rules.known_as(told)
        refusal = self._refusal(asked, person, rules)
        if refusal is not None and making:
            rules = await book.current(workspace)
            person = rules.known_as(told)
            refusal = self._refusal(asked, person, rules)
        if refusal is not None:
            if making:
                self.desk.intake.turned_away(told)
            return refusal
        known = replace(
            asked.invocation,
            person=person,
            platform_role=told.role,
            place=rules.seen(asked.invocation.place),
        )
        return await asked.answer(known)

    def may_use(self, role: Role) -> tuple[Guide, ...]:
        """The words this role may use: what help and completion show."""
        return tuple(guide for guide in self.registry.guides if role.includes(guide.role))

    async def known(self, person: Person) -> Person:
        """The person with the role they have in their workspace now."""
        return (await self.desk.rulebook.current(person.workspace_id)).known_as(person)

    async def words(self, person: Person) -> Wordings:
        """The templates and styles of the person's workspace."""
        return (await self.desk.rulebook.current(person.workspace_id)).wordings

    def words_at_hand(self, person: Person) -> Wordings:
        """The same as last read here, for suggestions that can wait for no database."""
        kept = self.desk.rulebook.kept(person.workspace_id)
        return Wordings() if kept is None else kept.wordings

    def _find(self, invocation: Invocation) -> _Asked | None:
        desk = self.desk
        if (action := invocation.action) is not None:
            press = self.registry.press(action.verb)
            if press is None:
                return None
            handler = press.handler
            return _Asked(
                role=press.role,
                gate=press.gate,
                invocation=invocation,
                answer=lambda known: handler(desk, known, action),
            )
        word: Word | None = self.registry.word(invocation.word)
        if invocation.word == ADMIN and (found := self.registry.admin_word(invocation.text)):
            word, text = found
            invocation = replace(invocation, word=word.guide.name, text=text)
        if word is None:
            return None
        answer = word.handler
        return _Asked(
            role=word.guide.role,
            gate=word.gate,
            invocation=invocation,
            answer=lambda known: answer(desk, known),
        )

    def _refusal(self, asked: _Asked, person: Person, rules: WorkspaceRules) -> Reply | None:
        """Why this person, with the role they have here, may not by these rules."""
        if not person.role.includes(asked.role):
            return answers.not_allowed(asked.role)
        if asked.gate is Gate.FREE or rules.access.is_open:
            return None
        now = self.desk.clock.now()
        zone = rules.zone(self.desk.rules.zone)
        closed = rules.access.closed(
            person, asked.invocation.place, now=now, zone=zone, making=asked.gate is Gate.MAKE
        )
        return None if closed is None else answers.not_let_in(closed, now=now)

    def _nothing_there(self, invocation: Invocation, role: Role) -> Reply:
        """A dead button, or a wrong word with the nearest right one that the person may use."""
        if invocation.action is not None:
            return answers.dead_button()
        mine = self.may_use(role)
        if invocation.word.partition(" ")[0] != ADMIN:
            return answers.unknown_word(invocation.word, _meant(invocation, mine))
        admin = [guide.under_admin for guide in mine if guide.is_admin_word]
        if not admin:
            return answers.not_allowed(Role.MODERATOR)
        typed = f"{invocation.word.removeprefix(ADMIN)} {invocation.text}".split()
        return answers.unknown_admin_word(" ".join(typed[:2]), admin)


def _meant(invocation: Invocation, offered: Sequence[Guide]) -> str | None:
    """The word that was meant: one of everybody's that is written nearly so, or an admin word without its `admin`."""
    typed = f"{invocation.word} {invocation.text}".casefold().split()
    admin = {guide.under_admin for guide in offered if guide.is_admin_word}
    for said in (" ".join(typed[:2]), *typed[:1]):
        if said in admin:
            return f"{ADMIN_PREFIX}{said}"
    near = nearest(invocation.word, [guide.name for guide in offered if not guide.is_admin_word])
    groups = {name.partition(" ")[0] for name in admin}
    if near is None and typed and typed[0] in groups:
        return f"{ADMIN_PREFIX}{typed[0]}"
    return near
