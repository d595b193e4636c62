"""What the server's own list of models changes in what is offered."""

from __future__ import annotations

from datetime import date

import pytest

from providers import Call, Done, GenerationRequest, Headroom, Operation, ProviderConfig
from providers.openai.catalog import offers_of
from providers.openai.options import options_of
from tests.simulators.providers.cases import DEAD_URL, provider_at
from tests.simulators.providers.openai import OpenAISimulator, running
from tests.simulators.providers.serving import serving

ALL = ["gpt-image-2.6-sunburst", "gpt-image-2.6-flare", "gpt-image-2.5-sunburst"]


async def offered(live, **table):
    simulator = OpenAISimulator()
    simulator.live = live
    async with running(simulator) as base_url, provider_at(base_url, **table) as provider:
        return {model.id: model.capabilities for model in await provider.models()}


async def test_a_model_that_is_gone_is_not_offered_and_a_new_one_is():
    found = await offered({"gpt-image-2": None, "gpt-image-3": None, "gpt-5": None})

    assert list(found) == ["gpt-image-2", "gpt-image-3"]
    assert found["gpt-image-3"].price is None


async def test_the_day_a_model_is_shut_down_is_the_servers():
    found = await offered({"gpt-image-2": "2027-03-01", "gpt-image-2.6-flare": "soon"})

    assert found["gpt-image-2"].shutdown == date(2027, 3, 1)
    assert found["gpt-image-2.6-flare"].shutdown is None


async def test_an_allowlist_is_kept_with_the_servers_days():
    names = ("gpt-image-2", "gpt-image-1.5", "own")
    found = await offered({"gpt-image-2": "2027-03-01"}, models=names)

    assert tuple(found) == names
    assert found["gpt-image-2"].shutdown == date(2027, 3, 1)
    assert found["gpt-image-1.5"].successor == "gpt-image-2.6-sunburst"


@pytest.mark.parametrize("live", [None, {}, {"llama-9": None}], ids=["none", "empty", "others"])
async def test_a_list_without_image_models_changes_nothing(live):
    assert list(await offered(live))[:3] == ALL


async def test_a_server_that_cannot_be_asked_offers_the_files_models():
    async with provider_at(DEAD_URL) as provider:
        found = [model.id for model in await provider.models()]

    assert found[:3] == ALL


@pytest.mark.parametrize(
    ("base_url", "options", "terms"),
    [
        (None, {}, (30, None, False)),
        ("https://eu.api.openai.com/v1", {}, (30, "eu", False)),
        ("https://house.example/v1", {}, (None, None, None)),
        ("https://api.openai.com.evil.example/v1", {}, (None, None, None)),
        ("https://house.example/v1", {"region": "eu"}, (None, "eu", None)),
    ],
)
def test_data_terms_are_openais_on_its_own_hosts_only(base_url, options, terms):
    table = ProviderConfig(name="x", kind="openai", base_url=base_url, api_key="k", options=options)

    for model in ("gpt-image-2", "own"):
        (found,) = offers_of(options_of(table), (model,))
        told = found.model.capabilities.data_terms
        assert (told.retention_days, told.region, told.trains_on_data) == terms


async def test_the_calls_left_are_told_before_the_picture():
    simulator = OpenAISimulator()

    async def app(scope, receive, send):
        async def with_headers(message):
            if message["type"] == "http.response.start":
                extra = [
                    (b"x-ratelimit-remaining-requests", b"2"),
                    (b"x-ratelimit-reset-requests", b"1m30s"),
                ]
                message = {**message, "headers": [*message["headers"], *extra]}
            await send(message)

        await simulator.app(scope, receive, with_headers)

    request = GenerationRequest(
        operation=Operation.TEXT_TO_IMAGE, model="gpt-image-2", prompt="a fox"
    )
    async with serving(app) as url, provider_at(f"{url}/v1") as provider:
        events = [e async for e in provider.generate(request, Call(key="k", timeout_s=30))]

    assert events[0] == Headroom(calls_left=2, resets_in_s=90.0)
    assert isinstance(events[-1], Done)
