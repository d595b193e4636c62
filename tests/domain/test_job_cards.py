"""What a job's card says of its pictures."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain.grammar import Ask
from bot.domain.identity import BlobKey, ImageId, JobId, Person, Place
from bot.domain.job import Job, JobState, Order, Plan, StoredImage
from bot.domain.job_cards import Surroundings, card_of
from providers import Operation

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def done(operation=Operation.TEXT_TO_IMAGE) -> Job:
    return Job(
        id=JobId(1),
        key="k",
        person=Person(platform="test", workspace="W", user="ana", name="Ana"),
        place=Place(channel="general"),
        order=Order(operation=operation, ask=Ask(prompt="a fox", count=4)),
        state=JobState.DELIVERED,
        plan=Plan(
            model="square-1", providers=("squares",), width_px=64, height_px=64, count=4, seed=7
        ),
        attempt=1,
        created_at=NOW,
        started_at=NOW,
        finished_at=NOW,
        cancel_asked=False,
        ending=None,
        message=None,
    )


def pictures(count, *, seed=None) -> tuple[StoredImage, ...]:
    one = StoredImage(
        id=ImageId(1), job=JobId(1), position=1, seed=None, width_px=64, height_px=64,
        mime="image/png", key=BlobKey("a"), view=BlobKey("b"), thumbnail=BlobKey("c"), phash="",
        alt="a fox",
    )  # fmt: skip
    return tuple(
        replace(one, id=ImageId(n), position=n, seed=seed or 10 + n) for n in range(1, count + 1)
    )


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (3, "1 image could not be shown and was not charged."),
        (2, "2 images could not be shown and were not charged."),
    ],
)
def test_pictures_that_never_came_are_said_to_cost_nothing(made, sentence):
    card = card_of(done(), Surroundings(images=pictures(made), made=made))

    assert card.headline == f"{made} of 4 images"
    assert sentence in card.lines


def test_pictures_deleted_since_are_not_said_to_have_cost_nothing():
    card = card_of(done(), Surroundings(images=pictures(2), made=4))

    assert card.headline == "2 images"
    assert not card.lines


def test_a_variation_names_the_seed_it_moved_from_once():
    card = card_of(done(Operation.VARY), Surroundings(images=pictures(4, seed=7), made=4))

    facts = {field.name: field.value for field in card.fields}
    assert facts["Variation of seed"] == "7"
    assert "Seeds" not in facts
    (reroll,) = [button for row in card.rows for button in row if button.label == "Re-roll"]
    assert reroll.says == "New variations of the same picture"


def test_pictures_of_their_own_name_all_their_seeds():
    card = card_of(done(), Surroundings(images=pictures(4), made=4))

    assert {field.name: field.value for field in card.fields}["Seeds"] == "11 · 12 · 13 · 14"


def test_a_deleted_picture_is_not_counted_among_those_that_never_came():
    card = card_of(done(), Surroundings(images=pictures(2), made=3))

    assert card.lines == ("1 image could not be shown and was not charged.",)


def test_a_long_run_of_numbers_says_its_first_and_last():
    ten = card_of(done(), Surroundings(images=pictures(10), made=10))
    gap = card_of(done(), Surroundings(images=pictures(6)[:3] + pictures(6)[4:], made=5))

    facts = {field.name: field.value for field in ten.fields}
    assert (facts["Numbers"], facts["Seeds"]) == ("#1 – #10", "11 – 20")
    facts = {field.name: field.value for field in gap.fields}
    assert facts["Numbers"] == "#1 · #2 · #3 · #5 · #6"
