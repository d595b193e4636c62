"""Which known word did somebody mean?"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

LONGEST_WORD = 40
"""Letters of a word that are looked at. Ours: no flag, command or style is longer, and comparing costs their square."""

LEAST_LIKENESS = 0.6
"""Share of letters two words must have in common to be taken for each other (difflib's ratio)."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The one of `known` that `word` most likely meant, or None when nothing is near.

    Case, blanks, dashes and underscores don't count. The beginning of a known word is near it whatever its length.
    Of equally near words the first one is taken.
    """
    wanted = _folded(word)
    comparison = difflib.SequenceMatcher(None, "", wanted, autojunk=False)
    best, best_likeness = None, 0.0
    for candidate in known:
        likeness = _likeness(comparison, wanted=wanted, candidate=_folded(candidate))
        if likeness > best_likeness:
            best, best_likeness = candidate, likeness
    return best


def _likeness(comparison: difflib.SequenceMatcher[str], *, wanted: str, candidate: str) -> float:
    """0 for words that have nothing to do with each other, 1 for the same word."""
    if not wanted or not candidate:
        return 0.0
    begins = len(wanted) >= 2 and candidate.startswith(wanted)
    least = 0.0 if begins else LEAST_LIKENESS
    comparison.set_seq1(candidate)
    # The two quick bounds spare most words the slow comparison; a text may hold thousands of unknown flags.
    if comparison.real_quick_ratio() < least or comparison.quick_ratio() < least:
        return 0.0
    ratio = comparison.ratio()
    return ratio if ratio >= least else 0.0


def _folded(word: str) -> str:
    return "".join(letter for letter in word[:LONGEST_WORD].casefold() if letter not in " -_")
