"""The witnesses themselves: they catch what is wrong, and their bill survives."""

from __future__ import annotations

import json

import httpx
import pytest

from bot.net.clients import make_client
from bot.net.policy import OutboundPolicy, operator_host
from providers import Call, Done, GenerationRequest, Operation, ProviderConfig, Submitted
from providers.testing import workshop
from tests.simulators.providers import openai, polling
from tests.simulators.providers.openai_body_check import description_is_present, violations
from tests.simulators.providers.polling_adapter import plugin
from tests.simulators.providers.serving import simulator_process

GOOD = {"model": "gpt-image-2", "prompt": "a fox", "n": 1, "size": "1024x1024"}

needs_description = pytest.mark.skipif(
    not description_is_present(),
    reason="the published API description isn't here: set IMPASTO_SPECS to its folder",
)


def test_a_good_body_passes():
    assert violations("generations", GOOD) == []
    assert violations("edits", {**GOOD, "image": "file", "mask": "file"}) == []


@pytest.mark.parametrize("field", ["negative_prompt", "seed", "response_format", "steps"])
def test_a_field_the_protocol_lacks_is_caught(field):
    assert violations("generations", {**GOOD, field: 1})


@pytest.mark.parametrize("size", ["1000x1000", "3840x1024", "512x512", "4096x2048"])
def test_a_size_the_model_lacks_is_caught(size):
    assert violations("generations", {**GOOD, "size": size})


@needs_description
@pytest.mark.parametrize(
    "change", [{"n": 99}, {"prompt": 42}, {"quality": "ultra"}, {"output_format": "gif"}]
)
def test_the_published_description_catches_a_wrong_value(change):
    assert violations("generations", {**GOOD, **change})


@needs_description
def test_the_published_description_catches_a_missing_prompt():
    assert violations("generations", {"model": "gpt-image-2"})
    assert violations("edits", {**GOOD})


async def test_a_wrong_body_is_refused_and_remembered_and_not_billed():
    simulator = openai.OpenAISimulator()

    async with openai.running(simulator) as base_url, httpx.AsyncClient() as http:
        answer = await http.post(
            f"{base_url}/images/generations",
            json={**GOOD, "seed": 7},
            headers={"authorization": "Bearer sk-test"},
        )

    assert answer.status_code == 400
    assert simulator.violations == ["Unknown parameter: 'seed'."]
    assert simulator.bill.entries == []


def test_the_bill_of_a_process_is_on_disk_before_the_answer(tmp_path):
    bill = tmp_path / "bill.jsonl"

    with simulator_process("tests.simulators.providers.openai", "--bill", str(bill)) as url:
        answer = httpx.post(
            f"{url}/v1/images/generations",
            json=GOOD,
            headers={"authorization": "Bearer sk-test", "x-client-request-id": "job-1"},
        )
        told = httpx.get(f"{url}/_bill").json()

    (line,) = bill.read_text().splitlines()
    assert answer.status_code == 200
    assert json.loads(line) == told[0]
    assert told[0]["key"] == "job-1"


def poll_request() -> GenerationRequest:
    return GenerationRequest(
        operation=Operation.TEXT_TO_IMAGE,
        model="poll-1",
        prompt="a fox",
        seed=7,
        width_px=64,
        height_px=64,
    )


async def submitted_to(base_url: str, key: str):
    """A provider at the simulator submits and is gone before anything is polled; gives the remote id."""
    policy = OutboundPolicy(operator_hosts=frozenset({operator_host(base_url)}))
    async with make_client(policy) as http:
        config = ProviderConfig(name="house", kind="polling", base_url=base_url)
        events = plugin(config, workshop(http)).generate(
            poll_request(), Call(key=key, timeout_s=30)
        )
        first = await anext(events)
        await events.aclose()
    assert isinstance(first, Submitted)
    return first.remote_id


async def resumed_at(base_url: str, remote_id: str):
    policy = OutboundPolicy(operator_hosts=frozenset({operator_host(base_url)}))
    async with make_client(policy) as http:
        config = ProviderConfig(name="house", kind="polling", base_url=base_url)
        events = plugin(config, workshop(http)).resume(
            remote_id, poll_request(), Call(key="k", timeout_s=30)
        )
        return [event async for event in events]


async def test_a_job_is_taken_up_by_another_process_through_its_id(tmp_path):
    bill = tmp_path / "bill.jsonl"

    with simulator_process(
        "tests.simulators.providers.polling", "--bill", str(bill), "--delay-s", "0.3"
    ) as url:
        remote_id = await submitted_to(f"{url}/v1", "k")
        events = await resumed_at(f"{url}/v1", remote_id)

    assert isinstance(events[-1], Done)
    assert events[-1].result.images[0].seed == 7
    assert len(bill.read_text().splitlines()) == 1


@pytest.mark.parametrize(("idempotent", "paid"), [(True, 1), (False, 2)])
async def test_a_repeated_key_is_paid_once_only_where_the_provider_takes_keys(idempotent, paid):
    simulator = polling.PollingSimulator(idempotent=idempotent)

    async with polling.running(simulator) as base_url:
        first = await submitted_to(base_url, "same")
        second = await submitted_to(base_url, "same")

    assert len(simulator.bill.entries) == paid
    assert (first == second) is idempotent


async def test_a_running_job_can_be_cancelled():
    simulator = polling.PollingSimulator(delay_s=60)

    async with polling.running(simulator) as base_url:
        remote_id = await submitted_to(base_url, "k")
        policy = OutboundPolicy(operator_hosts=frozenset({operator_host(base_url)}))
        async with make_client(policy) as http:
            config = ProviderConfig(name="house", kind="polling", base_url=base_url)
            stopped = await plugin(config, workshop(http)).cancel(remote_id)

    assert stopped
    assert simulator.jobs[remote_id].cancelled.is_set()
