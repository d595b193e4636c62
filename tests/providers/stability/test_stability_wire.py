"""What goes out to Stability's services, and what comes back of each."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from providers import (
    Call,
    Done,
    GenerationRequest,
    Insets,
    InvalidRequest,
    Operation,
    OutputFormat,
    SeedSupport,
    Submitted,
)
from providers.stability import plugin
from tests.simulators.providers.cases import mask_png, provider_at
from tests.simulators.providers.descriptions import needs_description
from tests.simulators.providers.pictures import colour_of, encoded, painted
from tests.simulators.providers.stability import PICKED_SEED, StabilitySimulator, running
from tests.simulators.providers.stability_body_check import FILE_NAMES, violations

SOURCE = encoded(painted("a source", (128, 96)))

FAST = {"options": {"poll_every_s": 0.01}}


def asked(**changes) -> GenerationRequest:
    fields = {
        "operation": Operation.TEXT_TO_IMAGE,
        "model": "sd3.5-large",
        "prompt": "a red fox",
    }
    return GenerationRequest(**{**fields, **changes})


async def sent(request, **table):
    """The form that the service got, and the events that came of it."""
    simulator = StabilitySimulator()
    async with (
        running(simulator) as base_url,
        provider_at(base_url, plugin, **(table or FAST)) as provider,
    ):
        call = Call(key="job-1", timeout_s=30)
        events = [event async for event in provider.generate(request, call)]
    assert simulator.violations == []
    return simulator.calls[0], events


def picture(events) -> Image.Image:
    return Image.open(io.BytesIO(events[-1].result.images[0].data))


async def test_words_become_a_form_without_files():
    call, events = await sent(
        asked(
            negative_prompt="text",
            seed=7,
            guidance=5.5,
            style="anime",
            width_px=1920,
            height_px=1080,
            output_format=OutputFormat.WEBP,
            user_hash="u-1",
        )
    )

    assert call["service"] == "generate/sd3"
    assert call["fields"] == {
        "prompt": "a red fox",
        "negative_prompt": "text",
        "model": "sd3.5-large",
        "mode": "text-to-image",
        "aspect_ratio": "16:9",
        "style_preset": "anime",
        "cfg_scale": "5.5",
        "seed": "7",
        "output_format": "webp",
    }
    assert call["headers"]["authorization"] == "Bearer sk-test"
    assert call["headers"]["stability-client-user-id"] == "u-1"
    assert picture(events).format == "WEBP"
    assert events[-1].result.images[0].seed == 7
    assert events[-1].result.notes == ("size 1920x1080 painted as 1344x768",)


@pytest.mark.parametrize(
    ("operation", "strength", "sent_strength"),
    [
        (Operation.IMAGE_TO_IMAGE, 0.25, "0.25"),
        (Operation.IMAGE_TO_IMAGE, None, "0.7"),
        (Operation.VARY, None, "0.35"),
        (Operation.IMAGE_TO_IMAGE, 0.0, "0"),
        (Operation.IMAGE_TO_IMAGE, 1.0, "1"),
        (Operation.IMAGE_TO_IMAGE, 0.00001, "0"),
    ],
)
@pytest.mark.parametrize("model", ["sd3.5-medium", "stable-image-ultra"])
async def test_a_source_goes_with_its_strength_and_no_shape(
    model, operation, strength, sent_strength
):
    call, _ = await sent(
        asked(model=model, operation=operation, source_image=SOURCE, strength=strength)
    )

    assert call["files"] == ["image"]
    assert call["fields"]["strength"] == sent_strength
    assert "aspect_ratio" not in call["fields"]


async def test_the_masks_white_is_painted():
    _, events = await sent(
        asked(
            model="stable-image-inpaint",
            operation=Operation.INPAINT,
            source_image=encoded(painted("a source", (128, 128))),
            mask=mask_png(128),
            width_px=128,
            height_px=128,
        )
    )

    found = picture(events).convert("RGB")
    assert found.getpixel((10, 10)) == colour_of("a red fox")
    assert found.getpixel((120, 10)) == colour_of("a source")
    assert events[-1].result.notes == ()


async def test_an_inpaint_without_words_erases():
    call, _ = await sent(
        asked(
            model="stable-image-inpaint",
            operation=Operation.INPAINT,
            prompt="",
            negative_prompt="text",
            source_image=encoded(painted("a source", (128, 128))),
            mask=mask_png(128),
        )
    )

    assert call["service"] == "edit/erase"
    assert set(call["fields"]) == {"output_format"}


async def test_an_outpaint_grows_the_sides_asked_for():
    call, events = await sent(
        asked(
            model="stable-image-outpaint",
            operation=Operation.OUTPAINT,
            prompt="",
            source_image=SOURCE,
            expand=Insets(left_px=32, bottom_px=16),
        )
    )

    assert {name: call["fields"].get(name) for name in ("left", "right", "up", "down")} == {
        "left": "32",
        "right": None,
        "up": None,
        "down": "16",
    }
    assert picture(events).size == (160, 112)
    assert events[-1].result.notes == ()


async def test_a_cut_out_has_transparency_whatever_format_was_asked():
    call, events = await sent(
        asked(
            model="stable-image-remove-background",
            operation=Operation.REMOVE_BACKGROUND,
            prompt="a fox",
            seed=7,
            source_image=SOURCE,
            output_format=OutputFormat.JPEG,
        )
    )

    assert call["fields"] == {"output_format": "png"}
    assert picture(events).mode == "RGBA"
    assert "seed not used: this model has none" in events[-1].result.notes
    assert events[-1].result.images[0].seed is None


@pytest.mark.parametrize(
    ("kind", "field"),
    [("sketch", "control_strength"), ("structure", "control_strength"), ("style", "fidelity")],
)
async def test_a_control_image_goes_to_the_service_of_its_kind(kind, field):
    call, _ = await sent(
        asked(
            model="stable-image-control",
            operation=Operation.CONTROL,
            control_image=SOURCE,
            control_kind=kind,
            control_strength=0.4,
        )
    )

    assert call["service"] == f"control/{kind}"
    assert call["fields"][field] == "0.4"


@pytest.mark.parametrize("model", ["conservative", "creative"])
async def test_an_upscaler_that_wants_words_gets_some(model):
    call, events = await sent(
        asked(
            model=f"stable-image-upscale-{model}",
            operation=Operation.UPSCALE,
            prompt=" ",
            source_image=SOURCE,
            scale=4,
        )
    )

    assert call["fields"]["prompt"] == "a sharp, detailed picture"
    assert events[-1].result.notes == ("size 512x384 painted as 256x192",)


async def test_a_fast_upscale_takes_no_words_and_no_seed():
    call, events = await sent(
        asked(
            model="stable-image-upscale-fast",
            operation=Operation.UPSCALE,
            source_image=SOURCE,
            scale=4,
            seed=7,
        )
    )

    assert call["fields"] == {"output_format": "png"}
    assert picture(events).size == (512, 384)


async def test_zero_is_never_the_seed():
    call, events = await sent(asked(seed=0))

    assert call["fields"]["seed"] == "4294967294"
    assert events[-1].result.images[0].seed == 4_294_967_294
    assert any(note.startswith("seed 0 painted as") for note in events[-1].result.notes)


async def test_a_seed_the_service_picked_is_told():
    _, events = await sent(asked())

    assert events[-1].result.images[0].seed == PICKED_SEED


async def test_a_style_it_lacks_is_said_not_dropped():
    call, events = await sent(asked(style="watercolor", steps=20))

    assert "style_preset" not in call["fields"]
    assert "style not used: this model has none" in events[-1].result.notes
    assert "steps not used: this model has none" in events[-1].result.notes


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"prompt": ""}, "prompt"),
        ({"prompt": "x" * 10_001}, "prompt"),
        ({"negative_prompt": "x" * 10_001}, "negative_prompt"),
        ({"seed": 4_294_967_295}, "seed"),
        ({"count": 2}, "count"),
        ({"operation": Operation.IMAGE_TO_IMAGE}, "source_image"),
        ({"operation": Operation.OUTPAINT, "source_image": SOURCE}, "operation"),
        (
            {"operation": Operation.IMAGE_TO_IMAGE, "source_image": SOURCE, "strength": 1.5},
            "strength",
        ),
        (
            {
                "model": "stable-image-inpaint",
                "operation": Operation.INPAINT,
                "source_image": SOURCE,
                "mask": mask_png(64),
            },
            "mask",
        ),
        (
            {
                "model": "stable-image-inpaint",
                "operation": Operation.INPAINT,
                "source_image": b"x",
                "mask": mask_png(64),
            },
            "source_image",
        ),
        (
            {
                "model": "stable-image-outpaint",
                "operation": Operation.OUTPAINT,
                "source_image": SOURCE,
                "expand": Insets(left_px=2001),
            },
            "expand",
        ),
        (
            {
                "model": "stable-image-control",
                "operation": Operation.CONTROL,
                "control_image": SOURCE,
                "control_kind": "depth",
            },
            "control_kind",
        ),
    ],
)
async def test_a_wrong_request_is_not_sent(changes, param):
    simulator = StabilitySimulator()
    async with running(simulator) as base_url, provider_at(base_url, plugin) as provider:
        with pytest.raises(InvalidRequest) as caught:
            async for _ in provider.generate(asked(**changes), Call(key="k", timeout_s=30)):
                pass

    assert caught.value.param == param
    assert simulator.calls == []


async def test_a_creative_upscale_is_submitted_before_it_is_awaited():
    request = asked(
        model="stable-image-upscale-creative",
        operation=Operation.UPSCALE,
        source_image=SOURCE,
        scale=2,
        seed=7,
    )
    _, events = await sent(request)

    assert isinstance(events[0], Submitted)
    assert isinstance(events[-1], Done)
    assert events[-1].result.images[0].seed == 7


async def test_a_picture_as_bytes_is_as_good():
    simulator = StabilitySimulator()
    simulator.play({"kind": "as_bytes"})
    async with running(simulator) as base_url, provider_at(base_url, plugin) as provider:
        events = [e async for e in provider.generate(asked(), Call(key="k", timeout_s=30))]

    assert picture(events).size == (1024, 1024)
    assert events[-1].result.images[0].seed == PICKED_SEED


async def test_models_are_the_services_with_what_each_can():
    async with provider_at("http://127.0.0.1:9/v2beta", plugin) as provider:
        models = {model.id: model.capabilities for model in await provider.models()}

    assert models["stable-image-upscale-creative"].price.per_image_microusd == 600_000
    assert models["sd3.5-large"].price.per_image_microusd == 65_000
    assert models["stable-image-remove-background"].seed is SeedSupport.NONE
    assert set().union(*(one.operations for one in models.values())) == set(Operation)


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ({"api_key": None}, "needs a key"),
        ({"models": ("sdxl",)}, "there is no model 'sdxl'"),
        ({"options": {"poll_s": 1}}, "did you mean 'poll_every_s'"),
        ({"options": {"poll_every_s": 0}}, "is not from 0.01 to 60"),
        ({"options": {"poll_every_s": "soon"}}, "is not from 0.01 to 60"),
    ],
)
async def test_a_wrong_table_is_said_in_a_sentence(table, sentence):
    with pytest.raises(ValueError, match=sentence):
        async with provider_at("http://127.0.0.1:9/v2beta", plugin, **table):
            pass


GOOD = {"prompt": "a fox", "seed": "7", "output_format": "png"}


@pytest.mark.parametrize(
    ("service", "fields"),
    [
        ("generate/core", {**GOOD, "width": "1024"}),
        ("generate/core", {**GOOD, "style_preset": "watercolour"}),
        ("generate/core", {**GOOD, "seed": "seven"}),
        ("generate/sd3", {**GOOD, "image": "file", "strength": "0.5"}),
        ("edit/erase", {"image": "file", "prompt": "x"}),
        ("edit/inpaint", GOOD),
        ("edit/outpaint", {"image": "file"}),
        ("edit/remove-background", {"image": "file", "output_format": "jpeg"}),
        ("edit/nothing", GOOD),
    ],
)
def test_a_wrong_form_is_caught(service, fields):
    assert violations("generate/core", GOOD) == []
    assert violations(service, fields)


@needs_description(FILE_NAMES[0])
@pytest.mark.parametrize(
    "change",
    [{"seed": "-1"}, {"output_format": "gif"}, {"aspect_ratio": "4:3"}, {"prompt": "x" * 10_001}],
)
def test_the_published_description_catches_a_wrong_value(change):
    assert violations("generate/core", {**GOOD, **change})


@needs_description(FILE_NAMES[0])
def test_the_published_description_catches_a_missing_prompt():
    assert violations("generate/ultra", {"output_format": "png"})
    assert violations("control/sketch", {"image": "file"})
