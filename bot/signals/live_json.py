"""Live updates as small JSON for the way between processes. Previews stay behind: they are too big for it.

A place in line is not sent at all: every process that shows one looks at the line itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from bot.domain.identity import JobId
from bot.domain.live import Changed, LiveUpdate, Painting, Rang

_PAINTING = "p"
_CHANGED = "c"
_RANG = "r"


def shared(update: LiveUpdate) -> bool:
    """Whether other processes need to hear of it."""
    return isinstance(update, Painting | Changed | Rang)


def write_updates(updates: Iterable[LiveUpdate], *, most_bytes: int) -> Iterator[str]:
    """JSON arrays of at most `most_bytes` ASCII bytes each."""
    batch: list[str] = []
    size = 2
    for text in map(_write, updates):
        if batch and size + len(text) + 1 > most_bytes:
            yield f"[{','.join(batch)}]"
            batch, size = [], 2
        batch.append(text)
        size += len(text) + 1
    if batch:
        yield f"[{','.join(batch)}]"


def read_updates(text: str) -> list[LiveUpdate]:
    """What `write_updates` wrote. What another release may say and this one doesn't know is left out."""
    try:
        said = json.loads(text)
    except ValueError:
        return []
    updates = [_read(one) for one in said] if isinstance(said, list) else []
    return [update for update in updates if update is not None]


def _write(update: LiveUpdate) -> str:
    if isinstance(update, Painting):
        fraction = None if update.fraction is None else round(update.fraction, 3)
        return json.dumps([_PAINTING, update.job, fraction])
    return json.dumps([_RANG if isinstance(update, Rang) else _CHANGED, update.job])


def _read(said: object) -> LiveUpdate | None:
    match said:
        case [str(kind), int(job), float() | int() | None as fraction] if kind == _PAINTING:
            return Painting(job=JobId(job), fraction=None if fraction is None else float(fraction))
        case [str(kind), int(job)] if kind == _CHANGED:
            return Changed(job=JobId(job))
        case [str(kind), int(job)] if kind == _RANG:
            return Rang(job=JobId(job))
        case _:
            return None
