"""The vendors' own clients drive the simulators: what they take from them is what the real servers give.

Black Forest Labs publish no client. fal's speaks https only; its one constant that says so is set to the simulator's address.
"""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import fal_client
import httpx
import pytest
import replicate
from fal_client import client as fal_module
from PIL import Image
from replicate.exceptions import ReplicateError
from replicate.webhook import Webhooks, WebhookSigningSecret, WebhookValidationError

from tests.simulators.providers.fal import FalSimulator
from tests.simulators.providers.fal import running as fal_running
from tests.simulators.providers.replicate import ReplicateSimulator
from tests.simulators.providers.replicate import running as replicate_running

FLUX_DEV = "black-forest-labs/flux-dev"


async def picture(url: str) -> Image.Image:
    async with httpx.AsyncClient(trust_env=False) as http:
        return Image.open(io.BytesIO((await http.get(url)).content))


@asynccontextmanager
async def replicate_client(simulator: ReplicateSimulator) -> AsyncIterator[replicate.Client]:
    """Replicate's client at a simulator; it has no way of its own to be closed."""
    async with replicate_running(simulator) as base_url:
        client = replicate.Client(api_token="r8_test", base_url=base_url.removesuffix("/v1"))
        yield client
        await client._async_client.aclose()


@asynccontextmanager
async def fals_client(
    simulator: FalSimulator, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[fal_client.AsyncClient]:
    """fal's client at a simulator."""
    async with fal_running(simulator) as base_url:
        monkeypatch.setattr(fal_module, "QUEUE_URL_FORMAT", f"{base_url}/")
        client = fal_client.AsyncClient(key="fal-test")
        yield client
        await (await client._client).aclose()


async def test_replicates_client_makes_a_prediction_and_waits_for_it():
    simulator = ReplicateSimulator(delay_s=0.2)

    async with replicate_client(simulator) as client:
        made = await client.predictions.async_create(
            model=FLUX_DEV, input={"prompt": "a red fox", "aspect_ratio": "16:9", "seed": 7}
        )
        await made.async_wait()
        found = await picture(made.output if isinstance(made.output, str) else made.output[0])

    assert made.status == "succeeded"
    assert found.size == (1344, 768)
    assert len(simulator.bill.entries) == 1


async def test_replicates_client_reads_a_models_schema():
    async with replicate_client(ReplicateSimulator()) as client:
        model = await client.models.async_get(FLUX_DEV)

    schema = model.latest_version.openapi_schema["components"]["schemas"]["Input"]
    assert "num_outputs" in schema["properties"]


async def test_replicates_client_calls_a_prediction_off():
    async with replicate_client(ReplicateSimulator(delay_s=9)) as client:
        made = await client.predictions.async_create(model=FLUX_DEV, input={"prompt": "a fox"})
        stopped = await client.predictions.async_cancel(made.id)

    assert stopped.status == "canceled"


async def test_replicates_client_understands_a_refusal():
    async with replicate_client(ReplicateSimulator()) as client:
        with pytest.raises(ReplicateError) as caught:
            await client.predictions.async_create(model=FLUX_DEV, input={"prompt": 7})

    assert caught.value.status == 422


async def test_replicates_client_believes_the_simulated_webhook_and_no_other():
    simulator = ReplicateSimulator()
    async with replicate_client(simulator) as client:
        made = await client.predictions.async_create(model=FLUX_DEV, input={"prompt": "a fox"})
        secret = await client.webhooks.default.async_secret()
    headers, body = simulator.signed_ring(simulator.jobs[made.id], at_s=time.time())

    Webhooks.validate(headers=headers, body=body.decode(), secret=secret, tolerance=300)
    with pytest.raises(WebhookValidationError):
        Webhooks.validate(headers=headers, body=body.decode() + " ", secret=secret, tolerance=300)
    assert isinstance(secret, WebhookSigningSecret)


async def test_fals_client_submits_follows_and_fetches(monkeypatch):
    simulator = FalSimulator(delay_s=0.4)

    async with fals_client(simulator, monkeypatch) as client:
        handle = await client.submit("fal-ai/flux/dev", {"prompt": "a red fox", "seed": 7})
        seen = [type(event) async for event in handle.iter_events(with_logs=True, interval=0.05)]
        result = await handle.get()
        found = await picture(result["images"][0]["url"])

    assert seen[-1] is fal_client.Completed
    assert fal_client.InProgress in seen
    assert result["seed"] == 7
    assert found.size == (1024, 1024)
    assert len(simulator.bill.entries) == 1


async def test_fals_client_calls_a_job_off(monkeypatch):
    simulator = FalSimulator(delay_s=9)

    async with fals_client(simulator, monkeypatch) as client:
        handle = await client.submit("fal-ai/flux/dev", {"prompt": "a red fox"})
        await handle.cancel()
        status = await handle.status()

    assert isinstance(status, fal_client.Completed)
    assert status.error_type == "client_cancelled"


async def test_fals_client_understands_a_blocked_prompt(monkeypatch):
    simulator = FalSimulator()
    detail = [{"loc": ["body", "prompt"], "msg": "no", "type": "content_policy_violation"}]
    simulator.fail("job", "ends", ending={"status": 422, "json": {"detail": detail}})

    async with fals_client(simulator, monkeypatch) as client:
        handle = await client.submit("fal-ai/flux/dev", {"prompt": "a red fox"})
        with pytest.raises(fal_client.FalClientHTTPError) as caught:
            await asyncio.wait_for(handle.get(interval=0.05), 10)

    assert caught.value.status_code == 422
