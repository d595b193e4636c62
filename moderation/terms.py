"""Plain terms found on word boundaries: what rules, allow-phrases and a tenant's blocklist are made of.

No regular expression is ever built from a term: it is compared word by word, so nobody's list can hang or escape it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from moderation.normaliser import fold

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
GAP = ""
"""Stands where an allowed phrase was, so that its neighbours don't become one phrase."""


def words_of(view: str) -> tuple[str, ...]:
    """The words of a normalised text, possessive endings dropped."""
    return tuple(word.removesuffix("'s") for word in _WORD.findall(view))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A term and the words it covers: from `start` up to, not including, `end`."""

    term: str
    start: int
    end: int


class Terms:
    """Phrases of whole words. A word ending in `*` matches any ending; the last word of a phrase also its plural in s."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self.phrases = tuple(dict.fromkeys(phrases))
        self._by_first: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        self._open: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for phrase in self.phrases:
            words = _pattern(phrase)
            if not words:
                raise ValueError(f"a term without a word in it: {phrase!r}")
            index = self._open if words[0].endswith("*") else self._by_first
            index[words[0].rstrip("*")].append(words)
        self._open_lengths = sorted({len(prefix) for prefix in self._open})

    def patterns(self) -> tuple[str, ...]:
        """Each phrase as it is compared: folded words with one space between."""
        return tuple(" ".join(_pattern(phrase)) for phrase in self.phrases)

    def words(self) -> frozenset[str]:
        """Every single word in the phrases, prefixes with their `*`."""
        return frozenset(word for phrase in self.phrases for word in _pattern(phrase))

    def find(self, words: Sequence[str]) -> tuple[Found, ...]:
        """All places where a phrase stands; longer ones first at each place."""
        return tuple(
            found for start in range(len(words)) for found in self._starting_at(words, start)
        )

    def without(self, words: Sequence[str]) -> tuple[str, ...]:
        """The words with every phrase replaced by one GAP, the longest phrase first."""
        kept: list[str] = []
        place = 0
        while place < len(words):
            longest = next(iter(self._starting_at(words, place)), None)
            kept.append(GAP if longest else words[place])
            place = longest.end if longest else place + 1
        return tuple(kept)

    def _starting_at(self, words: Sequence[str], start: int) -> list[Found]:
        first = words[start]
        candidates = list(self._by_first.get(first, ()))
        if first.endswith("s"):
            candidates += [p for p in self._by_first.get(first[:-1], ()) if len(p) == 1]
        for length in self._open_lengths:
            candidates += self._open.get(first[:length], ())
        found = [
            Found(term=" ".join(phrase), start=start, end=start + len(phrase))
            for phrase in candidates
            if _stands(phrase, words, start)
        ]
        return sorted(found, key=lambda one: -one.end)


def _pattern(phrase: str) -> tuple[str, ...]:
    """The words of a phrase, folded as prompts are, each with its `*` if it has one."""
    return tuple(
        word + ("*" if piece.endswith("*") else "")
        for piece in fold(phrase).replace("-", " ").split()
        for word in words_of(piece.rstrip("*"))
    )


def _stands(phrase: Sequence[str], words: Sequence[str], start: int) -> bool:
    if start + len(phrase) > len(words):
        return False
    last = len(phrase) - 1
    return all(
        _matches(pattern, words[start + place], plural=place == last)
        for place, pattern in enumerate(phrase)
    )


def _matches(pattern: str, word: str, *, plural: bool) -> bool:
    if pattern.endswith("*"):
        return word.startswith(pattern[:-1])
    return word == pattern or (plural and word == pattern + "s")
