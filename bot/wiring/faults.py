"""Why the house can't be opened, in sentences an operator can act on."""

from __future__ import annotations


class CannotStart(Exception):
    """The message says what is wrong and what to do."""


class AlreadyRunning(CannotStart):
    """Another process works on this database."""
