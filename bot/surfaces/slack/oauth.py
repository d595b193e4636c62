"""Installing into many workspaces: a page that leads to Slack, and the page Slack leads back to.

Source: docs.slack.dev, installing with OAuth, read 2026-11: a code lives ten minutes and works once.
"""

from __future__ import annotations

import hmac
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urljoin

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.ports import Installation
from bot.surfaces.slack.api import SlackApi
from bot.surfaces.slack.faults import SlackFault
from bot.surfaces.slack.tenants import Tenants, workspace_id

log = logging.getLogger("impasto.slack")

INSTALL_PATH = "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"
STATE_LIFE_S = 600
_COOKIE = "__Host-impasto-install"
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthClient:
    """The app at Slack, and where people reach this site. `state_secret` signs what must come back unchanged."""

    client_id: str
    client_secret: str = field(repr=False)
    state_secret: str = field(repr=False)
    public_url: str
    scopes: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class Installing:
    """The two pages."""

    client: OAuthClient
    api: SlackApi
    tenants: Tenants

    def routes(self) -> list[BaseRoute]:
        """Both pages."""
        return [
            Route(INSTALL_PATH, self._install, methods=["GET"]),
            Route(REDIRECT_PATH, self._redirected, methods=["GET"]),
        ]

    async def _install(self, _request: Request) -> Response:
        """Leads to Slack. The state is in the address and in a cookie: nobody can finish another's installation."""
        nonce = secrets.token_urlsafe(24)
        query = {
            "client_id": self.client.client_id,
            "scope": ",".join(self.client.scopes),
            "redirect_uri": self._redirect_uri,
            "state": self._signer.dumps(nonce),
        }
        page = urljoin(self.api.base_url, "/oauth/v2/authorize")
        response = RedirectResponse(f"{page}?{urlencode(query)}", status_code=302)
        response.set_cookie(
            _COOKIE,
            nonce,
            max_age=STATE_LIFE_S,
            httponly=True,
            secure=True,
            samesite="lax",
            path="/",
        )
        return _guarded(response)

    async def _redirected(self, request: Request) -> Response:
        """Slack's answer: the code becomes a token, the token an installation."""
        query = request.query_params
        if not self._is_ours(query.get("state", ""), request.cookies.get(_COOKIE, "")):
            return _page("This installation began elsewhere or too long ago. Start it again.", 400)
        if query.get("error"):
            return _page("Nothing was installed.", 200)
        try:
            installation = await self._exchange(query.get("code", ""))
        except SlackFault as fault:
            log.warning("an installation failed: %s", fault)
            return _page("Slack didn't complete the installation. Start it again.", 502)
        await self.tenants.installed(installation)
        log.info("installed into %s", installation.workspace)
        response = _page("Impasto is installed. Type /imagine in any channel.", 200)
        response.delete_cookie(_COOKIE, path="/", secure=True, httponly=True, samesite="lax")
        return response

    async def _exchange(self, code: str) -> Installation:
        answer = await self.api.ask_as(
            self.api.client(None),
            "oauth.v2.access",
            client_id=self.client.client_id,
            client_secret=self.client.client_secret,
            code=code,
            redirect_uri=self._redirect_uri,
        )
        team: Mapping[str, str] = answer.get("team") or {}
        return Installation(
            workspace=workspace_id(str(team["id"])),
            token=str(answer["access_token"]),
            bot_user=str(answer["bot_user_id"]),
            name=str(team.get("name") or ""),
            scopes=str(answer.get("scope") or ""),
        )

    def _is_ours(self, state: str, cookie: str) -> bool:
        try:
            nonce = self._signer.loads(state, max_age=STATE_LIFE_S)
        except BadSignature:
            return False
        return isinstance(nonce, str) and hmac.compare_digest(nonce.encode(), cookie.encode())

    @property
    def _redirect_uri(self) -> str:
        return f"{self.client.public_url}{REDIRECT_PATH}"

    @property
    def _signer(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self.client.state_secret, salt="slack-install")


def _page(text: str, status_code: int) -> Response:
    return _guarded(PlainTextResponse(f"{text}\n", status_code=status_code))


def _guarded(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers[name] = value
    return response
