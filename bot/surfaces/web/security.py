"""What every answer carries and every request must pass: headers, the host's name, the origin of what changes things."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Guard:
    """ASGI middleware around everything.

    A page elsewhere can point a name of its own at this machine (DNS rebinding) and would then be "same origin": so
    only names that are known to be ours are answered.
    """

    def __init__(self, app: ASGIApp, *, public_url: str | None) -> None:
        self._app = app
        self._public = urlsplit(public_url) if public_url else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers itself what may not pass."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refusal = self._refusal(scope["method"], Headers(scope=scope), scope["scheme"])
        await (refusal or self._app)(scope, receive, send_with_headers)

    def _refusal(self, method: str, headers: Headers, scheme: str) -> Response | None:
        host = headers.get("host", "")
        if not self._is_ours(host):
            return PlainTextResponse(
                "This site doesn't answer to that name. Set IMPASTO_PUBLIC_URL to the address people use.\n",
                status_code=421,
            )
        if method not in _SAFE_METHODS and not self._from_here(headers, f"{scheme}://{host}"):
            return PlainTextResponse("This must come from the page itself.\n", status_code=403)
        return None

    def _is_ours(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        if name == "localhost" or name.endswith(".localhost"):
            return True
        if self._public is not None and name == self._public.hostname:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True

    def _from_here(self, headers: Headers, own: str) -> bool:
        if headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return False
        origin = headers.get("origin")
        if origin is None:
            return "sec-fetch-site" in headers
        public = f"{self._public.scheme}://{self._public.netloc}" if self._public else own
        return origin in {own, public}
