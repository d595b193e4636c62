"""What can go wrong between the bot and one of its worker processes.

ProcessFault
├── ProcessDied       the process ended without an answer: a crash, out of memory, or it could not start
├── ProcessesClosed   asked after aclose
└── WorkFailed        the work raised something that can't travel between processes
"""

from __future__ import annotations


class ProcessFault(Exception):
    """The work has no result, and its own exception can't be told."""


class ProcessDied(ProcessFault):
    """The process ended without an answer; only this piece of work is lost.

    `exit_code` is the process's, negative for the signal that ended it, None when it never started.
    """

    def __init__(self, detail: str, exit_code: int | None = None) -> None:
        super().__init__(detail if exit_code is None else f"{detail} (exit {exit_code})")
        self.exit_code = exit_code


class ProcessesClosed(ProcessFault):
    """The runner was closed before or during the work."""


class WorkFailed(ProcessFault):
    """The work raised an exception that doesn't pickle; the message names its type and words."""
