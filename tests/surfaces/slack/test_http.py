"""What may not pass is a plain no, never a traceback."""

import hashlib
import hmac
import time

import httpx
import pytest
from slack_bolt import BoltResponse
from starlette.applications import Starlette

from bot.surfaces.slack.http import MAX_BODY_BYTES, PATH, events_route

SECRET = "a signing secret"


class Recorder:
    """Stands where Bolt does, and keeps what reached it."""

    def __init__(self):
        self.bodies = []

    async def async_dispatch(self, request):
        self.bodies.append(request.raw_body)
        return BoltResponse(status=200, body="ok")


@pytest.fixture
def bolt():
    return Recorder()


@pytest.fixture
async def client(bolt):
    app = Starlette(routes=[events_route(bolt, signing_secret=SECRET)])
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="https://bot.example"
    ) as site:
        yield site


def signed(body: bytes, *, secret: str = SECRET, timestamp: str | None = None) -> dict[str, str]:
    at = timestamp or str(int(time.time()))
    base = b"v0:" + at.encode() + b":" + body
    mac = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {"x-slack-request-timestamp": at, "x-slack-signature": f"v0={mac}"}


async def test_what_slack_signed_reaches_bolt(client, bolt):
    body = b"command=%2Fimagine&text=a+fox"

    answer = await client.post(PATH, content=body, headers=signed(body))

    assert answer.status_code == 200
    assert bolt.bodies == [body.decode()]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        signed(b"x", secret="another secret"),
        signed(b"y"),
        signed(b"x", timestamp=str(int(time.time()) - 4_000)),
        signed(b"x", timestamp=str(int(time.time()) + 4_000)),
        {**signed(b"x"), "x-slack-request-timestamp": "soon"},
        {**signed(b"x"), "x-slack-request-timestamp": "9" * 40},
        {**signed(b"x"), "x-slack-request-timestamp": "1e3"},
        {**signed(b"x"), "x-slack-signature": "v0="},
    ],
)
async def test_what_slack_did_not_sign_just_now_is_refused(client, bolt, headers):
    answer = await client.post(PATH, content=b"x", headers=headers)

    assert answer.status_code == 401
    assert bolt.bodies == []


async def test_a_body_that_is_no_text_is_refused(client, bolt):
    body = b"\xff\xfe"

    assert (await client.post(PATH, content=body, headers=signed(body))).status_code == 401
    assert bolt.bodies == []


async def test_a_body_that_is_too_large_is_refused(client, bolt):
    body = b"x" * (MAX_BODY_BYTES + 1)

    assert (await client.post(PATH, content=body, headers=signed(body))).status_code == 413
    assert bolt.bodies == []
