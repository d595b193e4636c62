"""A model's own schema tells what it can do; a strange one tells nothing and breaks nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers import GenerationRequest, SeedSupport
from providers import Operation as Op
from providers.capabilities import SizeRule
from providers.fal.discovery import contents as fal_contents
from providers.fal.discovery import from_description, from_file
from providers.input_schema.abilities import Hints, capabilities_of, factor_values
from providers.input_schema.body import body_of
from providers.input_schema.fields import Input, Role, inputs_of
from providers.input_schema.sizes import size_rule, written_size
from providers.remote_jobs.sizes import snapped
from providers.replicate.discovery import known_model
from providers.testing import demand_sense
from tests.simulators.providers import fal_models, replicate_models


def replicate_capabilities(name):
    fields = {"is_official": True, "latest_version": replicate_models.version_fields(name)}
    return known_model(name, fields).capabilities


@pytest.mark.parametrize(
    ("name", "operations"),
    [
        ("black-forest-labs/flux-dev", {Op.TEXT_TO_IMAGE, Op.IMAGE_TO_IMAGE, Op.VARY}),
        (
            "stability-ai/sdxl",
            {Op.TEXT_TO_IMAGE, Op.IMAGE_TO_IMAGE, Op.VARY, Op.INPAINT, Op.OUTPAINT},
        ),
        ("black-forest-labs/flux-dev-lora", {Op.TEXT_TO_IMAGE}),
        ("black-forest-labs/flux-canny-pro", {Op.CONTROL}),
        ("nightmareai/real-esrgan", {Op.UPSCALE}),
        ("851-labs/background-remover", {Op.REMOVE_BACKGROUND}),
    ],
)
def test_what_a_model_is_for_is_read_from_its_inputs(name, operations):
    assert replicate_capabilities(name).operations == operations


@pytest.mark.parametrize(
    ("name", "operations"),
    [
        ("fal-ai/flux/dev", {Op.TEXT_TO_IMAGE}),
        ("fal-ai/flux/dev/image-to-image", {Op.IMAGE_TO_IMAGE, Op.VARY}),
        ("fal-ai/flux-lora/inpainting", {Op.INPAINT, Op.OUTPAINT}),
        ("fal-ai/flux-control-lora-canny", {Op.CONTROL}),
        ("fal-ai/image-apps-v2/outpaint", {Op.OUTPAINT}),
    ],
)
def test_fals_own_description_tells_the_same_way(name, operations):
    known = from_description(name, fal_models.description_of(name))

    assert known.capabilities.operations == operations


def test_ranges_counts_words_and_seeds_are_read():
    found = replicate_capabilities("stability-ai/sdxl")

    assert found.max_count == 4
    assert (found.steps.low, found.steps.high, found.steps.default) == (1, 500, 50)
    assert found.samplers == ("DDIM", "K_EULER")
    assert found.negative_prompt
    assert found.strength
    assert found.seed is SeedSupport.INPUT


@pytest.mark.parametrize("entry", fal_contents()["models"], ids=lambda entry: entry["id"])
def test_every_model_of_fals_file_can_do_something_and_makes_sense(entry):
    known = from_file(entry["id"])

    demand_sense(entry["id"], known.capabilities)
    if "operations" in entry:
        assert {operation.value for operation in known.capabilities.operations} == set(
            entry["operations"]
        )


@pytest.mark.parametrize(
    ("choices", "values"),
    [
        (("None", "2x", "4x"), {2: "2x", 4: "4x"}),
        (("x2", "x4"), {2: "x2", 4: "x4"}),
        ((2, 4), {2: 2, 4: 4}),
        (("big",), {}),
    ],
)
def test_factors_are_asked_for_in_the_models_own_words(choices, values):
    found = Input(name="scale", types=frozenset({"string"}), choices=choices)

    assert factor_values(found) == values


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "type",
                    "enum",
                    "anyOf",
                    "allOf",
                    "oneOf",
                    "$ref",
                    "minimum",
                    "maximum",
                    "default",
                    "multipleOf",
                    "maxItems",
                    "properties",
                    "required",
                    "x",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)

NAMES = st.sampled_from(
    [
        "prompt",
        "image",
        "mask",
        "scale",
        "width",
        "height",
        "aspect_ratio",
        "image_size",
        "num_outputs",
        "seed",
        "steps",
        "guidance",
        "loras",
        "style",
        "scheduler",
        "other",
    ]
)


@settings(max_examples=300, deadline=None)
@given(properties=st.dictionaries(NAMES, JSON, max_size=8), shared=JSON)
def test_no_schema_breaks_the_reading_nor_what_is_written_by_it(properties, shared):
    schema = {"properties": properties, "required": ["prompt"]}
    inputs = inputs_of(schema, {"x": shared})
    capabilities = capabilities_of("some/model", inputs, Hints())

    for operation in capabilities.operations:
        demand_sense("some/model", capabilities)
        request = GenerationRequest(
            operation=operation, model="some/model", prompt="a fox", seed=7, steps=20, guidance=5.0
        )
        body_of(request, inputs, Hints(), {Role.SOURCE: "data:,", Role.MASK: "data:,"})


def test_a_schema_that_refers_to_itself_ends():
    loop = {"allOf": [{"$ref": "#/components/schemas/a"}]}

    inputs = inputs_of({"properties": {"prompt": loop}}, {"a": loop})

    assert inputs.get(Role.PROMPT) is None


@given(width=st.integers(1, 9000), height=st.integers(1, 9000))
@settings(max_examples=200, deadline=None)
def test_every_snapped_size_is_within_its_rule_and_stays(width, height):
    rule = SizeRule(min_px=256, max_px=1440, multiple_px=32, max_area_px=2_073_600)

    found = snapped(width, height, rule)

    assert all(256 <= side <= 1440 and side % 32 == 0 for side in found)
    assert found[0] * found[1] <= rule.max_area_px
    assert snapped(*found, rule) == found


@given(width=st.integers(1, 9000), height=st.integers(1, 9000))
@settings(max_examples=100, deadline=None)
def test_every_size_is_written_in_words_the_schema_has(width, height):
    for name in ("black-forest-labs/flux-dev", "stability-ai/sdxl"):
        schemas = replicate_models.version_fields(name)["openapi_schema"]["components"]["schemas"]
        inputs = inputs_of(schemas["Input"], schemas)
        written = dict(written_size(inputs, width, height, like_source=False))
        ratio = written.get("aspect_ratio", "1:1")
        assert ratio in replicate_models.RATIOS
        assert written, size_rule(inputs)
