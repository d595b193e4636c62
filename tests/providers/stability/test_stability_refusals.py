"""Every "no" of Stability's ends in the right typed error, and a job outlives the bot that asked for it."""

from __future__ import annotations

import json

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers import (
    BadAnswer,
    Busy,
    Call,
    ContentBlocked,
    CreditExhausted,
    Done,
    GenerationRequest,
    InvalidRequest,
    ModelGone,
    Operation,
    OutcomeUnknown,
    ProviderError,
    Submitted,
    Unauthorized,
    Unavailable,
)
from providers.stability import plugin
from providers.stability.answers import is_job_id, painted, seed_of
from providers.stability.errors import error_of
from tests.simulators.providers.cases import provider_at
from tests.simulators.providers.pictures import encoded
from tests.simulators.providers.pictures import painted as picture
from tests.simulators.providers.serving import serving, simulator_process
from tests.simulators.providers.spoiling import Spoiler
from tests.simulators.providers.stability import WRONG_KEY, StabilitySimulator, running

ASKED = GenerationRequest(
    operation=Operation.TEXT_TO_IMAGE, model="stable-image-core", prompt="a red fox"
)

UPSCALE = GenerationRequest(
    operation=Operation.UPSCALE,
    model="stable-image-upscale-creative",
    source_image=encoded(picture("a source", (64, 64))),
    scale=2,
)

QUICK = {"options": {"poll_every_s": 0.01}}


async def ended(events):
    """The last event, or the ProviderError."""
    last = None
    try:
        async for event in events:
            last = event
    except ProviderError as error:
        return error
    return last


async def outcome_of(*played, request=ASKED, **table):
    """How a call ends that meets the scripted answer, and how many were billed."""
    simulator = StabilitySimulator()
    simulator.play(*played)
    async with (
        running(simulator) as base_url,
        provider_at(base_url, plugin, **{**QUICK, **table}) as provider,
    ):
        end = await ended(provider.generate(request, Call(key="k", timeout_s=30)))
    return end, len(simulator.bill.entries)


async def test_a_refused_prompt_is_a_block_and_costs_nothing():
    error, paid = await outcome_of({"kind": "moderated"})

    assert isinstance(error, ContentBlocked)
    assert error.stage == "input"
    assert error.request_id == "a-request"
    assert paid == 0


@pytest.mark.parametrize("request_", [ASKED, UPSCALE], ids=["at once", "by job"])
async def test_a_blurred_picture_is_not_handed_over_though_the_status_is_200(request_):
    error, _ = await outcome_of({"kind": "filtered"}, request=request_)

    assert isinstance(error, ContentBlocked)
    assert error.stage == "output"


async def test_a_blurred_picture_as_bytes_is_not_handed_over_either():
    headers = httpx.Headers({"content-type": "image/png", "finish-reason": "CONTENT_FILTERED"})

    with pytest.raises(ContentBlocked):
        painted(bytearray(encoded(picture("x", (8, 8)))), headers)


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"status": 400, "name": "bad_request"}, InvalidRequest),
        ({"status": 401, "name": "unauthorized"}, Unauthorized),
        ({"status": 402, "name": "payment_required"}, CreditExhausted),
        ({"status": 403, "name": "forbidden"}, Unauthorized),
        ({"status": 413, "name": "payload_too_large"}, InvalidRequest),
        ({"status": 422, "name": "invalid_language"}, InvalidRequest),
        ({"status": 429, "name": "rate_limit_exceeded"}, Busy),
        ({"status": 500, "name": "internal_error"}, OutcomeUnknown),
        ({"status": 503, "name": "unavailable"}, Unavailable),
    ],
)
async def test_a_refusal_says_what_may_be_done_next(told, kind):
    error, paid = await outcome_of({"kind": "error", **told})

    assert type(error) is kind
    assert paid == 0


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("bad_request", InvalidRequest),
        ("content_moderation", ContentBlocked),
        ("rate_limit_exceeded", Busy),
        ("unauthorized", Unauthorized),
        ("payment_required", CreditExhausted),
        ("internal_error", OutcomeUnknown),
    ],
)
async def test_a_refusal_wrapped_in_a_success_counts(name, kind):
    error, _ = await outcome_of({"kind": "wrapped", "name": name, "errors": ["no"]})

    assert type(error) is kind


async def test_a_wrong_field_is_named():
    error, _ = await outcome_of(
        {"kind": "error", "status": 400, "name": "bad_request", "errors": ["prompt: is empty"]}
    )

    assert error.param == "prompt"


async def test_a_key_shut_out_waits_its_minute():
    error, _ = await outcome_of({"kind": "error", "status": 429, "name": "rate_limit_exceeded"})

    assert error.retry_after_s == 60.0


async def test_a_wrong_key_is_unauthorized():
    error, _ = await outcome_of(api_key=WRONG_KEY)

    assert type(error) is Unauthorized
    assert WRONG_KEY not in repr(error)


async def submitted_at(base_url: str) -> str:
    """The id of a job whose bot is gone before anything was polled."""
    async with provider_at(base_url, plugin, **QUICK) as provider:
        events = provider.generate(UPSCALE, Call(key="k", timeout_s=30))
        first = await anext(events)
        await events.aclose()
    assert isinstance(first, Submitted)
    return first.remote_id


async def test_a_job_is_taken_up_after_a_restart_and_not_paid_again(tmp_path):
    bill = tmp_path / "bill.jsonl"
    module = "tests.simulators.providers.stability"
    with simulator_process(module, "--bill", str(bill), "--delay-s", "0.3") as url:
        job_id = await submitted_at(f"{url}/v2beta")
        async with provider_at(f"{url}/v2beta", plugin, **QUICK) as provider:
            end = await ended(provider.resume(job_id, UPSCALE, Call(key="k", timeout_s=30)))

    assert isinstance(end, Done)
    assert len(bill.read_text().splitlines()) == 1


async def test_a_job_that_takes_longer_than_the_call_goes_on_there_and_is_billed():
    simulator = StabilitySimulator(delay_s=60)
    async with running(simulator) as base_url, provider_at(base_url, plugin, **QUICK) as provider:
        end = await ended(provider.generate(UPSCALE, Call(key="k", timeout_s=0.3)))

    assert type(end) is Busy
    assert end.billed
    assert simulator.polls > 3
    assert len(simulator.bill.entries) == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "reset", "after": "half"},
        {"kind": "status", "status": 429, "headers": {"retry-after": "0"}},
        {"kind": "status", "status": 502},
        {"kind": "status", "status": 503},
        {"kind": "html"},
    ],
    ids=str,
)
async def test_polls_that_fail_are_asked_again(fault):
    simulator = StabilitySimulator()
    spoiler = Spoiler(simulator.app)
    polls = 0

    def first_two(method, path):
        nonlocal polls
        polls += "/results/" in path
        return "/results/" in path and polls <= 2

    async with (
        serving(spoiler) as url,
        provider_at(f"{url}/v2beta", plugin, **QUICK) as provider,
    ):
        spoiler.spoil(fault, first_two)
        end = await ended(provider.generate(UPSCALE, Call(key="k", timeout_s=30)))

    assert isinstance(end, Done)
    assert polls == 3
    assert len(simulator.bill.entries) == 1


async def test_a_provider_that_goes_away_while_it_works_may_have_been_paid():
    simulator = StabilitySimulator(delay_s=60)
    async with running(simulator) as base_url:
        job_id = await submitted_at(base_url)
    async with provider_at(base_url, plugin, **QUICK) as provider:
        end = await ended(provider.resume(job_id, UPSCALE, Call(key="k", timeout_s=0.3)))

    assert type(end) is Busy
    assert end.billed


@pytest.mark.parametrize("job_id", ["no-such-job", "../generate/core", "", "a/b", "ä"])
async def test_an_id_that_nobody_gave_is_gone_and_leads_nowhere_else(job_id):
    simulator = StabilitySimulator()
    async with running(simulator) as base_url, provider_at(base_url, plugin, **QUICK) as provider:
        end = await ended(provider.resume(job_id, UPSCALE, Call(key="k", timeout_s=5)))

    assert type(end) is ModelGone
    assert simulator.calls == []


async def test_another_keys_job_is_gone():
    simulator = StabilitySimulator()
    async with running(simulator) as base_url:
        job_id = await submitted_at(base_url)
        async with provider_at(base_url, plugin, api_key="sk-other", **QUICK) as provider:
            end = await ended(provider.resume(job_id, UPSCALE, Call(key="k", timeout_s=5)))

    assert type(end) is ModelGone


@pytest.mark.parametrize("body", ["{}", '{"id": 3}', '{"id": "../x"}', "[]", "<html>"])
async def test_a_job_taken_without_an_id_is_a_bad_answer(body):
    spoiler = Spoiler(StabilitySimulator().app)
    async with (
        serving(spoiler) as url,
        provider_at(f"{url}/v2beta", plugin, **QUICK) as provider,
    ):
        spoiler.spoil({"kind": "text", "body": body}, lambda method, path: True)
        end = await ended(provider.generate(UPSCALE, Call(key="k", timeout_s=5)))

    assert type(end) is BadAnswer
    assert end.billed


@pytest.mark.parametrize("framing", ["length", "chunked"])
async def test_a_picture_as_bytes_that_breaks_off_is_a_bad_answer(framing):
    simulator = StabilitySimulator()
    simulator.play({"kind": "as_bytes"})
    spoiler = Spoiler(simulator.app)
    async with (
        serving(spoiler) as url,
        provider_at(f"{url}/v2beta", plugin, **QUICK) as provider,
    ):
        spoiler.spoil({"kind": "truncate", "framing": framing}, lambda method, path: True)
        end = await ended(provider.generate(ASKED, Call(key="k", timeout_s=5)))

    assert type(end) is BadAnswer


NAMES = ["id", "name", "errors", "message", "finish_reason", "image", "result", "seed"]

bodies = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
    ),
    max_leaves=10,
)


@given(st.integers(300, 599), bodies)
def test_every_error_body_becomes_a_typed_error(status, body):
    error = error_of(status, httpx.Headers(), json.dumps(body).encode(), now_s=0.0)

    assert isinstance(error, ProviderError)


@given(bodies, st.sampled_from(["image", "result"]))
def test_no_success_body_breaks_the_parser(body, key):
    with pytest.raises(ProviderError):
        painted(bytearray(json.dumps(body).encode()), httpx.Headers(), key=key)


@pytest.mark.parametrize(
    ("told", "seed"),
    [
        (7, 7),
        ("7", 7),
        (True, None),
        ("seven", None),
        (4_294_967_295, None),
        (-1, None),
        ([], None),
    ],
)
def test_a_seed_is_read_only_where_it_can_be_true(told, seed):
    assert seed_of(told) == seed


@given(st.text(max_size=30))
def test_an_id_never_leads_out_of_its_path(text):
    if is_job_id(text):
        url = httpx.URL(f"https://api.example/v2beta/results/{text}")
        assert url.path == f"/v2beta/results/{text}"
