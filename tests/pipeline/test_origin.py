"""What a picture's label says of how it came about."""

import pytest

from bot.images.label import SourceType
from bot.pipeline.finish import source_type_of

MODEL = SourceType.TRAINED_ALGORITHMIC_MEDIA
PARTLY = SourceType.COMPOSITE_WITH_TRAINED_ALGORITHMIC_MEDIA
RULES = SourceType.ALGORITHMIC_MEDIA


@pytest.mark.parametrize("origin", [None, MODEL, RULES])
def test_what_a_model_paints_is_a_models(origin):
    told = source_type_of(by_model=True, touched_by_model=False, brought=False, origin=origin)

    assert told is MODEL


@pytest.mark.parametrize("origin", [MODEL, PARTLY])
@pytest.mark.parametrize("touched", [True, False])
def test_a_models_picture_stays_one_when_a_program_enlarges_it(origin, touched):
    told = source_type_of(by_model=False, touched_by_model=touched, brought=False, origin=origin)

    assert told is origin


def test_what_a_model_makes_of_a_brought_picture_is_partly_its_own():
    first = source_type_of(by_model=True, touched_by_model=False, brought=True, origin=None)
    second = source_type_of(by_model=True, touched_by_model=False, brought=False, origin=first)

    assert first is second is PARTLY


def test_a_drawing_without_a_model_says_so_until_a_model_touches_it():
    drawn = source_type_of(by_model=False, touched_by_model=False, brought=False, origin=None)
    styled = source_type_of(by_model=False, touched_by_model=True, brought=False, origin=drawn)

    assert (drawn, styled) == (RULES, PARTLY)
