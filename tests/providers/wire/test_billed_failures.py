"""What an error says of money: only what the vendor counts in its answer, or documents that it takes."""

from __future__ import annotations

import json

import httpx
import pytest

from providers import BadAnswer, ContentBlocked, NoImage, ProviderError
from providers.gemini import plugin as gemini_plugin
from providers.gemini.answers import painted as gemini_painted
from providers.gemini.catalog import TokenPrices
from providers.stability.answers import painted as stability_painted
from tests.providers.openai.test_faults import asked, outcome, outcome_of
from tests.providers.remote_jobs.test_ends import end_of, ends
from tests.simulators.providers.cases import provider_at
from tests.simulators.providers.gemini import GeminiSimulator
from tests.simulators.providers.gemini import running as gemini_running

PRICES = TokenPrices(input_microusd=1.5, text_output_microusd=7.5, image_output_microusd=30)


def bill_of(error: object) -> tuple[int | None, int]:
    assert isinstance(error, ProviderError), error
    return error.cost_microusd, error.billed_images


def gemini_error(prices: TokenPrices | None = PRICES, **fields: object) -> ProviderError:
    with pytest.raises(ProviderError) as raised:
        gemini_painted(bytearray(json.dumps(fields).encode()), prices)
    return raised.value


def test_a_picture_that_gemini_stopped_costs_the_tokens_it_counts():
    usage = {"promptTokenCount": 100, "candidatesTokenCount": 1120}

    error = gemini_error(candidates=[{"finishReason": "IMAGE_SAFETY"}], usageMetadata=usage)

    assert isinstance(error, ContentBlocked)
    assert error.billed
    assert bill_of(error) == (150 + 1120 * 30, 0)


def test_an_empty_answer_of_gemini_costs_the_tokens_it_counts():
    usage = {"promptTokenCount": 100, "thoughtsTokenCount": 20}

    error = gemini_error(candidates=[{"finishReason": "NO_IMAGE"}], usageMetadata=usage)

    assert isinstance(error, NoImage)
    assert bill_of(error) == (150 + 20 * 7.5, 0)


@pytest.mark.parametrize(
    "fields",
    [
        {"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {}},
        {"candidates": [{"finishReason": "NO_IMAGE"}]},
        {
            "error": {"code": 500, "message": "broken"},
            "usageMetadata": {"promptTokenCount": 100, "candidatesTokenCount": 1120},
        },
    ],
)
def test_where_gemini_counts_nothing_or_says_500_no_cost_is_invented(fields):
    assert bill_of(gemini_error(**fields)) == (None, 0)


def test_without_prices_of_tokens_the_cost_of_a_stopped_picture_is_unknown():
    usage = {"promptTokenCount": 100, "candidatesTokenCount": 1120}

    error = gemini_error(None, candidates=[{"finishReason": "NO_IMAGE"}], usageMetadata=usage)

    assert bill_of(error) == (None, 0)


async def test_a_stopped_picture_carries_its_cost_through_the_whole_adapter():
    simulator = GeminiSimulator()
    simulator.play({"kind": "stopped", "reason": "IMAGE_SAFETY"})
    request = asked(model="gemini-nano-banana-2.1", width_px=1024, height_px=1024)
    async with (
        gemini_running(simulator) as base_url,
        provider_at(base_url, gemini_plugin) as provider,
    ):
        error = await outcome(provider, request)

    assert isinstance(error, ContentBlocked)
    assert (error.cost_microusd or 0) > 0


async def test_an_answer_of_openai_without_a_usable_picture_costs_its_tokens():
    body = {
        "data": [{"b64_json": "bm8gcGljdHVyZQ=="}],
        "usage": {"input_tokens": 10, "output_tokens": 1000},
    }
    error, _ = await outcome_of({"kind": "raw", "body": json.dumps(body)})

    assert isinstance(error, BadAnswer)
    assert bill_of(error) == (10 * 5 + 1000 * 30, 0)


def test_a_success_of_stability_whose_picture_is_spoiled_is_of_unknown_cost():
    headers = httpx.Headers({"content-type": "image/png", "finish-reason": "SUCCESS"})

    with pytest.raises(BadAnswer) as raised:
        stability_painted(bytearray(b"not a picture"), headers)

    assert raised.value.billed
    assert bill_of(raised.value) == (None, 0)


def test_what_stability_filtered_is_of_unknown_cost():
    headers = httpx.Headers({"content-type": "image/png", "finish-reason": "CONTENT_FILTERED"})

    with pytest.raises(ContentBlocked) as raised:
        stability_painted(bytearray(b"\x89PNG\r\n\x1a\n"), headers)

    assert bill_of(raised.value) == (None, 0)


async def test_a_finished_job_of_bfl_whose_picture_is_gone_costs_what_bfl_said():
    error, _ = await end_of("bfl", fault={"at": "picture", "kind": "status", "status": 404})

    assert isinstance(error, BadAnswer)
    assert bill_of(error) == (40_000, 1)


async def test_a_picture_that_fal_made_black_costs_its_price():
    error, _ = await end_of("fal", fault=ends(has_nsfw_concepts=[True]))

    assert isinstance(error, ContentBlocked)
    assert bill_of(error) == (None, 1)


async def test_a_job_that_failed_at_its_vendor_is_of_unknown_cost():
    bfl, _ = await end_of("bfl", fault=ends(status="Content Moderated", details={}))
    replicate, _ = await end_of("replicate", fault=ends(status="failed", error="NSFW content"))

    assert (bill_of(bfl), bill_of(replicate)) == ((None, 0), (None, 0))


def test_an_error_that_says_nothing_of_money_is_of_unknown_cost():
    assert bill_of(BadAnswer("an empty page")) == (None, 0)
