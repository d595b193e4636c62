"""What the Discord surface is given by wiring."""

from __future__ import annotations

from dataclasses import dataclass

from bot.commands.dispatch import Dispatch
from bot.pipeline.cards import Cards
from bot.pipeline.catalog import Catalog
from bot.pipeline.foresight import Foresight
from bot.ports import Blobs, Buckets, Clock, FirstResponses, Locks, Queue, Signals, Uploads


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscordParts:
    """The house's side of the surface."""

    dispatch: Dispatch
    queue: Queue
    cards: Cards
    foresight: Foresight
    catalog: Catalog
    uploads: Uploads
    blobs: Blobs
    signals: Signals
    clock: Clock
    records: FirstResponses
    buckets: Buckets
    locks: Locks | None
    """None where no other process can be connected."""
