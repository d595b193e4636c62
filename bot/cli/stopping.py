"""Ctrl-C and SIGTERM, once to stop kindly, twice to stop at once."""

from __future__ import annotations

import asyncio
import os
import signal


def stop_on_signals(stop: asyncio.Event) -> None:
    """Sets `stop` on the first SIGINT or SIGTERM; the second ends the process there and then."""
    loop = asyncio.get_running_loop()

    def asked() -> None:
        if stop.is_set():
            os._exit(130)
        stop.set()

    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, asked)
