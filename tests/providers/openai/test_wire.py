"""What goes out: bodies the protocol takes, and what comes back of each operation."""

from __future__ import annotations

import asyncio
import io

import pytest
from PIL import Image

from providers import (
    Call,
    Done,
    GenerationRequest,
    Insets,
    InvalidRequest,
    ModelGone,
    Operation,
    OutputFormat,
    Progress,
)
from tests.simulators.providers.cases import mask_png, provider_at
from tests.simulators.providers.openai import OpenAISimulator, running
from tests.simulators.providers.pictures import colour_of, encoded, painted

SIDE = 816

EXTENDED = {"models": ("sdxl-base",), "options": {"dialect": "extended"}}


def asked(**changes) -> GenerationRequest:
    fields = {
        "operation": Operation.TEXT_TO_IMAGE,
        "model": "gpt-image-2",
        "prompt": "a red fox",
        "width_px": SIDE,
        "height_px": SIDE,
    }
    return GenerationRequest(**{**fields, **changes})


def source(side_px=SIDE, colour="a source") -> bytes:
    return encoded(painted(colour, (side_px, side_px)))


async def sent(request, *, extended=False, base_path="", key="job-1", **table):
    """What the server got, and the events that came of it."""
    simulator = OpenAISimulator(extended=extended)
    async with (
        running(simulator) as base_url,
        provider_at(base_url + base_path, **table) as provider,
    ):
        call = Call(key=key, timeout_s=30)
        events = [event async for event in provider.generate(request, call)]
    assert simulator.violations == []
    return simulator.calls[0], events


def picture(event) -> Image.Image:
    return Image.open(io.BytesIO(event.result.images[0].data)).convert("RGB")


async def test_words_become_json_for_generations():
    call, events = await sent(asked(count=2, user_hash="u-hash", output_format=OutputFormat.WEBP))

    assert call["kind"] == "generations"
    assert call["body"] == {
        "model": "gpt-image-2",
        "prompt": "a red fox",
        "n": 2,
        "size": "816x816",
        "quality": "medium",
        "output_format": "webp",
        "safety_identifier": "u-hash",
    }
    assert [type(event) for event in events] == [Done]
    assert events[0].result.notes == ()


async def test_a_single_image_is_streamed_with_growing_previews():
    call, events = await sent(asked(), options={"partial_images": 3})

    previews = [event for event in events if isinstance(event, Progress)]
    assert call["body"]["stream"] is True
    assert call["body"]["partial_images"] == 3
    assert [preview.fraction for preview in previews] == [0.2, 0.4, 0.6]
    assert all(preview.preview.startswith(b"\x89PNG") for preview in previews)
    assert isinstance(events[-1], Done)


async def test_the_key_and_the_calls_own_key_travel_in_headers():
    call, _ = await sent(asked(), key="job-7/attempt 1\r\nx-evil: 1")

    assert call["headers"]["authorization"] == "Bearer sk-test"
    assert call["headers"]["x-client-request-id"] == "job-7/attempt1x-evil:1"
    assert call["headers"]["accept-encoding"] == "identity"


async def test_azure_reads_its_own_header_and_keeps_its_query():
    call, _ = await sent(asked(), base_path="?api-version=2026-10-01", options={"auth": "api-key"})

    assert call["headers"]["api-key"] == "sk-test"
    assert "authorization" not in call["headers"]


async def test_response_format_is_never_sent_to_gpt_image():
    call, _ = await sent(asked(), options={"response_format": "b64_json"})

    assert "response_format" not in call["body"]


async def test_cost_is_counted_from_the_tokens():
    _, events = await sent(asked(count=2))

    assert events[-1].result.cost_microusd == 3 * 5 + 2 * 1767 * 30
    assert events[-1].result.request_id == "req_1"


async def test_a_size_between_the_models_sizes_is_noted():
    call, events = await sent(asked(width_px=1000, height_px=700))

    assert call["body"]["size"] == "1008x704"
    assert events[-1].result.notes[0] == "size 1000x700 painted as 1008x704"


async def test_what_the_model_lacks_is_noted_not_dropped():
    request = asked(seed=7, steps=30, sampler="euler", style="ink", strength=0.5, extra={"x": 1})

    call, events = await sent(request)

    notes = " ".join(events[-1].result.notes)
    for name in ("seed", "steps", "sampler", "style", "strength", "x"):
        assert f"{name} not used" in notes
        assert name not in call["body"]


async def test_what_to_avoid_is_said_in_words():
    call, events = await sent(asked(negative_prompt="text"))

    assert call["body"]["prompt"] == "a red fox\n\nAvoid: text"
    assert events[-1].result.notes == ()


async def test_quality_of_the_request_goes_before_the_tables():
    call, _ = await sent(asked(extra={"quality": "low"}), options={"quality": "high"})

    assert call["body"]["quality"] == "low"


async def test_a_source_is_edited():
    call, events = await sent(
        asked(operation=Operation.IMAGE_TO_IMAGE, source_image=source(), user_hash="u-hash")
    )

    assert call["kind"] == "edits"
    assert call["files"] == ["image"]
    assert call["body"]["user"] == "u-hash"
    assert picture(events[-1]).size == (SIDE, SIDE)


async def test_the_masks_white_is_painted_and_its_black_is_kept():
    _, events = await sent(
        asked(operation=Operation.INPAINT, source_image=source(), mask=mask_png(SIDE))
    )

    painting = picture(events[-1])
    assert painting.getpixel((10, SIDE // 2)) == colour_of("a red fox")
    assert painting.getpixel((SIDE - 10, SIDE // 2)) == colour_of("a source")


async def test_a_jpeg_source_is_masked_as_png():
    jpeg = encoded(painted("a source", (SIDE, SIDE)), "jpeg")

    call, _ = await sent(asked(operation=Operation.INPAINT, source_image=jpeg, mask=mask_png(SIDE)))

    assert call["files"] == ["image", "mask"]


async def test_an_outpaint_keeps_every_pixel_of_the_source_where_it_can():
    expand = Insets(left_px=160, top_px=32)

    call, events = await sent(
        asked(operation=Operation.OUTPAINT, source_image=source(), expand=expand, prompt="")
    )

    painting = picture(events[-1])
    words = "Continue this picture beyond its edges, in the same style, without a seam."
    assert call["body"]["size"] == f"{SIDE + 160}x{SIDE + 32}"
    assert painting.size == (SIDE + 160, SIDE + 32)
    assert painting.getpixel((161, 33)) == colour_of("a source")
    assert painting.getpixel((SIDE + 159, SIDE + 31)) == colour_of("a source")
    assert painting.getpixel((158, 100)) == colour_of(words)
    assert painting.getpixel((300, 30)) == colour_of(words)


async def test_an_outpaint_over_the_models_bounds_is_scaled():
    expand = Insets(left_px=4000)

    call, events = await sent(
        asked(operation=Operation.OUTPAINT, source_image=source(), expand=expand)
    )

    assert call["body"]["size"] == "3840x1280"
    assert picture(events[-1]).size == (3840, 1280)


@pytest.mark.parametrize(
    ("strength", "word"), [(None, "subtle"), (0.2, "subtle"), (0.5, "clear"), (0.9, "bold")]
)
async def test_a_variation_moves_by_its_strength(strength, word):
    call, events = await sent(
        asked(operation=Operation.VARY, source_image=source(), strength=strength)
    )

    assert f"a {word} variation" in call["body"]["prompt"]
    assert events[-1].result.notes == ()


async def test_compatible_servers_get_seed_steps_and_the_rest():
    request = asked(
        model="sdxl-base",
        seed=7,
        negative_prompt="text",
        steps=20,
        guidance=6.5,
        width_px=512,
        height_px=504,
        user_hash="u-hash",
    )
    options = {"dialect": "extended", "response_format": "b64_json", "steps_field": "step"}

    call, events = await sent(request, extended=True, models=("sdxl-base",), options=options)

    assert call["body"] == {
        "model": "sdxl-base",
        "prompt": "a red fox",
        "n": 1,
        "size": "512x504",
        "response_format": "b64_json",
        "seed": 7,
        "negative_prompt": "text",
        "step": 20,
        "guidance_scale": 6.5,
    }
    assert events[-1].result.notes == ()


async def test_a_house_server_needs_no_key_and_gets_none():
    call, _ = await sent(asked(model="sdxl-base"), extended=True, api_key=None, **EXTENDED)

    assert "authorization" not in call["headers"]


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"operation": Operation.UPSCALE}, "operation"),
        ({"count": 0}, "count"),
        ({"count": 11}, "count"),
        ({"prompt": "  "}, "prompt"),
        ({"prompt": "x" * 32_001}, "prompt"),
        ({"prompt": "half an emoji \ud83e"}, "prompt"),
        ({"negative_prompt": "\udd8a"}, "prompt"),
        ({"width_px": 0}, "width_px"),
        ({"operation": Operation.IMAGE_TO_IMAGE}, "source_image"),
        ({"operation": Operation.INPAINT, "source_image": b"x"}, "mask"),
        ({"operation": Operation.INPAINT, "source_image": b"x", "mask": b"x"}, "source_image"),
        ({"operation": Operation.OUTPAINT, "source_image": b"x"}, "expand"),
        ({"operation": Operation.OUTPAINT, "source_image": b"x", "expand": Insets()}, "expand"),
        ({"extra": {"quality": "xhigh"}}, "quality"),
    ],
    ids=str,
)
async def test_a_request_that_cannot_work_is_not_sent(changes, param):
    simulator = OpenAISimulator()

    async with running(simulator) as base_url, provider_at(base_url) as provider:
        with pytest.raises(InvalidRequest) as caught:
            await anext(provider.generate(asked(**changes), Call(key="k", timeout_s=30)))

    assert caught.value.param == param
    assert simulator.calls == []


async def test_a_mask_of_another_size_is_not_sent():
    request = asked(operation=Operation.INPAINT, source_image=source(), mask=mask_png(100))
    simulator = OpenAISimulator()

    async with running(simulator) as base_url, provider_at(base_url) as provider:
        with pytest.raises(InvalidRequest) as caught:
            await anext(provider.generate(request, Call(key="k", timeout_s=30)))

    assert caught.value.param == "mask"
    assert simulator.calls == []


async def test_a_model_outside_the_allowlist_is_gone():
    simulator = OpenAISimulator()

    async with (
        running(simulator) as base_url,
        provider_at(base_url, models=("gpt-image-2",)) as provider,
    ):
        with pytest.raises(ModelGone):
            await anext(
                provider.generate(asked(model="gpt-image-2.5-flare"), Call(key="k", timeout_s=9))
            )

    assert simulator.calls == []


async def test_calls_beside_each_other_do_not_mix():
    simulator = OpenAISimulator()

    async with running(simulator) as base_url, provider_at(base_url) as provider:

        async def painted_colour(prompt: str):
            call = Call(key=prompt, timeout_s=30)
            events = [event async for event in provider.generate(asked(prompt=prompt), call)]
            return picture(events[-1]).getpixel((0, 0))

        prompts = [f"fox {number}" for number in range(8)]
        colours = await asyncio.gather(*map(painted_colour, prompts))

    assert colours == [colour_of(prompt) for prompt in prompts]
    assert sorted(entry["key"] for entry in simulator.bill.entries) == [
        f"fox{number}" for number in range(8)
    ]
