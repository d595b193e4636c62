"""The shape of the one registry of words and buttons; what stands in it is listed in `words.py`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from bot.commands.desk import Desk
from bot.domain.action import Action, Verb
from bot.domain.card import Reply
from bot.domain.guide import Guide
from bot.domain.identity import Role
from bot.domain.invocation import Invocation

Handler = Callable[[Desk, Invocation], Awaitable[Reply]]
PressHandler = Callable[[Desk, Invocation, Action], Awaitable[Reply]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A command people type, and what answers it."""

    guide: Guide
    handler: Handler


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """What happens when a button with this verb is pressed, or a form with it is sent."""

    verb: Verb
    handler: PressHandler
    role: Role = Role.MEMBER


@dataclass(frozen=True, slots=True)
class Registry:
    """All words and presses, each once."""

    words: tuple[Word, ...]
    presses: tuple[Press, ...]

    @classmethod
    def of(cls, words: Iterable[Word], presses: Iterable[Press]) -> Registry:
        """The registry. ValueError when a word or a verb is there twice."""
        registry = cls(tuple(words), tuple(presses))
        names = [word.guide.name for word in registry.words]
        verbs = [press.verb for press in registry.presses]
        if len(set(names)) != len(names) or len(set(verbs)) != len(verbs):
            raise ValueError("a word or a verb is registered twice")
        return registry

    @property
    def guides(self) -> tuple[Guide, ...]:
        """What help and completion show."""
        return tuple(word.guide for word in self.words)

    def word(self, name: str) -> Word | None:
        """The word of that name."""
        return next((word for word in self.words if word.guide.name == name), None)

    def press(self, verb: Verb) -> Press | None:
        """What a button with that verb does."""
        return next((press for press in self.presses if press.verb == verb), None)
