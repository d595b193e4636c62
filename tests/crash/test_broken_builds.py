"""The judge must find a broken build out, by the very scenarios that a sound one passes."""

from __future__ import annotations

import pytest

from tests.crash.judge import violations
from tests.crash.scenario import Scenario
from tests.crash.test_frozen import frozen_past_the_lease

pytestmark = pytest.mark.crash

ENOUGH_S = 6.0
"""How long a broken build is given to make up for it; it can't."""


def crashed(scenario, build: str, *, kind: str, at: str) -> Scenario:
    story = scenario(kind, build=build)
    story.type("ada", "ben")
    story.crash(at)
    bot = story.start()
    story.work_until_quiet(bot, deadline_s=ENOUGH_S)
    bot.kill()
    return story


def test_the_judge_catches_an_ack_before_the_commit(scenario):
    story = crashed(scenario, "ack_before_commit", kind="polling", at="received")

    found = violations(story.evidence(), kind="polling")

    assert any("was acknowledged and is lost" in violation for violation in found)


def test_the_judge_catches_a_missing_fence(scenario):
    # The provider is slower than a busy machine: the stale worker must not be done before another takes over.
    story = frozen_past_the_lease(
        scenario,
        "polling",
        "submitted",
        "--never-renew",
        build="no_fencing",
        deadline_s=2 * ENOUGH_S,
        delay_s=ENOUGH_S,
    )

    found = violations(story.evidence(), kind="polling")

    # Which rule breaks depends on who comes last: two answers, none, or a job that is never over.
    wrongs = ("was answered 2 times", "was never answered", "is still running")
    assert any(violation.endswith(wrongs) for violation in found), found


def test_the_judge_catches_a_delivery_without_outbox(scenario):
    story = crashed(scenario, "no_outbox", kind="polling", at="delivering")

    found = violations(story.evidence(), kind="polling")

    assert any("was never answered" in violation for violation in found)


def test_the_judge_catches_a_missing_journal(scenario):
    story = crashed(scenario, "no_journal", kind="polling", at="fetched")

    found = violations(story.evidence(), kind="polling")

    assert any("was bought 2 times" in violation for violation in found)


@pytest.mark.parametrize("at", ["received", "delivering", "fetched"])
def test_the_sound_build_passes_where_the_broken_ones_fail(scenario, at):
    story = crashed(scenario, "sound", kind="polling", at=at)

    assert violations(story.evidence(), kind="polling") == []
