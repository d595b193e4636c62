"""The shape of the one registry of words and buttons; what stands in it is listed in `words.py`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.commands.desk import Desk
from bot.domain.action import Action, Verb
from bot.domain.card import Reply
from bot.domain.guide import ADMIN_PREFIX, Guide
from bot.domain.identity import Role
from bot.domain.invocation import Invocation
from bot.domain.parameter import WHO, ParameterKind

Handler = Callable[[Desk, Invocation], Awaitable[Reply]]
PressHandler = Callable[[Desk, Invocation, Action], Awaitable[Reply]]

SUBJECT_PREFIXES = frozenset({"role", "group", "user", "person", "channel"})
"""`role:designers` names a subject, so no parameter may be called so."""


class Gate(StrEnum):
    """Which of the workspace's access rules stand before a word or button."""

    FREE = "free"
    """None: one's own requests, and what there is to know."""
    USE = "use"
    """Who and where."""
    MAKE = "make"
    """Who and where, and quiet hours: it asks for a picture. Decided once more where the request is committed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A command people type, and what answers it."""

    guide: Guide
    handler: Handler
    gate: Gate


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """What happens when a button with this verb is pressed, or a form with it is sent."""

    verb: Verb
    handler: PressHandler
    role: Role
    gate: Gate


@dataclass(frozen=True, slots=True)
class Registry:
    """All words and presses, each once."""

    words: tuple[Word, ...]
    presses: tuple[Press, ...]

    @classmethod
    def of(cls, words: Iterable[Word], presses: Iterable[Press]) -> Registry:
        """The registry. ValueError when a word or a verb is there twice, or a parameter's name means a subject."""
        registry = cls(tuple(words), tuple(presses))
        names = [word.guide.name for word in registry.words]
        verbs = [press.verb for press in registry.presses]
        if len(set(names)) != len(names) or len(set(verbs)) != len(verbs):
            raise ValueError("a word or a verb is registered twice")
        for guide in registry.guides:
            taken = {one.name for one in guide.parameters} & SUBJECT_PREFIXES
            if taken:
                raise ValueError(f"{guide.name}: {taken} can't be told from a subject")
            subjects = [one.name for one in guide.parameters if one.kind is ParameterKind.WHO]
            if subjects not in ([], [WHO]):
                raise ValueError(f"{guide.name}: its one subject must be called {WHO}")
        return registry

    @property
    def guides(self) -> tuple[Guide, ...]:
        """What help and completion show."""
        return tuple(word.guide for word in self.words)

    def word(self, name: str) -> Word | None:
        """The word of that name."""
        return next((word for word in self.words if word.guide.name == name), None)

    def admin_word(self, text: str) -> tuple[Word, str] | None:
        """The admin word that begins a line, as `quota set @ana 50/day`, and what follows it."""
        parts = text.split(maxsplit=2)
        for count in (2, 1):
            name = ADMIN_PREFIX + " ".join(part.casefold() for part in parts[:count])
            word = self.word(name) if len(parts) >= count else None
            if word is not None:
                return word, text.split(maxsplit=count)[count] if len(parts) > count else ""
        return None

    def press(self, verb: Verb) -> Press | None:
        """What a button with that verb does."""
        return next((press for press in self.presses if press.verb == verb), None)
