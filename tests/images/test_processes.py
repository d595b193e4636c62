from __future__ import annotations

import asyncio
import os
import select
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.images.process_faults import ProcessDied, ProcessesClosed, WorkFailed
from bot.images.processes import ImageProcesses
from tests.images import work_in_processes as work


@pytest.fixture
async def two() -> AsyncIterator[ImageProcesses]:
    processes = ImageProcesses(workers=2)
    yield processes
    await processes.aclose()


@pytest.fixture
async def one() -> AsyncIterator[ImageProcesses]:
    processes = ImageProcesses(workers=1)
    yield processes
    await processes.aclose()


@pytest.fixture
def fifo(tmp_path: Path) -> Path:
    path = tmp_path / "fifo"
    os.mkfifo(path)
    return path


def ends(pidfd: int) -> bool:
    """Whether the process behind this descriptor ends within ten seconds."""
    readable, _, _ = select.select([pidfd], [], [], 10)
    os.close(pidfd)
    return bool(readable)


async def test_megabytes_come_back_unchanged(one: ImageProcesses):
    data = os.urandom(5_000_000)

    assert await one(work.echo, data, timeout_s=20) == data


async def test_what_the_work_raises_comes_back_with_its_traceback(one: ImageProcesses):
    with pytest.raises(ValueError, match="banana") as raised:
        await one(int, "banana", timeout_s=20)

    assert "Traceback" in raised.value.__notes__[0]


async def test_an_exception_that_cannot_travel_is_told_in_words(one: ImageProcesses):
    with pytest.raises(WorkFailed, match="Stubborn: won't travel"):
        await one(work.raise_stubborn, timeout_s=20)


async def test_a_result_that_cannot_travel_costs_no_process(one: ImageProcesses):
    before = await one(work.own_pid, timeout_s=20)

    with pytest.raises((AttributeError, TypeError, WorkFailed)):
        await one(work.unpicklable, timeout_s=20)

    assert await one(work.own_pid, timeout_s=20) == before


async def test_arguments_that_cannot_travel_cost_no_process(one: ImageProcesses):
    before = await one(work.own_pid, timeout_s=20)

    with pytest.raises((AttributeError, TypeError)):
        await one(work.echo, lambda: None, timeout_s=20)

    assert await one(work.own_pid, timeout_s=20) == before


@pytest.mark.parametrize("death", [work.kill_self, work.crash])
async def test_a_dying_process_fails_only_its_own_work(two: ImageProcesses, fifo: Path, death):
    neighbour = asyncio.ensure_future(two(work.wait_for, fifo, timeout_s=20))
    with pytest.raises(ProcessDied) as died:
        await two(death, timeout_s=20)

    await asyncio.to_thread(fifo.write_text, "still here")

    assert await neighbour == "still here"
    assert died.value.exit_code in {-signal.SIGKILL, -signal.SIGSEGV}
    assert await two(work.echo, b"and on", timeout_s=20) == b"and on"


async def test_an_idle_process_that_is_killed_costs_nothing(one: ImageProcesses):
    pid = await one(work.own_pid, timeout_s=20)
    pidfd = os.pidfd_open(pid)
    os.kill(pid, signal.SIGKILL)
    assert ends(pidfd)

    assert await one(work.own_pid, timeout_s=20) != pid


async def test_work_that_takes_too_long_is_killed(one: ImageProcesses, fifo: Path):
    hanging = asyncio.ensure_future(one(work.hang, fifo, timeout_s=1.0))
    pidfd = os.pidfd_open(int(await asyncio.to_thread(fifo.read_text)))

    with pytest.raises(TimeoutError):
        await hanging

    assert ends(pidfd)
    assert await one(work.echo, b"next", timeout_s=20) == b"next"


async def test_cancelling_kills_the_work(one: ImageProcesses, fifo: Path):
    hanging = asyncio.ensure_future(one(work.hang, fifo, timeout_s=60))
    pidfd = os.pidfd_open(int(await asyncio.to_thread(fifo.read_text)))

    hanging.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hanging

    assert ends(pidfd)
    assert await one(work.echo, b"next", timeout_s=20) == b"next"


async def test_work_beyond_the_workers_waits_its_turn(two: ImageProcesses):
    pids = await asyncio.gather(*(two(work.own_pid, timeout_s=20) for _ in range(20)))

    assert len(set(pids)) <= 2


async def test_closing_ends_running_waiting_and_later_work(fifo: Path):
    processes = ImageProcesses(workers=1)
    running = asyncio.ensure_future(processes(work.hang, fifo, timeout_s=60))
    pidfd = os.pidfd_open(int(await asyncio.to_thread(fifo.read_text)))
    waiting = asyncio.ensure_future(processes(work.own_pid, timeout_s=60))

    await processes.aclose()

    for late in (running, waiting, processes(work.own_pid, timeout_s=60), processes.warm()):
        with pytest.raises(ProcessesClosed):
            await late
    assert ends(pidfd)


async def test_closing_twice_or_unused_is_fine():
    processes = ImageProcesses(workers=3)

    await processes.aclose()
    await processes.aclose()


async def test_warm_prepares_every_process():
    processes = ImageProcesses(workers=3, prepare=work.prepare)
    try:
        await asyncio.gather(processes.warm(), processes.warm())
        answers = await asyncio.gather(
            *(processes(work.prepared_pid, timeout_s=20) for _ in range(9))
        )
    finally:
        await processes.aclose()

    assert all(prepared == [pid] for prepared, pid in answers)


async def test_a_preparation_that_fails_is_told_every_time():
    processes = ImageProcesses(workers=1, prepare=work.prepare_badly)
    try:
        with pytest.raises(FileNotFoundError, match="weights"):
            await processes.warm()
        with pytest.raises(FileNotFoundError, match="weights"):
            await processes(work.own_pid, timeout_s=20)
    finally:
        await processes.aclose()


async def test_memory_beyond_the_headroom_is_an_error_of_the_work_alone():
    processes = ImageProcesses(workers=1, headroom_bytes=150_000_000, prepare=work.prepare)
    try:
        pid = await processes(work.own_pid, timeout_s=20)
        assert await processes(work.allocate, 140_000_000, timeout_s=20) == 140_000_000
        with pytest.raises(MemoryError):
            await processes(work.allocate, 160_000_000, timeout_s=20)
        assert await processes(work.own_pid, timeout_s=20) == pid
    finally:
        await processes.aclose()


async def test_no_secret_of_the_environment_reaches_a_process(
    monkeypatch: pytest.MonkeyPatch, one: ImageProcesses
):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")

    assert "sk-canary" not in str(await one(work.environment, timeout_s=20))


async def test_signals_to_the_terminal_or_the_service_leave_the_processes_to_us(
    one: ImageProcesses,
):
    pid = await one(work.own_pid, timeout_s=20)

    os.kill(pid, signal.SIGINT)
    os.kill(pid, signal.SIGTERM)

    assert await one(work.own_pid, timeout_s=20) == pid
    assert await one(work.group, timeout_s=20) != os.getpgid(0)
    # Niceness counts only within a session (sched(7), autogroup): in one of its own a child would be as important as we.
    assert await one(work.session, timeout_s=20) == os.getsid(0)


BOT_THAT_IS_KILLED = """
import asyncio, os, pathlib, sys
from bot.images.processes import ImageProcesses
from tests.images import work_in_processes as work

async def main():
    processes = ImageProcesses(workers=2)
    await processes.warm()
    busy = asyncio.ensure_future(processes(work.hang, pathlib.Path(sys.argv[1]), timeout_s=60))
    idle_pid = await processes(work.own_pid, timeout_s=60)
    print(idle_pid, flush=True)
    await busy

asyncio.run(main())
"""


@pytest.mark.crash
def test_no_process_survives_a_kill_of_the_bot(fifo: Path):
    bot = subprocess.Popen(
        [sys.executable, "-c", BOT_THAT_IS_KILLED, str(fifo)], stdout=subprocess.PIPE, text=True
    )
    with bot:
        assert bot.stdout is not None
        busy = os.pidfd_open(int(fifo.read_text()))
        idle = os.pidfd_open(int(bot.stdout.readline()))
        bot.kill()

    assert ends(busy)
    assert ends(idle)
