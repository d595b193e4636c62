"""Installing into a workspace, tokens that rotate, and a second workspace."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth import AuthorizeUrlGenerator
from slack_sdk.web.async_client import AsyncWebClient

from tests.simulators.slack import administration
from tests.simulators.slack.app import App

pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
"""slack_sdk 3.48 sends the client's secret with aiohttp's BasicAuth, which aiohttp 3.14 deprecates."""

REDIRECT = "http://127.0.0.1:1/slack/oauth_redirect"


async def error_of(call) -> str:
    with pytest.raises(SlackApiError) as no:
        await call
    return no.value.response["error"]


def code_for(slack, workspace) -> str:
    url = AuthorizeUrlGenerator(
        client_id=slack.app.client_id,
        scopes=["commands", "chat:write"],
        redirect_uri=REDIRECT,
        authorization_url=f"{slack.base_url}/oauth/v2/authorize",
    ).generate("state-1")
    back = urlsplit(administration.allow(slack, url, workspace))
    query = parse_qs(back.query)
    assert query["state"] == ["state-1"]
    return query["code"][0]


@pytest.fixture
def registrar(slack, session) -> AsyncWebClient:
    return AsyncWebClient(base_url=slack.api_url, session=session)


def exchange(slack, registrar, **more):
    secrets = {"client_id": slack.app.client_id, "client_secret": slack.app.client_secret}
    return registrar.oauth_v2_access(**{**secrets, **more})


async def test_a_second_workspace_is_installed_and_kept_apart(slack, session, registrar):
    other = slack.add_workspace("globex", people=("zoe",))

    given = await exchange(slack, registrar, code=code_for(slack, other), redirect_uri=REDIRECT)
    theirs = AsyncWebClient(token=given["access_token"], base_url=slack.api_url, session=session)

    assert given["team"]["id"] == other.id
    assert given["scope"] == "chat:write,commands"
    assert (await theirs.auth_test())["user_id"] == other.bot.id
    ours = theirs.chat_postMessage(channel=slack.room().id, text="x")
    assert await error_of(ours) == "channel_not_found"


async def test_a_code_works_once_and_for_the_right_client(slack, registrar):
    code = code_for(slack, slack.workspace)
    wrong = exchange(slack, registrar, code=code, client_secret="x", redirect_uri=REDIRECT)

    assert await error_of(wrong) == "bad_client_secret"
    await exchange(slack, registrar, code=code, redirect_uri=REDIRECT)
    again = exchange(slack, registrar, code=code, redirect_uri=REDIRECT)
    assert await error_of(again) == "invalid_code"


async def test_a_rotated_token_expires_and_its_refresh_token_works_once(slack, session, registrar):
    slack.app.token_rotation = True
    first = await exchange(
        slack, registrar, code=code_for(slack, slack.workspace), redirect_uri=REDIRECT
    )
    client = AsyncWebClient(token=first["access_token"], base_url=slack.api_url, session=session)
    refresh = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}

    slack.clock.advance(first["expires_in"])
    expired = await error_of(client.auth_test())
    second = await exchange(slack, registrar, **refresh)
    client.token = second["access_token"]

    assert expired == "token_expired"
    assert (await client.auth_test())["ok"]
    assert await error_of(exchange(slack, registrar, **refresh)) == "invalid_refresh_token"


async def test_the_page_offers_to_allow_and_to_cancel(slack, session):
    query = {"client_id": slack.app.client_id, "redirect_uri": REDIRECT, "state": "s"}
    async with session.get(f"{slack.base_url}/oauth/v2/authorize", params=query) as answer:
        page = await answer.text()
    slack.app.redirect_urls = ("https://bot.example/oauth",)
    async with session.get(f"{slack.base_url}/oauth/v2/authorize", params=query) as refused:
        status = refused.status

    assert 'id="allow"' in page
    assert "access_denied" in page
    assert status == 400


def test_an_app_has_what_its_manifest_says_and_no_more():
    app = App.from_manifest(
        {
            "features": {
                "app_home": {"home_tab_enabled": True},
                "slash_commands": [{"command": "/imagine", "should_escape": True}],
                "shortcuts": [
                    {"type": "global", "callback_id": "imagine"},
                    {"type": "message", "callback_id": "reimagine"},
                ],
            },
            "oauth_config": {"scopes": {"bot": ["commands"]}},
            "settings": {"event_subscriptions": {"bot_events": ["app_mention"]}},
        },
        socket_mode=True,
    )

    assert app.commands == {"/imagine": True}
    assert (app.global_shortcuts, app.message_shortcuts) == ({"imagine"}, {"reimagine"})
    assert (app.scopes, app.events) == ({"commands"}, {"app_mention"})
    assert (app.home_tab, app.messages_tab, app.socket_mode) == (True, False, True)
