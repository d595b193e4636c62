"""Work off the event loop, in processes that can be killed one by one.

Each process has its own socket and nothing in common with its siblings, so a crash, a kill or a timeout costs
exactly the work that was in it. They are plain subprocesses: they don't import the bot's main module and don't
inherit its environment, so a hostile image meets neither the database nor a token.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar, cast

from bot.images.frames import receive_frame, send_frame
from bot.images.process_faults import ProcessDied, ProcessesClosed

T = TypeVar("T")

# Starting Python, numpy, Pillow takes about 0.2 s of processor; a loaded model about 1 s. The rest is for
# machines that are swapping.
START_TIMEOUT_S = 60.0

# A picture passes in a few pieces instead of dozens: 5.3 ms instead of 9.8 for 2 MB there and back.
_SOCKET_BUFFER_BYTES = 1024 * 1024

# Where libraries are found on unusual systems; nothing else of the environment reaches a worker.
_INHERITED_VARIABLES = ("PATH", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


class ImageProcesses:
    """A fixed number of worker processes; calling it runs a top-level function in a free one.

    `headroom_bytes` caps how much memory a process may map beyond what it had when warm (Linux; elsewhere no
    cap), None = no cap: beyond it the work gets a MemoryError. `prepare` is a top-level function run once in
    each process before its first work. Processes start on first use or by `warm`, and are replaced when they die.
    """

    def __init__(
        self,
        *,
        workers: int,
        headroom_bytes: int | None = None,
        prepare: Callable[[], object] | None = None,
        name: str = "pixels",
    ) -> None:
        self._headroom_bytes = headroom_bytes or 0
        self._prepare = prepare or _nothing
        self._slots = [_Slot() for _ in range(workers)]
        # Last in, first out: a quiet bot keeps to one warm process.
        self._free: asyncio.LifoQueue[_Slot] = asyncio.LifoQueue()
        for slot in self._slots:
            self._free.put_nowait(slot)
        self._warming = asyncio.Lock()
        self._closed = False
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix=name)
        # One thread starts every process and outlives it: see process_child._die_with.
        self._starter = ThreadPoolExecutor(1, thread_name_prefix=f"{name}-starter")

    async def __call__(self, function: Callable[..., T], *args: object, timeout_s: float) -> T:
        """The function's result, or what it raised.

        The clock starts when a process has the work, not while it waits for a free one. TimeoutError when it
        took longer, ProcessDied when the process ended, ProcessesClosed after aclose. On timeout and on
        cancellation the process is killed, so the work surely has stopped.
        """
        async with self._free_slot() as slot:
            child = await self._ready_child(slot)
            answer = await self._ask(child, partial(child.run, function, args), timeout_s)
            return cast("T", self._unwrap(answer))

    async def warm(self) -> None:
        """Nothing; returns when every process is up and prepared.

        ProcessDied when one can't start, or what its preparation raised.
        """
        async with self._warming, AsyncExitStack() as held:
            slots = [await held.enter_async_context(self._free_slot()) for _ in self._slots]
            for slot in slots:
                slot.starting = self._starting(slot)
            for slot in slots:
                await self._ready_child(slot)

    async def aclose(self) -> None:
        """Nothing; kills every process, running or not. Work in flight gets ProcessesClosed."""
        self._closed = True
        started = [slot.starting for slot in self._slots if slot.starting is not None]
        for child in await asyncio.gather(*started, return_exceptions=True):
            if isinstance(child, _Child):
                child.kill()
                await asyncio.to_thread(child.reap)
        self._threads.shutdown(wait=False)
        self._starter.shutdown(wait=False)

    @asynccontextmanager
    async def _free_slot(self) -> AsyncIterator[_Slot]:
        slot = await self._free.get()
        try:
            yield slot
        finally:
            self._replace_if_dead(slot)
            self._free.put_nowait(slot)

    def _starting(self, slot: _Slot) -> asyncio.Future[_Child]:
        if self._closed:
            raise ProcessesClosed("the worker processes are closed")
        return slot.starting or self._start(predecessor=None)

    def _start(self, *, predecessor: _Child | None) -> asyncio.Future[_Child]:
        return asyncio.get_running_loop().run_in_executor(
            self._starter, _start_child, self._headroom_bytes, self._prepare, predecessor
        )

    async def _ready_child(self, slot: _Slot) -> _Child:
        if slot.starting is not None and slot.starting.done():
            _notice_death(slot.starting)
            self._replace_if_dead(slot)
        slot.starting = self._starting(slot)
        try:
            child = await asyncio.shield(slot.starting)
        except OSError as error:
            slot.starting = None
            raise ProcessDied(f"a worker process could not start: {error}") from error
        if not child.ready:
            await self._prepared(child)
        return child

    async def _prepared(self, child: _Child) -> None:
        try:
            self._unwrap(await self._ask(child, child.next_answer, START_TIMEOUT_S))
            child.ready = True
        except TimeoutError:
            raise ProcessDied(f"a worker was not ready in {START_TIMEOUT_S} s") from None
        finally:
            if not child.ready:
                # Its model is not loaded: no work may reach it.
                child.kill()

    async def _ask(
        self, child: _Child, question: Callable[[], _Answer], timeout_s: float
    ) -> _Answer:
        if self._closed:
            raise ProcessesClosed("the worker processes are closed")
        answer = asyncio.get_running_loop().run_in_executor(self._threads, question)
        try:
            async with asyncio.timeout(timeout_s):
                return await asyncio.shield(answer)
        finally:
            if not answer.done():
                # Its death ends the blocked read, so the thread is free again at once.
                child.kill()
                await asyncio.wait({answer})

    def _unwrap(self, answer: _Answer) -> object:
        if isinstance(answer, _Came):
            return answer.value
        if isinstance(answer, _Raised):
            raise answer.error
        if self._closed:
            raise ProcessesClosed("the worker processes were closed during the work")
        raise ProcessDied("a worker process died during the work", answer.exit_code)

    def _replace_if_dead(self, slot: _Slot) -> None:
        """Start the next process without waiting for it: Python and the codecs load while nobody waits."""
        starting = slot.starting
        if starting is None or self._closed or not starting.done() or starting.exception():
            return
        if starting.result().dead:
            slot.starting = self._start(predecessor=starting.result())


@dataclass(slots=True)
class _Slot:
    """A place for one process, which may be on its way."""

    starting: asyncio.Future[_Child] | None = None


@dataclass(frozen=True, slots=True)
class _Came:
    value: object


@dataclass(frozen=True, slots=True)
class _Raised:
    error: Exception


@dataclass(frozen=True, slots=True)
class _Died:
    exit_code: int


_Answer = _Came | _Raised | _Died


@dataclass(slots=True, kw_only=True)
class _Child:
    """One worker process and our end of its socket. Every method but `kill` blocks."""

    process: subprocess.Popen[bytes]
    channel: socket.socket
    ready: bool = False
    dead: bool = False

    def run(self, function: Callable[..., object], args: tuple[object, ...]) -> _Answer:
        """What came of it. Raises only what pickling the work raises, before anything is sent."""
        task = pickle.dumps((function, args), protocol=5)
        try:
            send_frame(self.channel, task)
        except OSError:
            return self.lose()
        return self.next_answer()

    def next_answer(self) -> _Answer:
        """The next answer: of the preparation when nothing was run yet."""
        try:
            came, value = pickle.loads(receive_frame(self.channel))  # noqa: S301 - from our own process
        except (EOFError, OSError):
            return self.lose()
        return _Came(value) if came else _Raised(value)

    def kill(self) -> None:
        """Nothing; the process is ended in whatever it is doing, and a blocked `run` returns."""
        self.dead = True
        self.process.kill()

    def reap(self) -> int:
        """The exit code; waits for the end of a killed process and closes the socket."""
        exit_code = self.process.wait()
        self.channel.close()
        return exit_code

    def lose(self) -> _Died:
        """How it ended; makes sure that it did."""
        self.kill()
        return _Died(self.reap())


def _notice_death(started: asyncio.Future[_Child]) -> None:
    """See an idle process that was killed from outside, so that it costs the next work nothing."""
    if started.exception() is None and started.result().process.poll() is not None:
        started.result().dead = True


def _start_child(
    headroom_bytes: int, prepare: Callable[[], object], predecessor: _Child | None
) -> _Child:
    if predecessor is not None:
        predecessor.reap()
    ours, theirs = socket.socketpair()
    with theirs:
        for end in (ours, theirs):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SOCKET_BUFFER_BYTES)
        process = subprocess.Popen(  # noqa: S603 - our own module, our own words
            [
                *(sys.executable, "-P", "-m", "bot.images.process_child"),
                *(str(theirs.fileno()), str(os.getpid()), str(headroom_bytes)),
            ],
            stdin=subprocess.DEVNULL,
            # What a library prints must not stand between the lines of --json.
            stdout=subprocess.DEVNULL,
            pass_fds=(theirs.fileno(),),
            env=_environment(),
            # Out of the terminal's group: Ctrl-C is the bot's to handle. But in our session: Linux shares the processor
            # out by sessions first (sched(7), autogroup), and niceness counts only within one.
            process_group=0,
        )
    child = _Child(process=process, channel=ours)
    send_frame(ours, pickle.dumps((prepare, ()), protocol=5))
    return child


def _environment() -> dict[str, str]:
    inherited = {name: os.environ[name] for name in _INHERITED_VARIABLES if name in os.environ}
    return inherited | {
        "PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path),
        # One process, one core: as many workers as wanted is the caller's choice, not each library's.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        # Each arena maps 64 MB of addresses, which would count against the headroom.
        "MALLOC_ARENA_MAX": "1",
        # Large pictures go back to the system when done with. By default glibc learns to keep them, and the
        # next one finds its headroom in pieces.
        "MALLOC_MMAP_THRESHOLD_": str(8 * 1024 * 1024),
    }


def _nothing() -> None:
    """What is prepared when nothing is asked for."""
