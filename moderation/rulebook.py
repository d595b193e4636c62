"""The rules as data: read once from `data/rules.toml` and `data/allow.txt`, checked, and ready to be asked."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from moderation import floor
from moderation.normaliser import Vocabulary, views
from moderation.terms import Found, Terms, words_of
from moderation.verdict import Category

Places = Mapping[str, Sequence[Found]]
"""Where the terms of each list stand in one reading; a list that has none there is absent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Fires when a term of each list in `all` stands there, within so many words, and none of `unless`.

    `avoided` looks into the negative prompt instead: what somebody wants left out.
    """

    name: str
    category: Category
    all: tuple[str, ...]
    unless: tuple[str, ...] = ()
    avoided: tuple[str, ...] = ()
    within_words: int | None = None

    def fires(self, places: Places, avoided_places: Places) -> bool:
        """Whether a prompt with these places, and a negative prompt with those, falls under the rule."""
        if any(name not in avoided_places for name in self.avoided):
            return False
        if any(name not in places for name in self.all) or any(
            name in places for name in self.unless
        ):
            return False
        return self.within_words is None or _near(
            [places[name] for name in self.all], self.within_words
        )


def _near(places: Sequence[Sequence[Found]], within_words: int) -> bool:
    """Whether around some term of the first list every other list has one, close enough."""
    first, *others = places
    return any(
        all(any(_distance(anchor, one) <= within_words for one in other) for other in others)
        for anchor in first
    )


def _distance(one: Found, other: Found) -> int:
    """How many words lie from one term to the other; 0 when they touch or overlap."""
    return max(one.start - other.end, other.start - one.end, 0)


class Lists:
    """The named lists of terms, searched together in one pass over a reading."""

    def __init__(self, lists: Mapping[str, Sequence[str]]) -> None:
        owners: dict[str, set[str]] = defaultdict(set)
        for name, phrases in lists.items():
            for phrase in Terms(phrases).patterns():
                owners[phrase].add(name)
        self.terms = Terms(owners)
        self._owners = {phrase: tuple(sorted(names)) for phrase, names in owners.items()}
        self.names = frozenset(lists)

    def places(self, words: Sequence[str]) -> Places:
        """Where each list's terms stand in these words."""
        places: dict[str, list[Found]] = defaultdict(list)
        for found in self.terms.find(words):
            for name in self._owners[found.term]:
                places[name].append(found)
        return places


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """All rules, the phrases that are taken out first, and the words that disguises are undone for."""

    version: str
    rules: tuple[Rule, ...]
    lists: Lists
    allow: Terms
    vocabulary: Vocabulary

    def readings(self, text: str) -> tuple[tuple[str, ...], ...]:
        """The text's words in each view, harmless phrases replaced by gaps; never the same reading twice."""
        return tuple(
            dict.fromkeys(
                self.allow.without(words_of(view))
                for view in views(text, vocabulary=self.vocabulary)
            )
        )


def parse(rules_toml: str, allow_text: str) -> Rulebook:
    """The rulebook of these two files. ValueError, KeyError or TOMLDecodeError when they are wrong."""
    table = tomllib.loads(rules_toml)
    lists = Lists(table["lists"])
    lines = (line.strip() for line in allow_text.splitlines())
    allow = Terms(line for line in lines if line and not line.startswith("#"))
    words = lists.terms.words() | floor.vocabulary() | allow.words()
    return Rulebook(
        version=table["version"],
        rules=tuple(_rule(entry, lists.names) for entry in table["rules"]),
        lists=lists,
        allow=allow,
        vocabulary=Vocabulary.of(words),
    )


def _rule(entry: Mapping[str, object], lists: frozenset[str]) -> Rule:
    unknown = set(entry) - {"name", "category", "all", "unless", "avoided", "within_words"}
    if unknown:
        raise ValueError(f"rule {entry.get('name')!r} has words nobody reads: {sorted(unknown)}")
    within = entry.get("within_words")
    if within is not None and not isinstance(within, int):
        raise ValueError(f"rule {entry['name']!r}: within_words is a whole number")
    return Rule(
        name=str(entry["name"]),
        category=Category(str(entry["category"])),
        all=_named(entry["all"], lists),
        unless=_named(entry.get("unless", []), lists),
        avoided=_named(entry.get("avoided", []), lists),
        within_words=within,
    )


def _named(names: object, lists: frozenset[str]) -> tuple[str, ...]:
    if not isinstance(names, list) or not lists.issuperset(names):
        raise ValueError(f"names of lists were expected, not {names!r}")
    return tuple(names)


@cache
def rulebook() -> Rulebook:
    """The rulebook that ships with this package."""
    data = files("moderation") / "data"
    return parse(
        (data / "rules.toml").read_text(encoding="utf-8"),
        (data / "allow.txt").read_text(encoding="utf-8"),
    )
