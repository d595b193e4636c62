"""A fresh file for every test, and a clock that stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contracts.store_kit import MovableClock
from tests.servers.sqlite import lay_fresh_database


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return lay_fresh_database(tmp_path / "bot.db")


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()
