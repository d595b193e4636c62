"""A workflow's life at the server: queued once, watched, fetched, taken up again, taken away, or failed."""

from __future__ import annotations

import asyncio
import io
import json
from contextlib import asynccontextmanager

import pytest
from PIL import Image

from providers import (
    BadAnswer,
    Call,
    Done,
    GenerationRequest,
    Insets,
    InvalidRequest,
    Lora,
    ModelGone,
    Next,
    Operation,
    Progress,
    ProviderConfig,
    ProviderError,
    Submitted,
    Unavailable,
)
from providers.comfyui import plugin
from tests.simulators.providers.cases import mask_png, provider_at
from tests.simulators.providers.comfyui import ComfySimulator, running
from tests.simulators.providers.comfyui_graph_check import refusal, violations
from tests.simulators.providers.pictures import encoded, painted
from tests.simulators.providers.serving import serving, simulator_process
from tests.simulators.providers.spoiling import Spoiler

SIDE = 64
CHECKPOINT = "sd_xl_base_1.0"


def asked(**changes) -> GenerationRequest:
    fields = {
        "operation": Operation.TEXT_TO_IMAGE,
        "model": CHECKPOINT,
        "prompt": "a red fox",
        "seed": 7,
        "width_px": SIDE,
        "height_px": SIDE,
    }
    return GenerationRequest(**{**fields, **changes})


def source(side_px=SIDE) -> bytes:
    return encoded(painted("a source", (side_px, side_px)))


@asynccontextmanager
async def at(url, **options):
    options = {"look_every_s": 0.02, **options}
    async with provider_at(url, plugin, api_key=None, options=options) as provider:
        yield provider


def call(key="job-1", timeout_s=30.0) -> Call:
    return Call(key=key, timeout_s=timeout_s)


async def made(request, simulator=None, **options):
    """The workflow that was queued, the events that came, and the simulator."""
    simulator = simulator or ComfySimulator()
    async with running(simulator) as url, at(url, **options) as provider:
        events = [event async for event in provider.generate(request, call())]
    assert simulator.violations == []
    return simulator.calls[0]["body"]["prompt"], events, simulator


def inputs(graph, class_type):
    return next(n["inputs"] for n in graph.values() if n["class_type"] == class_type)


def picture(events) -> Image.Image:
    return Image.open(io.BytesIO(events[-1].result.images[0].data)).convert("RGB")


class Gate:
    """Stops the server between two steps until the test lets it go on."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self.go_on = asyncio.Event()

    async def wait(self) -> None:
        self.reached.set()
        await self.go_on.wait()


async def test_words_fill_the_slots_and_the_picture_and_its_seed_come_back():
    request = asked(negative_prompt="text", steps=30, guidance=5.0, sampler="ddim")

    graph, events, _ = await made(request)

    sampler = inputs(graph, "KSampler")
    assert graph["6"]["inputs"]["text"] == "a red fox"
    assert graph["7"]["inputs"]["text"] == "text"
    assert (sampler["seed"], sampler["steps"], sampler["cfg"]) == (7, 30, 5.0)
    assert sampler["sampler_name"] == "ddim"
    assert inputs(graph, "CheckpointLoaderSimple")["ckpt_name"] == "sd_xl_base_1.0.safetensors"
    assert isinstance(events[0], Submitted)
    result = events[-1].result
    assert (result.images[0].seed, result.notes, result.cost_microusd) == (7, (), 0)


async def test_progress_grows_and_previews_come_over_the_socket():
    gate = Gate()
    simulator = ComfySimulator(step=gate.wait)

    async with running(simulator) as url, at(url) as provider:
        events = provider.generate(asked(), call())
        told = [await anext(events) for _ in range(3)][1:]
        gate.go_on.set()
        rest = await gathered(events)

    told += [event for event in rest if isinstance(event, Progress)]
    fractions = [event.fraction for event in told]
    assert fractions == sorted(fractions)
    assert fractions[0] == pytest.approx(0.35)
    assert any(event.preview and event.preview.startswith(b"\xff\xd8\xff") for event in told)
    assert isinstance(rest[-1], Done)


async def test_an_inpaint_uploads_what_to_edit_as_clear_and_keeps_the_rest():
    request = asked(operation=Operation.INPAINT, source_image=source(), mask=mask_png(SIDE))

    graph, events, simulator = await made(request)

    name = inputs(graph, "LoadImage")["image"]
    uploaded = Image.open(io.BytesIO(simulator.uploads[name])).getchannel("A")
    kept = painted("a source", (1, 1)).getpixel((0, 0))
    assert name.startswith("impasto/")
    assert name.endswith(".png [temp]")
    assert (uploaded.getpixel((0, 0)), uploaded.getpixel((SIDE - 1, 0))) == (0, 255)
    assert picture(events).getpixel((SIDE - 1, 0)) == kept
    assert picture(events).getpixel((0, 0)) != kept


async def test_an_outpaint_paints_around_the_source():
    request = asked(
        operation=Operation.OUTPAINT, source_image=source(), expand=Insets(left_px=64, top_px=32)
    )

    _, events, _ = await made(request)

    kept = painted("a source", (1, 1)).getpixel((0, 0))
    assert picture(events).size == (128, 96)
    assert picture(events).getpixel((127, 95)) == kept
    assert picture(events).getpixel((0, 0)) != kept


@pytest.mark.parametrize(("model", "scale"), [("resize", 4), ("RealESRGAN_x4plus", 2)])
async def test_an_upscale_has_the_size_asked_whatever_its_model_does(model, scale):
    request = asked(operation=Operation.UPSCALE, model=model, source_image=source(), scale=scale)

    _, events, _ = await made(request)

    assert picture(events).size == (SIDE * scale, SIDE * scale)


async def test_a_control_image_and_loras_go_into_the_workflow():
    request = asked(
        operation=Operation.CONTROL,
        control_image=source(),
        control_kind="canny",
        control_strength=0.5,
        loras=(Lora(name="ink.safetensors", weight=0.7),),
    )

    graph, _, _ = await made(request)

    assert inputs(graph, "ControlNetApplyAdvanced")["strength"] == 0.5
    assert inputs(graph, "ControlNetLoader")["control_net_name"] == "control-lora-canny.safetensors"
    assert inputs(graph, "LoraLoader")["strength_model"] == 0.7
    assert inputs(graph, "KSampler")["model"] == ["lora0", 0]


async def test_an_operators_own_workflow_with_a_batch_is_a_model(tmp_path):
    graph = {
        "1": {
            "class_type": "EmptyImage",
            "inputs": {"width": 8, "height": 8, "batch_size": 1, "color": 255},
            "_meta": {"title": "{{width}} {{height}} {{count}}"},
        },
        "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": "x"}},
    }
    (tmp_path / "blank.json").write_text(json.dumps(graph))
    request = asked(model="blank", count=2, seed=None)

    _, events, _ = await made(request, workflows=str(tmp_path), shipped=False)

    assert len(events[-1].result.images) == 2
    assert picture(events).size == (SIDE, SIDE)


async def test_what_a_workflow_has_no_slot_for_is_said():
    request = asked(model="flux1-dev", width_px=256, height_px=250, negative_prompt="text")

    _, events, _ = await made(request)

    assert events[-1].result.notes == (
        "size 256x250 painted as 256x256",
        "negative prompt not used: this model has none",
    )


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"sampler": "none-such"}, "sampler"),
        ({"steps": 9999}, "steps"),
        ({"loras": (Lora(name="none-such"),)}, "loras"),
        ({"count": 2}, "count"),
        ({"operation": Operation.INPAINT, "source_image": b"x"}, "mask"),
        ({"operation": Operation.IMAGE_TO_IMAGE, "source_image": b"no picture"}, "source_image"),
        ({"operation": Operation.REMOVE_BACKGROUND, "source_image": b"x"}, "operation"),
        ({"prompt": "half \ud83d"}, "prompt"),
    ],
)
async def test_what_cannot_be_done_is_refused_unqueued_with_its_field(changes, param):
    simulator = ComfySimulator()

    async with running(simulator) as url, at(url) as provider:
        with pytest.raises(InvalidRequest) as caught:
            await anext(provider.generate(asked(**changes), call()))

    assert caught.value.param == param
    assert simulator.calls == []


async def test_a_history_that_comes_late_is_waited_for():
    gate = Gate()
    simulator = ComfySimulator(late=gate.wait)

    async with running(simulator) as url, at(url) as provider:
        events = asyncio.ensure_future(gathered(provider.generate(asked(), call())))
        await gate.reached.wait()
        gate.go_on.set()
        last = (await events)[-1]

    assert isinstance(last, Done)


async def gathered(events):
    return [event async for event in events]


@pytest.mark.parametrize("speaks_ws", [True, False])
async def test_a_job_is_taken_up_by_its_id_and_queued_no_second_time(speaks_ws):
    gate = Gate()
    simulator = ComfySimulator(step=gate.wait, speaks_ws=speaks_ws)

    async with running(simulator) as url:
        async with at(url) as before:
            events = before.generate(asked(), call())
            submitted = await anext(events)
            await events.aclose()
        gate.go_on.set()
        async with at(url) as after:
            rest = await gathered(after.resume(submitted.remote_id, asked(), call()))

    assert isinstance(rest[-1], Done)
    assert len(simulator.bill.entries) == 1


async def test_a_job_is_taken_up_by_another_process(tmp_path):
    bill = tmp_path / "bill.jsonl"
    module = "tests.simulators.providers.comfyui"

    with simulator_process(module, "--bill", str(bill), "--step-s", "0.05") as url:
        async with at(url) as before:
            events = before.generate(asked(), call())
            submitted = await anext(events)
            await events.aclose()
        async with at(url) as after:
            rest = await gathered(after.resume(submitted.remote_id, asked(), call()))

    assert isinstance(rest[-1], Done)
    assert len(bill.read_text().splitlines()) == 1


async def test_a_call_repeated_under_its_key_finds_what_it_queued():
    simulator = ComfySimulator()

    async with running(simulator) as url, at(url) as provider:
        first = await gathered(provider.generate(asked(), call("same")))
        second = await gathered(provider.generate(asked(), call("same")))
        await gathered(provider.generate(asked(), call("other")))

    assert first[0] == second[0]
    assert len(simulator.bill.entries) == 2


async def test_a_lost_answer_to_the_queueing_is_looked_up_not_repeated():
    simulator = ComfySimulator()
    spoiler = Spoiler(simulator.app)

    async with serving(spoiler) as url, at(url) as provider:
        await provider.models()
        spoiler.spoil({"kind": "reset"}, lambda method, path: path == "/prompt")
        events = await gathered(provider.generate(asked(), call()))

    assert isinstance(events[-1], Done)
    assert len(simulator.bill.entries) == 1


async def test_a_socket_that_breaks_off_is_done_without():
    gate = Gate()
    simulator = ComfySimulator(step=gate.wait)

    async with running(simulator) as url, at(url) as provider:
        events = asyncio.ensure_future(gathered(provider.generate(asked(), call())))
        await gate.reached.wait()
        await simulator.drop_sockets()
        gate.go_on.set()
        last = (await events)[-1]

    assert isinstance(last, Done)


async def test_a_server_that_forgot_the_job_says_it_is_gone():
    gate = Gate()
    simulator = ComfySimulator(step=gate.wait)

    async with running(simulator) as url, at(url) as provider:
        running_one = provider.generate(asked(), call("a"))
        await anext(running_one)
        waiting = provider.generate(asked(), call("b"))
        await anext(waiting)
        simulator.restart()
        with pytest.raises(ModelGone):
            await gathered(waiting)
        await running_one.aclose()


async def test_a_job_in_line_is_taken_out_and_a_running_one_interrupted():
    gate = Gate()
    simulator = ComfySimulator(step=gate.wait)

    async with running(simulator) as url, at(url) as provider:
        first = provider.generate(asked(), call("a"))
        running_id = (await anext(first)).remote_id
        await gate.reached.wait()
        second = provider.generate(asked(), call("b"))
        waiting_id = (await anext(second)).remote_id
        stopped = [await provider.cancel(waiting_id), await provider.cancel(running_id)]
        again = await provider.cancel(waiting_id)
        gate.go_on.set()
        with pytest.raises(ModelGone, match="interrupted"):
            await gathered(first)
        await second.aclose()

    assert stopped == [True, True]
    assert not again
    assert simulator.interrupts == 1


@pytest.mark.parametrize(
    ("words", "kind"),
    [("CUDA out of memory. Tried to allocate 2 GiB", BadAnswer), ("bad tensor", BadAnswer)],
)
async def test_a_node_that_fails_names_itself_and_bills_nobody(words, kind):
    simulator = ComfySimulator()
    simulator.fails["KSampler"] = words

    error = await error_of(simulator)

    assert type(error) is kind
    assert "node 3 (KSampler)" in error.detail
    assert error.next is Next.ELSEWHERE
    assert not error.billed


async def error_of(simulator, request=None):
    async with running(simulator) as url, at(url) as provider:
        try:
            await gathered(provider.generate(request or asked(), call()))
        except ProviderError as error:
            return error
    return None


async def test_a_workflow_the_server_refuses_names_the_slot(monkeypatch):
    from tests.simulators.providers import comfyui_nodes

    simulator = ComfySimulator()
    async with running(simulator) as url, at(url) as provider:
        await provider.models()
        narrower = {**comfyui_nodes.INPUTS["KSampler"], "steps": comfyui_nodes.whole(20, 1, 10)}
        monkeypatch.setitem(comfyui_nodes.INPUTS, "KSampler", narrower)
        with pytest.raises(InvalidRequest) as caught:
            await gathered(provider.generate(asked(steps=50), call()))

    assert caught.value.param == "steps"
    assert "node 3 (KSampler)" in caught.value.detail


async def test_a_model_file_that_is_gone_meanwhile_is_gone(monkeypatch):
    from tests.simulators.providers import comfyui_nodes

    simulator = ComfySimulator()
    async with running(simulator) as url, at(url) as provider:
        await provider.models()
        empty = {"ckpt_name": [["another.safetensors"], {}]}
        monkeypatch.setitem(comfyui_nodes.INPUTS, "CheckpointLoaderSimple", empty)
        with pytest.raises(ModelGone):
            await gathered(provider.generate(asked(), call()))

    assert simulator.bill.entries == []


async def test_a_server_where_no_workflow_can_run_says_why():
    simulator = ComfySimulator()
    simulator.hides.update({"LoadImage", "KSampler"})

    error = await error_of(simulator)

    assert type(error) is Unavailable
    assert "no node KSampler" in error.detail


async def test_the_socket_reaches_no_other_host_than_the_operators():
    """The socket is opened by the client whose policy knows one host: there is no second way out."""
    simulator = ComfySimulator()
    async with running(simulator) as url, at(url) as provider:
        await gathered(provider.generate(asked(), call()))
        opened = provider._server.http

    with pytest.raises(RuntimeError, match="closed"):
        await opened.get(url)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"base_url": None}, "needs a base_url"),
        ({"options": {"workflow": "x"}}, "did you mean 'workflows'"),
        ({"options": {"workflows": "/no/such/folder"}}, "is no folder"),
        ({"options": {"shipped": False}}, "needs a folder"),
    ],
)
def test_a_wrong_table_is_told_in_a_sentence(table, words):
    fields = {"name": "house", "kind": "comfyui", "base_url": "http://127.0.0.1:8188", **table}

    with pytest.raises(ValueError, match=words):
        plugin(ProviderConfig(**fields), _Bare())


class _Bare:
    http = None
    log = None


def test_the_witness_catches_what_the_server_would_pass_over():
    good = {"1": {"class_type": "EmptyImage", "inputs": {"width": 8, "height": 8}}}
    typo = {"1": {"class_type": "EmptyImage", "inputs": {"widht": 8}}}

    assert violations({"prompt": good, "client_id": "x"}) == []
    assert violations({"prompt": typo}) == ["node 1 (EmptyImage) has no input widht"]
    assert violations({"prompt": good, "promt": 1}) == ["unknown field promt"]
    assert violations({"prompt": {"1": {"class_type": "A", "inputs": {"t": "{{prompt}}"}}}})
    assert refusal(good, {})["error"]["type"] == "prompt_no_outputs"
