"""Slack's "no" to a call."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """`ok: false` with this error; `more` stands beside it in the answer, `retry_after_s` makes it a 429."""

    def __init__(self, error: str, *, retry_after_s: int | None = None, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.retry_after_s = retry_after_s
        self.more = more
