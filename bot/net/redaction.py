"""Keeps keys out of logs: URLs, headers and messages with the secret parts struck out."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping

import httpx
from typing_extensions import override

STRUCK = "[redacted]"

OPEN_HEADERS = frozenset(
    {
        "accept",
        "content-length",
        "content-type",
        "date",
        "retry-after",
        "retry-after-ms",
        "server",
        "user-agent",
        "x-request-id",
    }
)
"""Headers that may be logged. A list of what is harmless, since every vendor names its key differently."""

SECRETS_IN_TEXT = re.compile(
    r"""(?ix)
    (?P<kept>
        \b(?:bearer|basic|key|bot)\s+(?=[\w+/=.:~-]{12})                    # Authorization: Bearer ...
      | \b(?:authorization|[\w-]*api[-_]?key|x-key|[\w-]*token|[\w-]*secret|password)
        ['"]?\s*[:=]\s*['"]?(?:(?:bearer|basic|key|bot)\s+)?                    # api-key: ...
      | [?&](?:key|sig|signature|token|api[-_]key|x-amz-[\w-]+)=           # ?key=...
      | ://                                                                # ://user:password@
        (?=[^/\s@]+@)
    )
    (?P<secret>[^\s'",;&@/()\[\]]+)
    """
)

KEYS_IN_TEXT = re.compile(
    r"\b(?:(?:sk|pk|xox[abposr]|xapp|ghp|r8|fal|hf)[-_]|AIza)[A-Za-z0-9_-]{12,}"
)
"""Keys that betray themselves by their first letters, wherever they stand."""


def redacted(text: str) -> str:
    """The text with everything that looks like a key, token or password struck out."""
    struck = SECRETS_IN_TEXT.sub(lambda found: f"{found['kept']}{STRUCK}", text)
    return KEYS_IN_TEXT.sub(STRUCK, struck)


def safe_url(url: str | httpx.URL) -> str:
    """The URL without user name, query and fragment: where, never with which signature."""
    return str(httpx.URL(url).copy_with(userinfo=b"", query=None, fragment=None))


def safe_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers for a log: only the harmless ones keep their value."""
    return {
        name: value if name.lower() in OPEN_HEADERS else STRUCK for name, value in headers.items()
    }


class RedactingFilter(logging.Filter):
    """Strikes secrets out of records before any handler sees them."""

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = redacted(record.getMessage())
        record.args = ()
        return True


REDACTING = RedactingFilter()

HTTP_LOGGERS = (
    "httpx",
    "httpcore.connection",
    "httpcore.http11",
    "httpcore.http2",
    "httpcore.proxy",
)
"""Loggers that write URLs or headers. A filter of a parent logger is not asked for its children: each is named."""


def redact_http_logs() -> None:
    """Puts the filter on the HTTP libraries' loggers; doing it twice does nothing more."""
    for name in HTTP_LOGGERS:
        logging.getLogger(name).addFilter(REDACTING)
