"""Installing into a workspace, from its page to the stored token."""

from urllib.parse import urlsplit

import aiohttp
import httpx
import pytest
from starlette.applications import Starlette

from bot.domain.identity import WorkspaceId
from bot.net.buckets import MemoryBuckets
from bot.store.opening import open_sqlite
from bot.store.slack_installations import SqlInstallations
from bot.surfaces.slack.api import SlackApi
from bot.surfaces.slack.limits import Pace
from bot.surfaces.slack.oauth import INSTALL_PATH, REDIRECT_PATH, Installing, OAuthClient
from bot.surfaces.slack.tenants import Tenants
from bot.wiring.fittings import SystemClock
from bot.wiring.token_cipher import TokenCipher
from tests.simulators.slack import administration
from tests.simulators.slack.server import running
from tests.simulators.slack.slack import Slack


@pytest.fixture
async def slack():
    async with running(Slack()) as simulator:
        yield simulator


@pytest.fixture
async def store(tmp_path):
    opened = await open_sqlite(tmp_path / "impasto.db", clock=SystemClock())
    yield opened
    await opened.aclose()


@pytest.fixture
async def tenants(store):
    return Tenants(installations=SqlInstallations(store.executor, TokenCipher("a secret")))


@pytest.fixture
async def site(slack, tenants):
    async with aiohttp.ClientSession() as session:
        installing = Installing(
            client=OAuthClient(
                client_id=slack.app.client_id,
                client_secret=slack.app.client_secret,
                state_secret="a secret",
                public_url="https://bot.example",
                scopes=("chat:write", "commands"),
            ),
            api=SlackApi(
                base_url=slack.api_url,
                session=session,
                tokens=tenants,
                pace=Pace(MemoryBuckets()),
            ),
            tenants=tenants,
        )
        transport = httpx.ASGITransport(Starlette(routes=installing.routes()))
        async with httpx.AsyncClient(transport=transport, base_url="https://bot.example") as client:
            yield client


async def test_a_workspace_installs_and_its_token_is_used(slack, site, tenants):
    team = slack.add_workspace("other", people=("eve",))
    page = await site.get(INSTALL_PATH)
    back = administration.allow(slack, page.headers["location"], team)

    done = await site.get(f"{REDIRECT_PATH}?{urlsplit(back).query}")

    assert done.status_code == 200
    assert await tenants.token(team.id) == slack.token_of(team)


async def test_the_token_lies_encrypted(slack, site, tenants, store, tmp_path):
    team = slack.add_workspace("other", people=("eve",))
    page = await site.get(INSTALL_PATH)
    back = administration.allow(slack, page.headers["location"], team)
    await site.get(f"{REDIRECT_PATH}?{urlsplit(back).query}")
    token = slack.token_of(team)
    assert await tenants.token(team.id) == token

    lying = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())

    assert token.encode() not in lying
    other_key = SqlInstallations(store.executor, TokenCipher("another secret"))
    assert await other_key.find(WorkspaceId(f"slack:{team.id}")) is None


async def test_an_installation_that_another_browser_began_is_refused(slack, site, tenants):
    team = slack.add_workspace("other", people=("eve",))
    page = await site.get(INSTALL_PATH)
    back = administration.allow(slack, page.headers["location"], team)
    site.cookies.clear()

    answer = await site.get(f"{REDIRECT_PATH}?{urlsplit(back).query}")

    assert answer.status_code == 400
    assert await tenants.token(team.id) is None


async def test_a_code_that_slack_refuses_installs_nothing(slack, site):
    page = await site.get(INSTALL_PATH)
    state = dict(httpx.URL(page.headers["location"]).params)["state"]

    answer = await site.get(REDIRECT_PATH, params={"code": "made up", "state": state})

    assert answer.status_code == 502


async def test_who_declines_is_told_that_nothing_was_installed(site):
    page = await site.get(INSTALL_PATH)
    state = dict(httpx.URL(page.headers["location"]).params)["state"]

    answer = await site.get(REDIRECT_PATH, params={"error": "access_denied", "state": state})

    assert "Nothing was installed" in answer.text
