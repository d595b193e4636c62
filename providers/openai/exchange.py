"""One call of the images protocol as an HTTP request."""

from __future__ import annotations

import httpx

from providers.openai.azure import endpoint
from providers.openai.options import Options
from providers.openai.transform import Field, WireCall
from providers.wire.deadline import Deadline
from providers.wire.exchange import PLAIN, header_text, timeout_until
from providers.wire.pictures import mime_of


def paid_request(
    http: httpx.AsyncClient, call: WireCall, options: Options, *, key: str, deadline: Deadline
) -> httpx.Request:
    """The HTTP request of a call. `key` travels as X-Client-Request-Id, which OpenAI's support can look up."""
    headers = {**PLAIN, "x-client-request-id": header_text(key)}
    if call.streamed:
        headers["accept"] = "text/event-stream, application/json"
    headers |= key_headers(options)
    url = endpoint(options, call.model, call.path)
    timeout = timeout_until(deadline)
    if not call.files:
        return http.build_request("POST", url, json=call.fields, headers=headers, timeout=timeout)
    return http.build_request(
        "POST",
        url,
        data={name: form_text(value) for name, value in call.fields.items()},
        files=[(name, (f"{name}.png", data, mime_of(data))) for name, data in call.files],
        headers=headers,
        timeout=timeout,
    )


def key_headers(options: Options) -> dict[str, str]:
    """The header that carries the key, none without a key."""
    if not options.api_key:
        return {}
    if options.auth == "bearer":
        return {"authorization": f"Bearer {options.api_key}"}
    return {"api-key": options.api_key}


def form_text(value: Field) -> str:
    """A field's value as a form writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
