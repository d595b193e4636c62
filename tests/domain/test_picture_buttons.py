"""Which buttons stand under pictures, by what the models here can do."""

import pytest

from bot.domain.job_cards import Surroundings, card_of
from providers import Operation
from tests.domain.test_job_cards import done, pictures

EVERYTHING = frozenset(Operation)


def labels(count, able):
    card = card_of(done(), Surroundings(images=pictures(count), made=4, able=frozenset(able)))
    return {one.label for one in (*card.menu, *(one for row in card.rows for one in row))}


@pytest.mark.parametrize(
    ("operation", "label"),
    [
        (Operation.UPSCALE, "U1"),
        (Operation.VARY, "V1"),
        (Operation.OUTPAINT, "Outpaint"),
        (Operation.REMOVE_BACKGROUND, "Remove background"),
    ],
)
def test_a_button_is_offered_where_some_model_can_do_it_and_nowhere_else(operation, label):
    assert label in labels(1, EVERYTHING)
    assert label not in labels(1, EVERYTHING - {operation, Operation.IMAGE_TO_IMAGE})


def test_rows_hold_what_every_platform_fits():
    card = card_of(done(), Surroundings(images=pictures(10), made=10, able=EVERYTHING))

    assert [len(row) for row in card.rows] == [5, 5, 1]
    assert len(card.menu) <= 100
    packed = [one.action.pack() for one in card.menu]
    assert len(set(packed)) == len(packed)


def test_the_buttons_of_a_picture_alone_stand_in_one_row():
    card = card_of(done(), Surroundings(images=pictures(1), made=1, able=EVERYTHING))

    rows = [[button.label for button in row] for row in card.rows]
    assert rows == [["U1", "V1", "Re-roll", "Edit"], ["Good", "Bad"]]
