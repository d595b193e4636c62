"""Why a database can't be opened. Each says what happened and what to do."""

from __future__ import annotations

from pathlib import Path


class CannotOpen(Exception):
    """The database can't be used as it stands; the text is for the operator."""


class NoSuchFolder(CannotOpen):
    """The folder the file is to lie in is missing."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"There is no folder {folder}. Create it, or set IMPASTO_DATA_DIR to one that exists."
        )


class NotWritable(CannotOpen):
    """The file or its folder can't be written."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(
            f"{path} can't be written ({detail}). Give this user the right to write there, "
            "free some space, or set IMPASTO_DATA_DIR to another folder."
        )


class NotADatabase(CannotOpen):
    """Something else lies under this name."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} is no database of ours, or it is damaged. Move it away to start afresh, "
            "or put a backup in its place."
        )


class NewerDatabase(CannotOpen):
    """A newer release wrote it."""

    def __init__(self, *, stored: str, known: str) -> None:
        super().__init__(
            f"The database is at version {stored}, and this release knows versions up to {known}: "
            "a newer release has used it. Install that release again, or put a backup from before it in place."
        )
        self.stored = stored
        self.known = known


class AlreadyRunning(CannotOpen):
    """Another process works on the same SQLite file."""

    def __init__(self, path: Path, pid: int | None) -> None:
        who = "Another process" if pid is None else f"Process {pid}"
        super().__init__(
            f"{who} is already running jobs from {path}. Stop it first, give this one its own "
            "IMPASTO_DATA_DIR, or set DATABASE_URL to Postgres to run several."
        )
        self.pid = pid


class OlderIsRunning(CannotOpen):
    """Another process works on the same SQLite file, whose tables this release would have to change under it."""

    def __init__(self, path: Path, pid: int | None, *, stored: str, known: str) -> None:
        who = "Another process" if pid is None else f"Process {pid}"
        super().__init__(
            f"{who} is running jobs from {path} and is of an older release: the tables are at version {stored}, "
            f"and this release would bring them to {known}. Nothing was changed. Stop it and start this release "
            "in its place, or use the commands of its own release."
        )
        self.pid = pid


class Unreachable(CannotOpen):
    """There is no connection to the database server."""

    def __init__(self, url: str, detail: str) -> None:
        super().__init__(
            f"The database {url} can't be reached ({detail}). Start it, or correct DATABASE_URL."
        )


class NotUsable(CannotOpen):
    """The server answered, and would not do what the tables need."""

    def __init__(self, url: str, detail: str) -> None:
        super().__init__(
            f"The database {url} can't be used ({detail}). Its user must own the database, or be allowed to create "
            "tables in it."
        )


class Busy(CannotOpen):
    """The tables must be changed, and others don't let go of them."""

    def __init__(self, url: str, who: str) -> None:
        super().__init__(
            f"The tables of {url} can't be brought up to date: others are using them without a pause ({who}). "
            "Nothing was changed. Let a backup or a long query end, then start again."
        )
