"""What a person wants when they say nothing: how many pictures, which shape, style and model, and who sees them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.aspect import Aspect


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """A person's own defaults. None leaves it to the house."""

    count: int | None = None
    aspect: Aspect | None = None
    style: str | None = None
    model: str | None = None
    private: bool = False
    """Their pictures stand in nobody else's gallery."""
