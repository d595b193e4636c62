"""OpenAI's models at Azure: other paths, another header, other words for a block."""

from __future__ import annotations

import pytest

from providers import (
    Call,
    ContentBlocked,
    GenerationRequest,
    ModelGone,
    Operation,
    ProviderConfig,
    ProviderError,
    Unauthorized,
)
from providers.openai.azure import endpoint
from providers.openai.options import AZURE_API_VERSION, options_of
from tests.simulators.providers.cases import provider_at
from tests.simulators.providers.openai import WRONG_KEY, OpenAISimulator, running
from tests.simulators.providers.pictures import encoded, painted

DEPLOYED = {"prod-images": "gpt-image-2"}

OPTIONS = {"azure": "deployments", "deployments": "gpt-image-2=prod-images"}


def asked(**changes) -> GenerationRequest:
    fields = {
        "operation": Operation.TEXT_TO_IMAGE,
        "model": "gpt-image-2",
        "prompt": "a red fox",
        "width_px": 816,
        "height_px": 816,
        "user_hash": "u-1",
    }
    return GenerationRequest(**{**fields, **changes})


async def sent(request, *faults, options=OPTIONS, **table):
    """The call that the resource got (None when it refused it), and how it ended."""
    simulator = OpenAISimulator(deployments=DEPLOYED)
    simulator.faults.add(*faults)
    async with (
        running(simulator) as base_url,
        provider_at(base_url.removesuffix("/v1"), options=options, **table) as provider,
    ):
        try:
            events = [e async for e in provider.generate(request, Call(key="k", timeout_s=30))]
            end = events[-1]
        except ProviderError as error:
            end = error
    assert simulator.violations == []
    return (simulator.calls[0] if simulator.calls else None), end


async def test_the_older_paths_name_the_deployment_and_the_version():
    call, _ = await sent(asked())

    assert call["path"] == "/openai/deployments/prod-images/images/generations"
    assert call["query"] == {"api-version": AZURE_API_VERSION}
    assert call["headers"]["api-key"] == "sk-test"
    assert "authorization" not in call["headers"]
    assert call["body"]["user"] == "u-1"
    assert "stream" not in call["body"]


async def test_the_newer_paths_name_the_deployment_in_the_body():
    call, _ = await sent(asked(), options={**OPTIONS, "azure": "v1"})

    assert call["path"] == "/openai/v1/images/generations"
    assert call["query"] == {}


async def test_an_edit_goes_to_the_same_deployment():
    source = encoded(painted("a source", (816, 816)))
    call, _ = await sent(asked(operation=Operation.IMAGE_TO_IMAGE, source_image=source))

    assert call["path"] == "/openai/deployments/prod-images/images/edits"
    assert call["files"] == ["image"]


@pytest.mark.parametrize("code", ["contentFilter", "content_filter", "content_policy_violation"])
async def test_a_filtered_prompt_is_a_block_with_its_categories(code):
    fault = {"kind": "content_filter", "code": code, "categories": ["violence", "sexual"]}

    _, error = await sent(asked(), fault)

    assert isinstance(error, ContentBlocked)
    assert set(error.categories) == {"violence", "sexual"}


async def test_a_deployment_that_is_not_there_is_gone():
    _, error = await sent(asked(), options={**OPTIONS, "deployments": "gpt-image-2=other"})

    assert type(error) is ModelGone


async def test_a_wrong_key_is_unauthorized():
    _, error = await sent(asked(), api_key=WRONG_KEY)

    assert type(error) is Unauthorized


async def test_the_models_are_the_deployed_ones_with_what_they_are():
    async with provider_at("http://127.0.0.1:9", options=OPTIONS) as provider:
        (model,) = await provider.models()

    assert model.id == "gpt-image-2"
    assert model.capabilities.price.per_image_microusd == 53_000


def azure_options(base_url="https://house.openai.azure.com", models=(), **options):
    return options_of(
        ProviderConfig(
            name="azure",
            kind="openai",
            base_url=base_url,
            api_key="k",
            models=models,
            options={**OPTIONS, **options},
        )
    )


@pytest.mark.parametrize("ending", ["", "/", "/openai", "/openai/v1", "/openai/v1/"])
def test_the_address_may_be_copied_with_its_ending(ending):
    options = azure_options(f"https://house.openai.azure.com{ending}", azure="v1")

    url = endpoint(options, "gpt-image-2", "/images/edits")

    assert url == "https://house.openai.azure.com/openai/v1/images/edits"


def test_a_deployments_name_never_leads_out_of_its_path():
    options = azure_options(deployments="gpt-image-2=../../x?y")

    url = endpoint(options, "gpt-image-2", "/images/edits")

    assert url.raw_path.startswith(b"/openai/deployments/..%2F..%2Fx%3Fy/images/edits?api-version=")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"azure": "v2"}, "one of deployments, v1"),
        ({"api_version": "2025 04"}, "a name without spaces"),
        ({"deployments": "gpt-image-2"}, "model=deployment"),
        ({"base_url": None}, "needs base_url"),
    ],
)
def test_a_wrong_table_is_said_in_a_sentence(changes, sentence):
    with pytest.raises(ValueError, match=sentence):
        azure_options(**changes)


def test_a_resource_with_nothing_deployed_is_refused():
    config = ProviderConfig(
        name="azure",
        kind="openai",
        base_url="https://house.openai.azure.com",
        api_key="k",
        options={"azure": "v1"},
    )

    with pytest.raises(ValueError, match="needs deployments or models"):
        options_of(config)
