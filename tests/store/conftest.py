"""A fresh file for every test, and a clock that stands."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.store.migrate import sqlite_url, upgrade
from tests.contracts.store_kit import MovableClock


@pytest.fixture(scope="session")
def fresh_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("fresh") / "bot.db"
    upgrade(sqlite_url(path))
    return path


@pytest.fixture
def database(tmp_path: Path, fresh_database: Path) -> Path:
    return Path(shutil.copy(fresh_database, tmp_path / "bot.db"))


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()
