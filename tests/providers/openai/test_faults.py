"""Every way a provider can fail us ends in the right typed error, soon and in little memory (F9 to F15)."""

from __future__ import annotations

import asyncio
import base64
import json
import subprocess
import sys
import time
from email.utils import formatdate

import httpx
import pytest

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
    Next,
    Operation,
    OutcomeUnknown,
    ProviderConfig,
    ProviderError,
    Unauthorized,
    Unavailable,
)
from providers.openai import plugin
from providers.testing import workshop
from providers.wire.deadline import Deadline
from providers.wire.exchange import whole_body
from tests.simulators.providers.cases import DEAD_URL, provider_at
from tests.simulators.providers.openai import WRONG_KEY, OpenAISimulator, running
from tests.simulators.providers.serving import ROOT, simulator_process

MIB = 1 << 20

PLAIN = {"options": {"partial_images": 0}}


def asked(**changes) -> GenerationRequest:
    fields = {
        "operation": Operation.TEXT_TO_IMAGE,
        "model": "gpt-image-2",
        "prompt": "a red fox",
        "width_px": 816,
        "height_px": 816,
    }
    return GenerationRequest(**{**fields, **changes})


async def outcome(provider, request=None, *, timeout_s=30.0):
    """The Done or the ProviderError that a call ends with."""
    try:
        async for event in provider.generate(
            request or asked(), Call(key="k", timeout_s=timeout_s)
        ):
            last = event
    except ProviderError as error:
        return error
    assert isinstance(last, Done)
    return last


async def outcome_of(fault, *, request=None, timeout_s=30.0, table=PLAIN):
    """The outcome of one call that meets the fault, and how often the server was asked and paid."""
    simulator = OpenAISimulator()
    simulator.faults.add(fault)
    async with running(simulator) as base_url, provider_at(base_url, **table) as provider:
        end = await outcome(provider, request, timeout_s=timeout_s)
    assert len(simulator.calls) == 1, "a call is sent once, whatever comes back"
    return end, len(simulator.bill.entries)


@pytest.mark.parametrize(
    ("headers", "expected_s"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "-5"}, 0.0),
        ({"retry-after": "1e9"}, 600.0),
        ({"retry-after": "1000000000"}, 600.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({}, None),
        ({"retry-after-ms": "1500", "retry-after": "60"}, 1.5),
        (
            {
                "date": formatdate(1_800_000_000, usegmt=True),
                "retry-after": formatdate(1_800_000_030, usegmt=True),
            },
            30.0,
        ),
        ({"retry-after": formatdate(0, usegmt=True)}, 0.0),
    ],
)
async def test_a_full_server_says_when_to_come_back(headers, expected_s):
    error, paid = await outcome_of(
        {
            "kind": "status",
            "status": 429,
            "headers": headers,
            "error": {"code": "rate_limit_exceeded"},
        }
    )

    assert isinstance(error, Busy)
    assert error.next is Next.LATER
    assert error.retry_after_s == expected_s
    assert error.request_id == "req_fault"
    assert paid == 0


async def test_a_date_far_ahead_is_capped():
    date = formatdate(time.time() + 86_400, usegmt=True)

    error, _ = await outcome_of({"kind": "status", "status": 429, "headers": {"retry-after": date}})

    assert error.retry_after_s == 600.0


@pytest.mark.parametrize(
    ("status", "kind", "further"),
    [
        (401, Unauthorized, Next.ELSEWHERE),
        (402, CreditExhausted, Next.ELSEWHERE),
        (403, Unauthorized, Next.ELSEWHERE),
        (404, ModelGone, Next.ELSEWHERE),
        (408, OutcomeUnknown, Next.UNKNOWN),
        (409, Unavailable, Next.ELSEWHERE),
        (410, ModelGone, Next.ELSEWHERE),
        (413, InvalidRequest, Next.NEVER),
        (422, InvalidRequest, Next.NEVER),
        (500, OutcomeUnknown, Next.UNKNOWN),
        (502, OutcomeUnknown, Next.UNKNOWN),
        (503, Unavailable, Next.ELSEWHERE),
        (504, OutcomeUnknown, Next.UNKNOWN),
        (520, OutcomeUnknown, Next.UNKNOWN),
        (521, Unavailable, Next.ELSEWHERE),
        (524, OutcomeUnknown, Next.UNKNOWN),
        (529, Busy, Next.LATER),
    ],
)
async def test_a_status_says_what_may_be_done_next(status, kind, further):
    error, _ = await outcome_of({"kind": "status", "status": status})

    assert type(error) is kind
    assert error.next is further


@pytest.mark.parametrize("status", [301, 302, 307])
async def test_a_redirect_is_not_followed_with_the_key(status):
    fault = {"kind": "status", "status": status, "headers": {"location": "/v1/images/generations"}}

    error, _ = await outcome_of(fault)

    assert type(error) is Unavailable


async def test_a_page_as_error_body_is_read_as_words():
    fault = {"kind": "status", "status": 502, "body": "<html><h1>Bad gateway</h1></html>"}

    error, _ = await outcome_of(fault)

    assert isinstance(error, OutcomeUnknown)
    assert "Bad gateway" in error.detail
    assert "<" not in error.detail


@pytest.mark.parametrize("stage", ["input", "output"])
async def test_a_refused_prompt_names_stage_and_categories_and_costs_nothing(stage):
    error, paid = await outcome_of(
        {"kind": "moderation", "stage": stage, "categories": ["violence", "self-harm"]}
    )

    assert isinstance(error, ContentBlocked)
    assert error.next is Next.NEVER
    assert (error.stage, error.categories) == (stage, ("violence", "self-harm"))
    assert paid == 0


async def test_an_empty_account_is_not_a_full_server():
    fault = {"kind": "status", "status": 429, "error": {"code": "insufficient_quota"}}

    error, _ = await outcome_of(fault)

    assert type(error) is CreditExhausted


async def test_a_bad_parameter_is_named():
    fault = {"kind": "status", "status": 400, "error": {"param": "size", "message": "bad size"}}

    error, _ = await outcome_of(fault)

    assert isinstance(error, InvalidRequest)
    assert error.param == "size"


async def test_a_wrong_key_is_unauthorized():
    simulator = OpenAISimulator()

    async with (
        running(simulator) as base_url,
        provider_at(base_url, api_key=WRONG_KEY) as provider,
    ):
        error = await outcome(provider)

    assert type(error) is Unauthorized
    assert WRONG_KEY not in repr(error)


async def test_a_retired_model_is_gone():
    simulator = OpenAISimulator()

    async with (
        running(simulator) as base_url,
        provider_at(base_url, models=("dall-e-3",)) as provider,
    ):
        error = await outcome(provider, asked(model="dall-e-3"))

    assert type(error) is ModelGone


@pytest.mark.parametrize(
    "base_url", [DEAD_URL, "https://127.0.0.1:9/v1", "http://no-such-name.invalid/v1"]
)
async def test_a_server_that_is_not_there_got_nothing(base_url):
    async with provider_at(base_url) as provider:
        error = await outcome(provider)

    assert type(error) is Unavailable


async def test_a_server_without_tls_got_nothing():
    simulator = OpenAISimulator()

    async with (
        running(simulator) as base_url,
        provider_at(base_url.replace("http:", "https:")) as provider,
    ):
        error = await outcome(provider)

    assert type(error) is Unavailable
    assert simulator.calls == []


async def test_a_tls_handshake_that_hangs_until_the_deadline_got_nothing():
    writers = []
    silent = await asyncio.start_server(lambda _, writer: writers.append(writer), "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]

    async with silent, provider_at(f"https://127.0.0.1:{port}/v1") as provider:
        error = await outcome(provider, timeout_s=0.1)
        for writer in writers:
            writer.close()

    assert type(error) is Unavailable


@pytest.mark.parametrize(
    ("after", "kind"), [("request", OutcomeUnknown), ("headers", BadAnswer), ("half", BadAnswer)]
)
async def test_a_connection_reset_after_sending_may_have_been_billed(after, kind):
    error, paid = await outcome_of({"kind": "reset", "after": after})

    assert type(error) is kind
    assert error.billed
    assert paid == 1


@pytest.mark.parametrize("after", ["request", "status", "headers", "half"])
async def test_silence_after_acceptance_is_an_unknown_outcome_at_the_deadline(after):
    start = time.monotonic()

    error, paid = await outcome_of({"kind": "stall", "after": after}, timeout_s=0.2)

    assert type(error) is OutcomeUnknown
    assert error.next is Next.UNKNOWN
    assert paid == 1
    assert time.monotonic() - start < 2


async def test_a_slow_drip_ends_at_the_deadline():
    start = time.monotonic()

    error, _ = await outcome_of({"kind": "drip", "every_s": 0.02}, timeout_s=0.3)

    assert type(error) is OutcomeUnknown
    assert time.monotonic() - start < 2


@pytest.mark.parametrize("framing", ["length", "chunked", "none"])
async def test_a_truncated_answer_is_bad_even_when_http_does_not_notice(framing):
    error, paid = await outcome_of({"kind": "truncate", "framing": framing})

    assert type(error) is BadAnswer
    assert error.next is Next.ELSEWHERE
    assert paid == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "html"},
        {"kind": "empty"},
        {"kind": "bad_base64"},
        {"kind": "not_picture"},
        {"kind": "raw", "body": ""},
        {"kind": "raw", "body": "null"},
        {"kind": "raw", "body": "[]"},
        {"kind": "raw", "body": '{"data": "none"}'},
        {"kind": "raw", "body": '{"data": [null, 3, {"b64_json": 5}, {"url": 6}]}'},
        {"kind": "raw", "body": "[" * 100_000},
        {"kind": "raw", "body": '{"data": [{"b64_json": ""}]}'},
        {"kind": "links", "target": "expired"},
        {"kind": "links", "target": "page"},
        {"kind": "links", "target": "private"},
        {"kind": "links", "target": "other", "url": "https://127.0.0.1/x.png"},
        {"kind": "links", "target": "other", "url": "https://[::1]/x.png"},
        {"kind": "links", "target": "other", "url": "file:///etc/hostname"},
        {"kind": "links", "target": "other", "url": "http://["},
        {"kind": "links", "target": "other", "url": DEAD_URL},
    ],
    ids=str,
)
async def test_an_answer_without_a_usable_image_is_bad(fault):
    error, paid = await outcome_of(fault)

    assert type(error) is BadAnswer
    assert paid == 1


async def test_three_of_four_images_are_delivered_with_a_note():
    done, _ = await outcome_of({"kind": "some", "usable": 3}, request=asked(count=4))

    assert len(done.result.images) == 3
    assert "3 of 4 images came" in done.result.notes


async def test_more_images_than_asked_are_left_aside():
    text = base64.b64encode(b"\xff\xd8\xff a picture").decode()
    body = json.dumps({"data": [{"b64_json": text}] * 5})

    done, _ = await outcome_of({"kind": "raw", "body": body}, request=asked(count=2))

    assert len(done.result.images) == 2


async def test_linked_images_of_the_servers_own_host_are_fetched():
    done, _ = await outcome_of({"kind": "links"}, request=asked(count=2))

    assert len(done.result.images) == 2
    assert all(image.data.startswith(b"\x89PNG") for image in done.result.images)


async def test_a_link_is_fetched_without_the_key():
    seen = []

    async def handle(reader, writer):
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(handle, "127.0.0.1", 0) as files:
        port = files.sockets[0].getsockname()[1]
        url = f"http://127.0.0.1:{port}/x.png"
        error, _ = await outcome_of({"kind": "links", "target": "other", "url": url})

    assert type(error) is BadAnswer
    assert seen == [], "another port of the host is another host"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"code": "moderation_blocked", "message": "no"}, ContentBlocked),
        ({"type": "rate_limit_error", "message": "later"}, Busy),
        ({"type": "invalid_request_error", "param": "n"}, InvalidRequest),
        ({"code": "insufficient_quota"}, CreditExhausted),
        ({"type": "server_error", "message": "oops"}, OutcomeUnknown),
    ],
)
async def test_an_error_wrapped_in_a_success_counts(error, kind):
    wrapped, _ = await outcome_of({"kind": "wrapped_error", "error": error})
    in_stream, _ = await outcome_of({"kind": "stream_error", "error": error}, table={})

    assert type(wrapped) is kind
    assert type(in_stream) is kind


def test_hostile_bodies_are_bad_and_cost_little_memory():
    """In processes of their own, so that the memory of the server and of the tests doesn't count."""
    with simulator_process("tests.simulators.providers.openai") as url:
        child = subprocess.run(
            [sys.executable, "-m", "tests.providers.openai.hostile_bodies", url],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    found = json.loads(child.stdout)

    assert set(found["ends"].values()) == {"BadAnswer"}, found
    assert len(found["ends"]) == 6
    assert found["growth_bytes"] < 150 * MIB, found


async def test_a_pixel_bomb_is_handed_on_unopened():
    done, _ = await outcome_of({"kind": "pixel_bomb"})

    assert len(done.result.images[0].data) < 1000


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (httpx.ConnectError("refused"), Unavailable),
        (httpx.ConnectTimeout("slow"), Unavailable),
        (httpx.PoolTimeout("full"), Unavailable),
        (httpx.ReadTimeout("silent"), OutcomeUnknown),
        (httpx.WriteError("broke"), OutcomeUnknown),
        (httpx.ReadError("broke"), OutcomeUnknown),
        (httpx.RemoteProtocolError("closed"), OutcomeUnknown),
    ],
    ids=repr,
)
async def test_a_client_that_tells_no_trace_is_understood_by_its_errors(failure, kind):
    def fail(request):
        raise failure

    config = ProviderConfig(name="house", kind="openai", api_key="sk-test")
    async with httpx.AsyncClient(transport=httpx.MockTransport(fail)) as http:
        error = await outcome(plugin(config, workshop(http)))

    assert type(error) is kind


@pytest.mark.parametrize("headers", [{"content-length": "11"}, {}])
async def test_a_body_is_read_up_to_its_cap(headers):
    async def body():
        yield b"x" * 11

    response = httpx.Response(200, headers=headers, content=body())

    with pytest.raises(BadAnswer):
        await whole_body(response, Deadline.after(5), max_bytes=10)
    assert response.num_bytes_downloaded == (0 if headers else 11)


async def test_a_stream_cut_before_its_picture_is_an_unknown_outcome():
    error, paid = await outcome_of({"kind": "stream_cut"}, table={})

    assert type(error) is OutcomeUnknown
    assert paid == 1


async def test_a_server_that_knows_no_streams_is_understood():
    done, _ = await outcome_of({"kind": "plain"}, table={})

    assert len(done.result.images) == 1


async def test_a_cancelled_call_is_not_sent_again():
    simulator = OpenAISimulator()
    simulator.faults.add({"kind": "stall", "after": "request"})

    async with running(simulator) as base_url, provider_at(base_url, **PLAIN) as provider:
        call = asyncio.ensure_future(outcome(provider))
        while not simulator.calls:
            await asyncio.wait({call}, timeout=0.005)
        call.cancel()
        await asyncio.wait({call})
        done = await outcome(provider)

    assert call.cancelled()
    assert isinstance(done, Done)
    assert len(simulator.calls) == 2
