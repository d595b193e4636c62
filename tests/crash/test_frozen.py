"""A process that stands still past its lease: what it holds is taken over, and what it says afterwards is not heard."""

from __future__ import annotations

import pytest

from tests.crash.judge import violations
from tests.crash.scenario import DEADLINE_S, Scenario

pytestmark = pytest.mark.crash

PAST_THE_LEASE_S = 60.0
FIRST_CLAIM = 3
"""The fencing token of a job that was received, judged once and claimed once."""
SLOW_S = 2.0
"""Long enough that the bot wakes up before its pictures are ready."""


def frozen_past_the_lease(
    scenario,
    kind: str,
    at: str,
    *options: str,
    build: str = "sound",
    deadline_s: float = DEADLINE_S,
    delay_s: float = SLOW_S,
) -> Scenario:
    """The bot froze at `at`, and woke up a minute later. The provider takes `delay_s`."""
    story = scenario(kind, *options, build=build, delay_s=delay_s)
    story.type("ada", "ben", images=2)
    bot = story.start(at, signal="SIGSTOP")
    bot.server.await_stop(bot.pid)
    story.freeze_passed(PAST_THE_LEASE_S)
    bot.thaw()
    story.work_until_quiet(bot, deadline_s=deadline_s)
    bot.kill()
    return story


@pytest.mark.parametrize(
    ("kind", "at"), [("polling", "submitted"), ("keyed", "sent"), ("polling", "leased")]
)
def test_a_job_taken_over_from_a_frozen_worker_is_answered_once(scenario, kind, at):
    story = frozen_past_the_lease(scenario, kind, at, "--never-renew")

    evidence = story.evidence()
    assert max(job["token"] for job in evidence.tables["job"]) > FIRST_CLAIM, "nothing taken over"
    assert violations(evidence, kind=kind) == []


@pytest.mark.parametrize("kind", ["polling", "keyed"])
def test_the_fence_alone_discards_what_a_stale_worker_brings(scenario, kind):
    story = frozen_past_the_lease(scenario, kind, "submitted", "--never-renew", build="two_workers")

    assert violations(story.evidence(), kind=kind) == []


@pytest.mark.parametrize("kind", ["sync", "polling"])
def test_a_frozen_worker_that_renews_keeps_its_jobs(scenario, kind):
    story = frozen_past_the_lease(scenario, kind, "sent")

    evidence = story.evidence()
    assert [job["state"] for job in evidence.tables["job"]] == ["delivered", "delivered"]
    assert violations(evidence, kind=kind) == []
