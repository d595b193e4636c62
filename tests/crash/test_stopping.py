"""SIGTERM: intake stops, what can be finished is, the rest is handed back, and the next start goes on with it."""

from __future__ import annotations

import signal
import time

import pytest

from tests.crash.judge import violations

pytestmark = pytest.mark.crash

STOPPED = 0
AT_ONCE = 130
SLOW_S = 2.0
ENDLESS_S = 3600.0
DRAIN_S = 0.5
SLACK_S = 10.0
"""A busy machine's; far less than the endless picture takes."""

STATES = [
    ("committed", "sync"),
    ("moderating", "polling"),
    ("queued", "keyed"),
    ("placeholder_posting", "polling"),
    ("leased", "sync"),
    ("submitted", "polling"),
    ("fetched", "keyed"),
    ("stored", "sync"),
    ("finished", "polling"),
    ("delivering", "sync"),
]


@pytest.mark.parametrize(("at", "kind"), STATES)
def test_a_stop_in_any_state_is_picked_up_by_the_next_start(scenario, at, kind):
    story = scenario(kind)
    story.type("ada", "ada", "ben")

    code = story.start(at, signal="SIGTERM").ended()
    story.recover()

    assert code == STOPPED
    assert violations(story.evidence(), kind=kind) == []


def test_what_runs_is_finished_and_answered_before_the_process_ends(scenario):
    story = scenario("sync")
    story.type("ada")

    story.start("sent", signal="SIGTERM").ended()

    assert violations(story.evidence(), kind="sync") == []


def test_it_ends_within_the_drain_time_and_hands_back_what_still_runs(scenario):
    story = scenario("polling", "--drain-s", DRAIN_S, delay_s=ENDLESS_S)
    story.type("ada", "ben")
    bot = story.start("submitted", signal="SIGTERM", occurrence=2)
    bot.until("stopping")
    began = time.monotonic()

    code = bot.ended()

    assert code == STOPPED
    assert time.monotonic() - began < DRAIN_S + SLACK_S
    assert [job["state"] for job in story.evidence().tables["job"]] == ["ready", "ready"]


@pytest.mark.parametrize("kind", ["polling", "keyed"])
def test_what_was_handed_back_goes_on_where_it_was(scenario, kind):
    story = scenario(kind, "--drain-s", DRAIN_S, delay_s=SLOW_S)
    story.type("ada", "ben")

    story.start("submitted", signal="SIGTERM", occurrence=2).ended()
    story.recover()

    assert violations(story.evidence(), kind=kind) == []


def test_a_second_sigterm_ends_it_at_once(scenario):
    story = scenario("polling", delay_s=SLOW_S)
    story.type("ada")
    bot = story.start("submitted", signal="SIGTERM")
    bot.until("stopping")

    bot.signal(signal.SIGTERM)

    assert bot.ended() == AT_ONCE
    story.recover()
    assert violations(story.evidence(), kind="polling") == []
