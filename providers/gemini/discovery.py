"""What models the API says it has now."""

from __future__ import annotations

import httpx

from providers.gemini.errors import entries, error_of, words
from providers.gemini.options import Options
from providers.table import beneath
from providers.wire.deadline import Deadline
from providers.wire.exchange import PLAIN, opened, timeout_until, whole_body
from providers.wire.picture_json import parsed_pictures

MAX_PAGES = 10
"""Pages of a thousand models; more is no list of models."""

MAX_PAGE_BYTES = 4 * 1024 * 1024

METHOD = "generateContent"


async def live_models(
    http: httpx.AsyncClient, options: Options, deadline: Deadline
) -> tuple[str, ...]:
    """The ids of all models that answer generateContent, in the API's order. A ProviderError when it can't be asked."""
    found: list[str] = []
    page = ""
    for _ in range(MAX_PAGES):
        fields = await listed_page(http, options, deadline, page)
        for entry in entries(fields.get("models")):
            methods = entry.get("supportedGenerationMethods")
            if isinstance(methods, list) and METHOD in methods:
                found.append(words(entry.get("name")).removeprefix("models/"))
        page = words(fields.get("nextPageToken"))
        if not page:
            break
    return tuple(found)


async def listed_page(
    http: httpx.AsyncClient, options: Options, deadline: Deadline, page: str
) -> dict[str, object]:
    """One page of the list."""
    url = beneath(options.base_url, "/models")
    params = {"pageSize": "1000", **({"pageToken": page} if page else {})}
    request = http.build_request(
        "GET",
        url,
        params=params,
        headers={**PLAIN, "x-goog-api-key": options.api_key},
        timeout=timeout_until(deadline),
    )
    response = await opened(http, request, deadline, error_of)
    try:
        body = await whole_body(response, deadline, max_bytes=MAX_PAGE_BYTES)
    finally:
        await response.aclose()
    return dict(parsed_pictures(body, key="data").fields)
