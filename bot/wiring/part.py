"""What a process is of the house: all of it, or the gateway, a worker or the web apart."""

from __future__ import annotations

from enum import StrEnum

from bot.config import Settings
from bot.wiring.faults import CannotStart


class Part(StrEnum):
    """By the word of the shell that starts it."""

    ALL = "run"
    GATEWAY = "gateway"
    """Connected to the platforms: takes requests, judges them, shows how they go on."""
    WORKER = "worker"
    """Judges, paints, posts answers and tidies up; connected to no platform."""
    WEB = "web"
    """Pages, pictures and webhooks."""

    @property
    def receives(self) -> bool:
        """Whether platforms send to it."""
        return self in {Part.ALL, Part.GATEWAY}

    @property
    def admits(self) -> bool:
        """Whether it judges what was received: a worker does it for gateways that died."""
        return self is not Part.WEB

    @property
    def paints(self) -> bool:
        """Whether it claims jobs and posts their answers."""
        return self in {Part.ALL, Part.WORKER}

    @property
    def shows_pages(self) -> bool:
        """Whether pictures and webhooks are served."""
        return self in {Part.ALL, Part.WEB}


def check_shared(part: Part, settings: Settings) -> None:
    """CannotStart for a part without the database it would share with the others."""
    if part is not Part.ALL and settings.postgres_url is None:
        raise CannotStart(
            f"impasto {part} works beside other processes, and they meet in Postgres: set DATABASE_URL to "
            "postgresql+psycopg://user:password@host/database. On one machine, impasto run is everything "
            "in one process and needs none."
        )
