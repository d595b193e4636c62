"""A job in fal's queue: its id and the three URLs that fal gave for it, which are used as given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from providers.errors import ModelGone
from providers.remote_jobs.ids import is_job_id
from providers.remote_jobs.links import Hosts

MAX_REMOTE_ID_CHARS = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job there. The status path is not the model's: fal drops a sub-path, so URLs can't be made from names."""

    id: str
    response_url: httpx.URL
    status_url: httpx.URL
    cancel_url: httpx.URL

    def remote_id(self, home: httpx.URL) -> str:
        """All that a resume needs, as "ID RESPONSE" or "ID RESPONSE STATUS CANCEL".

        The id stands as * and the base URL is left out; the long form is for URLs that don't follow from the first.
        """
        response = str(self.response_url)
        usual = (str(self.status_url), str(self.cancel_url)) == (
            f"{response}/status",
            f"{response}/cancel",
        )
        urls = [response] if usual else [response, str(self.status_url), str(self.cancel_url)]
        return " ".join(
            [
                self.id,
                *(url.replace(self.id, "*").removeprefix(str(home).rstrip("/")) for url in urls),
            ]
        )


def job_of_remote_id(remote_id: str, hosts: Hosts) -> Job:
    """The job again. ModelGone for an id that is none of ours, or leads elsewhere than to fal."""
    job_id, *rest = remote_id[:MAX_REMOTE_ID_CHARS].split(" ")
    urls = [text.replace("*", job_id) for text in rest]
    urls = [
        f"{str(hosts.home).rstrip('/')}{text}" if text.startswith("/") else text for text in urls
    ]
    if len(urls) == 1:
        urls = [urls[0], f"{urls[0]}/status", f"{urls[0]}/cancel"]
    job = job_of(job_id, urls, hosts) if len(urls) == 3 else None
    if job is None:
        raise ModelGone(f"no job {remote_id[:200]!r}")
    return job


def job_of_answer(fields: Mapping[str, Any], hosts: Hosts) -> Job | None:
    """The job of an answer to a submit, None when it tells no id or leads elsewhere than to fal."""
    urls = [fields.get(name) for name in ("response_url", "status_url", "cancel_url")]
    return job_of(fields.get("request_id"), urls, hosts)


def job_of(job_id: object, urls: list[Any], hosts: Hosts) -> Job | None:
    """The job if its id and URLs can be followed."""
    response, status, cancel = (hosts.allowed(url) for url in urls)
    if not is_job_id(job_id) or response is None or status is None or cancel is None:
        return None
    return Job(id=job_id, response_url=response, status_url=status, cancel_url=cancel)
