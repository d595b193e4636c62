"""What the house tells of itself while it works: counted here, and kept by nobody.

No event names a workspace, a person, a channel, a job or a prompt, so no metric can.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class JobAccepted:
    """A request is durable. `surface` is the platform it came by."""

    surface: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestTurnedAway:
    """A request that became no job."""

    surface: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEnded:
    """A job came to a final state; `reason` is empty where it was delivered."""

    surface: str
    outcome: str
    reason: str = ""
    cost_microusd: int | None = None
    """As it stands with the job; None when nobody told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CostCameLate:
    """A call of a job that had ended as `outcome` turned out to have cost so much more."""

    outcome: str
    cost_microusd: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagesDelivered:
    """A job's pictures are in chat, and that is confirmed."""

    surface: str
    model: str
    images: int
    costs_microusd: tuple[int, ...]
    """What each cost, as the ledger settles it; empty when nobody told."""
    duration_s: float
    """From the acknowledgement on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBilled:
    """What a call cost is in the journal, whether it brought pictures or not; None when nobody told."""

    provider: str
    model: str
    cost_microusd: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnded:
    """A call of a provider came to its end in this process. `outcome` is `answered` or the kind of error."""

    provider: str
    model: str
    outcome: str
    duration_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStarted:
    """A worker took a job up for the first time, so long after it was accepted."""

    wait_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPainted:
    """A worker's time with a job's calls, whatever came of them."""

    duration_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What one judge said at one gate. `category` is empty where it named none."""

    gate: str
    judge: str
    verdict: str
    category: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limited:
    """A call has to wait so long for its rate limit: a provider's, or a platform's by its name."""

    limiter: str
    wait_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LoopLagged:
    """The event loop came so much later than it was asked to."""

    lag_s: float


Event = (
    JobAccepted
    | RequestTurnedAway
    | JobEnded
    | CostCameLate
    | ImagesDelivered
    | CallBilled
    | CallEnded
    | JobStarted
    | JobPainted
    | Judged
    | Limited
    | LoopLagged
)


class Recorder(Protocol):
    """Takes what happened. It costs microseconds, may be called from any thread, and raises nothing."""

    def __call__(self, event: Event) -> None:
        """Counts it."""


def unrecorded(event: Event) -> None:
    """Where nobody counts."""
    del event
