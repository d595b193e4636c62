import logging
from io import BytesIO

import httpx
import pytest
from PIL import Image

from moderation import Allow, Bench, Block, ImageCase, JudgeConfig, Review, Unchecked
from moderation.image import NotAPicture, plugin
from moderation.testing import Broken, in_thread


class Score:
    """An OffLoop that answers with a given score."""

    def __init__(self, score):
        self.score = score

    async def __call__(self, function, *args, timeout_s):
        return self.score


def judge(off_loop=in_thread, **options):
    bench = Bench(http=httpx.AsyncClient(), off_loop=off_loop, log=logging.getLogger("test"))
    return plugin(JudgeConfig(name="eyes", kind="image", options=options), bench)


async def verdict(off_loop, data=b"jpeg", **options):
    return await judge(off_loop, **options).judge_image(ImageCase(preview_jpeg=data))


def jpeg(image):
    file = BytesIO()
    image.convert("RGB").save(file, "JPEG")
    return file.getvalue()


@pytest.mark.parametrize(("score", "kind"), [(0.9, Block), (0.5, Review), (0.2, Allow)])
async def test_the_score_decides(score, kind):
    found = await verdict(Score(score))

    assert isinstance(found, kind)
    assert found.scores == {"sexual": score}


async def test_sexual_pictures_can_be_left_to_a_person_or_to_nobody():
    assert isinstance(await verdict(Score(0.9), sexual="review"), Review)
    assert isinstance(await verdict(Score(0.9), sexual="off"), Allow)


@pytest.mark.parametrize(
    ("fault", "detail"),
    [
        (ModuleNotFoundError("onnxruntime"), "not installed"),
        (TimeoutError(), "no score within"),
        (NotAPicture("junk"), "not a picture"),
        (ConnectionError(), "process failed"),
    ],
)
async def test_without_an_answer_a_picture_is_unchecked(fault, detail):
    found = await verdict(Broken([fault]))

    assert isinstance(found, Unchecked)
    assert detail in found.detail


HARMLESS = {
    "grey": Image.new("L", (300, 200), 128),
    "skin": Image.new("RGB", (512, 512), (224, 172, 145)),
    "gradient": Image.linear_gradient("L"),
    "noise": Image.effect_noise((256, 256), 80),
    "fractal": Image.effect_mandelbrot((256, 256), (-2, -1.5, 1, 1.5), 90),
    "tiny": Image.new("RGB", (1, 1), (10, 200, 30)),
}


@pytest.mark.local_models
@pytest.mark.parametrize("name", HARMLESS)
async def test_a_harmless_picture_passes(name):
    found = await verdict(in_thread, jpeg(HARMLESS[name]))

    assert isinstance(found, Allow), found


@pytest.mark.local_models
async def test_junk_is_not_a_picture():
    found = await verdict(in_thread, b"\xff\xd8\xff junk")

    assert isinstance(found, Unchecked)
    assert "not a picture" in found.detail
