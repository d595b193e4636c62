"""What changes while a job runs, and may be lost: places in line and progress."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.identity import JobId


@dataclass(frozen=True, slots=True, kw_only=True)
class InLine:
    """A job's place in line, 1 = next."""

    job: JobId
    place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Painting:
    """How far a running job is, 0 to 1, perhaps with a small preview (JPEG or PNG bytes, ours)."""

    job: JobId
    fraction: float | None
    preview: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A job's stored state changed: whoever shows it should read it again."""

    job: JobId


@dataclass(frozen=True, slots=True, kw_only=True)
class Rang:
    """A provider rang about this job: whoever waits for its answer should ask now. It says nothing of the outcome."""

    job: JobId


LiveUpdate = InLine | Painting | Changed | Rang
