"""What goes out to vendors of jobs, and what comes back of each operation."""

from __future__ import annotations

import io
import json

import httpx
import pytest
from PIL import Image

from providers import (
    Call,
    Done,
    Insets,
    InvalidRequest,
    Lora,
    ModelGone,
    Operation,
    OutputFormat,
    Progress,
)
from tests.simulators.providers.bfl_body_check import (
    answer_violations,
    description_is_present,
    violations,
)
from tests.simulators.providers.cases import mask_png
from tests.simulators.providers.job_cases import SIDE, VENDORS, asked
from tests.simulators.providers.pictures import colour_of, encoded
from tests.simulators.providers.replicate import described
from tests.simulators.providers.replicate import violations as replicate_violations
from tests.simulators.providers.replicate_models import version_of

needs_description = pytest.mark.skipif(
    not description_is_present(),
    reason="the published API description isn't here: set IMPASTO_SPECS to its folder",
)

FLUX_DEV = "black-forest-labs/flux-dev"


async def sent(name, request, *, delay_s=0.0, webhook_url=None, **table):
    """The create as the server got it, and the events that came of it."""
    _, kind, running, at, _ = next(vendor for vendor in VENDORS if vendor[0] == name)
    simulator = kind(delay_s=delay_s)
    async with running(simulator) as base_url, at(base_url, **table) as provider:
        call = Call(key="k", timeout_s=20, webhook_url=webhook_url)
        events = [event async for event in provider.generate(request, call)]
    assert simulator.violations == []
    assert isinstance(events[-1], Done)
    return simulator.creates[-1], events


def picture(event) -> Image.Image:
    return Image.open(io.BytesIO(event.result.images[0].data)).convert("RGB")


async def test_words_become_a_job_at_bfl():
    create, events = await sent("bfl", asked("flux-2-pro", output_format=OutputFormat.WEBP))

    assert create["endpoint"] == "flux-2-pro"
    assert create["body"] == {
        "prompt": "a red fox",
        "width": SIDE,
        "height": SIDE,
        "seed": 7,
        "safety_tolerance": 2,
        "output_format": "webp",
    }
    assert create["headers"]["x-key"] == "bfl-test"
    assert events[-1].result.images[0].seed == 7
    assert events[-1].result.notes == ()


async def test_words_become_a_prediction_at_replicate():
    request = asked(FLUX_DEV, width_px=1344, height_px=768, count=2, extra={"go_fast": False})

    create, events = await sent("replicate", request)

    assert create["body"] == {
        "input": {
            "prompt": "a red fox",
            "aspect_ratio": "16:9",
            "num_outputs": 2,
            "seed": 7,
            "output_format": "png",
            "go_fast": False,
        }
    }
    assert create["headers"]["authorization"] == "Bearer r8_test"
    assert [image.seed for image in events[-1].result.images] == [7, None]


async def test_words_become_a_request_at_fal():
    create, _ = await sent("fal", asked("fal-ai/flux/dev", steps=30, guidance=4.5))

    assert create["body"] == {
        "prompt": "a red fox",
        "image_size": {"width": SIDE, "height": SIDE},
        "num_images": 1,
        "seed": 7,
        "num_inference_steps": 30,
        "guidance_scale": 4.5,
        "output_format": "png",
    }
    assert create["headers"]["authorization"] == "Key fal-test"
    kept = json.loads(create["headers"]["x-fal-object-lifecycle-preference"])
    assert kept == {"expiration_duration_seconds": 3600}


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor[0])
async def test_a_slow_job_tells_growing_progress(vendor):
    _, events = await sent(vendor[0], vendor[4], delay_s=1.5)

    fractions = [event.fraction for event in events if isinstance(event, Progress)]
    assert len(fractions) >= 2
    assert fractions == sorted(fractions)


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("bfl", "flux-pro-1.0-fill"),
        ("replicate", "stability-ai/sdxl"),
        ("fal", "fal-ai/flux-lora/inpainting"),
    ],
)
async def test_the_masks_white_is_painted_and_its_black_is_kept(name, model):
    _, events = await sent(name, asked(model, Operation.INPAINT))

    painting, seed = picture(events[-1]), 7 if name == "bfl" else 0
    assert painting.getpixel((10, 10)) == colour_of("a red fox", seed)
    assert painting.getpixel((SIDE - 10, 10)) == colour_of("a source")


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("bfl", "flux-pro-1.0-fill"),
        ("bfl", "flux-pro-1.0-expand"),
        ("replicate", "stability-ai/sdxl"),
        ("fal", "fal-ai/flux-lora/inpainting"),
        ("fal", "fal-ai/image-apps-v2/outpaint"),
    ],
)
async def test_an_outpaint_grows_on_its_sides_and_keeps_the_source(name, model):
    expand = Insets(left_px=64, top_px=32)
    seed = None if "outpaint" in model else 7

    _, events = await sent(name, asked(model, Operation.OUTPAINT, expand=expand, seed=seed))

    painting = picture(events[-1])
    assert painting.size == (SIDE + 64, SIDE + 32)
    assert painting.getpixel((66, 34)) == colour_of("a source")
    assert painting.getpixel((10, 10)) != colour_of("a source")


async def test_a_picture_too_large_for_a_data_url_is_uploaded_first():
    noise = Image.effect_noise((640, 640), 100).convert("RGB")
    big = encoded(noise)
    assert len(big) > 190_000

    create, events = await sent(
        "replicate", asked("stability-ai/sdxl", Operation.IMAGE_TO_IMAGE, source_image=big)
    )

    assert create["body"]["input"]["image"].startswith("http://127.0.0.1")
    assert isinstance(events[-1], Done)


async def test_a_model_that_is_not_official_is_called_by_its_version():
    create, _ = await sent("replicate", asked("stability-ai/sdxl"))

    assert create["body"]["version"] == f"stability-ai/sdxl:{version_of('stability-ai/sdxl')}"


async def test_a_pinned_version_stays_pinned():
    model = f"stability-ai/sdxl:{version_of('stability-ai/sdxl')}"

    create, _ = await sent("replicate", asked(model), models=(model,))

    assert create["body"]["version"] == model


async def test_loras_travel_as_each_model_takes_them():
    loras = (Lora(name="fox/style"), Lora(name="ink/style", weight=0.5))
    wide = {"width_px": 1024, "height_px": 1024}

    replicate, _ = await sent(
        "replicate", asked("black-forest-labs/flux-dev-lora", loras=loras, **wide)
    )
    fal, _ = await sent("fal", asked("fal-ai/fast-sdxl", loras=loras))
    bfl, _ = await sent(
        "bfl",
        asked("flux-pro-1.1-ultra", loras=loras[:1], width_px=2048, height_px=2048),
    )

    assert (
        replicate["body"]["input"]
        | {
            "lora_weights": "fox/style",
            "lora_scale": 1,
            "extra_lora": "ink/style",
            "extra_lora_scale": 0.5,
        }
        == replicate["body"]["input"]
    )
    assert fal["body"]["loras"] == [
        {"path": "fox/style", "scale": 1.0},
        {"path": "ink/style", "scale": 0.5},
    ]
    assert bfl["endpoint"] == "flux-pro-1.1-ultra-finetuned"
    assert bfl["body"]["finetune_id"] == "fox/style"


async def test_a_webhook_travels_where_each_vendor_takes_it():
    url = "http://127.0.0.1:9/webhooks/house"
    for name, _, running, at, request in VENDORS:
        simulator = next(v for v in VENDORS if v[0] == name)[1](delay_s=60)
        async with running(simulator) as base_url, at(base_url) as provider:
            events = provider.generate(request, Call(key="k", timeout_s=9, webhook_url=url))
            await anext(events)
            await events.aclose()
        (job,) = simulator.jobs.values()
        assert job.webhook == url
        for task in simulator._ringing:
            task.cancel()
        assert simulator.violations == []


async def test_safety_is_the_operators_to_weaken_not_the_requests():
    extra = {"safety_tolerance": 6, "disable_safety_checker": True, "enable_safety_checker": False}

    bfl, events = await sent("bfl", asked("flux-2-pro", extra=extra))
    replicate, _ = await sent(
        "replicate", asked(FLUX_DEV, width_px=1024, height_px=1024, extra=extra)
    )
    fal, _ = await sent("fal", asked("fal-ai/flux/dev", extra=extra))
    weakened, _ = await sent("bfl", asked("flux-2-pro"), options={"safety_tolerance": 6})

    assert bfl["body"]["safety_tolerance"] == 2
    assert "safety_tolerance not used: this model has none" in events[-1].result.notes
    assert "disable_safety_checker" not in replicate["body"]["input"]
    assert "enable_safety_checker" not in fal["body"]
    assert weakened["body"]["safety_tolerance"] == 5


async def test_what_a_model_lacks_is_noted_not_dropped():
    request = asked("flux-2-pro", negative_prompt="text", steps=30, sampler="x", style="ink")

    create, events = await sent("bfl", request)

    notes = " ".join(events[-1].result.notes)
    for word in ("negative prompt", "steps", "sampler", "style"):
        assert f"{word} not used" in notes
    assert "steps" not in create["body"]


async def test_a_size_between_the_models_sizes_is_noted():
    create, events = await sent("bfl", asked("flux-2-pro", width_px=1000, height_px=700))

    assert (create["body"]["width"], create["body"]["height"]) == (1008, 704)
    assert events[-1].result.notes == ("size 1000x700 painted as 1008x704",)


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"operation": Operation.UPSCALE}, "operation"),
        ({"count": 0}, "count"),
        ({"count": 99}, "count"),
        ({"prompt": "  "}, "prompt"),
        ({"prompt": "half an emoji \ud83e"}, "prompt"),
        ({"width_px": 0}, "width_px"),
    ],
    ids=str,
)
@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor[0])
async def test_a_request_that_cannot_work_is_not_sent(vendor, changes, param):
    _, kind, running, at, request = vendor
    simulator = kind()
    request = asked(request.model, **{"operation": request.operation, **changes})

    async with running(simulator) as base_url, at(base_url) as provider:
        with pytest.raises(InvalidRequest) as caught:
            await anext(provider.generate(request, Call(key="k", timeout_s=9)))

    assert caught.value.param == param
    assert simulator.creates == []


@pytest.mark.parametrize(
    ("name", "request_"),
    [
        ("bfl", asked("flux-pro-1.0-fill", Operation.INPAINT, mask=mask_png(100))),
        ("bfl", asked("flux-pro-1.0-expand", Operation.OUTPAINT, expand=Insets(left_px=9000))),
        ("replicate", asked("nightmareai/real-esrgan", Operation.UPSCALE, scale=7)),
        ("fal", asked("fal-ai/flux-control-lora-canny", Operation.CONTROL, control_kind="pose")),
        ("fal", asked("fal-ai/fast-sdxl", loras=tuple(Lora(name=str(n)) for n in range(9)))),
    ],
    ids=["mask size", "expand", "scale", "control", "loras"],
)
async def test_what_only_one_model_minds_is_not_sent_either(name, request_):
    _, kind, running, at, _ = next(vendor for vendor in VENDORS if vendor[0] == name)
    simulator = kind()

    async with running(simulator) as base_url, at(base_url) as provider:
        with pytest.raises(InvalidRequest):
            await anext(provider.generate(request_, Call(key="k", timeout_s=9)))

    assert simulator.creates == []


async def test_a_language_model_is_not_offered_and_the_others_are():
    _, kind, running, at, _ = VENDORS[1]
    models = ("meta/llama", FLUX_DEV, "no/such-model")

    async with running(kind()) as base_url, at(base_url, models=models) as provider:
        offered = [model.id for model in await provider.models()]
        with pytest.raises(ModelGone):
            await anext(provider.generate(asked("meta/llama"), Call(key="k", timeout_s=9)))

    assert offered == [FLUX_DEV]


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("bfl", {"options": {"safety_tolerances": 2}}),
        ("bfl", {"options": {"safety_tolerance": 9}}),
        ("bfl", {"models": ("flux-9",)}),
        ("bfl", {"api_key": None}),
        ("replicate", {"models": ("not a slug",)}),
        ("replicate", {"models": ("a/b/../c",)}),
        ("replicate", {"api_key": "with\nline"}),
        ("fal", {"models": ("flux?x=1",)}),
        ("fal", {"options": {"media_kept_s": "long"}}),
    ],
    ids=str,
)
async def test_a_wrong_table_is_answered_with_a_sentence(name, table):
    at = next(vendor for vendor in VENDORS if vendor[0] == name)[3]

    with pytest.raises(ValueError, match=r"provider|model"):
        async with at("http://127.0.0.1:9", **table):
            pass


GOOD_BFL = {"prompt": "a fox", "width": 1024, "height": 1024, "safety_tolerance": 2}


def test_the_check_of_bodies_takes_a_good_one():
    assert violations("flux-2-pro", GOOD_BFL) == []
    assert replicate_violations(FLUX_DEV, {"input": {"prompt": "a fox"}}, by_version=False) == []


@pytest.mark.parametrize("field", ["negative_prompt", "num_images", "steps", "guidance"])
def test_a_field_bfl_lacks_is_caught(field):
    assert violations("flux-2-pro", {**GOOD_BFL, field: 1})


@needs_description
@pytest.mark.parametrize(
    "change",
    [{"width": 32}, {"safety_tolerance": 7}, {"prompt": None}, {"output_format": "gif"}],
    ids=str,
)
def test_the_published_description_catches_a_wrong_value_at_bfl(change):
    assert violations("flux-2-pro", {**GOOD_BFL, **change})


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"input": {}},
        {"input": {"prompt": "a fox", "num_outputs": 9}},
        {"input": {"prompt": "a fox", "stray": 1}},
        {"input": {"prompt": "a fox"}, "stray": 1},
        {"input": {"prompt": "a fox", "aspect_ratio": "7:1"}},
    ],
    ids=str,
)
def test_a_wrong_body_is_caught_at_replicate(body):
    assert replicate_violations(FLUX_DEV, body, by_version=False)


@needs_description
def test_the_published_description_catches_a_wrong_envelope_at_replicate():
    body = {"input": {"prompt": "a fox"}, "webhook": 7}

    assert replicate_violations(FLUX_DEV, body, by_version=False)


@needs_description
async def test_what_the_simulators_answer_is_what_the_vendors_publish():
    bfl, replicate = VENDORS[0], VENDORS[1]
    async with httpx.AsyncClient(trust_env=False) as http:
        simulator = bfl[1]()
        async with bfl[2](simulator) as base_url:
            headers = {"x-key": "bfl-test"}
            url = f"{base_url}/flux-2-pro"
            made = (await http.post(url, json=GOOD_BFL, headers=headers)).json()
            hooked = {**GOOD_BFL, "webhook_url": "http://127.0.0.1:9/x", "webhook_secret": "s"}
            assert answer_violations("AsyncResponse", made) == []
            assert answer_violations("AsyncWebhookResponse", made)
            done = (await http.get(made["polling_url"], headers=headers)).json()
            assert answer_violations("ResultResponse", done) == []
            assert violations("flux-2-pro", hooked) == []
        simulator = replicate[1]()
        async with replicate[2](simulator) as base_url:
            headers = {"authorization": "Bearer r8_test"}
            model = (await http.get(f"{base_url}/models/{FLUX_DEV}", headers=headers)).json()
            url = f"{base_url}/models/{FLUX_DEV}/predictions"
            body = {"input": {"prompt": "a fox"}}
            made = (await http.post(url, json=body, headers=headers)).json()
            done = (await http.get(made["urls"]["get"], headers=headers)).json()
            assert described("schemas_model_response", model) == []
            # "hidden", which the API gives for official models, fits both of the description's alternatives.
            shown = {"version": "5c7d5dc6"}
            assert described("schemas_prediction_response", made | shown) == []
            assert described("schemas_prediction_response", done | shown) == []
