from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.aspect import Aspect, Size, fit

ASPECTS = st.builds(Aspect, width=st.integers(1, 100), height=st.integers(1, 100))
EXTREME_ASPECTS = st.builds(Aspect, width=st.integers(1, 10_000), height=st.integers(1, 10_000))


def test_an_aspect_is_kept_as_it_was_chosen():
    assert Aspect(width=21, height=9).written == "21:9"
    assert Aspect(width=21, height=9).ratio == Aspect(width=7, height=3).ratio


@pytest.mark.parametrize(("width", "height"), [(0, 5), (5, 0), (-1, -1)])
def test_sides_are_positive(width, height):
    with pytest.raises(ValueError, match="positive"):
        Aspect(width=width, height=height)
    with pytest.raises(ValueError, match="positive"):
        Size(width_px=width, height_px=height)


def test_a_size_knows_its_shape_and_area():
    size = Size(width_px=768, height_px=512)

    assert size.aspect == Aspect(width=3, height=2)
    assert size.area_px == 393_216
    assert size.written == "768x512"


@pytest.mark.parametrize(
    ("width", "height", "fitted"),
    [
        (1, 1, "1024x1024"),
        (16, 9, "1344x768"),
        (9, 16, "768x1344"),
        (4, 3, "1152x896"),
        (3, 2, "1216x832"),
        (21, 9, "1536x640"),
        (2, 1, "1408x704"),
        (4, 1, "2048x512"),
    ],
)
def test_a_megapixel_is_cut_as_sdxl_was_trained(width, height, fitted):
    # The buckets of SDXL (arXiv 2307.01952, appendix I), where it has that shape.
    assert fit(Aspect(width=width, height=height)).written == fitted


@given(EXTREME_ASPECTS, st.integers(1, 64), st.integers(1, 4096 * 4096))
def test_a_fitted_size_keeps_to_area_and_multiple(aspect, multiple_px, extra_px):
    area_px = multiple_px**2 - 1 + extra_px

    size = fit(aspect, area_px=area_px, multiple_px=multiple_px)

    assert size.area_px <= area_px
    assert size.width_px % multiple_px == size.height_px % multiple_px == 0


@given(
    ASPECTS.filter(
        lambda aspect: aspect.width <= 4 * aspect.height and aspect.height <= 4 * aspect.width
    )
)
def test_a_fitted_megapixel_is_near_in_shape_and_uses_its_area(aspect):
    size = fit(aspect)

    assert abs(math.log(size.aspect.ratio / aspect.ratio)) < 0.08
    assert size.area_px > 0.84 * 1024 * 1024


@given(ASPECTS)
def test_turning_the_aspect_turns_the_size(aspect):
    size = fit(aspect)

    assert fit(Aspect(width=aspect.height, height=aspect.width)) == Size(
        width_px=size.height_px, height_px=size.width_px
    )


def test_an_area_smaller_than_one_multiple_is_a_fault():
    with pytest.raises(ValueError, match="multiple of 64 px"):
        fit(Aspect(width=1, height=1), area_px=4095)
