"""What goes to a server of the A1111 protocol, and what comes back of each operation."""

from __future__ import annotations

import asyncio
import base64
import io
from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from providers import (
    Call,
    Done,
    GenerationRequest,
    Insets,
    InvalidRequest,
    Lora,
    Operation,
    Progress,
)
from providers.a1111 import plugin
from providers.a1111.prompt import with_loras
from tests.simulators.providers.a1111 import LORAS, USER, A1111Simulator, running
from tests.simulators.providers.a1111_body_check import tag_violations, violations
from tests.simulators.providers.cases import mask_png, provider_at
from tests.simulators.providers.pictures import encoded, painted

SIDE = 64


def asked(**changes) -> GenerationRequest:
    fields = {
        "operation": Operation.TEXT_TO_IMAGE,
        "model": "sdxl-base",
        "prompt": "a red fox",
        "width_px": SIDE,
        "height_px": SIDE,
    }
    return GenerationRequest(**{**fields, **changes})


def source(side_px=SIDE) -> bytes:
    return encoded(painted("a source", (side_px, side_px)))


@asynccontextmanager
async def served(simulator, *, api_key=None, **options):
    options = {"progress_every_s": 0.01, **options}
    async with (
        running(simulator) as base_url,
        provider_at(base_url, plugin, api_key=api_key, options=options) as provider,
    ):
        yield provider


async def sent(request, *, kind="a1111", key="job-1", **options):
    """The body the server got, and the Done that came of it."""
    simulator = A1111Simulator(kind=kind, return_grid=True)
    async with served(simulator, **options) as provider:
        events = [event async for event in provider.generate(request, Call(key=key, timeout_s=30))]
    assert simulator.violations == []
    assert isinstance(events[-1], Done)
    return simulator.calls[0], events[-1].result


def opened(image) -> Image.Image:
    return Image.open(io.BytesIO(image.data)).convert("RGB")


def shown(text: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(text)))


async def test_words_become_txt2img_with_everything_asked():
    request = asked(
        negative_prompt="text",
        count=2,
        seed=7,
        steps=30,
        guidance=5.5,
        sampler="DPM++ 2M",
        style="Noir",
    )

    call, result = await sent(request)

    body = call["body"]
    assert call["kind"] == "txt2img"
    assert {**body, "force_task_id": "-"} == {
        "prompt": "a red fox",
        "negative_prompt": "text",
        "seed": 7,
        "batch_size": 2,
        "n_iter": 1,
        "steps": 30,
        "cfg_scale": 5.5,
        "width": 64,
        "height": 64,
        "sampler_name": "DPM++ 2M",
        "styles": ["Noir"],
        "save_images": False,
        "send_images": True,
        "override_settings": {"sd_model_checkpoint": "sdxl-base.safetensors [01f4e03f26]"},
        "override_settings_restore_afterwards": True,
        "force_task_id": "-",
    }
    assert result.notes == ()
    assert result.cost_microusd == 0


async def test_the_seeds_really_used_come_back_and_the_grid_does_not():
    _, chosen = await sent(asked(count=3, seed=7))
    _, drawn = await sent(asked(count=2))

    assert [image.seed for image in chosen.images] == [7, 8, 9]
    assert len({opened(image).getpixel((0, 0)) for image in chosen.images}) == 3
    assert [image.seed for image in drawn.images] == [4_242_424_242, 4_242_424_243]


async def test_where_the_server_tells_no_seed_the_one_we_chose_is_told():
    _, result = await sent(asked(count=2, seed=7), kind="sdcpp")

    assert [image.seed for image in result.images] == [7, 8]


@pytest.mark.parametrize(("restore", "after"), [(True, "sdxl-base"), (False, "dreamshaper")])
async def test_a_call_with_another_checkpoint_gives_the_servers_own_back(restore, after):
    simulator = A1111Simulator()

    async with served(simulator, restore_checkpoint=restore) as provider:
        async for _ in provider.generate(asked(model="dreamshaper"), Call(key="k", timeout_s=30)):
            pass

    assert simulator.calls[0]["checkpoint"] == "dreamshaper"
    assert simulator.checkpoint == after


async def test_an_inpaint_sends_white_where_it_may_paint_and_keeps_the_rest():
    call, result = await sent(
        asked(operation=Operation.INPAINT, source_image=source(), mask=mask_png(SIDE))
    )

    mask = shown(call["body"]["mask"]).convert("L")
    picture = opened(result.images[0])
    assert call["kind"] == "img2img"
    assert call["body"]["inpainting_mask_invert"] == 0
    assert (mask.getpixel((0, 0)), mask.getpixel((SIDE - 1, 0))) == (255, 0)
    assert picture.getpixel((SIDE - 1, 0)) == painted("a source", (1, 1)).getpixel((0, 0))
    assert picture.getpixel((0, 0)) != picture.getpixel((SIDE - 1, 0))


async def test_an_inpaint_of_an_odd_size_is_brought_to_the_models_and_said():
    request = asked(operation=Operation.INPAINT, source_image=source(61), mask=mask_png(61))

    call, result = await sent(request)

    assert (call["body"]["width"], call["body"]["height"]) == (64, 64)
    assert opened(result.images[0]).size == (64, 64)


async def test_an_outpaint_lays_the_source_on_a_canvas_and_asks_for_the_rest():
    expand = Insets(left_px=64, top_px=32)

    call, result = await sent(
        asked(operation=Operation.OUTPAINT, source_image=source(), expand=expand)
    )

    canvas, mask = shown(call["body"]["init_images"][0]), shown(call["body"]["mask"])
    assert canvas.size == mask.size == (128, 96)
    assert canvas.convert("RGB").getpixel((127, 95)) == painted("a source", (1, 1)).getpixel((0, 0))
    assert (mask.getpixel((0, 0)), mask.getpixel((127, 95))) == (255, 0)
    assert opened(result.images[0]).size == (128, 96)


async def test_a_variation_keeps_the_seed_and_moves_the_subseed():
    request = asked(
        operation=Operation.VARY, seed=7, source_image=source(), extra={"vary_seed": 99}
    )

    call, result = await sent(request)

    assert call["kind"] == "img2img"
    assert call["body"]["seed"] == 7
    assert call["body"]["subseed"] == 99
    assert call["body"]["subseed_strength"] == 0.35
    assert result.images[0].seed == 7


async def test_an_upscale_is_made_by_the_servers_best_upscaler():
    call, result = await sent(
        asked(operation=Operation.UPSCALE, source_image=source(), scale=4, repair=("faces",))
    )

    assert call["body"]["upscaler_1"] == "R-ESRGAN 4x+"
    assert call["body"]["gfpgan_visibility"] == 1.0
    assert opened(result.images[0]).size == (256, 256)


async def test_a_control_image_goes_to_the_extension_and_its_map_is_not_an_answer():
    request = asked(
        operation=Operation.CONTROL,
        control_image=source(),
        control_kind="depth",
        control_strength=0.8,
        count=2,
    )

    call, result = await sent(request)

    (unit,) = call["body"]["alwayson_scripts"]["controlnet"]["args"]
    assert unit["model"] == "control_v11f1p_sd15_depth [cfd03158]"
    assert unit["module"] == "depth_midas"
    assert unit["weight"] == 0.8
    assert len(result.images) == 2


async def test_faces_are_mended_by_the_extension_where_it_is_there():
    with_extension, _ = await sent(asked(repair=("faces",)))
    without, _ = await sent(asked(repair=("faces",)), kind="sdnext")
    nobody, noted = await sent(asked(repair=("faces",)), kind="sdcpp")

    args = with_extension["body"]["alwayson_scripts"]["ADetailer"]["args"]
    assert args == [True, False, {"ad_model": "face_yolov8n.pt"}]
    assert without["body"]["restore_faces"] is True
    assert "restore_faces" not in nobody["body"]
    assert noted.notes == ("faces not mended: this server has nothing for it",)


async def test_loras_are_tags_of_ours_and_a_list_where_tags_are_not_read():
    request = asked(loras=(Lora(name="ink", weight=0.8), Lora(name="watercolour")))

    tags, _ = await sent(request)
    listed, _ = await sent(request, kind="sdcpp")

    assert tags["body"]["prompt"] == "a red fox <lora:ink:0.8> <lora:watercolour:1>"
    assert listed["body"]["prompt"] == "a red fox"
    assert listed["body"]["lora"] == [
        {"path": LORAS["ink"], "multiplier": 0.8},
        {"path": LORAS["watercolour"], "multiplier": 1.0},
    ]


@pytest.mark.parametrize("kind", ["a1111", "sdcpp"])
async def test_a_persons_words_never_become_a_command(kind):
    words = '<lora:ink:9> fox <sd_cpp_extra_args>{"seed":1}</sd_cpp_extra_args> <hypernet:x:1>'

    call, _ = await sent(asked(prompt=words, negative_prompt="<lora:ink:2>"), kind=kind)

    assert "<" not in call["body"]["prompt"] + call["body"]["negative_prompt"]
    assert "fox" in call["body"]["prompt"]


@given(words=st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=80))
def test_only_the_requests_loras_are_tags(words):
    prompt = with_loras(words, [Lora(name="ink", weight=0.5)])

    assert prompt.count("<") == prompt.count(">") == 1
    assert tag_violations({"prompt": prompt}, "a1111") == []


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"loras": (Lora(name="none-such"),)}, "loras"),
        ({"loras": tuple(Lora(name="ink") for _ in range(9))}, "loras"),
        ({"loras": (Lora(name="ink", weight=99),)}, "loras"),
        ({"sampler": "none-such"}, "sampler"),
        ({"style": "none-such"}, "style"),
        ({"steps": 999}, "steps"),
        ({"guidance": 99.0}, "guidance"),
        ({"strength": 1.5}, "strength"),
        ({"prompt": "half \ud83d"}, "prompt"),
        ({"operation": Operation.INPAINT, "source_image": b"x"}, "mask"),
        ({"operation": Operation.IMAGE_TO_IMAGE}, "source_image"),
        ({"operation": Operation.IMAGE_TO_IMAGE, "source_image": b"no picture"}, "source_image"),
        ({"operation": Operation.UPSCALE, "source_image": b"x", "scale": 3}, "scale"),
        ({"operation": Operation.UPSCALE, "source_image": b"x", "count": 2}, "count"),
        ({"operation": Operation.CONTROL, "control_image": b"x"}, "control_kind"),
        ({"operation": Operation.REMOVE_BACKGROUND, "source_image": b"x"}, "operation"),
    ],
)
async def test_what_cannot_be_done_is_refused_unsent_with_its_field(changes, param):
    simulator = A1111Simulator()

    async with served(simulator) as provider:
        with pytest.raises(InvalidRequest) as caught:
            await anext(provider.generate(asked(**changes), Call(key="k", timeout_s=30)))

    assert caught.value.param == param
    assert simulator.calls == []


async def test_flux_on_forge_has_its_own_guidance():
    call, _ = await sent(asked(model="flux1-dev", guidance=3.0), kind="forge")

    assert call["body"]["cfg_scale"] == 1.0
    assert call["body"]["distilled_cfg_scale"] == 3.0


async def test_models_are_what_the_server_has_now():
    async with served(A1111Simulator()) as provider:
        models = {model.id: model.capabilities for model in await provider.models()}

    found = models["sdxl-base"]
    assert tuple(models) == ("sdxl-base", "dreamshaper", "flux1-dev")
    assert found.version == "0" * 64
    assert found.samplers == ("Euler", "DPM++ 2M", "DDIM")
    assert found.styles == ("Noir", "Anime")
    assert found.loras == ("watercolour", "ink")
    assert found.controls == ("canny", "depth", "pose")
    assert found.repairs == ("faces",)
    assert found.repeatable
    assert found.price.per_image_microusd == 0


async def test_the_key_is_basic_authorization():
    simulator = A1111Simulator(auth=USER)

    async with served(simulator, api_key=USER) as provider:
        models = await provider.models()

    assert models


class Clock:
    """Stops a picture between its steps until the test lets it go on."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.go_on = asyncio.Event()

    async def step(self) -> None:
        self.reached.set()
        await self.go_on.wait()


async def test_progress_and_previews_are_told_while_it_paints():
    clock = Clock()
    simulator = A1111Simulator(step=clock.step)

    async with served(simulator) as provider:
        events = provider.generate(asked(), Call(key="k", timeout_s=30))
        first = await anext(events)
        clock.go_on.set()
        rest = [event async for event in events]

    assert isinstance(first, Progress)
    assert first.preview.startswith(b"\x89PNG")
    assert isinstance(rest[-1], Done)


async def test_a_call_given_up_is_interrupted():
    clock = Clock()
    simulator = A1111Simulator(step=clock.step)

    async with served(simulator) as provider:
        events = provider.generate(asked(), Call(key="k", timeout_s=30))
        await anext(events)
        await events.aclose()
        interrupts = simulator.interrupts
        clock.go_on.set()

    assert interrupts == 1


async def test_nobody_elses_call_is_interrupted_or_shown():
    clock = Clock()
    simulator = A1111Simulator(step=clock.step)

    async with served(simulator) as provider, served(simulator) as other:
        theirs = asyncio.ensure_future(anext(other.generate(asked(), Call(key="a", timeout_s=30))))
        await clock.reached.wait()
        ours = asyncio.ensure_future(
            anext(provider.generate(asked(prompt="a blue whale"), Call(key="b", timeout_s=30)))
        )
        await simulator.second.wait()
        stopped = await provider.cancel("b")
        ours.cancel()
        await asyncio.wait({ours})
        interrupts = simulator.interrupts
        clock.go_on.set()
        await theirs

    assert not stopped
    assert interrupts == 0


async def test_a_running_call_is_cancelled_by_its_key():
    clock = Clock()
    simulator = A1111Simulator(step=clock.step)

    async with served(simulator) as provider:
        events = provider.generate(asked(), Call(key="k", timeout_s=30))
        await anext(events)
        stopped = await provider.cancel("k")
        unknown = await provider.cancel("somebody else's")
        clock.go_on.set()
        rest = [event async for event in events]

    assert (stopped, unknown) == (True, False)
    assert simulator.interrupts == 1
    assert isinstance(rest[-1], Done)


GOOD = {"prompt": "a fox", "width": 64, "height": 64}


def test_a_good_body_passes_and_a_wrong_one_is_caught():
    assert violations("txt2img", GOOD, server="a1111") == []
    assert violations("txt2img", {**GOOD, "cfgscale": 7}, server="a1111")
    assert violations("txt2img", {**GOOD, "steps": "30"}, server="a1111")
    assert violations("txt2img", {**GOOD, "width": 65}, server="a1111")
    assert violations("txt2img", {**GOOD, "distilled_cfg_scale": 3}, server="a1111")
    assert violations("txt2img", {**GOOD, "prompt": "<lora:x:1> <hypernet:y:1>"}, server="a1111")
    assert violations("img2img", GOOD, server="a1111")


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"base_url": None}, "needs a base_url"),
        ({"base_url": "ftp://house"}, "must start with http"),
        ({"options": {"upscalr": "x"}}, "did you mean 'upscaler'"),
        ({"options": {"max_count": 99}}, "a whole number from 1 to 16"),
        ({"api_key": "no-colon"}, "user:password"),
    ],
)
async def test_a_wrong_table_is_told_in_a_sentence(table, words):
    from providers import ProviderConfig

    fields = {"name": "house", "kind": "a1111", "base_url": "http://127.0.0.1:7860", **table}

    with pytest.raises(ValueError, match="provider 'house'") as caught:
        plugin(ProviderConfig(**fields), None)

    assert words in str(caught.value)
