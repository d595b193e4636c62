"""An id given out is understood again, and leads nowhere else."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers import ModelGone
from providers.bfl.answers import Job as BflJob
from providers.bfl.answers import job_of_remote_id as bfl_job
from providers.fal.jobs import Job as FalJob
from providers.fal.jobs import job_of_remote_id as fal_job
from providers.remote_jobs.links import Hosts

BFL = Hosts(home=httpx.URL("https://api.bfl.ai/v1"), suffixes=(".bfl.ai",))
FAL = Hosts(home=httpx.URL("https://queue.fal.run"), suffixes=(".fal.run",))

IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{3,40}", fullmatch=True)

quick = settings(max_examples=100, deadline=None)


@quick
@given(job_id=IDS, region=st.sampled_from(["api", "api.eu1", "api.us4"]))
def test_a_job_of_bfl_is_understood_again(job_id, region):
    url = httpx.URL(f"https://{region}.bfl.ai/v1/get_result?id={job_id}")
    job = BflJob(id=job_id, polling_url=url, credits=4.5)

    assert bfl_job(job.remote_id, BFL) == job
    assert job.remote_id.split(" ")[0] == job_id


@quick
@given(job_id=IDS, app=st.sampled_from(["fal-ai/flux", "fal-ai/esrgan"]), usual=st.booleans())
def test_a_job_of_fal_is_understood_again_and_written_short(job_id, app, usual):
    response = f"https://queue.fal.run/{app}/requests/{job_id}"
    job = FalJob(
        id=job_id,
        response_url=httpx.URL(response),
        status_url=httpx.URL(f"{response}/status" if usual else f"{response}/state"),
        cancel_url=httpx.URL(f"{response}/cancel"),
    )

    remote_id = job.remote_id(FAL.home)

    assert fal_job(remote_id, FAL) == job
    assert not usual or remote_id == f"{job_id} /{app}/requests/*"


@quick
@given(text=st.text(max_size=200))
def test_no_text_leads_elsewhere(text):
    for read, hosts in ((bfl_job, BFL), (fal_job, FAL)):
        try:
            job = read(text, hosts)
        except ModelGone:
            continue
        urls = [job.polling_url] if isinstance(job, BflJob) else [job.status_url, job.cancel_url]
        assert all(url.host.endswith((".bfl.ai", ".fal.run")) for url in urls)


@pytest.mark.parametrize(
    "link",
    [
        "http://api.bfl.ai/x",
        "https://bfl.ai.evil.example/x",
        "https://evilbfl.ai/x",
        "https://user@api.bfl.ai/x",
        "https://api.bfl.ai:8443/x",
        "https://api.bfl.ai/x#y",
        "https://169.254.169.254/x",
        "https://api.bfl.аi/x",
        "//api.bfl.ai/x",
        "file:///etc/passwd",
        "https://api.bfl.ai/" + "x" * 3000,
        7,
        None,
    ],
    ids=lambda link: str(link)[:40],
)
def test_a_link_that_is_not_the_vendors_is_not_followed(link):
    assert BFL.allowed(link) is None


@pytest.mark.parametrize("link", ["https://api.bfl.ai/x", "https://delivery-eu1.bfl.ai/x?sig=1"])
def test_a_link_of_the_vendors_is_followed(link):
    assert BFL.allowed(link) == httpx.URL(link)
