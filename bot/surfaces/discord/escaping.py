"""Plain text as Discord's markdown, so that nobody's words become a mention, a link or a heading."""

from __future__ import annotations

_MARKS = frozenset("\\`*_~|<>[]()#-+:")
_UNSEEN = "\u200b"
ELLIPSIS = "…"


def one_line(text: str) -> str:
    """`text` with every run of blanks and line breaks as one blank."""
    return " ".join(text.split())


def escaped(text: str, *, most: int) -> str:
    """One line of markdown that shows `text`, at most `most` characters long; what doesn't fit ends in an ellipsis.

    `@` gets an unseen character behind it: a backslash alone does not keep Discord from finding a mention.
    """
    line = one_line(text)
    parts: list[str] = []
    room = most
    for at, letter in enumerate(line):
        part = _written(letter, starts=at == 0 or line[:at].isdigit())
        rest = len(line) - at - 1
        if len(part) > room - (len(ELLIPSIS) if rest else 0):
            return "".join(parts).rstrip() + ELLIPSIS if room > 0 else ""
        parts.append(part)
        room -= len(part)
    return "".join(parts)


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


def _written(letter: str, *, starts: bool) -> str:
    if letter in _MARKS or (starts and letter == "."):
        return f"\\{letter}"
    return f"@{_UNSEEN}" if letter == "@" else letter
