"""Starts bots in a few milliseconds each: it has imported them once and forks.

Reads a JSON list of `bot_process` arguments a line and answers with the process id; says when a process of it stopped
or ended: {"pid": 1, "ended": 0} with its exit code, negative for a signal.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys

import bot.signals.postgres
import bot.store.postgres_opening  # noqa: F401 - loaded once for all forks
from tests.crash import bot_process


def main() -> None:
    wake_in, wake_out = os.pipe()
    os.set_blocking(wake_out, False)
    signal.set_wakeup_fd(wake_out)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    tell(pid=os.getpid())
    waiting = b""
    while True:
        ready, _, _ = select.select([0, wake_in], [], [])
        if wake_in in ready:
            os.read(wake_in, 4096)
            tell_of_children()
        if 0 in ready:
            read = os.read(0, 65536)
            if not read:
                return
            *lines, waiting = (waiting + read).split(b"\n")
            for line in lines:
                words = json.loads(line)
                pid = os.fork()
                if pid == 0:
                    become_a_bot()
                    bot_process.main(words)
                    return
                tell(pid=pid)


def become_a_bot() -> None:
    """Forgets what belongs to the server."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)


def tell_of_children() -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG | os.WUNTRACED)
        except ChildProcessError:
            return
        if pid == 0:
            return
        if os.WIFSTOPPED(status):
            tell(pid=pid, stopped=os.WSTOPSIG(status))
        else:
            tell(pid=pid, ended=os.waitstatus_to_exitcode(status))


def tell(**words: int) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
