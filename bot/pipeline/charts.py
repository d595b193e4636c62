"""Pictures of figures, drawn in a process of their own that ends with them: an admin looks now and then, a process stays."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot.domain.identity import BlobKey
from bot.images.process_faults import ProcessFault
from bot.images.processes import ImageProcesses
from bot.images.stats_chart import StatsPicture, draw
from bot.ports import Blobs, BlobsUnwritable, BlobUse

DRAW_TIMEOUT_S = 30.0
"""The first picture on a machine also finds its fonts, which takes some seconds."""

SHOWN_FOR = timedelta(hours=25)
"""An hour longer than any link to a picture lives."""

log = logging.getLogger("impasto.charts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Charts:
    """Draws and stores. A chart is kept as long as a page may show it; chat platforms have copies of their own."""

    blobs: Blobs
    use: BlobUse
    cache_dir: Path
    processes: Callable[[], ImageProcesses]

    async def draw(self, picture: StatsPicture) -> BlobKey | None:
        """The picture's blob; None where it can't be drawn, and the log says why."""
        processes = self.processes()
        try:
            drawn = await processes(draw, picture, str(self.cache_dir), timeout_s=DRAW_TIMEOUT_S)
            key = await self.blobs.put(drawn)
            await self.use.shown(key, lasting=SHOWN_FOR)
        except ModuleNotFoundError:
            log.warning("no chart is drawn: install impasto[charts]")
        except (ProcessFault, TimeoutError, BlobsUnwritable) as fault:
            log.warning("no chart is drawn: %r", fault)
        else:
            return key
        finally:
            await processes.aclose()
        return None
