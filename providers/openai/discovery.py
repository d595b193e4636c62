"""What models the server says it has now, and when it will shut them down."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import httpx

from providers.openai.errors import error_of
from providers.openai.exchange import key_headers
from providers.openai.options import Options
from providers.table import beneath
from providers.wire.deadline import Deadline
from providers.wire.exchange import PLAIN, opened, timeout_until, whole_body
from providers.wire.picture_json import parsed_pictures

MAX_LIST_BYTES = 4 * 1024 * 1024


async def live_models(
    http: httpx.AsyncClient, options: Options, deadline: Deadline
) -> Mapping[str, date | None]:
    """The server's model ids with the day each is shut down, None where none is told.

    A ProviderError when it can't be asked. `shutdown_date`: developers.openai.com/api/docs/deprecations, read 2026-11-22.
    """
    request = http.build_request(
        "GET",
        beneath(options.base_url, "/models"),
        headers={**PLAIN, **key_headers(options)},
        timeout=timeout_until(deadline),
    )
    response = await opened(http, request, deadline, error_of)
    try:
        body = await whole_body(response, deadline, max_bytes=MAX_LIST_BYTES)
    finally:
        await response.aclose()
    entries = parsed_pictures(body, key="b64_json").fields.get("data")
    return {
        str(entry["id"]): day_of(entry.get("shutdown_date"))
        for entry in (entries if isinstance(entries, list) else ())
        if isinstance(entry, dict) and isinstance(entry.get("id"), str)
    }


def day_of(text: object) -> date | None:
    """A day written as YYYY-MM-DD, or None."""
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
