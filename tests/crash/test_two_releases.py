"""A release and an earlier one, each as processes of its own code, on one database: upgraded while people type.

A sample runs with every test run; `proof` is every provider, and releases further back.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGKILL, SIGTERM

import psycopg
import pytest
from psycopg import errors

from bot.store.migrate import newest_version
from bot.store.postgres_connection import conninfo
from tests.crash.databases import FINAL_STATES
from tests.crash.fleet import LOOK_S, Fleet, fleet
from tests.crash.judge import figures, violations
from tests.crash.releases import OLDER, PREVIOUS, Release, unpack
from tests.crash.scenario import DEADLINE_S, Bot, ForkServer, Scenario
from tests.simulators.providers.serving import ROOT

pytestmark = [pytest.mark.crash, pytest.mark.timeout(300)]

PAINTED = "finished"
TAKEN = "committed"
SLOW_S = 0.5
LONG_S = 2.0
"""So that what is being painted when somebody is stopped is surely not finished."""
PARTS = ("worker", "worker", "gateway")
"""In the order in which they are replaced."""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
MOST_TRIES = 20
PAIRS = [
    pytest.param(release, kind, id=f"{release.tables}-{kind}", marks=pytest.mark.proof)
    for release in (PREVIOUS, *OLDER)
    for kind in ("sync", "polling", "keyed")
]
SAMPLE = pytest.param(PREVIOUS, "polling", id="sample")


@dataclass(frozen=True, slots=True)
class Unpacked:
    """An earlier release that can be started."""

    root: Path
    server: ForkServer


@pytest.fixture(scope="session")
def earlier(tmp_path_factory) -> Iterator[Callable[[Release], Unpacked]]:
    """Each release is unpacked and imported once."""
    ready: dict[Release, Unpacked] = {}
    with ExitStack() as stack:

        def unpacked(release: Release) -> Unpacked:
            if release not in ready:
                root = unpack(release, tmp_path_factory.mktemp(f"release-{release.tables}"))
                server = ForkServer(root)
                stack.callback(server.close)
                ready[release] = Unpacked(root, server)
            return ready[release]

        yield unpacked


@dataclass
class Upgrade:
    """One house while it goes from one release to the next."""

    story: Scenario
    crew: Fleet
    earlier: Unpacked | None = None
    old: list[Bot] = field(default_factory=list)
    new: list[Bot] = field(default_factory=list)

    def start_old(self) -> None:
        assert self.earlier is not None
        self.old += self._started(self.earlier.server)

    def start_new(self) -> None:
        self.new += self._started(self.story.server)

    def _started(self, server: ForkServer) -> list[Bot]:
        began = [self.crew.start(part, server=server) for part in PARTS]
        for bot in began:
            bot.until("opened")
        return began

    def type_until(self, happened: Callable[[], bool]) -> None:
        """People go on asking until it has happened."""
        deadline = time.monotonic() + DEADLINE_S
        while not happened():
            assert time.monotonic() < deadline, self.story.log()[-2000:]
            self.crew.type(2)
            self.crew.drain_for(LOOK_S)

    def upgrade_tables(self) -> None:
        """This release's `impasto db upgrade`, while people go on asking."""
        with shell(ROOT, self.story, "db", "upgrade") as upgrading:
            self.type_until(lambda: upgrading.poll() is not None)
            said, _ = upgrading.communicate()
        assert f"is at version {newest_version()}." in said

    def replace_old(self) -> None:
        """Each one is asked to stop, and the next one when it has ended."""
        for bot in self.old:
            bot.signal(SIGTERM)
            self.type_until(lambda bot=bot: bot.server.heard(bot.pid, "ended", within_s=0))
            self.crew.bots.remove(bot)
            assert bot.ended() == 0


@contextmanager
def shell(root: Path, story: Scenario, *words: str) -> Iterator[subprocess.Popen[str]]:
    """`impasto WORDS` of the release that lies in `root`."""
    where = {"DATABASE_URL": story.database_url, "IMPASTO_DATA_DIR": str(story.data_dir)}
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", *words],
        cwd=root,
        env={"PATH": os.environ["PATH"], **where},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def count(bots: Sequence[Bot], boundary: str) -> int:
    """How often these passed it."""
    return sum(passed == boundary for bot in bots for passed, _ in bot.passed)


@pytest.mark.parametrize(("release", "kind"), PAIRS)
def test_a_house_is_upgraded_while_people_ask_and_everybody_is_answered_once(
    scenario, bare_postgres_url, redis_url, earlier, release, kind
):
    story = scenario(kind, "--redis-url", redis_url, database_url=bare_postgres_url, delay_s=SLOW_S)
    with fleet(story) as crew:
        house = Upgrade(story, crew, earlier(release))
        house.start_old()
        house.type_until(lambda: count(house.old, PAINTED) >= 3)

        house.upgrade_tables()
        painted, taken = count(house.old, PAINTED), count(house.old, TAKEN)
        house.type_until(
            lambda: count(house.old, PAINTED) >= painted + 3 and count(house.old, TAKEN) > taken
        )
        house.start_new()
        house.type_until(
            lambda: all(count([bot], PAINTED) + count([bot], TAKEN) for bot in house.new)
        )
        painted = count(house.old, PAINTED)
        house.type_until(lambda: count(house.old, PAINTED) > painted)
        house.replace_old()
        crew.until_quiet()
        evidence = story.evidence()

        assert violations(evidence, kind=kind) == []
        print(
            f"{len(evidence.events)} asked; painted {count(house.old, PAINTED)} by {release.tables} "
            f"and {count(house.new, PAINTED)} by {newest_version()}; {figures(evidence)}"
        )


@pytest.mark.parametrize(("release", "kind"), [SAMPLE, *PAIRS])
@pytest.mark.parametrize("how", [SIGTERM, SIGKILL])
def test_a_file_that_an_earlier_release_left_in_the_middle_is_finished_by_this_one(
    scenario, earlier, release, kind, how
):
    story = scenario(kind, "--drain-s", 0.1, delay_s=LONG_S)
    old = story.start(server=earlier(release).server)
    story.type("ada", "ada", "ben", "cyd", "cyd", "dan")
    old.until("settled")
    story.type("eve", "ada")
    old.until("sent" if kind == "sync" else "submitted")
    old.signal(how)
    old.ended()
    in_flight = [
        row
        for row in story.database.rows("SELECT state FROM job")
        if row["state"] not in FINAL_STATES
    ]

    story.recover()

    assert in_flight
    assert violations(story.evidence(), kind=kind) == []


@pytest.mark.parametrize(
    "word",
    ["worker", *(pytest.param(word, marks=pytest.mark.proof) for word in ("gateway", "web"))],
)
def test_an_earlier_release_is_not_started_on_tables_of_a_later_one(
    scenario, postgres_url, earlier, word
):
    story = scenario("sync", database_url=postgres_url)
    root = earlier(PREVIOUS).root

    with shell(root, story, word, "--port", "0") as process:
        said, _ = process.communicate(timeout=DEADLINE_S)

    assert process.returncode
    assert f"version {newest_version()}" in said
    assert "newer release" in said


def add_to_every_table(url: str) -> None:
    """What migrations do, to all that there is: a column that may be empty, an index, a table. In short tries, as
    `bot.store.postgres_upgrade` does it.
    """
    with psycopg.connect(conninfo(url), autocommit=True) as admin:
        tables = [name for (name,) in admin.execute(TABLES).fetchall()]
        changes = ["SET LOCAL lock_timeout = 500"]
        changes += [f"ALTER TABLE {name} ADD COLUMN of_tomorrow TEXT" for name in tables]
        changes += ["CREATE INDEX ix_job_tomorrow ON job (of_tomorrow)"]
        changes += ["CREATE TABLE tomorrow (id INTEGER PRIMARY KEY)"]
        changes += ["UPDATE alembic_version SET version_num = '9999'"]
        for _ in range(MOST_TRIES):
            try:
                with admin.transaction():
                    for change in changes:
                        admin.execute(change.encode())
            except (errors.LockNotAvailable, errors.DeadlockDetected):
                continue
            return
    raise AssertionError("the tables were never free")


def test_processes_of_this_release_go_on_when_every_table_gets_a_column(
    scenario, bare_postgres_url, redis_url
):
    story = scenario(
        "polling", "--redis-url", redis_url, database_url=bare_postgres_url, delay_s=SLOW_S
    )
    with fleet(story) as crew:
        house = Upgrade(story, crew)
        house.start_new()
        # So often that all that is asked of the database again and again is a prepared statement.
        house.type_until(lambda: count(house.new, PAINTED) >= 12)

        with ThreadPoolExecutor(1) as thread:
            changing = thread.submit(add_to_every_table, story.database_url)
            house.type_until(changing.done)
            changing.result()
        painted = count(house.new, PAINTED)
        house.type_until(lambda: count(house.new, PAINTED) >= painted + 8)
        crew.until_quiet()

        assert violations(story.evidence(), kind="polling") == []
