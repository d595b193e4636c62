"""Templates: what is read out of a workflow, what is refused with a sentence, and that only slots ever change."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers import Capabilities, GenerationRequest, Lora, Operation
from providers.comfyui.filling import Pictures, fill
from providers.comfyui.graph import LoraAnchor, Output, Place, inputs_of, with_loras
from providers.comfyui.nodes import Nodes
from providers.comfyui.offers import Lacking, Recipe, classes_of, offers_of, usable
from providers.comfyui.shelf import own_templates, shipped_templates
from providers.comfyui.slots import SLOTS
from providers.comfyui.template import template_in
from tests.simulators.providers.comfyui_nodes import INPUTS, OPTIONAL
from tests.simulators.providers.serving import ROOT

GRAPH = {
    "3": {
        "class_type": "KSampler",
        "inputs": {"seed": 1, "steps": 12, "cfg": 6.5, "positive": ["6", 0], "model": ["4", 0]},
        "_meta": {"title": "{{seed}} {{steps}}"},
    },
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "a.safetensors"}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "{{prompt}}", "clip": ["4", 1]}},
    "9": {"class_type": "SaveImage", "inputs": {"images": ["3", 0], "filename_prefix": "x"}},
}

EVERYTHING = Nodes(inputs={name: {**INPUTS[name], **OPTIONAL.get(name, {})} for name in INPUTS})


def changed(**keys):
    return {"workflow": copy.deepcopy(GRAPH), **keys}


def read(found, name="house"):
    return template_in(json.dumps(found), name)


def test_slots_are_marks_titles_and_declarations():
    template = read(changed(slots={"guidance": "3.cfg"}))

    assert template.slots == {
        "guidance": (Place(node="3", name="cfg"),),
        "seed": (Place(node="3", name="seed"),),
        "steps": (Place(node="3", name="steps"),),
        "prompt": (Place(node="6", name="text"),),
    }


def test_a_bare_export_is_a_template_named_like_its_file():
    template = read(GRAPH, "watercolours")

    assert template.model == "watercolours"
    assert template.operations == {Operation.TEXT_TO_IMAGE}


@pytest.mark.parametrize(
    ("inputs", "operations"),
    [
        ({"image": "{{image}}"}, {"upscale"}),
        ({"image": "{{image}}", "text": "{{prompt}}"}, {"image_to_image", "vary"}),
        ({"image": "{{image}}", "scale_by": "{{scale}}"}, {"upscale"}),
        ({"image": "{{masked_image}}"}, {"inpaint", "outpaint"}),
        ({"image": "{{image}}", "left": "{{left}}"}, {"outpaint"}),
        ({"image": "{{control_image}}"}, {"control"}),
    ],
)
def test_what_a_template_makes_follows_from_its_slots(inputs, operations):
    template = read({"1": {"class_type": "Any", "inputs": inputs}})

    assert template.operations == {Operation(name) for name in operations}


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ([], "no nodes"),
        ({"nodes": [], "links": []}, r"Export \(API\)"),
        ({"1": {"inputs": {}}}, "node 1 has no class_type"),
        ({"1": {"class_type": "A", "inputs": {"x": ["7", 0]}}}, "isn't there"),
        (changed(slots={"promt": "6.text"}), "no slot 'promt'"),
        (changed(slots={"prompt": "6.words"}), "6.words is no input"),
        (changed(slots={"prompt": "3.seed"}), "both"),
        (changed(operation="paint"), "operation 'paint'"),
        (changed(output="77"), "output '77' is no node"),
        (changed(loras={"model": ["4", 0]}), "loras is written"),
        (changed(sizes={"largest": 9}), "sizes takes"),
        (changed(colour="red"), "no key 'colour'"),
    ],
)
def test_a_wrong_template_is_refused_with_a_sentence(found, words):
    with pytest.raises(ValueError, match=f"^workflow house: .*{words}"):
        read(found)


def test_text_that_is_no_json_is_refused_with_a_sentence():
    with pytest.raises(ValueError, match="workflow house: no JSON"):
        template_in("{", "house")


def test_every_shipped_template_runs_where_its_files_are():
    offers, lacking = offers_of(shipped_templates(), EVERYTHING, wanted=(), max_px=2048)

    models = {offer.model.id: offer.model.capabilities for offer in offers}
    assert lacking == ()
    assert models["sd_xl_base_1.0"].operations == set(Operation) - {
        Operation.UPSCALE,
        Operation.REMOVE_BACKGROUND,
    }
    assert models["flux1-dev"].operations == {
        Operation.TEXT_TO_IMAGE,
        Operation.IMAGE_TO_IMAGE,
        Operation.VARY,
    }
    assert "wan2.1_t2v" not in models
    assert models["RealESRGAN_x4plus"].operations == {Operation.UPSCALE}
    # What it enlarges usually is a model's picture, and the label must go on saying so.
    assert models["resize"].is_ai_model
    assert models["sd_xl_base_1.0"].steps.default == 25


def test_no_shipped_template_has_an_input_its_node_lacks():
    for template in shipped_templates():
        for place, _ in inputs_of(template.graph):
            known = EVERYTHING.inputs[template.graph[place.node]["class_type"]]
            assert place.name in known, f"{template.name}: {place}"


def test_a_template_whose_node_or_file_is_missing_is_left_out_with_the_reason():
    flux = next(t for t in shipped_templates() if t.name == "flux-text")
    no_clip = {**EVERYTHING.inputs, "DualCLIPLoader": {"clip_name1": [[]], "clip_name2": [[]]}}
    no_node = {n: i for n, i in EVERYTHING.inputs.items() if n != "FluxGuidance"}

    without_file = usable(flux, Nodes(inputs=no_clip))
    without_node = usable(flux, Nodes(inputs=no_node))

    assert isinstance(without_file, Lacking)
    assert "11.clip_name1" in without_file.reason
    assert without_node == Lacking(template="flux-text", reason="no node FluxGuidance")


def test_the_operators_own_templates_come_from_a_folder(tmp_path):
    (tmp_path / "house.json").write_text(json.dumps(GRAPH))

    assert [template.name for template in own_templates(str(tmp_path))] == ["house"]
    with pytest.raises(ValueError, match="is no folder"):
        own_templates(str(tmp_path / "none"))


def test_the_classes_asked_for_are_those_of_the_templates():
    assert classes_of([read(GRAPH)]) == {
        "KSampler",
        "CheckpointLoaderSimple",
        "CLIPTextEncode",
        "SaveImage",
        "LoraLoader",
    }


def recipe() -> Recipe:
    template = read(changed(slots={"negative_prompt": "9.filename_prefix"}))
    can = Capabilities(operations=template.operations, negative_prompt=True)
    return Recipe(template=template, graph=template.graph, can=can)


JSON_LIKE = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        ['"}, "99": {"class_type": "Evil"', "{{seed}}", '["4", 1]', "\\u0022", "{0.__class__}"]
    ),
)


@given(prompt=JSON_LIKE, negative=JSON_LIKE, seed=st.integers(0, 2**31 - 1))
def test_words_are_values_of_their_slot_and_nothing_else_changes(prompt, negative, seed):
    made = recipe()
    request = GenerationRequest(
        operation=Operation.TEXT_TO_IMAGE,
        model="house",
        prompt=prompt,
        negative_prompt=negative or "-",
        seed=seed,
    )

    work = fill(request, made, Pictures(), key="k")

    again = json.loads(json.dumps(work.graph))
    expected = copy.deepcopy(GRAPH)
    expected["3"]["inputs"]["seed"] = seed
    expected["6"]["inputs"]["text"] = prompt
    expected["9"]["inputs"]["filename_prefix"] = negative or "-"
    assert again == json.loads(json.dumps(expected))


def test_a_mark_that_nothing_fills_becomes_a_plain_value():
    template = read(
        {
            "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "{{negative_prompt}}"}},
            "3": {"class_type": "KSampler", "inputs": {"steps": "{{steps}}"}},
        }
    )
    made = Recipe(
        template=template, graph=template.graph, can=Capabilities(operations=template.operations)
    )
    request = GenerationRequest(operation=Operation.TEXT_TO_IMAGE, model="house")

    work = fill(request, made, Pictures(), key="k")

    assert work.graph["6"]["inputs"]["text"] == ""
    assert work.graph["3"]["inputs"]["steps"] == 20


def test_loras_are_laid_between_the_loader_and_all_that_used_it():
    anchor = LoraAnchor(model=Output(node="4", number=0), clip=Output(node="4", number=1))
    loras = [Lora(name="ink", weight=0.5), Lora(name="gold")]

    graph = with_loras(GRAPH, anchor, loras)

    assert graph["lora0"]["inputs"]["model"] == ["4", 0]
    assert graph["lora1"]["inputs"]["model"] == ["lora0", 0]
    assert graph["3"]["inputs"]["model"] == ["lora1", 0]
    assert graph["6"]["inputs"]["clip"] == ["lora1", 1]
    assert graph["lora0"]["inputs"]["strength_clip"] == 0.5
    assert "lora0" not in GRAPH


def test_the_handbooks_example_is_a_template():
    text = (ROOT / "docs" / "providers.md").read_text()
    example = text.split("```json")[1].split("```")[0]

    template = template_in(example, "blank")
    offers, lacking = offers_of([template], EVERYTHING, wanted=("blank",), max_px=2048)

    assert lacking == ()
    assert offers[0].model.capabilities.sizes.max_px == 1024


def test_the_handbook_names_every_slot():
    text = (ROOT / "docs" / "providers.md").read_text()

    assert [slot for slot in SLOTS if f"`{slot}`" not in text] == []
