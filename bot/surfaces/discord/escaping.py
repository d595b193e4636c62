"""Plain text as Discord's markdown, so that nobody's words become a mention, a link or a heading."""

from __future__ import annotations

import re

_UNSEEN = "\u200b"
_WRITTEN = {**{mark: f"\\{mark}" for mark in "\\`*_~|<>[]()#-+:"}, "@": f"@{_UNSEEN}"}
_MARKS = re.compile(f"[{re.escape(''.join(_WRITTEN))}]")
_NUMBERED = re.compile(r"\d*\.")
"""How an item of a numbered list begins."""
ELLIPSIS = "…"


def one_line(text: str) -> str:
    """`text` with every run of blanks and line breaks as one blank."""
    return " ".join(text.split())


def escaped(text: str, *, most: int) -> str:
    """One line of markdown that shows `text`, at most `most` characters long; what doesn't fit ends in an ellipsis.

    `@` gets an unseen character behind it: a backslash alone does not keep Discord from finding a mention.
    """
    line = one_line(text)
    written = _MARKS.sub(_written, line)
    numbered = _NUMBERED.match(line)
    dot = -1 if numbered is None else numbered.end() - 1
    if numbered is not None:
        written = f"{written[:dot]}\\{written[dot:]}"
    return written if len(written) <= most else _cut(line, dot, most)


def _written(found: re.Match[str]) -> str:
    return _WRITTEN[found[0]]


def _cut(line: str, dot: int, most: int) -> str:
    """As much of `line` as fits, and an ellipsis; what stands for one letter is never cut in two."""
    parts: list[str] = []
    room = most - len(ELLIPSIS)
    for at, letter in enumerate(line):
        part = "\\." if at == dot else _WRITTEN.get(letter, letter)
        if len(part) > room:
            break
        parts.append(part)
        room -= len(part)
    return "".join(parts).rstrip() + ELLIPSIS if most > 0 else ""


def code_block(text: str, *, most: int) -> str:
    """`text` in a block of fixed width, at most `most` characters with its fences; nothing in it can end it."""
    safe = text.replace("`", "ˋ").replace("@", f"@{_UNSEEN}").strip("\n")
    room = most - len("```\n\n```")
    if len(safe) > room:
        safe = safe[: room - 1].rstrip() + ELLIPSIS
    return f"```\n{safe}\n```"


def shortened(text: str, most: int) -> str:
    """`text` cut to `most` characters, with an ellipsis where something is missing."""
    return text if len(text) <= most else text[: most - 1].rstrip() + ELLIPSIS
