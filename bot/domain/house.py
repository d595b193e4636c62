"""The rules of the house: what everybody may do when nothing more special is set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from zoneinfo import ZoneInfo

from bot.domain.identity import Person
from bot.domain.quota import Limit, Period
from bot.domain.routing import DataPolicy, RoutingRules, regions_of

SHELL = "shell"
"""The platform of requests made at the operator's shell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseRules:
    """Defaults for everybody. Zero in `images_per_*` means no such limit."""

    images_per_hour: int = 0
    images_per_day: int = 100
    images_per_month: int = 0
    jobs_at_once: int = 2
    jobs_queued: int = 20
    weight: float = 1.0
    images: int = 1
    """How many images a request gets that doesn't say."""
    side_px: int = 1024
    """Side of a square image when nothing else is asked; other shapes get the same area."""
    draft_side_px: int = 512
    deadline_s: float = 600.0
    time_zone: str = "UTC"
    cache: bool = True
    stand_ins: bool = True
    regions: tuple[str, ...] = ()
    training: bool = True
    max_retention_days: int | None = None

    @property
    def routing(self) -> RoutingRules:
        """What the house allows everybody; a workspace may be stricter."""
        return RoutingRules(
            cache=self.cache,
            stand_ins=self.stand_ins,
            terms=DataPolicy(
                regions=regions_of(self.regions),
                no_training=not self.training,
                max_retention_days=self.max_retention_days,
            ),
        )

    @property
    def zone(self) -> tzinfo:
        """The zone in which days and months begin."""
        return ZoneInfo(self.time_zone)

    def limits(self, person: Person) -> tuple[Limit, ...]:
        """Which limits bind `person`; whoever operates the shell may lift them anyway, so none do."""
        if person.platform == SHELL:
            return ()
        scope = f"user:{person.lane}"
        chosen = (
            (Period.HOUR, self.images_per_hour),
            (Period.DAY, self.images_per_day),
            (Period.MONTH, self.images_per_month),
        )
        return tuple(
            Limit(scope=scope, period=period, images=images) for period, images in chosen if images
        )
