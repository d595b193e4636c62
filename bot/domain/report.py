"""A reported picture, as a moderator sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.job import StoredImage


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What one person said of a picture that is hidden since."""

    image: StoredImage
    by: str
    """The name of whoever reported it, as it was then."""
    reason: str
    at: datetime
