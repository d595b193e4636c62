"""Ctrl-C and SIGTERM, once to stop kindly, twice to stop at once."""

from __future__ import annotations

import asyncio
import logging
import os
import signal

import typer


def stop_on_signals(stop: asyncio.Event, *, quietly: bool = False, sentence: str = "") -> None:
    """Sets `stop` on the first SIGINT or SIGTERM; the second ends the process there and then.

    `quietly`, for whoever sits before a terminal: from then on only errors are logged, unless everything is (DEBUG).
    `sentence` is said on standard error.
    """
    loop = asyncio.get_running_loop()

    def asked() -> None:
        if stop.is_set():
            os._exit(130)
        root = logging.getLogger()
        if quietly and root.level > logging.DEBUG:
            root.setLevel(logging.ERROR)
        if sentence:
            # The terminal has written ^C where its cursor stood.
            typer.echo(f"\n{sentence}", err=True)
        stop.set()

    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, asked)
