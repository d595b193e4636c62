"""The words of a typed line: which are flags, which belong together in quotes, and which a backslash keeps text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.domain.flags import DOUBLE_QUOTES, SINGLE_QUOTES, find_flag

_CLOSERS = {marks: re.compile(rf"[{marks}](?!\w)") for marks in (DOUBLE_QUOTES, SINGLE_QUOTES)}
_DASHES = frozenset("-—–")
_FLAG_WORD = re.compile(r"(--|[—–])([^\W\d_][^=]*)(?:=(.*))?")


OPENING = _DASHES | frozenset(DOUBLE_QUOTES)
"""What a flag or a quoted text begins with; every other word is itself."""
MARKED = re.compile(rf"--|[—–\\\\{DOUBLE_QUOTES}{SINGLE_QUOTES}]")


class Words:
    """The words of a cleaned text, and where quotes among them close. Everything here takes linear time."""

    def __init__(self, text: str) -> None:
        self.words = text.split(" ") if text else []
        self._next_closing: dict[str, list[int | None]] = {}

    def _closing(self, marks: str) -> list[int | None]:
        """For each word, the next one in which such a quote closes; looked for once a quote opens: few texts have one."""
        if marks not in self._next_closing:
            self._next_closing[marks] = self._closings(_CLOSERS[marks])
        return self._next_closing[marks]

    def _closings(self, closer: re.Pattern[str]) -> list[int | None]:
        following: int | None = None
        nearest_from: list[int | None] = [None]
        for at in range(len(self.words) - 1, -1, -1):
            following = at if closer.search(self.words[at]) else following
            nearest_from.append(following)
        return nearest_from[::-1]

    def quote_end(self, at: int, marks: str) -> int | None:
        """The index of the word in which the quote that begins word `at` closes; None when there is no such quote."""
        word = self.words[at]
        if not word or word[0] not in marks:
            return None
        return at if _CLOSERS[marks].search(word, 1) else self._closing(marks)[at + 1]

    def pieces(self) -> Iterator[list[str]]:
        """The words of a text, one by one, but those inside a double quote together."""
        at = 0
        while at < len(self.words):
            end = self.text_end(at)
            yield self.words[at:end]
            at = end

    def text_end(self, at: int) -> int:
        """The index after the words that belong to the text from `at` on, whatever they look like."""
        end = self.quote_end(at, DOUBLE_QUOTES)
        return at + 1 if end is None else end + 1

    def value(self, at: int) -> tuple[str, int]:
        """The flag value that begins at `at`, without its quotes, and the index after it."""
        for marks in (DOUBLE_QUOTES, SINGLE_QUOTES):
            end = self.quote_end(at, marks)
            if end is not None:
                return unwrapped(" ".join(self.words[at : end + 1])), end + 1
        return self.words[at], at + 1


def flag_word(word: str) -> tuple[str, str | None] | None:
    """The name in `word`, and the value after `=`, when it is a flag or meant to be one; None for text."""
    found = _FLAG_WORD.fullmatch(word) if word[:1] in _DASHES else None
    if found is None or (found[1] != "--" and find_flag(found[2]) is None):
        return None
    return found[2], found[3]


def unwrapped(text: str) -> str:
    """`text` without the one pair of quotes around all of it, if there is such a pair."""
    for marks, closer in _CLOSERS.items():
        if text[:1] and text[0] in marks:
            closing = closer.search(text, 1)
            if closing and closing.end() == len(text):
                return text[1:-1].strip()
    return text


def _escapable(word: str) -> bool:
    return word[:1] in {*DOUBLE_QUOTES, *SINGLE_QUOTES} or flag_word(word) is not None


def plain(typed: str) -> str:
    """The text meant by `typed`: without quotes around all of it, and without the backslashes that kept words text."""
    text = unwrapped(typed)
    if "\\" not in text:
        return text
    parts: list[str] = []
    for piece in Words(text).pieces():
        word = piece[0]
        escaped = word.startswith("\\") and _escapable(word.lstrip("\\"))
        parts += [word[1:]] if escaped else piece
    return " ".join(parts)


def escaped(text: str) -> str:
    """What to type so that `text` is meant, whatever flags follow it."""
    first, _, others = text.partition(" ")
    lone = text[:1] in {*SINGLE_QUOTES} and Words(text).quote_end(0, SINGLE_QUOTES) is None
    parts: list[str] = []
    if lone or unwrapped(text) != text:
        parts, text = ["\\" + first], others
    for piece in Words(text).pieces():
        parts += ["\\" + piece[0]] if _misread(piece) else piece
    return " ".join(parts)


def _misread(piece: list[str]) -> bool:
    """Whether a word of a text would be taken for a flag, for the start of a quote, or for such a word escaped."""
    word = piece[0]
    if word.startswith("\\"):
        return _escapable(word.lstrip("\\"))
    opens = word[:1] in {*DOUBLE_QUOTES} and len(piece) == 1
    return flag_word(word) is not None or (opens and not _CLOSERS[DOUBLE_QUOTES].search(word, 1))
