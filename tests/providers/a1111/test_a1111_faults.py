"""What such a server says when it can't: each its own typed error, and nothing is ever billed."""

from __future__ import annotations

import base64

import pytest

from providers import (
    BadAnswer,
    Call,
    Done,
    GenerationRequest,
    InvalidRequest,
    ModelGone,
    Next,
    Operation,
    ProviderError,
    Unauthorized,
    Unavailable,
)
from providers.a1111 import plugin
from tests.simulators.providers.a1111 import USER, A1111Simulator, running
from tests.simulators.providers.cases import provider_at
from tests.simulators.providers.serving import serving
from tests.simulators.providers.spoiling import Spoiler

REQUEST = GenerationRequest(
    operation=Operation.TEXT_TO_IMAGE,
    model="sdxl-base",
    prompt="a red fox",
    width_px=64,
    height_px=64,
    count=2,
)


async def outcome(provider, *, timeout_s=30.0):
    try:
        async for event in provider.generate(REQUEST, Call(key="k", timeout_s=timeout_s)):
            last = event
    except ProviderError as error:
        return error
    assert isinstance(last, Done)
    return last


def said(error, detail="", errors=""):
    return {"error": error, "detail": detail, "body": "", "errors": errors}


@pytest.mark.parametrize(
    ("status", "answer", "kind", "param"),
    [
        (500, said("HTTPException", "Invalid encoded image"), InvalidRequest, "source_image"),
        (404, said("HTTPException", "Init image not found"), InvalidRequest, "source_image"),
        (404, said("HTTPException", "Sampler not found"), InvalidRequest, "sampler"),
        (400, said("HTTPException", "Sampler not found"), InvalidRequest, "sampler"),
        (404, said("HTTPException", "Model not found"), ModelGone, None),
        (500, said("RuntimeError", errors="model 'sdxl-base' not found"), ModelGone, None),
        (404, {"detail": "Not Found"}, ModelGone, None),
        (422, said("HTTPException", "always on script x not found"), InvalidRequest, None),
        (
            422,
            {"detail": [{"loc": ["body", "steps"], "msg": "not an integer", "type": "int"}]},
            InvalidRequest,
            "steps",
        ),
        (
            500,
            said("OutOfMemoryError", errors="CUDA out of memory. Tried to allocate 2.00 GiB"),
            Unavailable,
            None,
        ),
        (500, said("TypeError", errors="NoneType"), Unavailable, None),
        (400, {"error": "prompt required"}, InvalidRequest, "prompt"),
        (500, {"error": "server_error", "message": "bad"}, Unavailable, None),
    ],
)
async def test_a_refusal_is_typed_by_what_it_says(status, answer, kind, param):
    simulator = A1111Simulator()
    simulator.refuses = (status, answer)

    async with running(simulator) as url, provider_at(url, plugin, api_key=None) as provider:
        error = await outcome(provider)

    assert type(error) is kind
    assert getattr(error, "param", None) == param
    assert not error.billed


async def test_a_server_without_its_api_is_told_how_to_start():
    async with (
        running(A1111Simulator()) as url,
        provider_at(f"{url}/nothing-here", plugin, api_key=None) as provider,
    ):
        with pytest.raises(ModelGone, match="--api"):
            await provider.models()


async def test_a_wrong_password_is_unauthorized():
    async with (
        running(A1111Simulator(auth=USER)) as url,
        provider_at(url, plugin, api_key="house:wrong") as provider,
    ):
        with pytest.raises(Unauthorized):
            await provider.models()


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "stall"},
        {"kind": "reset"},
        {"kind": "stall", "after": "half"},
    ],
    ids=["silent", "reset", "half silent"],
)
async def test_an_answer_lost_may_be_made_elsewhere_since_it_cost_nothing(fault):
    spoiler = Spoiler(A1111Simulator().app)

    async with serving(spoiler) as url, provider_at(url, plugin, api_key=None) as provider:
        await provider.models()
        spoiler.spoil(fault, lambda method, path: "txt2img" in path)
        error = await outcome(provider, timeout_s=0.5)

    assert type(error) is Unavailable
    assert error.next is Next.ELSEWHERE
    assert not error.billed


@pytest.mark.parametrize(
    "spoiled",
    [
        lambda images: [],
        lambda images: ["%%%"],
        lambda images: [base64.b64encode(b"<h1>no</h1>").decode()],
        lambda images: [None],
    ],
    ids=["none", "no base64", "a page", "null"],
)
async def test_an_answer_without_a_picture_is_bad_and_not_billed(spoiled):
    simulator = A1111Simulator()
    simulator.spoils = spoiled

    async with running(simulator) as url, provider_at(url, plugin, api_key=None) as provider:
        error = await outcome(provider)

    assert type(error) is BadAnswer
    assert not error.billed


async def test_a_partial_answer_is_delivered_with_a_note():
    simulator = A1111Simulator()
    simulator.spoils = lambda images: images[:1]

    async with running(simulator) as url, provider_at(url, plugin, api_key=None) as provider:
        done = await outcome(provider)

    assert len(done.result.images) == 1
    assert done.result.notes == ("1 of 2 images came",)


async def test_a_server_whose_progress_fails_still_paints():
    spoiler = Spoiler(A1111Simulator().app)

    async with (
        serving(spoiler) as url,
        provider_at(url, plugin, api_key=None, options={"progress_every_s": 0.01}) as provider,
    ):
        await provider.models()
        spoiler.spoil({"kind": "html"}, lambda method, path: "progress" in path)
        done = await outcome(provider)

    assert isinstance(done, Done)
