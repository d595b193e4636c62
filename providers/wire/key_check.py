"""A free question that needs the key: whether its vendor would serve us."""

from __future__ import annotations

import json

import httpx

from providers.errors import BadAnswer, ModelGone, OutcomeUnknown, Unavailable
from providers.wire.deadline import Deadline
from providers.wire.exchange import ReadsRefusals, opened, timeout_until, whole_body

KEY_CHECK_TIMEOUT_S = 8.0
MAX_KEY_CHECK_BYTES = 4 * 1024 * 1024


async def key_check(
    http: httpx.AsyncClient, url: httpx.URL, headers: dict[str, str], error_of: ReadsRefusals
) -> str | None:
    """None when the page answered with a JSON object; why nothing was learned where there is no such page.

    The typed error of every other answer; Unavailable when none came, for nothing was at stake.
    """
    deadline = Deadline.after(KEY_CHECK_TIMEOUT_S)
    request = http.build_request("GET", url, headers=headers, timeout=timeout_until(deadline))
    try:
        response = await opened(http, request, deadline, error_of)
        try:
            body = await whole_body(response, deadline, max_bytes=MAX_KEY_CHECK_BYTES)
        finally:
            await response.aclose()
    except ModelGone:
        return f"{url.host} has no {url.path}, which would tell whether the key is good"
    except OutcomeUnknown as error:
        raise Unavailable(error.detail) from error
    try:
        is_object = isinstance(json.loads(body), dict)
    except (ValueError, RecursionError):
        is_object = False
    if not is_object:
        raise BadAnswer(f"{url.path} answered with something else than JSON")
    return None
