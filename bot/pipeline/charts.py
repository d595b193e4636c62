"""Pictures of figures, drawn in a process of their own that ends with them: an admin looks now and then, a process stays."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.domain.identity import BlobKey
from bot.images.process_faults import ProcessFault
from bot.images.processes import ImageProcesses
from bot.images.stats_chart import StatsPicture, draw
from bot.ports import Blobs, BlobsUnwritable

DRAW_TIMEOUT_S = 30.0
"""The first picture on a machine also finds its fonts, which takes some seconds."""

log = logging.getLogger("impasto.charts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Charts:
    """Draws and stores. Nobody refers to what is stored, so it is gone an hour later; it was shown by then."""

    blobs: Blobs
    cache_dir: Path
    processes: Callable[[], ImageProcesses]

    async def draw(self, picture: StatsPicture) -> BlobKey | None:
        """The picture's blob; None where it can't be drawn, and the log says why."""
        processes = self.processes()
        try:
            drawn = await processes(draw, picture, str(self.cache_dir), timeout_s=DRAW_TIMEOUT_S)
            return await self.blobs.put(drawn)
        except ModuleNotFoundError:
            log.warning("no chart is drawn: install impasto[charts]")
        except (ProcessFault, TimeoutError, BlobsUnwritable) as fault:
            log.warning("no chart is drawn: %r", fault)
        finally:
            await processes.aclose()
        return None
