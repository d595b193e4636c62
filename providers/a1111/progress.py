"""How far a running call is: asked beside it, and shown only when it is surely ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from providers.a1111.answers import picture_in
from providers.a1111.discovery import API
from providers.errors import ProviderError
from providers.protocol import Progress
from providers.wire.deadline import Deadline
from providers.wire.own_server import OwnServer, get

ASK_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the server says of the one job it runs. `task` is None where it doesn't name it."""

    is_busy: bool
    fraction: float
    task: str | None
    preview: bytes | None

    def is_of(self, task: str, *, alone: bool) -> bool:
        """Whether the running job is that one: by its name, else by being the only one we sent."""
        if not self.is_busy:
            return False
        return self.task == task if self.task else alone


async def standing_at(server: OwnServer, deadline: Deadline, *, preview: bool) -> Standing | None:
    """What the server says; None when it doesn't. Progress is a comfort: no call fails for want of it."""
    skip = "false" if preview else "true"
    until = Deadline.after(min(ASK_TIMEOUT_S, deadline.left_s()))
    try:
        found = await server.json_of(get(f"{API}/progress?skip_current_image={skip}"), until)
    except ProviderError:
        return None
    return standing_in(found) if isinstance(found, dict) else None


def standing_in(found: Mapping[str, Any]) -> Standing:
    """The server's answer as values. Source: AUTOMATIC1111 `modules/api/api.py`, read 2026-11-25."""
    state = found.get("state")
    state = state if isinstance(state, dict) else {}
    told = found.get("progress")
    fraction = float(told) if isinstance(told, int | float) and not isinstance(told, bool) else 0.0
    task = found.get("current_task")
    return Standing(
        is_busy=bool(state.get("job")) or fraction > 0,
        fraction=min(max(fraction, 0.0), 1.0) if fraction == fraction else 0.0,
        task=task if isinstance(task, str) and task else None,
        preview=picture_in(found.get("current_image")),
    )


class Growing:
    """A call's progress, which only grows: several images begin again from a smaller share each."""

    def __init__(self) -> None:
        self._fraction = 0.0

    def next(self, standing: Standing) -> Progress:
        """The progress to tell."""
        self._fraction = max(self._fraction, standing.fraction)
        return Progress(fraction=self._fraction, preview=standing.preview)
