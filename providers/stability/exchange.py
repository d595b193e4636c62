"""Calls of the API as HTTP requests."""

from __future__ import annotations

import httpx

from providers.stability.options import Options
from providers.stability.transform import WireCall
from providers.table import beneath
from providers.wire.deadline import Deadline
from providers.wire.exchange import PLAIN, header_text, timeout_until
from providers.wire.pictures import mime_of

CLIENT_ID = "impasto"
"""Who calls, for the vendor's support: a header of its reference page."""


def paid_request(
    http: httpx.AsyncClient,
    call: WireCall,
    options: Options,
    *,
    user_hash: str,
    deadline: Deadline,
) -> httpx.Request:
    """The form of a call. Always a multipart one, also without files: the API takes nothing else."""
    parts: list[tuple[str, tuple[str | None, str | bytes, str | None]]] = [
        (name, (None, text, None)) for name, text in call.texts
    ]
    parts += [(name, (f"{name}.png", data, mime_of(data))) for name, data in call.files]
    headers = headers_of(options)
    if user_hash:
        headers["stability-client-user-id"] = header_text(user_hash)
    return http.build_request(
        "POST",
        beneath(options.base_url, call.path),
        files=parts,
        headers=headers,
        timeout=timeout_until(deadline),
    )


def poll_request(
    http: httpx.AsyncClient, options: Options, job_id: str, deadline: Deadline
) -> httpx.Request:
    """Asks for a job's result, which costs nothing and may be asked again."""
    return http.build_request(
        "GET",
        beneath(options.base_url, f"/results/{job_id}"),
        headers=headers_of(options),
        timeout=timeout_until(deadline),
    )


def balance_url(options: Options) -> httpx.URL:
    """Where the credit of a key is told: beside the API's second version, in its first."""
    root = options.base_url.path.rstrip("/").removesuffix("/v2beta")
    return options.base_url.copy_with(path=f"{root}/v1/user/balance")


def headers_of(options: Options) -> dict[str, str]:
    """Headers of every call."""
    return {
        **PLAIN,
        "authorization": f"Bearer {options.api_key}",
        "stability-client-id": CLIENT_ID,
    }
