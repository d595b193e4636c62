"""Installing: the page where a person agrees, the code, the tokens; and how they end.

Source: docs.slack.dev, installing with OAuth, oauth.v2.access, token rotation, read 2026-05.
"""

from __future__ import annotations

import base64
import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from aiohttp import web

from tests.simulators.slack.app import ROTATED_TOKEN_LIFE_S, Token
from tests.simulators.slack.refusal import Refused
from tests.simulators.slack.web_api import Call, method

if TYPE_CHECKING:
    from tests.simulators.slack.slack import Slack

Json = dict[str, Any]

CODE_LIFE_S = 600.0
"""Source: docs.slack.dev: a code must be exchanged within ten minutes."""


async def authorize_page(slack: Slack, request: web.Request) -> web.Response:
    """What a browser sees: one link that agrees, one that cancels; each leads to the redirect_uri."""
    query = request.query
    if query.get("client_id") != slack.app.client_id:
        return web.Response(status=400, text="invalid client_id")
    redirect = query.get("redirect_uri") or next(iter(slack.app.redirect_urls), "")
    if slack.app.redirect_urls and redirect not in slack.app.redirect_urls:
        return web.Response(status=400, text="redirect_uri did not match any configured URIs")
    team = query.get("team") or slack.workspace.id
    links = "".join(
        f'<p><a id="{word}" href="{target}">{word}</a></p>'
        for word, target in (
            (
                "allow",
                agreed(slack, team, redirect, query.get("state", ""), query.get("scope", "")),
            ),
            (
                "cancel",
                f"{redirect}?{urlencode({'error': 'access_denied', 'state': query.get('state', '')})}",
            ),
        )
    )
    return web.Response(
        text=f"<!DOCTYPE html><html><body>{links}</body></html>", content_type="text/html"
    )


def agreed(slack: Slack, team: str, redirect: str, state: str, scope: str) -> str:
    """The address a person's browser goes to after Allow, with a fresh code."""
    code = secrets.token_hex(12)
    slack.oauth_codes[code] = {
        "team": team,
        "redirect_uri": redirect,
        "scopes": frozenset(one for one in scope.split(",") if one) or slack.app.scopes,
        "until": slack.clock.now() + CODE_LIFE_S,
    }
    return f"{redirect}?{urlencode({'code': code, 'state': state})}"


@method("oauth.v2.access", kind="none")
async def access(call: Call) -> Json:
    """A code, or a refresh token, each once, against tokens."""
    _client(call)
    if call.text("grant_type") == "refresh_token":
        return _refreshed(call)
    found = call.slack.oauth_codes.pop(call.text("code"), None)
    if found is None or found["until"] < call.slack.clock.now():
        raise Refused("invalid_code")
    if call.text("redirect_uri") and call.text("redirect_uri") != found["redirect_uri"]:
        raise Refused("bad_redirect_uri")
    workspace = call.slack.workspaces[found["team"]]
    return _issued(call, call.slack.install(workspace, scopes=found["scopes"]))


def _client(call: Call) -> None:
    header = call.request.headers.get("Authorization", "")
    if header.startswith("Basic "):
        client, _, secret = base64.b64decode(header[6:]).decode().partition(":")
    else:
        client, secret = call.text("client_id"), call.text("client_secret")
    if client != call.slack.app.client_id:
        raise Refused("invalid_client_id")
    if secret != call.slack.app.client_secret:
        raise Refused("bad_client_secret")


def _refreshed(call: Call) -> Json:
    """A refresh token works once; two processes that race for it lose one."""
    given = call.needed("refresh_token", "invalid_refresh_token")
    old = next((t for t in call.slack.tokens.values() if t.refresh_token == given), None)
    if old is None:
        raise Refused("invalid_refresh_token")
    old.refresh_token = ""
    return _issued(call, call.slack.install(call.slack.workspaces[old.team], scopes=old.scopes))


def _issued(call: Call, token: Token) -> Json:
    workspace = call.slack.workspaces[token.team]
    rotated: Json = {}
    if call.slack.app.token_rotation:
        token.expires_at = call.slack.clock.now() + ROTATED_TOKEN_LIFE_S
        token.refresh_token = f"xoxe-1-{secrets.token_hex(8)}"
        rotated = {"refresh_token": token.refresh_token, "expires_in": ROTATED_TOKEN_LIFE_S}
    installer = next(user for user in workspace.users.values() if not user.is_bot)
    return {
        "app_id": call.slack.app.id,
        "authed_user": {"id": installer.id},
        "scope": ",".join(sorted(token.scopes)),
        "token_type": "bot",
        "access_token": token.value,
        "bot_user_id": workspace.bot.id,
        "team": {"id": workspace.id, "name": workspace.domain},
        "enterprise": None,
        "is_enterprise_install": False,
        **rotated,
    }


@method("auth.revoke")
async def revoke(call: Call) -> Json:
    if not call.flag("test"):
        call.token.revoked = "token_revoked"
    return {"revoked": not call.flag("test")}
