"""Whatever a provider's answer is like, a call ends once, soon, typed, and is paid once (F9 to F15).

Runs over every provider in FAULT_CASES. What a garbled picture is, the decoder of the pipeline says: here it is enough
that bytes which begin like a picture are handed over and others are not.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from email.utils import formatdate

import pytest

from providers import (
    BadAnswer,
    Busy,
    Call,
    ContentBlocked,
    CreditExhausted,
    Done,
    InvalidRequest,
    ModelGone,
    Next,
    OutcomeUnknown,
    ProviderError,
    Unauthorized,
    Unavailable,
)
from tests.simulators.providers.cases import provider_at
from tests.simulators.providers.fault_cases import FAULT_CASES
from tests.simulators.providers.pictures import encoded, painted, pixel_bomb
from tests.simulators.providers.serving import ROOT, serving, simulator_process
from tests.simulators.providers.spoiling import Spoiler

MIB = 1 << 20

SOON_S = 2.0
"""How long after its deadline a call may end on a busy machine."""

every_case = pytest.mark.parametrize("case", FAULT_CASES, ids=lambda case: case.name)


async def outcome(provider, case, *, timeout_s):
    """The Done or the ProviderError that a call ends with."""
    last = None
    try:
        async for event in provider.generate(case.request, Call(key="k", timeout_s=timeout_s)):
            assert not isinstance(last, Done), "something came after Done"
            last = event
    except ProviderError as error:
        return error
    assert isinstance(last, Done), f"the last event is {last!r}"
    return last


async def outcome_of(case, fault, picks, *, timeout_s=None):
    """How a call ends that meets the fault, and how many calls were paid. A call after it, unspoiled, works."""
    simulator = case.simulator()
    spoiler = Spoiler(simulator.app)
    timeout_s = timeout_s or (1.0 if case.has_job_ids else 30.0)
    async with (
        serving(spoiler) as url,
        provider_at(url + case.base_path, case.plugin, **case.table) as provider,
    ):
        spoiler.spoil(fault, picks)
        start = time.monotonic()
        end = await outcome(provider, case, timeout_s=timeout_s)
        assert time.monotonic() - start < timeout_s + SOON_S
        paid = len(simulator.bill.entries)
        assert spoiler.seen >= 1, "the fault was never met"
        spoiler.heal()
        assert isinstance(await outcome(provider, case, timeout_s=30), Done)
    return end, paid


def garbled(case) -> tuple[type[ProviderError], ...]:
    """What an answer without a usable picture may be."""
    # With a job's id a lost picture is asked for again, so the call may also end as worth resuming.
    resumable = (OutcomeUnknown, Busy, Unavailable)
    return (BadAnswer, *resumable) if case.has_job_ids else (BadAnswer,)


def lost(case) -> type[ProviderError]:
    """What a lost answer is: of a server of one's own it cost nothing, so another may be asked at once."""
    return Unavailable if case.is_free else OutcomeUnknown


@every_case
@pytest.mark.parametrize(
    ("headers", "expected_s"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "-5"}, 0.0),
        ({"retry-after": "1e9"}, 600.0),
        (
            {
                "date": formatdate(1_800_000_000, usegmt=True),
                "retry-after": formatdate(1_800_000_030, usegmt=True),
            },
            30.0,
        ),
    ],
    ids=["seconds", "negative", "far", "date"],
)
async def test_a_full_provider_says_when_to_come_back(case, headers, expected_s):
    fault = {"kind": "status", "status": 429, "headers": headers}

    error, paid = await outcome_of(case, fault, case.pays)

    assert type(error) is Busy
    assert error.retry_after_s == expected_s
    assert paid == 0


@every_case
async def test_a_full_provider_that_names_no_time_is_busy(case):
    error, _ = await outcome_of(case, {"kind": "status", "status": 429}, case.pays)

    assert type(error) is Busy
    assert error.next is Next.LATER


@every_case
@pytest.mark.parametrize(
    ("status", "kinds"),
    [
        (301, (Unavailable,)),
        (400, (InvalidRequest,)),
        (401, (Unauthorized,)),
        (402, (CreditExhausted,)),
        (403, (Unauthorized, ContentBlocked)),
        (404, (ModelGone,)),
        (413, (InvalidRequest,)),
        (500, (OutcomeUnknown,)),
        (502, (OutcomeUnknown,)),
        (503, (Unavailable, Busy)),
        (504, (OutcomeUnknown,)),
        (529, (Busy, Unavailable)),
    ],
)
async def test_a_refusal_says_whether_anything_was_begun(case, status, kinds):
    fault = {"kind": "status", "status": status, "body": "<h1>no</h1>"}

    error, paid = await outcome_of(case, fault, case.pays)

    assert type(error) in {lost(case) if kind is OutcomeUnknown else kind for kind in kinds}
    assert paid == 0


@every_case
@pytest.mark.parametrize("after", ["request", "headers", "half"])
async def test_silence_after_a_paid_call_is_an_unknown_outcome(case, after):
    error, paid = await outcome_of(
        case, {"kind": "stall", "after": after}, case.pays, timeout_s=0.3
    )

    assert type(error) is lost(case)
    assert paid == 1


@every_case
async def test_a_connection_reset_after_a_paid_call_is_an_unknown_outcome(case):
    error, paid = await outcome_of(case, {"kind": "reset", "after": "request"}, case.pays)

    assert paid == 1
    if case.finds_lost_calls:
        assert isinstance(error, Done)
        return
    assert type(error) is lost(case)
    assert error.billed is not case.is_free


@every_case
@pytest.mark.parametrize("after", ["headers", "half"])
async def test_an_answer_that_breaks_off_is_no_answer(case, after):
    error, paid = await outcome_of(case, {"kind": "reset", "after": after}, case.brings)

    assert type(error) in garbled(case)
    assert error.billed is not case.is_free
    assert paid == 1


@every_case
async def test_a_slow_drip_ends_at_the_deadline(case):
    error, paid = await outcome_of(case, {"kind": "drip"}, case.brings, timeout_s=0.4)

    assert type(error) in ((lost(case), Busy) if case.has_job_ids else (lost(case),))
    assert case.is_free or error.billed
    assert paid == 1


@every_case
@pytest.mark.parametrize("framing", ["length", "chunked", "none"])
async def test_a_truncated_answer_is_bad_even_when_http_does_not_notice(case, framing):
    error, paid = await outcome_of(case, {"kind": "truncate", "framing": framing}, case.brings)

    assert type(error) in garbled(case)
    assert paid == 1


@every_case
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "html"},
        {"kind": "html", "mislabelled": True},
        {"kind": "text", "body": ""},
        {"kind": "text", "body": "null"},
        {"kind": "text", "body": "[]"},
        {"kind": "text", "body": "{}"},
        {"kind": "text", "body": "[" * 100_000},
        {"kind": "huge", "declared": True},
    ],
    ids=["page", "page as the right type", "empty", "null", "list", "object", "deep", "declared"],
)
async def test_an_answer_without_a_picture_is_bad(case, fault):
    error, paid = await outcome_of(case, fault, case.brings)

    assert type(error) in garbled(case)
    assert paid == 1


@every_case
@pytest.mark.parametrize("data", [b"", b"<svg/>", b"GIF89a"], ids=["none", "svg", "gif"])
async def test_what_does_not_begin_like_a_picture_is_not_handed_over(case, data):
    body, media_type = case.wrapped(data)
    fault = {"kind": "body", "data": body, "media_type": media_type}

    error, paid = await outcome_of(case, fault, case.brings)

    assert type(error) in garbled(case)
    assert paid == 1


@every_case
async def test_a_pixel_bomb_is_handed_over_undecoded(case):
    bomb = pixel_bomb()
    body, media_type = case.wrapped(bomb)
    fault = {"kind": "body", "data": body, "media_type": media_type}

    done, _ = await outcome_of(case, fault, case.brings)

    assert isinstance(done, Done)
    assert done.result.images[0].data == bomb


@every_case
async def test_a_picture_of_another_size_is_handed_over(case):
    other = encoded(painted("another size", (40, 24)))
    body, media_type = case.wrapped(other)
    fault = {"kind": "body", "data": body, "media_type": media_type}

    done, _ = await outcome_of(case, fault, case.brings)

    assert isinstance(done, Done)
    assert done.result.images[0].data == other


@every_case
async def test_a_wrong_label_does_not_spoil_a_good_answer_nor_hang(case):
    end, paid = await outcome_of(case, {"kind": "mislabelled"}, case.brings)

    assert isinstance(end, Done | BadAnswer)
    assert paid == 1


@every_case
@pytest.mark.parametrize(
    "base_url", ["http://127.0.0.1:9", "https://127.0.0.1:9", "http://no-such-name.invalid"]
)
async def test_a_provider_that_is_not_there_got_nothing(case, base_url):
    async with provider_at(base_url + case.base_path, case.plugin, **case.table) as provider:
        error = await outcome(provider, case, timeout_s=10)

    assert type(error) is Unavailable


@every_case
async def test_a_provider_without_tls_got_nothing(case):
    simulator = case.simulator()

    async with serving(simulator.app) as url:
        base_url = url.replace("http:", "https:") + case.base_path
        async with provider_at(base_url, case.plugin, **case.table) as provider:
            error = await outcome(provider, case, timeout_s=10)

    assert type(error) is Unavailable
    assert simulator.bill.entries == []


@every_case
def test_hostile_bodies_cost_little_memory(case):
    module = "tests.simulators.providers.hostile_bodies"
    with simulator_process(module, "serve", case.name) as url:
        child = subprocess.run(
            [sys.executable, "-m", module, case.name, url],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=110,
            check=True,
        )
    found = json.loads(child.stdout)

    assert set(found["ends"].values()) <= {kind.__name__ for kind in garbled(case)}, found
    assert found["growth_bytes"] <= 150 * MIB, found
