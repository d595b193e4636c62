"""Top-level functions that the tests send into worker processes."""

from __future__ import annotations

import ctypes
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

from bot.images.safe_decode import Reason, Unreadable

prepared_by: list[int] = []


def prepare() -> None:
    prepared_by.append(os.getpid())


def prepare_badly() -> None:
    raise FileNotFoundError("the model's weights")


def prepared_pid() -> tuple[list[int], int]:
    return prepared_by, os.getpid()


def own_pid() -> int:
    return os.getpid()


def session() -> int:
    return os.getsid(0)


def group() -> int:
    return os.getpgid(0)


def environment() -> dict[str, str]:
    return dict(os.environ)


def echo(data: bytes) -> bytes:
    return data


def kill_self() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def crash() -> None:
    ctypes.string_at(0)


def hang(told: Path) -> None:
    """Tell our pid through a fifo, then never come back."""
    told.write_text(str(os.getpid()))
    threading.Event().wait()


def wait_for(word: Path) -> str:
    """What somebody writes into a fifo."""
    return word.read_text()


def allocate(size_bytes: int) -> int:
    return len(bytearray(size_bytes))


class Stubborn(Exception):
    """Pickles, but doesn't come back: its constructor wants more than its args."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(one + two)


def raise_stubborn() -> None:
    raise Stubborn("won't ", "travel")


def unpicklable() -> Callable[[], None]:
    return lambda: None


def growth_and_reason(
    function: Callable[..., object], data: bytes, *args: object
) -> tuple[int, Reason | None]:
    """By how many bytes our resident memory grew at its peak, and why the data was refused (None = it wasn't)."""
    Path("/proc/self/clear_refs").write_text("5")
    before = memory_bytes("VmRSS")
    try:
        function(data, *args)
    except Unreadable as refusal:
        return memory_bytes("VmHWM") - before, refusal.reason
    return memory_bytes("VmHWM") - before, None


def memory_bytes(name: str) -> int:
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(lines[name].split()[0]) * 1024
