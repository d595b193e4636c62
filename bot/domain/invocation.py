"""What a surface hands in: who, where, what, and the platform's own id of the event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.action import Action
from bot.domain.grammar import Ask, OptionValue
from bot.domain.identity import BlobKey, ImageId, Person, Place, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """One thing a person did. `key` is the platform's id of the event: the idempotency key.

    `word` is the command (`imagine`, `queue`, …), empty when a button was pressed; `text` is what followed it.
    `ask` is what the text says, where a surface with typed options has read it already.
    `inputs` are a sent form's values by name. `reference` is an attached picture already made safe and stored;
    `reference_image` one of our own that a message action pointed at. `options` are a platform's typed options by the
    name of a word's parameter, subjects as mentions; without them `text` is read. `known` are the names that can be
    typed here, in lower case (`@ana`, `#general`, `role:designers`), with the mentions they stand for. `platform_role`
    is what the platform said of the person, once `person.role` says what they are here.
    """

    key: str
    person: Person
    place: Place
    word: str = ""
    text: str = ""
    ask: Ask | None = None
    action: Action | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)
    reference: BlobKey | None = None
    mask: BlobKey | None = None
    reference_image: ImageId | None = None
    options: Mapping[str, OptionValue] = field(default_factory=dict)
    known: Mapping[str, str] = field(default_factory=dict)
    platform_role: Role | None = None
