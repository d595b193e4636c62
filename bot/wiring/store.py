"""Opening the database, with every known trouble in a sentence."""

from __future__ import annotations

from contextlib import AsyncExitStack

from bot.config import Settings
from bot.ports import Clock
from bot.store.opening import Store, open_sqlite
from bot.wiring.faults import AlreadyRunning, CannotStart
