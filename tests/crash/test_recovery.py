"""Dying again while recovering, and dying at random under load."""

from __future__ import annotations

import json
from random import Random

import pytest

from tests.crash.judge import figures, violations
from tests.crash.test_sweep import KINDS

pytestmark = pytest.mark.crash

PAIRS = [
    ("committed", "moderating", "polling"),
    ("queued", "placeholder_posting", "sync"),
    ("placeholder_posted", "placeholder_posted", "keyed"),
    ("leased", "submitting", "polling"),
    ("sent", "delivering", "sync"),
    ("submitted", "fetched", "polling"),
    ("answered", "stored", "keyed"),
    ("finished", "delivering", "sync"),
    ("delivered", "delivered", "polling"),
]
USERS = tuple(f"user{number}" for number in range(8))


@pytest.mark.parametrize(("first", "second", "kind"), PAIRS)
def test_a_death_while_recovering_loses_and_doubles_nothing(scenario, first, second, kind):
    story = scenario(kind)
    story.type("ada", "ada", "ben", images=2)
    story.crash(first)
    story.crash(second)

    story.recover()

    assert violations(story.evidence(), kind=kind) == []


def test_a_job_in_the_hands_of_three_dying_workers_is_given_up_and_its_asker_told(scenario):
    story = scenario("polling")
    story.type("ada")
    for _ in range(3):
        story.crash("leased")

    story.recover()

    evidence = story.evidence()
    (job,) = evidence.tables["job"]
    assert json.loads(job["ending"])["reason"] == "worker_died"
    assert evidence.bill == []
    assert violations(evidence, kind="polling") == []


@pytest.mark.parametrize("kind", KINDS)
def test_two_deaths_at_random_under_load(scenario, kind):
    story, _ = killed_at_random(scenario, kind, kills=2, seed=1)

    assert violations(story.evidence(), kind=kind) == []


@pytest.mark.proof
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", [11, 12])
@pytest.mark.parametrize("kind", KINDS)
def test_thirty_deaths_at_random_under_load(scenario, kind, seed):
    story, kills = killed_at_random(scenario, kind, kills=30, seed=seed)

    evidence = story.evidence()
    print(f"{kind}, seed {seed}: {kills} kills; {figures(evidence)}")
    assert violations(evidence, kind=kind) == []


def killed_at_random(scenario, kind: str, *, kills: int, seed: int):
    """Eight people go on typing while the bot is killed from outside after a random number of steps."""
    chance = Random(seed)
    story = scenario(kind, "--slots", 4)
    for _ in range(kills):
        story.type(*USERS, images=chance.choice([1, 1, 2]))
        bot = story.start()
        story.pass_boundaries(bot, chance.randint(1, 120))
        bot.kill()
    story.recover()
    return story, kills
