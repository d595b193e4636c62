"""A prompt as rules should read it: the disguises people try are undone on a copy, never on what is sent or stored."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, product

from moderation.confusables import EITHER, LEET, LOOKALIKES

_BLANKS = dict.fromkeys((0x2800,), " ")
_ASCII = dict.fromkeys((*range(32), 127)) | {9: " ", 10: "\n", 11: " ", 12: " ", 13: "\n"}
_FILLERS = frozenset((0x115F, 0x1160, 0x3164, 0xFFA0))
_LATIN = re.compile(r"[A-Za-z]")
_WIDE_GAP = re.compile(r"\s{2,}|[\n\r]")
_BETWEEN_LETTERS = re.compile(r"[\s.,_*·•/|~+:-]+")
_INSIDE_WORD = re.compile(r"[._*·•/|~+-]+")
_TRAILING = "!|?.,;:"
_MOST_AMBIGUOUS = 5
_LETTERS_IN_A_RUN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The words that rules look for: only what reads as one of them is worth undisguising.

    `words` are whole, `prefixes` stand for every word that begins so.
    """

    words: frozenset[str]
    prefixes: tuple[str, ...] = ()
    squeezed: dict[str, str]
    longest: int

    @classmethod
    def of(cls, terms: Iterable[str]) -> Vocabulary:
        """The vocabulary of these single words; a trailing `*` makes a prefix."""
        listed = sorted(set(terms))
        words = frozenset(term for term in listed if not term.endswith("*"))
        prefixes = tuple(term[:-1] for term in listed if term.endswith("*"))
        return cls(
            words=words,
            prefixes=prefixes,
            squeezed={_single(word): word for word in (*prefixes, *sorted(words))},
            longest=max((len(word) for word in (*words, *prefixes)), default=0),
        )

    def knows(self, word: str) -> bool:
        """Whether a rule could look for this word, plural included."""
        return (
            word in self.words
            or (word.endswith("s") and word[:-1] in self.words)
            or word.startswith(self.prefixes)
        )


def fold(text: str) -> str:
    """The text in plain lower-case letters: compatibility forms, invisible signs, marks and look-alikes undone.

    Look-alikes of other scripts are only read as Latin when there is Latin in the text, so Russian stays Russian.
    Folding twice changes nothing.
    """
    if text.isascii():
        return text.translate(_ASCII).lower()
    previous = None
    while text != previous:
        previous = text
        text = _fold_once(text)
    return text


def _fold_once(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).translate(_BLANKS)
    text = unicodedata.normalize("NFD", "".join(_visible(text)))
    text = "".join(sign for sign in text if unicodedata.category(sign) not in {"Mn", "Me"})
    if _LATIN.search(text):
        text = text.translate(LOOKALIKES)
    return unicodedata.normalize("NFC", text.casefold().replace("’", "'"))


def _visible(text: str) -> Iterator[str]:
    for sign in text:
        category = unicodedata.category(sign)
        if sign in "\n\r":
            yield "\n"
        elif sign.isspace():
            yield " "
        elif category not in {"Cf", "Cc", "Cs", "Co"} and ord(sign) not in _FILLERS:
            yield sign


def views(text: str, *, vocabulary: Vocabulary | None = None) -> tuple[str, ...]:
    """The readings a rule should try, plainest first, without repeats.

    1. folded; 2. spaced letters joined, stretched letters squeezed; 3. that with digits and signs read as letters.
    With a vocabulary only words that become known ones are changed, so "8k" and "h-e-l-l-o" stay what they are.
    """
    folded = fold(text)
    joined = _each_word(_join(folded, vocabulary), lambda word: _squeeze(word, vocabulary))
    decoded = _each_word(joined, lambda word: _decode(word, vocabulary))
    decoded = _each_word(decoded, lambda word: _squeeze(word, vocabulary))
    return tuple(dict.fromkeys((" ".join(folded.split()), joined, decoded)))


def _each_word(text: str, change: Callable[[str], str]) -> str:
    return " ".join(change(word) for word in text.split())


def _single(word: str) -> str:
    return "".join(letter for letter, _ in groupby(word))


def _squeeze(word: str, vocabulary: Vocabulary | None) -> str:
    """The word without stretching ("kiiill", "nnuuddee"). English has no letter three times in a row."""
    runs = [len(list(run)) for _, run in groupby(word)]
    stretched = max(runs, default=0) > 2 or (len(runs) > 1 and min(runs) > 1)
    if not stretched or not word.isalpha():
        return word
    single = _single(word)
    if vocabulary is None:
        return single
    return vocabulary.squeezed.get(single, word)


def _join(text: str, vocabulary: Vocabulary | None) -> str:
    """The text with letters that stand alone ("k i l l", "k.i.l.l") and split words ("mur-der") put together."""
    parts: list[str] = []
    for stretch in _WIDE_GAP.split(text):
        run: list[str] = []
        for word in stretch.split():
            letters = [piece for piece in _BETWEEN_LETTERS.split(word) if piece]
            if all(len(letter) == 1 for letter in letters) and (letters or run):
                run.extend(letters)
                continue
            parts.extend(_together(run, vocabulary))
            run = []
            parts.append(_without_hyphens(word, vocabulary))
        parts.extend(_together(run, vocabulary))
    return " ".join(parts)


def _together(run: list[str], vocabulary: Vocabulary | None) -> list[str]:
    if len(run) < _LETTERS_IN_A_RUN:
        return run
    word = "".join(run)
    return [word] if vocabulary is None else _known_words(word, vocabulary)


def _known_words(run: str, vocabulary: Vocabulary) -> list[str]:
    """The run cut where known words begin and end, longest first: "anudecat" -> a, nude, cat."""
    words: list[str] = []
    unknown = ""
    place = 0
    while place < len(run):
        word = _longest_at(run, place, vocabulary)
        if word:
            words.extend((unknown, word))
            unknown = ""
            place += len(word)
        else:
            unknown += run[place]
            place += 1
    return [word for word in (*words, unknown) if word]


def _longest_at(run: str, place: int, vocabulary: Vocabulary) -> str:
    """The longest known word there, also behind digits read as letters; "" when there is none."""
    for end in range(min(len(run), place + vocabulary.longest), place + 2, -1):
        word = run[place:end]
        if word in vocabulary.words or _decode(word, vocabulary) in vocabulary.words:
            return word
        if word in vocabulary.prefixes:
            return word
    return ""


def _without_hyphens(word: str, vocabulary: Vocabulary | None) -> str:
    pieces = _INSIDE_WORD.split(word)
    if len(pieces) == 1 or not all(piece.isalnum() for piece in pieces):
        return word
    whole = "".join(pieces)
    return whole if vocabulary is None or vocabulary.knows(whole) else word


def _decode(word: str, vocabulary: Vocabulary | None) -> str:
    """The word with digits and signs read as letters, when it has a letter at all."""
    body = word.rstrip(_TRAILING)
    tail = word[len(body) :]
    if not _LATIN.search(body):
        return word
    plain = body.translate(LEET)
    unsure = [place for place, sign in enumerate(plain) if sign in EITHER]
    if plain == body and not unsure:
        return word
    for letters in product("il", repeat=min(len(unsure), _MOST_AMBIGUOUS)):
        guess = list(plain)
        for place, letter in zip(unsure, letters, strict=False):
            guess[place] = letter
        found = "".join(guess)
        if vocabulary is None or vocabulary.knows(found):
            return found + tail
    return word
