"""Every "no" of the Gemini API ends in the right typed error, whichever status it comes with."""

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
    NoImage,
    Operation,
    OutcomeUnknown,
    ProviderError,
    Unauthorized,
    Unavailable,
)
from providers.gemini import plugin
from providers.gemini.answers import cost_microusd, painted
from providers.gemini.catalog import TokenPrices
from providers.gemini.errors import error_of
from tests.simulators.providers.cases import provider_at
from tests.simulators.providers.gemini import WRONG_KEY, GeminiSimulator, running

ASKED = GenerationRequest(
    operation=Operation.TEXT_TO_IMAGE, model="gemini-nano-banana-2.1", prompt="a red fox"
)

RETRY_INFO = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "37s"}


async def outcome_of(*played, **table):
    """How a call ends that meets the scripted answer, and how many were billed."""
    simulator = GeminiSimulator()
    simulator.play(*played)
    async with running(simulator) as base_url, provider_at(base_url, plugin, **table) as provider:
        try:
            events = [e async for e in provider.generate(ASKED, Call(key="k", timeout_s=30))]
        except ProviderError as error:
            return error, len(simulator.bill.entries)
    return events[-1], len(simulator.bill.entries)


@pytest.mark.parametrize(
    "reason", ["SAFETY", "OTHER", "BLOCKLIST", "PROHIBITED_CONTENT", "IMAGE_SAFETY", "JAILBREAK"]
)
async def test_a_blocked_prompt_is_a_block_though_the_status_is_200(reason):
    error, paid = await outcome_of({"kind": "blocked_prompt", "reason": reason})

    assert isinstance(error, ContentBlocked)
    assert (error.stage, error.categories) == ("input", (reason.lower(),))
    assert paid == 0


@pytest.mark.parametrize(
    "reason",
    [
        "SAFETY",
        "IMAGE_SAFETY",
        "PROHIBITED_CONTENT",
        "IMAGE_PROHIBITED_CONTENT",
        "RECITATION",
        "IMAGE_RECITATION",
        "SPII",
        "BLOCKLIST",
        "MODEL_ARMOR",
    ],
)
async def test_a_picture_stopped_for_its_content_is_a_block(reason):
    error, _ = await outcome_of({"kind": "stopped", "reason": reason})

    assert isinstance(error, ContentBlocked)
    assert error.stage == "output"


async def test_the_ratings_that_blocked_are_the_categories():
    ratings = [
        {"category": "HARM_CATEGORY_HATE_SPEECH", "blocked": True},
        {"category": "HARM_CATEGORY_HARASSMENT", "probability": "LOW"},
    ]

    error, _ = await outcome_of({"kind": "stopped", "reason": "SAFETY", "ratings": ratings})

    assert error.categories == ("hate_speech",)


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("NO_IMAGE", NoImage),
        ("IMAGE_OTHER", NoImage),
        ("OTHER", NoImage),
        ("MAX_TOKENS", BadAnswer),
        ("STOP", BadAnswer),
        ("NEW", BadAnswer),
    ],
)
async def test_no_picture_for_no_reason_of_content_is_a_bad_answer(reason, kind):
    error, _ = await outcome_of({"kind": "stopped", "reason": reason})

    assert type(error) is kind
    assert reason in error.detail


async def test_words_instead_of_a_picture_are_a_bad_answer_that_quotes_them():
    error, _ = await outcome_of({"kind": "words"})

    assert type(error) is BadAnswer
    assert "rather talk" in error.detail


async def test_a_limited_account_is_the_admins_business():
    error, _ = await outcome_of({"kind": "stopped", "reason": "PUP_LIMITED_DISABLED"})

    assert type(error) is Unauthorized


async def test_a_draft_is_not_the_picture():
    done, _ = await outcome_of({"kind": "drafts"})

    assert isinstance(done, Done)
    assert done.result.images[0].data.startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"code": 400, "status": "INVALID_ARGUMENT"}, InvalidRequest),
        ({"code": 400, "status": "FAILED_PRECONDITION"}, Unauthorized),
        ({"code": 403, "status": "PERMISSION_DENIED"}, Unauthorized),
        ({"code": 404, "status": "NOT_FOUND"}, ModelGone),
        ({"code": 429, "status": "RESOURCE_EXHAUSTED"}, Busy),
        (
            {"code": 429, "message": "Please check your plan and billing details. limit: 10"},
            Busy,
        ),
        ({"code": 429, "message": "Quota exceeded for metric: x, limit: 0"}, CreditExhausted),
        ({"code": 429, "message": "Your prepayment credits are depleted."}, CreditExhausted),
        ({"code": 499, "status": "CANCELLED"}, OutcomeUnknown),
        ({"code": 500, "status": "INTERNAL"}, OutcomeUnknown),
        ({"code": 503, "status": "UNAVAILABLE"}, Unavailable),
        ({"code": 504, "status": "DEADLINE_EXCEEDED"}, OutcomeUnknown),
    ],
)
async def test_a_status_word_says_what_may_be_done_next(told, kind):
    plain, _ = await outcome_of({"kind": "error", **told})
    wrapped, _ = await outcome_of({"kind": "wrapped_error", **told})

    assert type(plain) is kind
    assert type(wrapped) is kind


async def test_the_pause_in_the_body_is_kept():
    told = {"code": 429, "status": "RESOURCE_EXHAUSTED", "details": [RETRY_INFO]}

    error, paid = await outcome_of({"kind": "error", **told})

    assert error.retry_after_s == 37.0
    assert paid == 0


async def test_a_wrong_field_is_named():
    detail = {"fieldViolations": [{"field": "generation_config.seed", "description": "no"}]}

    error, _ = await outcome_of(
        {"kind": "error", "code": 400, "status": "INVALID_ARGUMENT", "details": [detail]}
    )

    assert error.param == "generation_config.seed"


async def test_a_wrong_key_is_unauthorized_though_it_comes_as_400():
    error, _ = await outcome_of(api_key=WRONG_KEY)

    assert type(error) is Unauthorized
    assert WRONG_KEY not in repr(error)


NAMES = [
    "error",
    "code",
    "status",
    "message",
    "details",
    "retryDelay",
    "reason",
    "candidates",
    "content",
    "parts",
    "inlineData",
    "data",
    "finishReason",
    "promptFeedback",
    "blockReason",
    "safetyRatings",
    "category",
    "usageMetadata",
    "fieldViolations",
    "field",
    "responseId",
    "finishMessage",
]

bodies = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(NAMES),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.integers(300, 599), bodies)
def test_every_error_body_becomes_a_typed_error(status, body):
    error = error_of(status, httpx.Headers(), json.dumps(body).encode(), now_s=0.0)

    assert isinstance(error, ProviderError)


@given(bodies)
def test_no_success_body_breaks_the_parser(body):
    with pytest.raises(ProviderError):
        painted(bytearray(json.dumps(body).encode()), None)


PRICES = TokenPrices(input_microusd=1.5, text_output_microusd=7.5, image_output_microusd=30)


def test_cost_counts_words_thoughts_and_pictures_apart():
    usage = {
        "promptTokenCount": 100,
        "candidatesTokenCount": 1130,
        "thoughtsTokenCount": 20,
        "candidatesTokensDetails": [
            {"modality": "IMAGE", "tokenCount": 1120},
            {"modality": "TEXT", "tokenCount": 10},
        ],
    }

    assert cost_microusd(usage, PRICES) == 150 + 1120 * 30 + 30 * 7.5


@pytest.mark.parametrize("usage", [None, {}, [], {"promptTokenCount": -1}, {"promptTokenCount": 3}])
def test_impossible_counts_make_no_cost(usage):
    assert cost_microusd(usage, PRICES) is None
