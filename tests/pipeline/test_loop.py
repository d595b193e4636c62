"""The loop under every background task."""

import asyncio
import logging

import pytest

from bot.pipeline import loop
from bot.ports import StoreUnavailable, Unavailable


@pytest.mark.parametrize(
    ("fault", "level"),
    [
        (StoreUnavailable(Unavailable.UNREACHABLE, "the server hung up"), logging.WARNING),
        (ZeroDivisionError("a fault of ours"), logging.ERROR),
    ],
    ids=["a database that is away", "a fault of ours"],
)
async def test_a_loop_goes_on_after_both_and_only_what_is_ours_is_an_error(
    caplog, monkeypatch, fault, level
):
    monkeypatch.setattr(loop, "PAUSE_AFTER_FAULT_S", 0.0)
    stop, left = asyncio.Event(), [fault]

    async def step() -> None:
        if left:
            raise left.pop()
        stop.set()

    await loop.keep_going("sweep", step, stop=stop)

    (record,) = [one for one in caplog.records if one.name == "impasto.sweep"]
    assert record.levelno == level
    assert str(fault) in caplog.text
