"""What a word is for, as people read it in help and completion."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.identity import Role
from bot.domain.parameter import Parameter

ADMIN_PREFIX = "admin "
"""What an admin word's name begins with, as `admin quota set`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """A command as help shows it: `usage` is what follows the word, `example` a whole line that works.

    `role` is the least role it takes; it has no default, so that nobody forgets it. `parameters` are what an admin
    word takes, typed. `more_examples` are further lines that work.
    """

    name: str
    summary: str
    role: Role
    usage: str = ""
    example: str = ""
    parameters: tuple[Parameter, ...] = ()
    more_examples: tuple[str, ...] = ()

    @property
    def is_admin_word(self) -> bool:
        """Whether it stands behind `admin` on every surface."""
        return self.name.startswith(ADMIN_PREFIX)

    @property
    def under_admin(self) -> str:
        """Group and verb of an admin word, as `quota set`."""
        return self.name.removeprefix(ADMIN_PREFIX)
