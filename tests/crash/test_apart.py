"""Two gateways and three workers on one Postgres: one of them dies or freezes, the others go on.

A sample runs with every test run; `proof` is every boundary, with every provider, once and twice in a row.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.crash.evidence import Evidence
from tests.crash.fleet import LEASE_S, Fleet, fleet
from tests.crash.judge import violations
from tests.crash.test_sweep import BOUNDARIES, SWEEP

pytestmark = [pytest.mark.crash, pytest.mark.timeout(240)]

AT_GATEWAYS = frozenset({"received", "committed", "acked"})
FROZEN_AT = [("polling", "submitted"), ("sync", "sent"), ("keyed", "fetched")]
POSTING = [
    *("placeholder_posting", "status_looked_for", "status_leaving", "status_left"),
    *("placeholder_posted", "delivering", "answer_looked_for", "answer_leaving", "answer_left"),
    *("delivered", "settled"),
]
"""Of a post: its letter is taken, it was looked for, it leaves, it has left, it is confirmed, it is on record."""


@pytest.fixture
def apart(scenario, postgres_url):
    """A story over processes apart."""

    def new(kind: str, *options: object, **more: object):
        return scenario(kind, "--lease-s", LEASE_S, *options, database_url=postgres_url, **more)

    return new


def part_at(boundary: str) -> str:
    return "gateway" if boundary in AT_GATEWAYS else "worker"


def one_dies(crew: Fleet, boundary: str, *, times: int = 1, occurrence: int = 1) -> None:
    """One process dies at the boundary while people type, and its replacement too."""
    for _ in range(times):
        victim = crew.enlist(part_at(boundary), boundary, occurrence=occurrence)
        crew.fill()
        crew.feed_until(victim, "ended")
        crew.bury(victim)
    crew.fill()
    crew.until_quiet()


def died_among_others(
    apart, boundary: str, kind: str, *, times: int = 1, occurrence: int = 1, build: str = "sound"
) -> list[str]:
    story = apart(kind, build=build)
    with fleet(story) as crew:
        one_dies(crew, boundary, times=times, occurrence=occurrence)
        evidence = story.evidence()
    return violations(evidence, kind=kind)


def froze_and_woke(apart, kind: str, boundary: str, *, build: str = "sound") -> Evidence:
    """One worker stands still past its lease while others take over, and then goes on."""
    story = apart(kind, build=build)
    with fleet(story) as crew:
        victim = crew.enlist("worker", boundary, signal="SIGSTOP")
        crew.fill()
        crew.feed_until(victim, "stopped")
        crew.until_quiet()
        assert story.is_quiet(), "the others took over"
        decided = story.evidence()
        victim.thaw()
        crew.type(3)
        crew.until_quiet()
        crew.until_taken_back()
        evidence = story.evidence()
    return as_it_was_known(evidence, decided)


def as_it_was_known(evidence: Evidence, decided: Evidence) -> Evidence:
    """What is judged is what could be known when it was decided: who woke up may note a provider's id afterwards."""
    calls = {row["id"]: row for row in evidence.tables["call"]}
    calls |= {row["id"]: row for row in decided.tables["call"]}
    return replace(evidence, tables={**evidence.tables, "call": list(calls.values())})


@pytest.mark.parametrize(
    ("boundary", "kind"), [("committed", "keyed"), ("submitted", "polling"), ("delivered", "sync")]
)
def test_a_death_among_others_loses_and_doubles_nothing(apart, boundary, kind):
    assert died_among_others(apart, boundary, kind) == []


def test_a_frozen_worker_that_wakes_up_is_not_heard(apart):
    assert violations(froze_and_woke(apart, "polling", "submitted"), kind="polling") == []


@pytest.mark.proof
@pytest.mark.parametrize(("boundary", "kind"), SWEEP)
def test_a_death_at_every_boundary_among_others(apart, boundary, kind):
    assert died_among_others(apart, boundary, kind) == []


@pytest.mark.proof
@pytest.mark.parametrize("boundary", [name for name in BOUNDARIES if name != "submitted"])
def test_two_deaths_in_a_row_at_every_boundary(apart, boundary):
    assert died_among_others(apart, boundary, "polling", times=2) == []


@pytest.mark.proof
@pytest.mark.parametrize(("kind", "boundary"), FROZEN_AT)
def test_frozen_at_every_step_of_a_call(apart, kind, boundary):
    assert violations(froze_and_woke(apart, kind, boundary), kind=kind) == []


@pytest.mark.proof
@pytest.mark.parametrize("boundary", POSTING)
def test_frozen_at_every_step_of_a_post(apart, boundary):
    assert violations(froze_and_woke(apart, "sync", boundary), kind="sync") == []


@pytest.mark.parametrize("boundary", ["status_leaving", "answer_leaving"])
def test_a_message_that_left_too_late_is_taken_back(apart, boundary):
    evidence = froze_and_woke(apart, "sync", boundary)

    assert evidence.taken_back, "nothing left too late"
    assert violations(evidence, kind="sync") == []


@pytest.mark.proof
def test_the_judge_catches_an_ack_before_the_commit_among_others(apart):
    found = died_among_others(apart, "received", "polling", build="ack_before_commit")

    assert any("was acknowledged and is lost" in violation for violation in found), found


@pytest.mark.proof
def test_the_judge_catches_a_missing_journal_among_others(apart):
    found = died_among_others(apart, "fetched", "polling", build="no_journal")

    assert any("was bought 2 times" in violation for violation in found), found


@pytest.mark.proof
@pytest.mark.parametrize(
    ("build", "boundary"), [("no_post_time", "delivering"), ("no_taking_back", "answer_leaving")]
)
def test_the_judge_catches_a_late_post_that_stays(apart, build, boundary):
    found = violations(froze_and_woke(apart, "sync", boundary, build=build), kind="sync")

    assert any("was answered 2 times" in violation for violation in found), found
