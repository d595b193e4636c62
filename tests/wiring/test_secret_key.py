"""The key of a house: made once, whoever starts at the same time, and readable by its user only."""

import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.wiring import secret_key
from bot.wiring.faults import CannotStart
from bot.wiring.secret_key import FILE_NAME, read_secret_key

TOGETHER = 8
ROUNDS = 50


def test_all_who_start_at_once_on_a_new_folder_get_the_same_key(tmp_path: Path) -> None:
    folders = [tmp_path / str(number) for number in range(ROUNDS)]
    for folder in folders:
        folder.mkdir()
    together = threading.Barrier(TOGETHER)

    def start(folder: Path) -> str:
        together.wait()
        return read_secret_key(folder)

    with ThreadPoolExecutor(TOGETHER) as pool:
        for folder in folders:
            keys = set(pool.map(start, [folder] * TOGETHER))

            assert len(keys) == 1
            assert [path.name for path in folder.iterdir()] == [FILE_NAME]


def test_the_key_is_kept_and_readable_by_its_user_only(tmp_path: Path) -> None:
    key = read_secret_key(tmp_path)

    assert read_secret_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600


def test_a_key_that_this_user_may_not_read_is_told_with_its_path(tmp_path: Path) -> None:
    # A folder in its place can't be read by root either.
    (tmp_path / FILE_NAME).mkdir()

    with pytest.raises(CannotStart, match=r"secret\.key can't be read"):
        read_secret_key(tmp_path)


def test_an_empty_key_is_refused_with_the_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secret_key, "WRITTEN_WITHIN_S", 0.05)
    (tmp_path / FILE_NAME).touch()

    with pytest.raises(CannotStart, match="Delete it and start again"):
        read_secret_key(tmp_path)
