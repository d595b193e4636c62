"""Logs: lines for people on a terminal, JSON elsewhere; known secrets never leave in either."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor

HIDDEN = "[hidden]"
SHORTEST_SECRET = 6
"""Shorter values would blank out ordinary words."""


def set_up_logs(
    *, secrets: Iterable[str], level: str = "INFO", stream: TextIO | None = None
) -> None:
    """Sends all logging through one formatter whose last step hides `secrets`."""
    out = stream or sys.stderr
    shared: list[Processor] = [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    to_terminal = out.isatty()
    final: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if not to_terminal:
        final.append(structlog.processors.format_exc_info)
    render: Callable[..., str | bytes] = (
        structlog.dev.ConsoleRenderer() if to_terminal else structlog.processors.JSONRenderer()
    )
    hide = redactor(secrets)

    def rendered(logger: object, name: str, event: EventDict) -> str:
        return hide(str(render(logger, name, event)))

    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[*final, rendered])
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("httpx", "httpcore", "uvicorn", "alembic", "slack_sdk", "slack_bolt", "discord"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def redactor(secrets: Iterable[str]) -> Callable[[str], str]:
    """A function that blanks every one of `secrets` in a text, the longest first."""
    known = sorted({one for one in secrets if len(one) >= SHORTEST_SECRET}, key=len, reverse=True)

    def hide(text: str) -> str:
        for secret in known:
            text = text.replace(secret, HIDDEN)
        return text

    return hide
