"""What of a prompt the semantic judge reads: the whole, its undisguised reading, and pieces of a long one.

Without pieces a long harmless description would drown one bad sentence in it.
"""

from __future__ import annotations

import unicodedata

from moderation.normaliser import views
from moderation.rulebook import Rulebook
from moderation.terms import GAP, words_of

PIECE_WORDS = 24
_STEP_WORDS = 16
_LONGEST_WHOLE = 32
_LONGEST_WORD = 200  # characters; text without spaces (Chinese, Japanese) is cut by them instead
_PIECE_CHARS = 80


def passages(prompt: str, book: Rulebook) -> tuple[str, ...]:
    """The texts to be scored; the worst of them counts. Empty when nothing but harmless phrases is there."""
    readings = [plain(prompt, book)]
    folded, *undisguised = views(prompt, vocabulary=book.vocabulary)
    if _mixed(prompt, folded):
        readings.append(folded)
    readings.extend(undisguised[-1:] if undisguised and undisguised[-1] != folded else ())
    return tuple(
        dict.fromkeys(piece for reading in readings for piece in _pieces(reading) if piece.strip())
    )


def plain(prompt: str, book: Rulebook) -> str:
    """The prompt as written, or without its harmless phrases when it has any. What the head is trained on."""
    words = words_of(views(prompt, vocabulary=book.vocabulary)[0])
    without = book.allow.without(words)
    if without == words:
        return prompt
    return " ".join(word for word in without if word != GAP)


def _mixed(prompt: str, folded: str) -> bool:
    """Whether signs were hidden or borrowed from elsewhere: an accent in a French word isn't that."""
    stripped = "".join(
        sign
        for sign in unicodedata.normalize("NFD", prompt.casefold())
        if unicodedata.category(sign) != "Mn"
    )
    return " ".join(unicodedata.normalize("NFC", stripped).split()) != folded and any(
        sign.isascii() and sign.isalpha() for sign in folded
    )


def _pieces(text: str) -> list[str]:
    words = [piece for word in text.split() for piece in _cut(word)]
    if len(words) <= _LONGEST_WHOLE:
        return [text]
    starts = range(0, len(words) - PIECE_WORDS + _STEP_WORDS, _STEP_WORDS)
    return [" ".join(words[start : start + PIECE_WORDS]) for start in starts]


def _cut(word: str) -> list[str]:
    if len(word) <= _LONGEST_WORD:
        return [word]
    return [word[start : start + _PIECE_CHARS] for start in range(0, len(word), _PIECE_CHARS)]
