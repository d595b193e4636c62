"""Several processes that come to a new folder at once make one database."""

import asyncio
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from bot.store.opening import open_sqlite
from bot.wiring.fittings import SystemClock

AT_ONCE = 8


@pytest.mark.parametrize("round_", range(3))
def test_eight_that_open_one_new_file_at_once_all_get_it(tmp_path, round_) -> None:
    together = Barrier(AT_ONCE)

    async def open_and_look() -> int:
        store = await open_sqlite(tmp_path / "impasto.db", clock=SystemClock())
        try:
            await store.queue.line()
            return 1
        finally:
            await store.aclose()

    def run(_: int) -> int:
        together.wait()
        return asyncio.run(open_and_look())

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert list(pool.map(run, range(AT_ONCE))) == [1] * AT_ONCE


def test_two_shell_words_at_once_in_a_new_folder_both_work(tmp_path) -> None:
    words = ("admin", "role", "show", "--workspace", "web:playground")
    command = [sys.executable, "-m", "bot", *words, "--data-dir", str(tmp_path / "new")]
    environment = {"PATH": os.environ["PATH"], "IMPASTO_CONFIG": ""}
    running = [
        subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]

    told = [one.communicate(timeout=60)[1] for one in running]

    assert [(one.returncode, said) for one, said in zip(running, told, strict=True)] == [
        (0, "")
    ] * 2
