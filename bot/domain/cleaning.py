"""Text without what nobody sees: control characters, blanks in disguise, joiners that join nothing."""

from __future__ import annotations

import re

from bot.domain.flags import DOUBLE_QUOTES, SINGLE_QUOTES

# Hangul fillers and the empty braille cell: letters by their category, blanks to the eye.
_BLANK = re.compile("[\u3164\uffa0\u2800]")
# Blanks and line breaks are left for str.split. Lone surrogates would break UTF-8, NUL breaks Postgres, and a tag
# outside a flag is the usual way to hide text from people but not from models.
_UNSEEN = re.compile(
    "(\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{2,6}\U000e007f)"
    "|[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff0-\ufffb\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]"
)
_SELECTOR = "\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef"
# A selector needs a symbol before it; after a quote it would become the first character of a value.
_LOOSE_SELECTOR = re.compile(
    f'(?<![^\\s\x00-"$-)+-/:-\x7f{DOUBLE_QUOTES}{SINGLE_QUOTES}\u200c\u200d{_SELECTOR}])[{_SELECTOR}]'
)
_PICTURE = "\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001fbff"
_JOINING_SCRIPT = "\u0600-\u0dff"  # Arabic to Sinhala, where joiners are part of spelling
_JOINER = re.compile(
    f"((?<=[{_PICTURE}])\u200d(?=[{_PICTURE}])|(?<=[{_PICTURE}]\ufe0f)\u200d(?=[{_PICTURE}])"
    f"|(?<=[{_JOINING_SCRIPT}])[\u200c\u200d](?=[{_JOINING_SCRIPT}]))|[\u200c\u200d]"
)


def clean(text: str) -> str:
    """`text` on one line, without what nobody sees; cleaning twice changes nothing more."""
    if not (text.isascii() and text.isprintable()):
        text = _BLANK.sub(" ", text)
        text = _UNSEEN.sub(lambda found: found[1] or "", text)
        text = _LOOSE_SELECTOR.sub("", text)
        text = _JOINER.sub(lambda found: found[1] or "", text)
    return " ".join(text.split())
