"""What the image judge does with a score; the scores themselves come from a real function run off the loop."""

import logging

import pytest

from moderation import Allow, Bench, Block, ImageCase, JudgeConfig, Review, Unchecked
from moderation.image import plugin


def judge(score):
    async def off_loop(function, *args, timeout_s):
        if isinstance(score, Exception):
            raise score
        return score

    bench = Bench(http=None, off_loop=off_loop, log=logging.getLogger("test"))
    return plugin(JudgeConfig(name="image", kind="image"), bench)


@pytest.mark.parametrize(
    ("score", "drawn_by_rules", "verdict"),
    [
        (0.1, False, Allow),
        (0.5, False, Review),
        (0.9, False, Block),
        (0.93, True, Allow),
        (0.99, True, Block),
    ],
)
async def test_a_drawing_from_a_fixed_stock_of_shapes_needs_near_certainty(
    score, drawn_by_rules, verdict
):
    case = ImageCase(preview_jpeg=b"", drawn_by_rules=drawn_by_rules)

    assert isinstance(await judge(score).judge_image(case), verdict)


@pytest.mark.parametrize("fault", [TimeoutError(), ImportError(), RuntimeError("died")])
async def test_a_judge_that_cannot_look_says_so(fault):
    assert isinstance(await judge(fault).judge_image(ImageCase(preview_jpeg=b"")), Unchecked)
