"""One scenario: people type, the bot is started, dies, is started again, until everything is quiet."""

from __future__ import annotations

import itertools
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.crash.databases import Database, PostgresDatabase, SqliteDatabase, is_quiet
from tests.crash.evidence import Evidence, gather
from tests.simulators.providers.serving import ROOT

DEADLINE_S = 40.0
"""How long anything awaited here may take on a busy machine; reached only when something is wrong."""


LAST_STEPS = frozenset({"opened", "acked", "settled", "delivered"})
"""Boundaries after which everything may be quiet."""


class TookTooLong(AssertionError):
    """What was awaited did not come; the message says what."""


class ForkServer:
    """Starts bots, and hears when they stop or end. They run the code that lies in `root`."""

    def __init__(self, root: Path = ROOT) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.fork_server"],
            cwd=root,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        )
        self._heard: dict[int, dict[str, int]] = {}
        self._waiting = b""
        self._hear(time.monotonic() + DEADLINE_S)

    def start(self, words: Sequence[str]) -> int:
        """The new process's id."""
        known = set(self._heard)
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(list(words)).encode() + b"\n")
        self._process.stdin.flush()
        deadline = time.monotonic() + DEADLINE_S
        while not set(self._heard) - known:
            self._hear(deadline)
        (pid,) = set(self._heard) - known
        return pid

    def await_end(self, pid: int) -> int:
        """The exit code of a process; negative for a signal."""
        return self._await(pid, "ended")

    def await_stop(self, pid: int) -> None:
        """Returns when the process was frozen."""
        self._await(pid, "stopped")

    def heard(self, pid: int, what: str, *, within_s: float) -> bool:
        """Whether the process stopped or ended by then."""
        deadline = time.monotonic() + within_s
        while what not in self._heard[pid]:
            try:
                self._hear(deadline)
            except TookTooLong:
                return False
        return True

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(DEADLINE_S)
        self._process.stdout.close()

    def _await(self, pid: int, what: str) -> int:
        deadline = time.monotonic() + DEADLINE_S
        while what not in self._heard[pid]:
            self._hear(deadline)
        return self._heard[pid].pop(what) if what == "stopped" else self._heard[pid][what]

    def _hear(self, deadline: float) -> None:
        assert self._process.stdout is not None
        pipe = self._process.stdout.fileno()
        *lines, self._waiting = (self._waiting + read_before(pipe, deadline)).split(b"\n")
        for line in lines:
            words = json.loads(line)
            self._heard.setdefault(words.pop("pid"), {}).update(words)


def read_before(pipe: int, deadline: float) -> bytes:
    """What comes next; nothing when the other end closed. TookTooLong after the deadline."""
    ready, _, _ = select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))
    if not ready:
        raise TookTooLong("nothing more was heard")
    return os.read(pipe, 65536)


@dataclass
class Bot:
    """A running bot and the boundaries it passes."""

    pid: int
    server: ForkServer
    pipe: int
    passed: list[tuple[str, str]] = field(default_factory=list)
    _unread: deque[tuple[str, str]] = field(default_factory=deque)
    _rest: bytes = b""

    def next_boundary(self, deadline: float) -> tuple[str, str] | None:
        """The next boundary and its job; None when the bot has ended."""
        while not self._unread:
            read = read_before(self.pipe, deadline)
            if not read:
                return None
            *lines, self._rest = (self._rest + read).split(b"\n")
            for line in lines:
                name, _, job = line.decode().partition(" ")
                self._unread.append((name, job))
        self.passed.append(self._unread.popleft())
        return self.passed[-1]

    def read_on(self) -> None:
        """Passes every boundary that it has told of by now."""
        with suppress(TookTooLong):
            while self.next_boundary(deadline=0.0) is not None:
                pass

    def until(self, name: str, *, times: int = 1) -> None:
        """Returns when it passed the boundary `name` so many times from now on."""
        deadline = time.monotonic() + DEADLINE_S
        while times:
            found = self.next_boundary(deadline)
            if found is None:
                raise TookTooLong(f"the bot ended before {name}; it passed {self.passed}")
            times -= found[0] == name

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def thaw(self) -> None:
        self.signal(signal.SIGCONT)

    def kill(self) -> None:
        """Ends it, and returns when it and its pixel processes are gone."""
        self.signal(signal.SIGKILL)
        self.ended()

    def ended(self) -> int:
        """Its exit code once it has ended; negative for a signal."""
        deadline = time.monotonic() + DEADLINE_S
        while self.next_boundary(deadline) is not None:
            pass
        os.close(self.pipe)
        code = self.server.await_end(self.pid)
        await_no_children(self.pid)
        return code


def await_no_children(pid: int) -> None:
    """Returns when no pixel process of a dead bot lives on: the kernel ends them a moment after their parent."""
    for child in children_of(pid):
        watch = os.pidfd_open(child)
        try:
            ready, _, _ = select.select([watch], [], [], DEADLINE_S)
        finally:
            os.close(watch)
        assert ready, f"the pixel process {child} outlived its bot {pid}"


def children_of(pid: int) -> list[int]:
    """Pixel processes that were started by `pid`, wherever they hang now."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0") if folder.name.isdigit() else []
        except (FileNotFoundError, ProcessLookupError):
            continue
        if b"bot.images.process_child" in words and str(pid).encode() in words:
            found.append(int(folder.name))
    return found


@dataclass
class Scenario:
    """One data folder, one workspace in the chat, one provider; bots come and go."""

    server: ForkServer
    http: httpx.Client
    chat: str
    provider: str
    kind: str
    folder: Path
    mark: str
    build: str = "sound"
    options: Sequence[str] = ()
    database_url: str = ""
    all_accepted: bool = True
    typed: int = 0
    _starts: itertools.count[int] = field(default_factory=itertools.count)

    @property
    def data_dir(self) -> Path:
        return self.folder / "data"

    @property
    def database(self) -> Database:
        if self.database_url:
            return PostgresDatabase(self.database_url)
        return SqliteDatabase(self.data_dir)

    def type(self, *users: str, images: int = 1) -> None:
        """Each of these people asks for a picture."""
        events = []
        for user in users:
            self.typed += 1
            text = f"/imagine a fox {self.mark} number {self.typed} --n {images}"
            events.append({"id": f"{self.mark}-{self.typed}", "user": user, "text": text})
        self.http.post(f"{self.chat}/say", json=events).raise_for_status()

    def start(
        self,
        at: str | None = None,
        *,
        occurrence: int = 1,
        signal: str = "SIGKILL",
        part: str = "run",
        server: ForkServer | None = None,
    ) -> Bot:
        """A bot; with `at` it gets the signal at that boundary. Of another release where `server` starts those."""
        pipe = self.folder / f"boundaries-{next(self._starts)}"
        os.mkfifo(pipe)
        reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        words = ["--data-dir", self.data_dir, "--chat", f"{self.chat}/", "--kind", self.kind]
        words += ["--provider", self.provider, "--boundaries", pipe, "--build", self.build]
        words += ["--log", self.folder / "log", "--clock", self.folder / "clock", *self.options]
        words += ["--part", part, "--database-url", self.database_url]
        if at is not None:
            words += ["--at", at, "--occurrence", occurrence, "--signal", signal]
        server = server or self.server
        pid = server.start([str(word) for word in words])
        bot = Bot(pid=pid, server=server, pipe=reading)
        self._await_writer(bot)
        return bot

    def _await_writer(self, bot: Bot) -> None:
        """A pipe nobody has opened for writing yet reads like one whose writer has gone."""
        poll = select.poll()
        poll.register(bot.pipe, select.POLLIN)
        if not poll.poll(DEADLINE_S * 1000):
            raise TookTooLong(f"the bot did not start: {self.log()}")

    def crash(self, at: str, *, occurrence: int = 1) -> None:
        """A bot that dies at the boundary."""
        code = self.start(at, occurrence=occurrence).ended()
        assert code == -signal.SIGKILL, f"it ended with {code} before {at}: {self.log()}"

    def recover(self) -> None:
        """A bot that works until everything is quiet."""
        bot = self.start()
        self.work_until_quiet(bot)
        bot.kill()

    def pass_boundaries(self, bot: Bot, count: int) -> None:
        """Returns when the bot passed so many boundaries, or has nothing more to do."""
        deadline = time.monotonic() + DEADLINE_S
        for _ in range(count):
            passed = bot.next_boundary(deadline)
            if passed is None or (passed[0] in LAST_STEPS and self.is_quiet()):
                return

    def work_until_quiet(self, bot: Bot, *, deadline_s: float = DEADLINE_S) -> None:
        """Returns when everything that was typed is answered, or when nothing more comes: the judge says what is
        missing.
        """
        deadline = time.monotonic() + deadline_s
        passed: tuple[str, str] | None = ("opened", "-")
        while passed is not None:
            if passed[0] in LAST_STEPS and self.is_quiet():
                return
            try:
                passed = bot.next_boundary(deadline)
            except TookTooLong:
                return

    def is_quiet(self) -> bool:
        events = self.http.get(f"{self.chat}/history").json()["events"]
        jobs = self.typed if self.all_accepted else 1
        return all(event["acked"] for event in events) and is_quiet(self.database, jobs=jobs)

    def log(self) -> str:
        log = self.folder / "log"
        return log.read_text() if log.exists() else ""

    def freeze_passed(self, seconds: float) -> None:
        """From now on the bot's clock is so much later."""
        (self.folder / "clock").write_text(str(seconds))

    def evidence(self) -> Evidence:
        return gather(
            self.http,
            chat=self.chat,
            provider=self.provider,
            data_dir=self.data_dir,
            database=self.database,
            mark=self.mark,
            log=self.folder / "log",
        )


NewScenario = Callable[..., Scenario]
