"""Every end a vendor of jobs has for us becomes the right typed error, in its own words."""

from __future__ import annotations

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
    OutcomeUnknown,
    ProviderError,
    Unauthorized,
    Unavailable,
)
from tests.simulators.providers.job_cases import (
    BFL_REQUESTS,
    FAL_REQUESTS,
    REPLICATE_REQUESTS,
    VENDORS,
)

REQUESTS = {"bfl": BFL_REQUESTS, "replicate": REPLICATE_REQUESTS, "fal": FAL_REQUESTS}

every_vendor = pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor[0])


async def end_of(name, *, fault=None, request=None, **table):
    """How a call ends at a vendor that plays a fault, and how many jobs were made."""
    _, kind, running, at, usual = next(vendor for vendor in VENDORS if vendor[0] == name)
    simulator = kind()
    if fault:
        simulator.fail(**fault)
    async with running(simulator) as base_url, at(base_url, **table) as provider:
        try:
            async for event in provider.generate(
                request or usual, Call(key="k", timeout_s=table.pop("timeout_s", 20.0))
            ):
                last = event
        except ProviderError as error:
            return error, len(simulator.bill.entries)
    assert isinstance(last, Done)
    return last, len(simulator.bill.entries)


def ends(**ending):
    return {"at": "job", "kind": "ends", "ending": ending}


def refused(status, **options):
    return {"at": "create", "kind": "status", "status": status, **options}


def detail(kind, message="no", loc=("body", "prompt")):
    return {"detail": [{"loc": list(loc), "msg": message, "type": kind}]}


@pytest.mark.parametrize(
    ("status", "kind", "stage"),
    [
        ("Request Moderated", ContentBlocked, "input"),
        ("Content Moderated", ContentBlocked, "output"),
        ("Task not found", ModelGone, None),
        ("Error", BadAnswer, None),
    ],
)
async def test_each_end_of_a_job_at_bfl_has_its_error(status, kind, stage):
    details = {"Moderation Reasons": ["Derivative Works Filter"]}

    error, made = await end_of("bfl", fault=ends(status=status, details=details))

    assert type(error) is kind
    assert made == 1
    if stage:
        assert (error.stage, error.categories) == (stage, ("Derivative Works Filter",))


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (402, CreditExhausted),
        (403, Unauthorized),
        (422, InvalidRequest),
        (429, Busy),
        (503, Unavailable),
    ],
)
async def test_what_bfl_refuses_was_not_begun(status, kind):
    error, made = await end_of("bfl", fault=refused(status, json=detail("value_error", "too wide")))

    assert type(error) is kind
    assert made == 0
    assert "too wide" in error.detail


async def test_bfl_names_the_field_it_refuses():
    fault = refused(422, json=detail("greater_than_equal", loc=("body", "width")))

    error, _ = await end_of("bfl", fault=fault)

    assert error.param == "width"


@pytest.mark.parametrize(
    ("error", "kind", "stage"),
    [
        ("NSFW content detected. Try running it again", ContentBlocked, "output"),
        ("The input or output was flagged as sensitive. (E005)", ContentBlocked, "output"),
        ("Your input was flagged", ContentBlocked, "input"),
        ("CUDA out of memory", BadAnswer, None),
    ],
)
async def test_a_failed_prediction_says_why(error, kind, stage):
    found, made = await end_of("replicate", fault=ends(status="failed", error=error))

    assert type(found) is kind
    assert error in found.detail
    assert made == 1
    if stage:
        assert found.stage == stage


@pytest.mark.parametrize("status", ["canceled", "aborted"])
async def test_a_prediction_that_was_stopped_is_gone(status):
    error, _ = await end_of("replicate", fault=ends(status=status))

    assert type(error) is ModelGone


async def test_a_prediction_whose_output_was_removed_brings_nothing():
    fault = ends(status="succeeded", output=None, data_removed=True)

    error, _ = await end_of("replicate", fault=fault)

    assert type(error) is BadAnswer


async def test_replicates_only_word_on_its_rate_limit_is_understood():
    words = "Request was throttled. Your rate limit resets in ~30s."

    error, made = await end_of("replicate", fault=refused(429, json={"detail": words}))

    assert type(error) is Busy
    assert error.retry_after_s == 30.0
    assert made == 0


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("content_policy_violation", ContentBlocked),
        ("image_too_small", InvalidRequest),
        ("generation_timeout", BadAnswer),
        ("downstream_service_error", BadAnswer),
    ],
)
async def test_each_type_of_error_of_a_model_at_fal_has_its_error(kind, error):
    found, made = await end_of("fal", fault=ends(status=422, json=detail(kind)))

    assert type(found) is error
    assert made == 1


async def test_a_type_in_fals_header_counts_as_well():
    ending = {
        "status": 500,
        "json": {"detail": "gone"},
        "headers": {"x-fal-error-type": "client_cancelled"},
    }

    error, _ = await end_of("fal", fault=ends(**ending))

    assert type(error) is ModelGone


async def test_a_504_of_the_job_itself_is_not_asked_again():
    headers = {"x-fal-request-timeout-type": "user"}

    error, _ = await end_of("fal", fault=ends(status=504, json={"detail": "late"}, headers=headers))

    assert type(error) is BadAnswer


async def test_a_504_of_a_gateway_is_asked_again():
    fault = {"at": "result", "kind": "status", "status": 504, "body": "<h1>504</h1>"}

    end, made = await end_of("fal", fault=fault)

    assert isinstance(end, Done)
    assert made == 1


async def test_pictures_fal_flagged_are_withheld_and_the_rest_delivered():
    fault = ends(has_nsfw_concepts=[True, False, False, True])

    done, _ = await end_of("fal", fault=fault, request=FAL_REQUESTS[1])

    assert len(done.result.images) == 2
    assert "2 of 4 images came; the service withheld 2" in done.result.notes


async def test_when_fal_flagged_every_picture_it_is_a_refusal():
    error, _ = await end_of("fal", fault=ends(has_nsfw_concepts=[True]))

    assert type(error) is ContentBlocked
    assert error.stage == "output"


@every_vendor
@pytest.mark.parametrize("body", ["{}", "null", "<h1>created</h1>", '{"id": "../../x"}'])
async def test_a_create_whose_id_is_lost_is_an_unknown_outcome(vendor, body):
    error, _ = await end_of(vendor[0], fault=refused(200, body=body))

    assert type(error) is OutcomeUnknown


@every_vendor
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 500},
        {"kind": "status", "status": 429, "headers": {"retry-after": "0"}},
        {"kind": "reset", "after": "request"},
        {"kind": "truncate"},
        {"kind": "html"},
    ],
    ids=lambda fault: fault["kind"],
)
async def test_a_lost_look_is_looked_again_and_nothing_is_made_anew(vendor, fault):
    end, made = await end_of(vendor[0], fault={"at": "look", **fault})

    assert isinstance(end, Done)
    assert made == 1


@every_vendor
@pytest.mark.parametrize("kind", ["truncate", "reset"])
async def test_a_picture_that_broke_off_is_fetched_again(vendor, kind):
    end, made = await end_of(vendor[0], fault={"at": "picture", "kind": kind})

    assert isinstance(end, Done)
    assert made == 1


@every_vendor
@pytest.mark.parametrize("kind", ["expired", "page"])
async def test_a_link_that_leads_to_no_picture_is_a_bad_answer(vendor, kind):
    error, made = await end_of(vendor[0], fault={"at": "picture", "kind": kind})

    assert type(error) is BadAnswer
    assert error.billed
    assert made == 1


@pytest.mark.parametrize("name", ["replicate", "fal"])
async def test_one_lost_picture_of_four_leaves_the_others(name):
    request = REQUESTS[name][1]

    done, _ = await end_of(name, fault={"at": "picture", "kind": "expired"}, request=request)

    assert len(done.result.images) == 3
    assert "3 of 4 images came" in done.result.notes


ELSEWHERE = "http://169.254.169.254/latest/meta-data/"


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("bfl", {"status": "Ready", "result": {"sample": ELSEWHERE}}),
        ("replicate", {"status": "succeeded", "output": [ELSEWHERE]}),
        ("fal", {"images": [{"url": ELSEWHERE}]}),
    ],
)
async def test_a_link_to_somewhere_else_is_not_followed(name, ending):
    error, _ = await end_of(name, fault=ends(**ending))

    assert type(error) is BadAnswer


@every_vendor
async def test_a_wrong_key_is_an_admins_matter(vendor):
    key = {"bfl": "bfl-wrong", "replicate": "r8_wrong", "fal": "fal-wrong"}[vendor[0]]

    error, made = await end_of(vendor[0], api_key=key)

    assert type(error) is Unauthorized
    assert made == 0


async def test_bfl_tells_what_it_cost():
    done, _ = await end_of("bfl")

    assert done.result.cost_microusd == 40_000
