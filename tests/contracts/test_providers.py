"""Every provider keeps the contract. Another provider is another line in CASES."""

from __future__ import annotations

import pytest

from providers.testing import CONTRACT
from tests.simulators.providers.cases import (
    a1111_case,
    azure_case,
    comfyui_case,
    gemini_case,
    openai_case,
    polling_case,
    sketch_case,
    stability_case,
)
from tests.simulators.providers.job_cases import bfl_case, fal_case, replicate_case

CASES = [
    sketch_case(),
    openai_case("openai", "gpt-image-2.6-flare"),
    openai_case("openai-unstreamed", "gpt-image-2", options={"partial_images": 0}),
    openai_case(
        "compatible",
        "sdxl-base",
        extended=True,
        models=("sdxl-base",),
        options={"dialect": "extended", "response_format": "b64_json"},
    ),
    azure_case("azure", "deployments"),
    azure_case("azure-v1", "v1"),
    gemini_case("gemini", "gemini-nano-banana-2.1"),
    gemini_case("gemini-wide", "gemini-3-pro-image", 700),
    stability_case("stability", first="stable-image-ultra"),
    stability_case("stability-job", first="stable-image-upscale-creative", delay_s=0.05),
    polling_case("polling"),
    polling_case("polling-slow", delay_s=0.3),
    bfl_case(),
    bfl_case(delay_s=0.3),
    replicate_case(),
    replicate_case(delay_s=0.3),
    fal_case(),
    fal_case(delay_s=0.3),
    comfyui_case("comfyui"),
    comfyui_case("comfyui-without-socket", speaks_ws=False),
    *(a1111_case(kind) for kind in ("a1111", "forge", "sdnext", "sdcpp")),
]


@pytest.mark.parametrize("fact", CONTRACT, ids=lambda fact: fact.__name__)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_every_provider_keeps_the_contract(case, fact):
    not_applicable = await fact(case)

    if not_applicable:
        pytest.skip(not_applicable)
