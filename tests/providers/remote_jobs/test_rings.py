"""A webhook is believed only when its vendor signed these very bytes, lately where a time is signed."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nacl.signing import SigningKey

from providers import Call, ForgedRing, Rings, Submitted
from providers.bfl import ring as bfl_ring
from providers.fal import ring as fal_ring
from providers.remote_jobs.ring_keys import RENEW_AFTER_S
from providers.replicate import ring as replicate_ring
from tests.simulators.providers.fal import FalSimulator
from tests.simulators.providers.job_cases import VENDORS
from tests.simulators.providers.jobs import SimulatedJob
from tests.simulators.providers.replicate import SECRET, ReplicateSimulator

NOW_S = 1_800_000_000.0

JOB = SimulatedJob(
    id="job-1",
    model="fal-ai/flux/dev",
    body={"prompt": "a fox"},
    ends_at=0,
    delay_s=0,
    webhook="https://x.example",
)

quick = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def changed(data: bytes, place: int, by: int) -> bytes:
    """The bytes with one of them another."""
    place %= len(data)
    return data[:place] + bytes([(data[place] + by) % 256]) + data[place + 1 :]


a_change = given(place=st.integers(0, 5000), by=st.integers(1, 255))


def fal_keys(simulator: FalSimulator) -> fal_ring.Keys:
    public = base64.urlsafe_b64encode(bytes(simulator.signing_key.verify_key)).decode()

    async def fetch():
        simulator.keys_asked += 1
        return {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": public.rstrip("=")}]}

    return fal_ring.published_keys(fetch)


async def fal_read(simulator, headers, body, *, now_s=NOW_S, keys=None):
    return await fal_ring.read_ring(headers, body, keys=keys or fal_keys(simulator), now_s=now_s)


def replicate_signed(*, at_s=NOW_S):
    job = SimulatedJob(**{**vars_of(JOB), "model": "stability-ai/sdxl"})
    simulator = ReplicateSimulator()
    simulator.pictures["job-1-0.png"] = b""
    return simulator.signed_ring(job, at_s=at_s)


def vars_of(job: SimulatedJob) -> dict:
    names = ("id", "model", "body", "ends_at", "delay_s", "webhook")
    return {name: getattr(job, name) for name in names}


def bfl_signed():
    body = b'{"id":"job-1","status":"Ready","result":{"seed":7}}'
    return {"x-bfl-signature": bfl_ring.signature("secret", body)}, body


async def test_a_true_ring_names_its_job():
    headers, body = replicate_signed()
    replicate = replicate_ring.read_ring(headers, body, secret=SECRET, now_s=NOW_S)
    simulator = FalSimulator()
    fal = await fal_read(simulator, *simulator.signed_ring(JOB, at_s=NOW_S))
    bfl = bfl_ring.read_ring(*bfl_signed(), secret="secret")

    assert replicate.remote_id == fal.remote_id == bfl.remote_id == "job-1"
    assert replicate.event_id == "msg_job-1"


@quick
@a_change
async def test_any_changed_byte_of_a_body_is_refused(place, by):
    simulator = FalSimulator()
    headers, body = simulator.signed_ring(JOB, at_s=NOW_S)
    with pytest.raises(ForgedRing):
        await fal_read(simulator, headers, changed(body, place, by))
    headers, body = replicate_signed()
    with pytest.raises(ForgedRing):
        replicate_ring.read_ring(headers, changed(body, place, by), secret=SECRET, now_s=NOW_S)
    headers, body = bfl_signed()
    with pytest.raises(ForgedRing):
        bfl_ring.read_ring(headers, changed(body, place, by), secret="secret")


@pytest.mark.parametrize("name", ["request-id", "user-id", "timestamp", "signature"])
@quick
@a_change
async def test_any_changed_byte_of_fals_headers_is_refused(name, place, by):
    simulator = FalSimulator()
    headers, body = simulator.signed_ring(JOB, at_s=NOW_S)
    key = f"x-fal-webhook-{name}"
    other = changed(headers[key].encode(), place, by).decode("latin-1")
    if name == "signature" and other.lower() == headers[key]:
        return  # hexadecimal digits have two spellings
    with pytest.raises(ForgedRing):
        await fal_read(simulator, {**headers, key: other}, body)


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
@quick
@a_change
def test_any_changed_byte_of_replicates_headers_is_refused(name, place, by):
    headers, body = replicate_signed()
    other = changed(headers[name].encode(), place, by).decode("latin-1")
    with pytest.raises(ForgedRing):
        replicate_ring.read_ring({**headers, name: other}, body, secret=SECRET, now_s=NOW_S)


@quick
@a_change
def test_any_changed_byte_of_bfls_signature_is_refused(place, by):
    headers, body = bfl_signed()
    other = changed(headers["x-bfl-signature"].encode(), place, by).decode("latin-1")
    with pytest.raises(ForgedRing):
        bfl_ring.read_ring({"x-bfl-signature": other}, body, secret="secret")


@pytest.mark.parametrize("late_s", [-301, 301, 86_400, NOW_S])
async def test_an_old_or_early_ring_is_refused_though_it_is_signed(late_s):
    simulator = FalSimulator()
    headers, body = simulator.signed_ring(JOB, at_s=NOW_S - late_s)
    with pytest.raises(ForgedRing):
        await fal_read(simulator, headers, body)
    headers, body = replicate_signed(at_s=NOW_S - late_s)
    with pytest.raises(ForgedRing):
        replicate_ring.read_ring(headers, body, secret=SECRET, now_s=NOW_S)


@pytest.mark.parametrize("late_s", [-300, 0, 300])
async def test_a_ring_within_five_minutes_is_taken(late_s):
    simulator = FalSimulator()
    headers, body = simulator.signed_ring(JOB, at_s=NOW_S - late_s)
    assert (await fal_read(simulator, headers, body)).remote_id == "job-1"
    headers, body = replicate_signed(at_s=NOW_S - late_s)
    assert replicate_ring.read_ring(headers, body, secret=SECRET, now_s=NOW_S)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"id": 7}', b'{"id": "a b"}', b"\xff"])
async def test_a_signed_body_that_names_no_job_is_refused(body):
    signature = bfl_ring.signature("secret", body)
    with pytest.raises(ForgedRing):
        bfl_ring.read_ring({"x-bfl-signature": signature}, body, secret="secret")


async def test_no_headers_are_no_ring():
    with pytest.raises(ForgedRing):
        replicate_ring.read_ring({}, b"{}", secret=SECRET, now_s=NOW_S)
    with pytest.raises(ForgedRing):
        await fal_read(FalSimulator(), {}, b"{}")
    with pytest.raises(ForgedRing):
        bfl_ring.read_ring({}, b"{}", secret="secret")


async def test_another_key_than_fals_is_refused_and_fals_keys_are_not_asked_for_each_forgery():
    simulator = FalSimulator()
    keys = fal_keys(simulator)
    simulator.signing_key = SigningKey(hashlib.sha256(b"a forger").digest())
    headers, body = simulator.signed_ring(JOB, at_s=NOW_S)

    for _ in range(20):
        with pytest.raises(ForgedRing):
            await fal_read(simulator, headers, body, keys=keys)

    assert simulator.keys_asked == 1


async def test_a_key_fal_added_is_learned_when_it_is_first_used():
    simulator = FalSimulator()
    served = [simulator.signing_key]

    async def fetch():
        listed = [base64.urlsafe_b64encode(bytes(key.verify_key)).decode() for key in served]
        return {"keys": [{"x": text} for text in listed]}

    keys = fal_ring.published_keys(fetch)
    await fal_read(simulator, *simulator.signed_ring(JOB, at_s=NOW_S), keys=keys)
    simulator.signing_key = SigningKey(hashlib.sha256(b"next").digest())
    served.append(simulator.signing_key)
    headers, body = simulator.signed_ring(JOB, at_s=NOW_S + 100)

    ring = await fal_read(simulator, headers, body, keys=keys, now_s=NOW_S + 100)

    assert ring.remote_id == "job-1"


async def test_a_secret_replicate_changed_is_asked_for_again():
    _, kind, running, at, request = VENDORS[1]
    simulator = kind()

    async with running(simulator) as base_url, at(base_url) as provider:
        event = await anext(provider.generate(request, Call(key="k", timeout_s=20)))
        job = simulator.jobs[event.remote_id]
        await provider.read_ring(*simulator.signed_ring(job, at_s=NOW_S), now_s=NOW_S)
        simulator.secret = "whsec_" + base64.b64encode(b"another").decode()
        later_s = NOW_S + RENEW_AFTER_S
        ring = await provider.read_ring(*simulator.signed_ring(job, at_s=later_s), now_s=later_s)

    assert isinstance(event, Submitted)
    assert ring.remote_id == job.id


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor[0])
async def test_every_vendor_of_jobs_can_ring(vendor):
    _, _, _, at, _ = vendor

    async with at("http://127.0.0.1:9") as provider:
        assert isinstance(provider, Rings)
        with pytest.raises(ForgedRing):
            await provider.read_ring({}, b"{}", now_s=NOW_S)
