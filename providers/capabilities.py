"""What a model can do, as data: buttons, form fields and routing are drawn from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from providers.request import Operation


class SeedSupport(StrEnum):
    """Whether a seed can be chosen, and whether the answer names the one used."""

    NONE = "none"
    INPUT = "input"
    ECHOED = "echoed"


class ProgressKind(StrEnum):
    """What a model tells of a running job."""

    NONE = "none"
    QUEUE = "queue"
    PERCENT = "percent"
    PREVIEW = "preview"


class CancelKind(StrEnum):
    """Until when a job can be called back."""

    NONE = "none"
    QUEUED = "queued"
    RUNNING = "running"


class Delivery(StrEnum):
    """How an answer arrives. POLL and WEBHOOK have a provider job id and can be resumed."""

    SYNC = "sync"
    STREAM = "stream"
    POLL = "poll"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeRule:
    """Which sizes a model paints.

    `fixed` lists the only sizes there are, as (width, height); empty means any size within the bounds, each side a
    multiple of `multiple_px`.
    """

    fixed: tuple[tuple[int, int], ...] = ()
    min_px: int = 64
    max_px: int = 2048
    multiple_px: int = 8
    max_area_px: int = 2048 * 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberRange:
    """A parameter's range, both ends included."""

    low: float
    high: float
    default: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What one image costs in millionths of a US dollar, and when and where that was read."""

    per_image_microusd: int
    source: str
    read_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DataTerms:
    """What a provider keeps of prompts and images, for how long and where. None = unknown."""

    retention_days: int | None = None
    region: str | None = None
    trains_on_data: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What one model can do. What it can't is refused or noted, never silently dropped."""

    operations: frozenset[Operation]
    sizes: SizeRule = SizeRule()
    max_count: int = 1
    seed: SeedSupport = SeedSupport.NONE
    steps: NumberRange | None = None
    guidance: NumberRange | None = None
    samplers: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    negative_prompt: bool = False
    strength: bool = False
    upscale_factors: tuple[int, ...] = ()
    controls: tuple[str, ...] = ()
    """Kinds of control image it takes, as canny, depth, pose, sketch, structure, style."""
    max_loras: int = 0
    loras: tuple[str, ...] = ()
    """Names it is known to have; empty while `max_loras` isn't 0: any name is passed on."""
    repairs: tuple[str, ...] = ()
    """What a second pass can mend: faces, text."""
    progress: ProgressKind = ProgressKind.NONE
    cancel: CancelKind = CancelKind.NONE
    delivery: Delivery = Delivery.SYNC
    repeatable: bool = False
    """Whether a call repeated under the same key costs nothing more: a local renderer, or a vendor that takes our key.

    Where False, a call whose answer was lost is never repeated on its own.
    """
    is_ai_model: bool = True
    """False for a renderer that is no generative model: the label and the IPTC source type say so."""
    price: Price | None = None
    shutdown: date | None = None
    successor: str | None = None
    """The model that takes its place where this one is shut down."""
    version: str | None = None
    """Exactly what the id means today, where an id is an alias; None: the id says it all."""
    data_terms: DataTerms = field(default_factory=DataTerms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model by the id its provider knows, with what it can do."""

    id: str
    capabilities: Capabilities
