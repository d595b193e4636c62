"""OpenAI's own library is pleased with the simulated servers, so that their answers are what clients really expect."""

from __future__ import annotations

import base64
import io

import openai
import pytest
from PIL import Image

from tests.simulators.providers.openai import OpenAISimulator, running
from tests.simulators.providers.pictures import encoded, painted

ASKED = {"prompt": "a red fox", "size": "1024x1024", "quality": "low"}


def client_at(base_url: str, **changes) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(api_key="sk-test", base_url=base_url, **changes)


def picture(text: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(text)))


async def test_it_generates_and_edits_and_streams():
    simulator = OpenAISimulator()
    source = encoded(painted("a source", (1024, 1024)))
    async with running(simulator) as base_url, client_at(base_url) as client:
        made = await client.images.generate(model="gpt-image-2", n=2, **ASKED)
        edited = await client.images.edit(
            model="gpt-image-2", image=("image.png", source, "image/png"), **ASKED
        )
        stream = await client.images.generate(
            model="gpt-image-2", stream=True, partial_images=2, **ASKED
        )
        kinds = [event.type async for event in stream]

    assert [picture(one.b64_json).size for one in made.data] == [(1024, 1024)] * 2
    assert picture(edited.data[0].b64_json).size == (1024, 1024)
    assert kinds == ["image_generation.partial_image"] * 2 + ["image_generation.completed"]
    assert made.usage.output_tokens > 0
    assert simulator.violations == []


async def test_it_understands_a_block_and_comes_back_after_a_full_server():
    simulator = OpenAISimulator()
    simulator.faults.add(
        {"kind": "moderation", "categories": ["violence"]},
        {"kind": "status", "status": 429, "headers": {"retry-after-ms": "1"}},
    )
    async with running(simulator) as base_url, client_at(base_url) as client:
        with pytest.raises(openai.BadRequestError) as caught:
            await client.images.generate(model="gpt-image-2", **ASKED)
        again = await client.images.generate(model="gpt-image-2", **ASKED)

    assert caught.value.code == "moderation_blocked"
    assert len(again.data) == 1
    assert len(simulator.calls) == 3


async def test_its_azure_client_finds_the_simulated_resource():
    simulator = OpenAISimulator(deployments={"prod-images": "gpt-image-2"})
    async with (
        running(simulator) as base_url,
        openai.AsyncAzureOpenAI(
            api_key="k",
            api_version="2025-04-01-preview",
            azure_endpoint=base_url.removesuffix("/v1"),
        ) as client,
    ):
        made = await client.images.generate(model="prod-images", **ASKED)

    assert picture(made.data[0].b64_json).size == (1024, 1024)
    assert simulator.calls[0]["path"] == "/openai/deployments/prod-images/images/generations"
    assert simulator.violations == []
