"""What a word is for, as people read it in help and completion."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.identity import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """A command as help shows it: `usage` is what follows the word, `example` a whole line that works."""

    name: str
    summary: str
    usage: str = ""
    example: str = ""
    role: Role = Role.MEMBER
