"""What goes out to the Gemini API, and what comes back."""

from __future__ import annotations

import base64
import io

import httpx
import pytest
from google import genai
from google.genai import types
from PIL import Image

from providers import Call, Done, GenerationRequest, Headroom, InvalidRequest, ModelGone, Operation
from providers.gemini import plugin
from tests.simulators.providers.cases import provider_at
from tests.simulators.providers.descriptions import needs_description
from tests.simulators.providers.gemini import LIVE, GeminiSimulator, running
from tests.simulators.providers.gemini_body_check import FILE_NAME, violations
from tests.simulators.providers.pictures import encoded, painted
from tests.simulators.providers.serving import serving

GOOD = {
    "contents": [{"role": "user", "parts": [{"text": "a fox"}]}],
    "generationConfig": {"responseModalities": ["IMAGE"]},
}


def asked(**changes) -> GenerationRequest:
    fields = {
        "operation": Operation.TEXT_TO_IMAGE,
        "model": "gemini-nano-banana-2.1",
        "prompt": "a red fox",
    }
    return GenerationRequest(**{**fields, **changes})


async def sent(request, **table):
    """The call that the API got, and the events that came of it."""
    simulator = GeminiSimulator()
    async with running(simulator) as base_url, provider_at(base_url, plugin, **table) as provider:
        call = Call(key="job-1", timeout_s=30)
        events = [event async for event in provider.generate(request, call)]
    assert simulator.violations == []
    return simulator.calls[0], events


async def test_words_a_shape_and_a_seed_go_out():
    call, events = await sent(asked(width_px=1920, height_px=1080, seed=7))

    settings = call["body"]["generationConfig"]
    assert call["body"]["contents"][0]["parts"] == [{"text": "a red fox"}]
    assert settings["imageConfig"] == {"aspectRatio": "16:9", "imageSize": "1K"}
    assert settings["seed"] == 7
    assert call["headers"]["x-goog-api-key"] == "sk-test"
    assert isinstance(events[-1], Done)


@pytest.mark.parametrize(
    ("size", "ratio", "tier"),
    [
        ((1024, 1024), "1:1", "1K"),
        ((2048, 2048), "1:1", "2K"),
        ((4096, 4096), "1:1", "4K"),
        ((1000, 3000), "1:4", "2K"),
        ((100, 900), "1:8", "1K"),
        ((3840, 1600), "21:9", "2K"),
    ],
)
async def test_the_nearest_shape_and_tier_are_asked_for(size, ratio, tier):
    call, _ = await sent(asked(width_px=size[0], height_px=size[1]))

    image = call["body"]["generationConfig"]["imageConfig"]
    assert (image["aspectRatio"], image["imageSize"]) == (ratio, tier)


async def test_a_model_of_one_tier_gets_none():
    simulator = GeminiSimulator(live=("gemini-2.5-flash-image",))
    async with (
        running(simulator) as base_url,
        provider_at(base_url, plugin, models=("gemini-2.5-flash-image",)) as provider,
    ):
        call = Call(key="k", timeout_s=30)
        async for _ in provider.generate(asked(model="gemini-2.5-flash-image"), call):
            pass

    image = simulator.calls[0]["body"]["generationConfig"]["imageConfig"]
    assert image == {"aspectRatio": "1:1"}


async def test_a_source_goes_before_the_words_and_comes_back_edited():
    source = encoded(painted("a source", (96, 64)), "webp")
    call, events = await sent(asked(operation=Operation.IMAGE_TO_IMAGE, source_image=source))

    picture, words = call["body"]["contents"][0]["parts"]
    assert picture["inlineData"]["mimeType"] == "image/webp"
    assert base64.b64decode(picture["inlineData"]["data"]) == source
    assert words == {"text": "a red fox"}
    assert events[-1].result.images[0].data.startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize(("strength", "word"), [(None, "subtle"), (0.5, "clear"), (0.9, "bold")])
async def test_a_variation_is_asked_for_in_words(strength, word):
    source = encoded(painted("a source", (96, 64)))
    call, _ = await sent(
        asked(operation=Operation.VARY, prompt="", source_image=source, strength=strength)
    )

    assert word in call["body"]["contents"][0]["parts"][-1]["text"]


async def test_what_it_lacks_is_said_not_dropped():
    _, events = await sent(asked(negative_prompt="text", steps=30, guidance=7, style="anime"))

    notes = " ".join(events[-1].result.notes)
    for name in ("negative prompt", "steps", "guidance", "style"):
        assert f"{name} not used" in notes


async def test_the_size_that_came_is_told_when_it_is_another():
    _, events = await sent(asked(width_px=1200, height_px=700))

    width, height = Image.open(io.BytesIO(events[-1].result.images[0].data)).size
    assert events[-1].result.notes == (f"size 1200x700 painted as {width}x{height}",)


async def test_the_cost_is_counted_from_the_tokens():
    _, events = await sent(asked())

    # 3 tokens of words at $1.50 and 1120 of picture at $30 for a million, rounded up.
    assert events[-1].result.cost_microusd == 33605
    assert events[-1].result.request_id == "resp-1"


async def test_a_safety_threshold_is_sent_where_the_operator_wrote_one():
    plain, _ = await sent(asked())
    strict, _ = await sent(asked(), options={"safety_threshold": "BLOCK_LOW_AND_ABOVE"})

    assert "safetySettings" not in plain["body"]
    assert {entry["threshold"] for entry in strict["body"]["safetySettings"]} == {
        "BLOCK_LOW_AND_ABOVE"
    }


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"prompt": " "}, "prompt"),
        ({"prompt": "\ud83d"}, "prompt"),
        ({"prompt": "x" * 40_000}, "prompt"),
        ({"operation": Operation.IMAGE_TO_IMAGE}, "source_image"),
        ({"operation": Operation.INPAINT}, "operation"),
        ({"count": 2}, "count"),
        ({"seed": 2**31}, "seed"),
        ({"seed": -1}, "seed"),
        ({"width_px": 0}, "width_px"),
    ],
)
async def test_a_wrong_request_is_not_sent(changes, param):
    simulator = GeminiSimulator()
    async with running(simulator) as base_url, provider_at(base_url, plugin) as provider:
        with pytest.raises(InvalidRequest) as caught:
            async for _ in provider.generate(asked(**changes), Call(key="k", timeout_s=30)):
                pass

    assert caught.value.param == param
    assert simulator.calls == []


async def test_models_are_the_files_that_are_still_there_then_newcomers():
    simulator = GeminiSimulator(live=(*LIVE, "../x-image", "a/b-image"))
    async with running(simulator) as base_url, provider_at(base_url, plugin) as provider:
        offered = [model.id for model in await provider.models()]
        simulator.live = ("gemini-3-pro-image",)
        left = [model.id for model in await provider.models()]

    assert offered == ["gemini-nano-banana-2.1", "gemini-3-pro-image", "gemini-4-flash-image"]
    assert left == ["gemini-3-pro-image"]


async def test_a_newcomer_can_be_painted_with():
    simulator = GeminiSimulator()
    async with running(simulator) as base_url, provider_at(base_url, plugin) as provider:
        await provider.models()
        events = provider.generate(asked(model="gemini-4-flash-image"), Call(key="k", timeout_s=30))
        last = [event async for event in events][-1]

    assert isinstance(last, Done)
    assert last.result.cost_microusd is None


async def test_an_api_that_cannot_be_asked_offers_the_files_models():
    async with provider_at("http://127.0.0.1:9/v1beta", plugin) as provider:
        offered = [model.id for model in await provider.models()]

    assert offered == ["gemini-nano-banana-2.1", "gemini-3-pro-image"]


async def test_an_allowlist_is_kept_and_a_retired_model_names_its_successor():
    names = ("gemini-3.1-flash-image", "gemini-own-tuning")
    async with provider_at("http://127.0.0.1:9/v1beta", plugin, models=names) as provider:
        retired, own = await provider.models()

    assert (retired.id, own.id) == names
    assert retired.capabilities.successor == "gemini-nano-banana-2.1"
    assert retired.capabilities.shutdown is not None
    assert own.capabilities.price is None


async def test_the_plan_decides_what_google_may_do_with_it():
    url = "http://127.0.0.1:9/v1beta"
    async with (
        provider_at(url, plugin) as paid,
        provider_at(url, plugin, options={"plan": "free"}) as free,
    ):
        terms = [(await one.models())[0].capabilities.data_terms for one in (paid, free)]

    assert [one.trains_on_data for one in terms] == [False, True]


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ({"api_key": None}, "needs a key"),
        ({"api_key": "a\nb"}, "no header takes"),
        ({"options": {"paln": "free"}}, "did you mean 'plan'"),
        ({"options": {"plan": "trial"}}, "one of paid, free"),
        ({"options": {"safety_threshold": 3}}, "is not one of"),
    ],
)
async def test_a_wrong_table_is_said_in_a_sentence(table, sentence):
    with pytest.raises(ValueError, match=sentence):
        async with provider_at("http://127.0.0.1:9/v1beta", plugin, **table):
            pass


async def test_rate_limit_headers_are_passed_on():
    simulator = GeminiSimulator()

    async def app(scope, receive, send):
        async def with_headers(message):
            if message["type"] == "http.response.start":
                extra = [(b"x-ratelimit-remaining", b"3"), (b"x-ratelimit-reset", b"20")]
                message = {**message, "headers": [*message["headers"], *extra]}
            await send(message)

        await simulator.app(scope, receive, with_headers)

    async with serving(app) as url, provider_at(f"{url}/v1beta", plugin) as provider:
        events = [e async for e in provider.generate(asked(), Call(key="k", timeout_s=30))]

    assert events[0] == Headroom(calls_left=3, resets_in_s=20.0)


async def test_resume_is_gone():
    async with provider_at("http://127.0.0.1:9/v1beta", plugin) as provider:
        with pytest.raises(ModelGone):
            async for _ in provider.resume("x", asked(), Call(key="k", timeout_s=1)):
                pass


@pytest.mark.parametrize(
    "change",
    [
        {"negativePrompt": "text"},
        {"generationConfig": {"responseModalities": ["IMAGE"], "numberOfImages": 2}},
        {"generationConfig": {"responseModalities": ["TEXT"]}},
        {
            "generationConfig": {
                "responseModalities": ["IMAGE"],
                "imageConfig": {"aspectRatio": "7:5"},
            }
        },
        {
            "generationConfig": {
                "responseModalities": ["IMAGE"],
                "imageConfig": {"imageSize": "512"},
            }
        },
        {"contents": []},
        {
            "contents": [
                {
                    "parts": [
                        {"text": "x"},
                        {"inlineData": {"mimeType": "image/png", "data": "AAAA"}},
                    ]
                }
            ]
        },
    ],
    ids=["stray", "deep stray", "modality", "ratio", "tier", "nothing", "no picture"],
)
def test_a_wrong_body_is_caught(change):
    assert violations(GOOD) == []
    assert violations({**GOOD, **change})


@needs_description(FILE_NAME)
@pytest.mark.parametrize(
    "change",
    [
        {"contents": "a fox"},
        {"generationConfig": {"responseModalities": ["PICTURE"]}},
        {"generationConfig": {"responseModalities": ["IMAGE"], "seed": "7"}},
        {"safetySettings": [{"category": "HARM_CATEGORY_RUDENESS", "threshold": "OFF"}]},
    ],
)
def test_the_published_description_catches_a_wrong_value(change):
    assert violations({**GOOD, **change})


def told_by_sdk(http: httpx.AsyncClient, base_url: str, **config):
    options = types.HttpOptions(base_url=base_url, api_version="v1beta", httpx_async_client=http)
    return genai.Client(api_key="sk-test", http_options=options).aio.models.generate_content(
        model="gemini-nano-banana-2.1",
        contents="a red fox",
        config=types.GenerateContentConfig(response_modalities=["IMAGE"], **config),
    )


async def test_googles_own_library_is_pleased_with_the_simulator():
    simulator = GeminiSimulator()
    async with serving(simulator.app) as url, httpx.AsyncClient(trust_env=False) as http:
        image = types.ImageConfig(aspect_ratio="16:9", image_size="1K")
        answer = await told_by_sdk(http, url, image_config=image, seed=7)
        simulator.play({"kind": "blocked_prompt", "reason": "IMAGE_SAFETY"})
        blocked = await told_by_sdk(http, url)
        simulator.play({"kind": "stopped", "reason": "NO_IMAGE"})
        nothing = await told_by_sdk(http, url)
        simulator.play({"kind": "error", "code": 400, "status": "INVALID_ARGUMENT"})
        with pytest.raises(genai.errors.ClientError):
            await told_by_sdk(http, url)

    blob = answer.candidates[0].content.parts[0].inline_data
    assert Image.open(io.BytesIO(blob.data)).width > 1300
    assert answer.usage_metadata.candidates_token_count == 1120
    assert blocked.prompt_feedback.block_reason is types.BlockedReason.IMAGE_SAFETY
    assert nothing.candidates[0].finish_reason is types.FinishReason.NO_IMAGE
    assert simulator.violations == []
