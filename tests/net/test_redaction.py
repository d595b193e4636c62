"""No key reaches a log."""

from __future__ import annotations

import logging

import httpx
import pytest

from bot.net.clients import make_client
from bot.net.policy import OutboundPolicy
from bot.net.redaction import redacted, safe_headers, safe_url

CANARY = "cnry7f3kq9zzbird2"


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Bearer {CANARY}",
        f"authorization: {CANARY}",
        f'{{"api_key": "{CANARY}"}}',
        f"api-key={CANARY}",
        f"OPENAI_API_KEY={CANARY}",
        f"x-key: {CANARY}",
        f"Key {CANARY}",
        f"GET https://host/path?size=2&key={CANARY} 200",
        f"https://bucket/x.png?X-Amz-Signature={CANARY}&b=2",
        f"https://user:{CANARY}@host/",
        f"https://{CANARY}@host/",
        f"Incorrect API key provided: sk-proj-{CANARY}",
        f"token xoxb-{CANARY}",
        f"API key not valid: AIza{CANARY}",
        f"x-goog-api-key: {CANARY}",
        f"SLACK_BOT_TOKEN='{CANARY}'",
        f"password: {CANARY}",
    ],
)
def test_a_secret_in_text_is_struck_out(text):
    assert CANARY not in redacted(text)


@pytest.mark.parametrize(
    "text",
    [
        "HTTP Request: POST https://api.openai.com/v1/images/generations HTTP/1.1 200 OK",
        "a fox with a key in its mouth, token of love",
        "429 rate_limit_exceeded; retry after 3 s",
    ],
)
def test_harmless_text_stays_as_it_is(text):
    assert redacted(text) == text


def test_a_safe_url_says_where_and_nothing_else():
    assert safe_url(f"https://u:{CANARY}@h.example/a/b?sig={CANARY}#x") == "https://h.example/a/b"


def test_only_harmless_headers_keep_their_value():
    kept = safe_headers({"X-New-Vendor-Auth": CANARY, "Content-Type": "image/png"})

    assert kept == {"X-New-Vendor-Auth": "[redacted]", "Content-Type": "image/png"}


async def test_the_http_libraries_log_no_keys(caplog):
    for name in ("httpx", "httpcore"):
        caplog.set_level(logging.DEBUG, logger=name)

    async with make_client(OutboundPolicy(operator_hosts=frozenset({"127.0.0.1:9"}))) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(
                f"http://u:{CANARY}@127.0.0.1:9/?key={CANARY}",
                headers={"Authorization": f"Bearer {CANARY}"},
            )

    assert caplog.records
    assert CANARY not in caplog.text
