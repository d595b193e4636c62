"""From an invocation to its reply: finds the word or the button, checks the right to it, answers."""

from __future__ import annotations

from dataclasses import dataclass

from bot.commands.desk import Desk
from bot.commands.registry import Registry
from bot.domain import answers
from bot.domain.card import Reply
from bot.domain.guide import Guide
from bot.domain.identity import Role
from bot.domain.invocation import Invocation
from bot.domain.nearest import nearest


@dataclass(frozen=True, slots=True)
class Dispatch:
    """What a surface calls with everything a person does."""

    desk: Desk
    registry: Registry

    async def __call__(self, invocation: Invocation) -> Reply:
        """The reply to show at once; what a job gives follows in the thread."""
        if invocation.action is not None:
            press = self.registry.press(invocation.action.verb)
            if press is None:
                return answers.dead_button()
            if not invocation.person.role.includes(press.role):
                return answers.not_allowed(press.role)
            return await press.handler(self.desk, invocation, invocation.action)
        word = self.registry.word(invocation.word)
        if word is None:
            known = [guide.name for guide in self.may_use(invocation.person.role)]
            return answers.unknown_word(invocation.word, nearest(invocation.word, known))
        if not invocation.person.role.includes(word.guide.role):
            return answers.not_allowed(word.guide.role)
        return await word.handler(self.desk, invocation)

    def may_use(self, role: Role) -> tuple[Guide, ...]:
        """The words this role may use: what help and completion show."""
        return tuple(guide for guide in self.registry.guides if role.includes(guide.role))
