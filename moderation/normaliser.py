"""A prompt as rules should read it: the disguises people try are undone on a copy, never on what is sent or stored."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, product
from operator import le

from moderation.confusables import EITHER, LEET, LOOKALIKES

_BLANKS = dict.fromkeys((0x2800,), " ")
_ASCII = dict.fromkeys((*range(32), 127)) | {9: " ", 10: "\n", 11: " ", 12: " ", 13: "\n"}
_FILLERS = frozenset((0x115F, 0x1160, 0x3164, 0xFFA0))
_LATIN = re.compile(r"[A-Za-z]")
_WIDE_GAP = re.compile(r"\s{2,}|[\n\r]")
_BETWEEN_LETTERS = re.compile(r"[\s.,_*·•/|~+:-]+")
_INSIDE_WORD = re.compile(r"[._*·•/|~+-]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_WRITTEN_WITH_SIGNS = re.compile(r"[\w@$€+!|']+")
_MOST_AMBIGUOUS = 5
_LETTERS_IN_A_RUN = 3
_ONE_WORD = 12  # letters; a longer run of single letters is taken for a whole sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The words that rules look for: only what reads as one of them is worth undisguising.

    `words` are whole, `prefixes` stand for every word that begins so; `pieces` are what a run of letters is cut into.
    `squeezed` finds words by their letters without doubles, longest first.
    """

    words: frozenset[str]
    prefixes: tuple[str, ...] = ()
    pieces: frozenset[str]
    squeezed: dict[str, tuple[str, ...]]
    squeezed_prefixes: dict[str, str]
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
            pieces=frozenset((*words, *prefixes, *(word + "s" for word in words))),
            squeezed=_by_single_letters(words),
            squeezed_prefixes={_single(prefix): prefix for prefix in prefixes},
            longest=max((len(word) + 1 for word in (*words, *prefixes)), default=0),
        )

    def knows(self, word: str) -> bool:
        """Whether a rule could look for this word, plural included."""
        word = word.removesuffix("'s")
        return (
            word in self.words
            or (word.endswith("s") and word[:-1] in self.words)
            or word.startswith(self.prefixes)
        )

    def stretched(self, word: str) -> str | None:
        """The known word that was stretched to this one; None when there is none."""
        single = _single(word)
        for ending in ("", "s"):
            for known in self.squeezed.get(single.removesuffix(ending) if ending else single, ()):
                if _fits(known + ending, word):
                    return known + ending
        for prefix, known in self.squeezed_prefixes.items():
            if single.startswith(prefix):
                return known + single[len(prefix) :]
        return None


def _by_single_letters(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for word in sorted(words, key=lambda word: (-len(word), word)):
        found[_single(word)].append(word)
    return {single: tuple(known) for single, known in found.items()}


def _runs(word: str) -> list[int]:
    return [len(list(run)) for _, run in groupby(word)]


def _fits(known: str, stretched: str) -> bool:
    """Whether each letter of the known word is there at least as often in the stretched one."""
    return all(map(le, _runs(known), _runs(stretched)))


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
    joined = _squeezed(_join(folded, vocabulary), vocabulary)
    decoded = joined
    if _LATIN.search(joined):
        decoded = _WRITTEN_WITH_SIGNS.sub(lambda word: _decode(word[0], vocabulary), joined)
    return tuple(dict.fromkeys((" ".join(folded.split()), joined, _squeezed(decoded, vocabulary))))


def _squeezed(text: str, vocabulary: Vocabulary | None) -> str:
    return _LETTERS.sub(lambda word: _squeeze(word[0], vocabulary), text)


def _single(word: str) -> str:
    return "".join(letter for letter, _ in groupby(word))


def _squeeze(word: str, vocabulary: Vocabulary | None) -> str:
    """The word without stretching ("kiiill", "nnuuddee"). English has no letter three times in a row."""
    runs = _runs(word)
    stretched = max(runs, default=0) > 2 or (len(runs) > 1 and min(runs) > 1)
    if not stretched:
        return word
    return _single(word) if vocabulary is None else vocabulary.stretched(word) or word


def _join(text: str, vocabulary: Vocabulary | None) -> str:
    """The text with letters that stand alone ("k i l l", "k.i.l.l") and split words ("mur-der") put together."""
    parts: list[str] = []
    for stretch in _WIDE_GAP.split(text):
        run: list[str] = []
        for word in stretch.split():
            letters = [piece for piece in _BETWEEN_LETTERS.split(word) if piece]
            if len(letters) == 1 and len(letters[0]) == 1:
                run += letters
            elif letters or not run:
                parts += [*_together(run, vocabulary), *_put_together(word, letters, vocabulary)]
                run = []
        parts += _together(run, vocabulary)
    return " ".join(parts)


def _put_together(word: str, letters: list[str], vocabulary: Vocabulary | None) -> list[str]:
    """A word written as "k.i.l.l" or "mur-der", whole again; any other as it is."""
    if len(letters) >= _LETTERS_IN_A_RUN and all(len(letter) == 1 for letter in letters):
        return _together(letters, vocabulary)
    pieces = _INSIDE_WORD.split(word)
    if len(pieces) > 1 and all(piece.isalnum() for piece in pieces):
        whole = "".join(pieces)
        if vocabulary is None or vocabulary.knows(whole):
            return [whole]
    return [word]


def _together(run: list[str], vocabulary: Vocabulary | None) -> list[str]:
    """Single letters as the word or words they spell; two stay apart unless they are a known word."""
    word = "".join(run)
    if vocabulary is None:
        return [word] if len(run) >= _LETTERS_IN_A_RUN else run
    if vocabulary.knows(word):
        return [word]
    if len(run) < _LETTERS_IN_A_RUN:
        return run
    words, unknown = max(
        (_cut(spelling, vocabulary) for spelling in _spellings(word)),
        key=lambda cut: sum(len(known) ** 2 for known in cut[0]) - cut[1],
    )
    return [word] if unknown and len(run) <= _ONE_WORD else words


def _spellings(word: str) -> tuple[str, ...]:
    plain = word.translate(LEET)
    return tuple(
        dict.fromkeys(
            (word, *(plain.translate(dict.fromkeys(map(ord, EITHER), one)) for one in "il"))
        )
    )


def _cut(run: str, vocabulary: Vocabulary) -> tuple[list[str], int]:
    """The run cut into words, the longest known ones preferred, and how many letters belong to none.

    "anudecat" -> a, nude, cat. "therapist" stays whole where it is known, though it begins like "the rapist".
    """
    worth, begins = (
        [0],
        [0],
    )  # for each end: what the best cut is worth, and where its last piece begins
    for end in range(1, len(run) + 1):
        worth.append(worth[end - 1])
        begins.append(end - 1)
        for start in range(max(0, end - vocabulary.longest), end - 1):
            value = worth[start] + (end - start) ** 2
            if value > worth[end] and run[start:end] in vocabulary.pieces:
                worth[end], begins[end] = value, start
    pieces: list[str] = []
    end = len(run)
    while end:
        pieces.append(run[begins[end] : end])
        end = begins[end]
    unknown = sum(len(piece) == 1 for piece in pieces)
    return list(_with_letters_joined(pieces[::-1])), unknown


def _with_letters_joined(pieces: list[str]) -> Iterator[str]:
    for single, group in groupby(pieces, key=lambda piece: len(piece) == 1):
        if single:
            yield "".join(group)
        else:
            yield from group


def _decode(word: str, vocabulary: Vocabulary | None) -> str:
    """The word with digits and signs read as letters; a "!" at its end may also be just that."""
    body = word.rstrip("!|")
    if vocabulary is None:
        return next(_guesses(body)) + word[len(body) :] if _LATIN.search(body) else word
    for part in dict.fromkeys((word, body)):
        for guess in _guesses(part):
            if vocabulary.knows(guess):
                return guess + word[len(part) :]
    return word


def _guesses(word: str) -> Iterator[str]:
    plain = word.translate(LEET)
    unsure = [place for place, sign in enumerate(plain) if sign in EITHER][:_MOST_AMBIGUOUS]
    for letters in product("il", repeat=len(unsure)):
        guess = list(plain)
        for place, letter in zip(unsure, letters, strict=True):
            guess[place] = letter
        yield "".join(guess)
