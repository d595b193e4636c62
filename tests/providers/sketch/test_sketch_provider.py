"""The provider's contract: what it answers, refuses and tells."""

import io
import logging
import pickle
import subprocess
import sys
from collections.abc import Callable

import httpx
import numpy as np
import pytest
from PIL import Image

from providers.errors import InvalidRequest, ModelGone, Next, Unavailable
from providers.protocol import Call, Done, Progress, ProviderConfig, Result, Workshop
from providers.request import GenerationRequest, Insets, Operation
from providers.sketch import plugin
from providers.sketch.finish import LABEL, STYLED_LABEL, label_box
from providers.sketch.task import Task, paint

SIZE = 96


async def _here(function: Callable, *args: object, timeout_s: float):
    """A runner that sends everything through pickle as a worker process would."""
    assert timeout_s > 0
    result = pickle.loads(pickle.dumps(function))(*pickle.loads(pickle.dumps(args)))
    return pickle.loads(pickle.dumps(result))


async def _too_slow(function: Callable, *args: object, timeout_s: float):
    raise TimeoutError


def _provider(off_loop=_here, **config):
    workshop = Workshop(http=httpx.AsyncClient(), off_loop=off_loop, log=logging.getLogger("test"))
    return plugin(ProviderConfig(name="house", kind="sketch", **config), workshop)


def _request(operation=Operation.TEXT_TO_IMAGE, **fields) -> GenerationRequest:
    fields = {
        "prompt": "a red fox in a forest",
        "seed": 7,
        "width_px": SIZE,
        "height_px": SIZE,
    } | fields
    return GenerationRequest(operation=operation, model="sketch", **fields)


async def _result(request: GenerationRequest, **config) -> Result:
    events = [
        event async for event in _provider(**config).generate(request, Call(key="k", timeout_s=30))
    ]
    assert isinstance(events[-1], Done)
    return events[-1].result


def _open(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data), formats=("PNG", "JPEG"))


def _png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _photo(width: int = SIZE, height: int = SIZE) -> Image.Image:
    down, across = np.mgrid[0:height, 0:width]
    pixels = np.stack([across * 255 // width, down * 255 // height, (across ^ down) & 255], 2)
    return Image.fromarray(pixels.astype(np.uint8))


def _above_label(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture.convert("RGB"), np.int16)[: picture.height - 22]


async def test_the_answer_is_a_png_of_the_asked_size_with_its_seed():
    result = await _result(_request(width_px=120, height_px=80))

    (image,) = result.images
    assert _open(image.data).size == (120, 80)
    assert _open(image.data).format == "PNG"
    assert image.seed == 7


async def test_the_same_request_gives_the_same_bytes():
    first, second = await _result(_request()), await _result(_request())

    assert first == second


async def test_every_image_has_its_own_seed_and_picture():
    result = await _result(_request(count=3))

    assert [image.seed for image in result.images] == [7, 8, 9]
    assert len({image.data for image in result.images}) == 3


async def test_progress_comes_after_each_image_with_a_preview():
    events = [
        event
        async for event in _provider().generate(_request(count=2), Call(key="k", timeout_s=30))
    ]

    progress = [event for event in events if isinstance(event, Progress)]
    assert [event.fraction for event in progress] == [0.5, 1.0]
    assert all(_open(event.preview).format == "JPEG" for event in progress)


async def test_without_a_seed_one_is_chosen_and_told():
    result = await _result(_request(seed=None))

    (again,) = (await _result(_request(seed=result.images[0].seed))).images
    assert again.data == result.images[0].data


async def test_words_it_can_not_draw_are_told():
    result = await _result(_request(prompt="a red fox reading a treaty beside a trombone"))

    assert result.images[0].not_drawn == ("treaty", "trombone")


@pytest.mark.parametrize(("strength", "missing"), [(0.5, ("snow",)), (1.0, ())])
async def test_weather_that_a_repainted_picture_does_not_get_is_told(strength, missing):
    source = (await _result(_request(prompt="a lighthouse"))).images[0].data
    request = _request(
        Operation.IMAGE_TO_IMAGE, prompt="the same in snow", source_image=source, strength=strength
    )

    assert (await _result(request)).images[0].not_drawn == missing


async def test_the_model_is_no_ai_model_and_is_named_sketch():
    (model,) = await _provider().models()

    assert model.id == "sketch"
    assert model.capabilities.is_ai_model is False
    assert model.capabilities.price.per_image_microusd == 0
    assert {"watercolor", "starry night"} <= set(model.capabilities.styles)


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"style": "baroque"}, "style"),
        ({"count": 0}, "count"),
        ({"count": 99}, "count"),
        ({"width_px": 63}, "width_px"),
        ({"height_px": 2049}, "height_px"),
        ({"strength": 1.5}, "strength"),
        ({"operation": Operation.CONTROL}, "operation"),
        ({"operation": Operation.REMOVE_BACKGROUND}, "operation"),
        ({"operation": Operation.IMAGE_TO_IMAGE}, "source_image"),
        ({"operation": Operation.VARY, "seed": None}, "source_image"),
        ({"operation": Operation.UPSCALE, "source_image": _png(_photo()), "scale": 3}, "scale"),
        ({"operation": Operation.INPAINT, "source_image": _png(_photo())}, "mask"),
        ({"operation": Operation.OUTPAINT, "source_image": _png(_photo())}, "expand"),
        (
            {"operation": Operation.OUTPAINT, "source_image": _png(_photo()), "expand": Insets()},
            "expand",
        ),
        (
            {"operation": Operation.IMAGE_TO_IMAGE, "source_image": b"GIF89a nonsense"},
            "source_image",
        ),
        (
            {
                "operation": Operation.INPAINT,
                "source_image": _png(_photo()),
                "mask": _png(Image.new("L", (SIZE, SIZE + 1), 255)),
            },
            "mask",
        ),
        (
            {
                "operation": Operation.OUTPAINT,
                "source_image": _png(_photo()),
                "expand": Insets(left_px=5000),
            },
            "expand",
        ),
        (
            {"operation": Operation.UPSCALE, "source_image": _png(_photo(1025, 64)), "scale": 4},
            "scale",
        ),
    ],
)
async def test_a_wrong_request_is_refused_by_the_parameter(fields, param):
    with pytest.raises(InvalidRequest) as refusal:
        await _result(_request(**fields))

    assert refusal.value.param == param


async def test_another_model_is_gone():
    with pytest.raises(ModelGone):
        await _result(
            GenerationRequest(operation=Operation.TEXT_TO_IMAGE, model="sdxl", prompt="x")
        )


def test_a_table_with_unknown_models_is_refused():
    with pytest.raises(ValueError, match="sdxl"):
        _provider(models=("sdxl",))


async def test_a_painting_that_takes_too_long_is_unavailable_and_free():
    with pytest.raises(Unavailable) as failure:
        await _result(_request(), off_loop=_too_slow)

    assert failure.value.next is Next.ELSEWHERE
    assert failure.value.billed is False


async def test_there_is_nothing_to_resume_or_cancel():
    with pytest.raises(ModelGone):
        async for _ in _provider().resume("id", _request(), Call(key="k", timeout_s=1)):
            pass

    assert await _provider().cancel("id") is False


async def _varied(strength: float, **extra) -> np.ndarray:
    request = _request(
        Operation.VARY,
        prompt="mountains at dawn",
        strength=strength,
        extra={"vary_seed": 5, **extra},
    )
    return _above_label(_open((await _result(request)).images[0].data))


async def test_a_variation_moves_further_the_stronger_it_is():
    parent = _above_label(
        _open((await _result(_request(prompt="mountains at dawn"))).images[0].data)
    )

    moved = [
        float(np.abs(parent - await _varied(strength)).mean()) for strength in (0, 0.1, 0.4, 1)
    ]

    assert moved[0] == 0
    assert moved == sorted(moved)
    assert moved[1] < moved[3] * 0.7


async def test_variations_of_one_picture_differ_and_name_their_parents_seed():
    result = await _result(_request(Operation.VARY, count=3))

    assert len({image.data for image in result.images}) == 3
    assert {image.seed for image in result.images} == {7}


async def test_image_to_image_leaves_the_source_more_the_stronger_it_is():
    source = _photo()
    changed = []
    for strength in (0.0, 0.3, 0.6, 1.0):
        request = _request(Operation.IMAGE_TO_IMAGE, source_image=_png(source), strength=strength)
        picture = _open((await _result(request)).images[0].data)
        changed.append(float(np.abs(_above_label(picture) - _above_label(source)).mean()))

    assert changed[0] == 0
    assert changed == sorted(changed)


@pytest.mark.parametrize("prompt", ["a cat", "a galaxy", "smooth"])
async def test_inpainting_leaves_every_unmasked_pixel_as_it_was(prompt):
    source = _photo(128, 112)
    mask = Image.new("L", source.size, 0)
    mask.paste(255, (30, 20, 90, 70))
    request = _request(Operation.INPAINT, prompt=prompt, source_image=_png(source), mask=_png(mask))

    picture = _open((await _result(request)).images[0].data)

    old, new = _above_label(source), _above_label(picture)
    kept = np.asarray(mask)[: old.shape[0]] == 0
    assert np.array_equal(old[kept], new[kept])
    assert np.abs(old - new)[30:60, 45:75].mean() > 5


async def test_inpainting_everything_or_nothing_works():
    source = _photo()
    for value in (0, 255):
        mask = Image.new("L", source.size, value)
        request = _request(Operation.INPAINT, source_image=_png(source), mask=_png(mask))

        same = np.array_equal(
            _above_label(_open((await _result(request)).images[0].data)), _above_label(source)
        )

        assert same is (value == 0)


async def test_outpainting_keeps_the_source_inside_a_larger_picture():
    source = _photo(90, 70)
    expand = Insets(left_px=20, right_px=11, top_px=5, bottom_px=40)
    request = _request(Operation.OUTPAINT, source_image=_png(source), expand=expand)

    picture = _open((await _result(request)).images[0].data).convert("RGB")

    assert picture.size == (121, 115)
    assert picture.crop((20, 5, 110, 75)).tobytes() == source.tobytes()


@pytest.mark.parametrize("scale", [2, 4])
async def test_upscaling_multiplies_the_size_and_keeps_the_picture(scale):
    source = _photo(64, 70)
    request = _request(Operation.UPSCALE, source_image=_png(source), scale=scale)

    picture = _open((await _result(request)).images[0].data).convert("RGB")

    assert picture.size == (64 * scale, 70 * scale)
    assert np.abs(_above_label(picture.resize(source.size)) - _above_label(source)).mean() < 8


async def test_its_own_sketch_is_enlarged_by_painting_it_anew():
    own = (await _result(_request(width_px=160, height_px=128))).images[0].data
    request = _request(Operation.UPSCALE, source_image=own, scale=2)

    enlarged = (await _result(request)).images[0].data

    assert enlarged == (await _result(_request(width_px=320, height_px=256))).images[0].data


async def test_the_label_is_burnt_into_the_lower_right_corner():
    first = (await _result(_request(width_px=256, height_px=256))).images[0]
    second = (
        await _result(_request(width_px=256, height_px=256, prompt="the sea at night"))
    ).images[0]

    box = label_box((256, 256), LABEL)
    labels = [np.asarray(_open(image.data).crop(box), np.int16) for image in (first, second)]
    assert np.mean(np.abs(labels[0] - labels[1]).max(2) == 0) > 0.95
    assert labels[0].max() > 200
    assert box[0] > 64
    assert box[1] > 200


@pytest.mark.parametrize("size", [(64, 64), (64, 2048), (2048, 64), (1024, 1024)])
def test_the_label_fits_every_size(size):
    for text in (LABEL, STYLED_LABEL):
        left, top, right, bottom = label_box(size, text)

        assert 0 <= left < right <= size[0]
        assert 0 <= top < bottom <= size[1]


@pytest.mark.local_models
async def test_a_style_changes_the_picture_and_its_label():
    plain = (await _result(_request())).images[0].data
    styled = await _result(_request(style="watercolor"))
    by_word = await _result(_request(prompt="a red fox in a forest, watercolor"))

    assert styled.images[0].data != plain
    assert by_word.images[0].not_drawn == ()
    assert styled.images[0].data == (await _result(_request(style="watercolor"))).images[0].data


@pytest.mark.local_models
async def test_a_style_bears_a_tiny_source():
    request = _request(
        Operation.INPAINT,
        source_image=_png(_photo(20, 24)),
        mask=_png(Image.new("L", (20, 24), 255)),
        style="pencil",
    )

    assert _open((await _result(request)).images[0].data).size == (20, 24)


@pytest.mark.local_models
async def test_a_style_in_an_edit_stays_inside_the_mask():
    source = _photo(128, 112)
    mask = Image.new("L", source.size, 0)
    mask.paste(255, (30, 20, 90, 70))
    request = _request(
        Operation.INPAINT, source_image=_png(source), mask=_png(mask), style="starry night"
    )

    picture = _open((await _result(request)).images[0].data)

    old, new = _above_label(source), _above_label(picture)
    kept = np.asarray(mask)[: old.shape[0]] == 0
    assert np.array_equal(old[kept], new[kept])


def test_a_gateway_that_knows_the_sketch_loads_no_pixel_code():
    code = "import sys, providers.sketch; sys.exit(bool({'numpy', 'PIL'} & set(sys.modules)))"

    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


def test_a_task_and_its_painting_cross_a_process_border():
    task = Task(
        operation=Operation.TEXT_TO_IMAGE, prompt="a boat", width_px=64, height_px=64, seed=1
    )

    painting = pickle.loads(pickle.dumps(paint(pickle.loads(pickle.dumps(task)))))

    assert painting == paint(task)
