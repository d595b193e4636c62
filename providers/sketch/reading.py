"""What a prompt asks the sketch for, read by its words alone."""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from providers.sketch.plain_words import PLAIN_ENDINGS, PLAIN_WORDS
from providers.sketch.vocabulary import (
    COLOURS,
    NOUNS,
    NUMBERS,
    PALETTE_WORDS,
    SCENE_WORDS,
    SEASON_WORDS,
    SHOWN,
    STYLE_WORDS,
    WEATHER_WORDS,
    Noun,
)

_UNDER = frozenset({"under", "beneath", "below", "bottom", "sunken", "deep", "submerged"})
_NEGATIONS = frozenset({"without", "no"})
_VERBAL = re.compile(r"^[a-z]{2,}(?:ing|ed)$")
_VERBAL_NOUNS = frozenset(
    (
        "ceiling",
        "earring",
        "string",
        "wedding",
        "pudding",
        "clothing",
        "seed",
        "shed",
        "sled",
        "ring",
        "wing",
        "king",
    )
)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)?")

_NOT_DRAWN_MAX = 8
_WORD_MAX_CHARS = 40
_SUBJECTS_MAX = 3
_COLOUR_REACH = 3
_COLOUR_BREAKS = frozenset(" ".join(SCENE_WORDS.values()).split()) | frozenset(
    ("in", "on", "at", "of", "with", "over", "under", "by", "near", "against", "behind")
)
"""Words between a colour and a noun that part them: "a red forest with a fox"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """A subject with the colour word before it, how many of it, and the word that named it."""

    noun: Noun
    word: str
    colour: str | None
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The prompt understood. What no word decides is None; `not_drawn` are things named but unknown."""

    key: int
    scene: str | None
    palette: str | None
    season: str | None
    weather: frozenset[str]
    tint: str | None
    style: str | None
    subjects: tuple[Cast, ...]
    not_drawn: tuple[str, ...]


def words_of(prompt: str) -> tuple[str, ...]:
    """The prompt's words, case-folded and in Unicode form NFKC; letters and digits of any script."""
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", prompt).casefold()))


def read(prompt: str) -> Reading:
    """The reading of a prompt; any text has one, and the same words have the same one."""
    words = _asserted(words_of(prompt))
    forms = [_forms(word) for word in words]
    named = _named(words, forms)
    colours = _colours(words, named)
    subjects, left_over = _cast(words, forms, named, colours)
    first_scenes = subjects[0].noun.scenes if subjects else ()
    scene = _scene(words, forms, first_scenes)
    if scene is None and "winter" in first_scenes and _best(SEASON_WORDS, forms) == "winter":
        scene = "winter"
    tints = [
        word for at, word in colours.items() if at not in _used(subjects, words, named, colours)
    ]
    return Reading(
        key=_key(words),
        scene=scene,
        palette=_best(PALETTE_WORDS, forms),
        season=_best(SEASON_WORDS, forms),
        weather=frozenset(_hits(WEATHER_WORDS, forms)),
        tint=tints[0] if tints else None,
        style=_best(STYLE_WORDS, forms),
        subjects=subjects,
        not_drawn=_unknown(words, forms, scene, left_over),
    )


def _asserted(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words without what the prompt says is absent."""
    kept: list[str] = []
    denied = False
    for word in words:
        if word in _NEGATIONS:
            denied = True
        elif denied:
            denied = word in PLAIN_WORDS
        else:
            kept.append(word)
    return tuple(kept)


def _key(words: Sequence[str]) -> int:
    """What composes the picture: words of light and colour are left out, so that changing one of them keeps it."""
    composing = [word for word in words if word not in _LIGHT_WORDS] or words
    return zlib.crc32(" ".join(composing).encode())


def _forms(word: str) -> tuple[str, ...]:
    """The word and what it may be the plural of."""
    word = re.sub(r"['’]s$", "", word)
    forms = [word]
    if word.endswith("ies") and len(word) > 4:
        forms.append(word[:-3] + "y")
    if word.endswith("ves") and len(word) > 4:
        forms.append(word[:-3] + "f")
    if word.endswith("es") and len(word) > 4:
        forms.append(word[:-2])
    if word.endswith("s") and not word.endswith("ss") and len(word) > 3:
        forms.append(word[:-1])
    return tuple(forms)


_LIGHT_WORDS = frozenset(COLOURS) | frozenset(
    word
    for table in (PALETTE_WORDS, SEASON_WORDS, WEATHER_WORDS, STYLE_WORDS)
    for row in table.values()
    for word in row.split()
)

_NOUN_BY_WORD: Mapping[str, Noun] = {word: noun for noun in NOUNS for word in noun.words}


def _named(words: Sequence[str], forms: Sequence[tuple[str, ...]]) -> dict[int, Noun]:
    named = {}
    for at, candidates in enumerate(forms):
        if "boat" in candidates and at and words[at - 1] in {"sailing", "sail"}:
            named[at] = _NOUN_BY_WORD["ship"]
            continue
        for form in candidates:
            if form in _NOUN_BY_WORD:
                named[at] = _NOUN_BY_WORD[form]
                break
    return named


def _colours(words: Sequence[str], named: Mapping[int, Noun]) -> dict[int, str]:
    colours = {at: word for at, word in enumerate(words) if word in COLOURS and at not in named}
    gilded = {
        at: "gold" for at, word in enumerate(words) if word == "golden" and _owner(at, words, named)
    }
    return colours | gilded


def _owner(at: int, words: Sequence[str], named: Mapping[int, Noun]) -> int | None:
    """Where the noun stands that a colour word at `at` belongs to."""
    for place in range(at + 1, min(at + 1 + _COLOUR_REACH, len(words))):
        if place in named:
            return place
        if words[place] in _COLOUR_BREAKS:
            return None
    return None


def _used(
    subjects: Sequence[Cast],
    words: Sequence[str],
    named: Mapping[int, Noun],
    colours: Mapping[int, str],
) -> frozenset[int]:
    drawn = {subject.noun.name for subject in subjects}
    return frozenset(
        at
        for at in colours
        if (place := _owner(at, words, named)) is not None and named[place].name in drawn
    )


_NATURAL = frozenset({("fox", "red"), ("squirrel", "red"), ("dog", "gold"), ("bear", "brown")})
"""Colours an animal has anyway, in its own shade."""


def _cast(
    words: Sequence[str],
    forms: Sequence[tuple[str, ...]],
    named: Mapping[int, Noun],
    colours: Mapping[int, str],
) -> tuple[tuple[Cast, ...], tuple[str, ...]]:
    """The subjects to draw, at most three, and the words of those there is no room for."""
    owned = {_owner(at, words, named): colour for at, colour in colours.items()}
    cast: dict[str, Cast] = {}
    left_over: list[str] = []
    for at, noun in named.items():
        if noun.name in cast:
            continue
        if len(cast) == _SUBJECTS_MAX:
            left_over.append(words[at])
            continue
        plural = forms[at][0] not in noun.words
        told = max((NUMBERS.get(word, 0) for word in words[max(at - 3, 0) : at]), default=0)
        usual = 3 if plural or words[at] in _PLURALS else 1
        colour = owned.get(at)
        cast[noun.name] = Cast(
            noun=noun,
            word=words[at],
            colour=None if (noun.name, colour) in _NATURAL else colour,
            count=told or usual,
        )
    return tuple(cast.values()), tuple(left_over)


_PLURALS = frozenset(
    (
        "flowers",
        "roses",
        "tulips",
        "sunflowers",
        "mushrooms",
        "pumpkins",
        "candles",
        "balloons",
        "palms",
        "cacti",
        "people",
    )
)


def _best(table: Mapping[str, str], forms: Iterable[tuple[str, ...]]) -> str | None:
    """The entry with most words in the prompt, the earlier one on a tie."""
    hits = _hits(table, forms)
    return max(hits, key=lambda name: hits[name]) if hits else None


def _hits(table: Mapping[str, str], forms: Iterable[tuple[str, ...]]) -> dict[str, int]:
    sets = {name: frozenset(words.split()) for name, words in table.items()}
    hits = dict.fromkeys(table, 0)
    for candidates in forms:
        for name, known in sets.items():
            hits[name] += any(form in known for form in candidates)
    return {name: count for name, count in hits.items() if count}


def _scene(
    words: Sequence[str], forms: Sequence[tuple[str, ...]], usual: Sequence[str]
) -> str | None:
    """The scene with most words; on a tie one the subject is usual in, then the earlier one."""
    hits = _hits(SCENE_WORDS, forms)
    if "on the moon" in " ".join(words):
        hits["space"] = hits.get("space", 0) + 1
    if not hits:
        return None
    if "village" in hits:
        hits["village"] += 1
    if hits.get("winter") and len(hits) > 1:
        hits.pop("winter")
    if hits.get("sky") and len(hits) > 1:
        hits.pop("sky")
    scene = max(hits, key=lambda name: (hits[name], name in usual))
    dives = _UNDER & set(words) or ("underwater" in usual and "sea" not in usual)
    return "underwater" if scene == "sea" and dives else scene


def _unknown(
    words: Sequence[str],
    forms: Sequence[tuple[str, ...]],
    scene: str | None,
    left_over: Sequence[str],
) -> tuple[str, ...]:
    drawn = _drawable(scene)
    missing: list[str] = []
    for word, candidates in zip(words, forms, strict=True):
        known = any(form in drawn or form in PLAIN_WORDS for form in candidates)
        plain = word.isascii() and _is_plain(word)
        if (not known and not plain) or word in left_over:
            missing.append(candidates[0][:_WORD_MAX_CHARS])
    return tuple(dict.fromkeys(missing))[:_NOT_DRAWN_MAX]


def _is_plain(word: str) -> bool:
    """Whether an unknown English word most likely names no thing."""
    verbal = _VERBAL.match(word) is not None and word not in _VERBAL_NOUNS
    return verbal or word.endswith(PLAIN_ENDINGS) or word.isdigit() or len(word) < 2


def _drawable(scene: str | None) -> frozenset[str]:
    """Every word that shows in a picture of that scene."""
    known: set[str] = set(_NOUN_BY_WORD) | set(COLOURS) | set(NUMBERS)
    for table in (PALETTE_WORDS, SEASON_WORDS, WEATHER_WORDS, STYLE_WORDS):
        for row in table.values():
            known.update(row.split())
    known.update((SCENE_WORDS.get(scene or "", "") + " " + SHOWN.get(scene or "", "")).split())
    return frozenset(known)
