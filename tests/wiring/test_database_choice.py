"""DATABASE_URL chooses the database, and its mistakes are told in sentences without the password."""

import importlib
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.config import BadSettings, load_settings
from bot.signals.local import LocalSignals
from bot.signals.postgres import PostgresSignals
from bot.store.migrate import newest_version
from bot.wiring.faults import CannotStart
from bot.wiring.fittings import SystemClock
from bot.wiring.store import database_name, open_signals, open_store, upgrade_database


def settings_in(folder: Path, **environment: str):
    return load_settings({"IMPASTO_DATA_DIR": str(folder), **environment})


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_way_to_write_postgres_is_understood(tmp_path: Path, scheme: str) -> None:
    settings = settings_in(tmp_path, DATABASE_URL=f"{scheme}://bot:secret@db/bot")

    assert settings.postgres_url == "postgresql+psycopg://bot:secret@db/bot"
    assert "secret" not in repr(settings)
    assert database_name(settings) == "postgresql+psycopg://bot:***@db/bot"


def test_the_address_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://db/bot\n")

    settings = settings_in(tmp_path, DATABASE_URL_FILE=str(tmp_path / "url"))

    assert settings.postgres_url == "postgresql+psycopg://db/bot"


@pytest.mark.parametrize("url", ["mysql://db/bot", "sqlite:///bot.db", "postgresql://", "db"])
def test_another_database_is_refused_with_the_cure(tmp_path: Path, url: str) -> None:
    with pytest.raises(BadSettings, match=r"must read postgresql\+psycopg://"):
        settings_in(tmp_path, DATABASE_URL=url)


async def test_without_an_address_a_file_is_used_by_one_process(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    async with AsyncExitStack() as stack:
        store = await open_store(settings, clock=SystemClock(), claim=True, stack=stack)

        assert store.exclusive
        assert isinstance(await open_signals(settings, stack=stack), LocalSignals)
    assert database_name(settings) == str(tmp_path / "impasto.db")


async def test_with_an_address_any_number_may_claim(tmp_path: Path, postgres_url: str) -> None:
    settings = settings_in(tmp_path, DATABASE_URL=postgres_url)
    async with AsyncExitStack() as stack:
        for _ in range(2):
            store = await open_store(settings, clock=SystemClock(), claim=True, stack=stack)
            assert not store.exclusive
        assert isinstance(await open_signals(settings, stack=stack), PostgresSignals)
    assert not (tmp_path / "impasto.db").exists()


def test_upgrading_by_hand_reaches_postgres(tmp_path: Path, postgres_url: str) -> None:
    assert upgrade_database(settings_in(tmp_path, DATABASE_URL=postgres_url)) == newest_version()


async def test_a_server_that_is_away_is_said_before_anything_starts(tmp_path: Path) -> None:
    settings = settings_in(tmp_path, DATABASE_URL="postgresql://bot:secret@127.0.0.1:1/bot")
    async with AsyncExitStack() as stack:
        with pytest.raises(CannotStart, match="can't be reached") as error:
            await open_store(settings, clock=SystemClock(), claim=True, stack=stack)

    assert "secret" not in str(error.value)


async def test_a_missing_driver_is_named_with_the_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.wiring import postgres as parts

    def missing(name: str) -> object:
        raise ModuleNotFoundError(name="psycopg")

    monkeypatch.setattr(importlib, "import_module", missing)
    parts._part.cache_clear()
    settings = settings_in(tmp_path, DATABASE_URL="postgresql://db/bot")
    async with AsyncExitStack() as stack:
        with pytest.raises(CannotStart, match=r"psycopg is not installed.*impasto\[postgres\]"):
            await open_store(settings, clock=SystemClock(), claim=True, stack=stack)


def test_bringing_a_file_up_to_date_that_is_no_database_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "impasto.db").write_text("no database" * 100)

    with pytest.raises(CannotStart, match="no database of ours"):
        upgrade_database(settings_in(tmp_path))
