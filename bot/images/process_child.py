"""A worker process: reads (function, args) from its socket, answers with what came of it.

Run as `python -m bot.images.process_child SOCKET_FD PARENT_PID HEADROOM_BYTES`; never imported by the bot.
"""

from __future__ import annotations

import ctypes
import os
import pickle
import resource
import signal
import socket
import sys
import traceback
from pathlib import Path

from bot.images.frames import receive_frame, send_frame
from bot.images.process_faults import WorkFailed

# Pixels give way to the event loop when both want the processor: an ack has 3 s, a picture has minutes. A loop that doesn't
# come first waits for the next tick, 4 ms (2026-11-25).
NICENESS = 10

# linux/prctl.h
PR_SET_PDEATHSIG = 1


def main() -> None:
    """Serve until the bot closes the socket or dies."""
    channel_fd, parent_pid, headroom_bytes = (int(word) for word in sys.argv[1:4])
    _die_with(parent_pid)
    # The bot ends its workers itself. A service manager that signals the whole group must not
    # take them away while the bot drains.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.nice(NICENESS)
    # A core file would hold somebody's picture.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with socket.socket(fileno=channel_fd) as channel:
        try:
            ready = _answer(receive_frame(channel))
            _limit_memory(headroom_bytes)
            send_frame(channel, ready)
            while True:
                send_frame(channel, _answer(receive_frame(channel)))
        except (EOFError, ConnectionError):
            return


def _die_with(parent_pid: int) -> None:
    """End with the bot even when it is killed with -9 in the middle of our work.

    The kernel's signal follows the *thread* that started us, so the bot starts all workers from one
    thread that lives as long as they do. Elsewhere than on Linux the closed socket ends us, after the work.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent_pid:
        os._exit(1)


def _limit_memory(headroom_bytes: int) -> None:
    """Cap the address space at what is mapped now plus the headroom; 0 = no cap.

    Measured from the warm process, because libraries map more on machines with more cores.
    """
    if headroom_bytes == 0 or sys.platform != "linux":
        return
    mapped_pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    cap_bytes = mapped_pages * resource.getpagesize() + headroom_bytes
    resource.setrlimit(resource.RLIMIT_AS, (cap_bytes, cap_bytes))


def _answer(task: bytearray) -> bytes:
    try:
        function, args = pickle.loads(task)  # noqa: S301 - from the bot itself
        # The work's copy is enough: of a large file a second one would be missing from the headroom.
        task.clear()
        return pickle.dumps((True, function(*args)), protocol=5)
    except Exception as error:  # noqa: BLE001 - a worker loop: whatever the work raised is the caller's to handle
        return _raised(error)


def _raised(error: Exception) -> bytes:
    """The exception as the caller will see it, with our traceback as a note."""
    error.add_note("".join(traceback.format_exception(error)).rstrip())
    # The frames hold the picture that was too big for us.
    traceback.clear_frames(error.__traceback__)
    try:
        message = pickle.dumps((False, error), protocol=5)
        pickle.loads(message)  # noqa: S301 - our own; some exceptions pickle and then don't come back
    except Exception:  # noqa: BLE001 - user-made exceptions may fail in any way
        return pickle.dumps((False, WorkFailed(f"{type(error).__name__}: {error}")), protocol=5)
    return message


if __name__ == "__main__":
    main()
