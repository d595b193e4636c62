"""Who may ask what from where, and what every answer carries."""

import httpx
import pytest

from bot.surfaces.web.security import Guard
from tests.browser.stage.stage import Stage

ROUTES = (
    "/",
    "/?channel=design",
    "/livez",
    "/readyz",
    "/i/nothing",
    "/static/x/js/main.js",
    "/api/messages?channel=general&ids=1",
    "/nowhere",
)


async def fetch(stage, method, url, **headers):
    async with httpx.AsyncClient(transport=httpx.ASGITransport(stage.site.app)) as client:
        return await client.request(method, url, headers=headers)


@pytest.mark.parametrize("path", ROUTES)
async def test_every_answer_forbids_inline_code_framing_and_guessing(stage, path):
    answer = await fetch(stage, "GET", f"http://localhost{path}")

    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


async def test_even_a_fault_carries_the_headers_and_tells_only_a_number(stage):
    async def broken(*args, **options):
        raise RuntimeError("the secret of the house")

    stage.channel.messages = broken

    transport = httpx.ASGITransport(stage.site.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport) as client:
        answer = await client.get("http://localhost/")

    assert answer.status_code == 500
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "number" in answer.json()["error"]
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://localhost"}, 200),
        ({"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "https://localhost"}, 403),
        ({"Origin": "http://localhost:9"}, 403),
        ({"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "http://localhost", "Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
    ],
)
async def test_only_the_page_itself_may_change_things(stage, headers, status):
    async with httpx.AsyncClient(transport=httpx.ASGITransport(stage.site.app)) as client:
        answer = await client.post("http://localhost/api/be", json={"user": "ben"}, headers=headers)

    assert answer.status_code == status


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8000", 200),
        ("127.0.0.1:8000", 200),
        ("[::1]:8000", 200),
        ("192.168.1.20:8000", 200),
        ("demo.localhost", 200),
        ("rebound.example", 421),
        ("localhost.evil.example", 421),
        ("127.0.0.1.nip.example", 421),
        ("", 421),
        ("[::1", 421),
    ],
)
async def test_names_of_others_that_lead_here_are_not_answered(stage, host, status):
    answer = await fetch(stage, "GET", "http://localhost/livez", Host=host)

    assert answer.status_code == status


async def test_the_public_address_is_answered_by_its_name():
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    guard = Guard(app, public_url="https://paint.example/")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(guard)) as client:
        seen = await client.get("http://paint.example/")
        posted = await client.post(
            "http://paint.example/", headers={"Origin": "https://paint.example"}
        )

    assert (seen.status_code, posted.status_code) == (200, 200)


async def test_the_session_is_kept_from_scripts_and_other_sites(stage):
    answer = await fetch(stage, "GET", "http://localhost/")

    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("impasto=")
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


async def test_a_forged_session_is_nobody_special(stage):
    answer = await fetch(stage, "GET", "http://localhost/", Cookie="impasto=ImlkYSI.forged.sig")

    assert 'data-me="ana"' in answer.text


async def test_a_session_of_another_house_is_nobody_special(stage):
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(stage.site.app), headers={"Origin": "http://localhost"}
    ) as client:
        await client.post("http://localhost/api/be", json={"user": "ida"})
        cookie = client.cookies["impasto"]
    other = Stage(side_px=96)
    other.site = other.site_with(secret="another secret")

    answer = await fetch(other, "GET", "http://localhost/", Cookie=f"impasto={cookie}")

    assert 'data-me="ana"' in answer.text


PAGE = {"Accept": "text/html,application/xhtml+xml"}


@pytest.mark.parametrize(
    ("path", "headline"),
    [("/nowhere", "There is nothing here"), ("/i/nothing", "This picture is no longer here")],
)
async def test_a_person_who_lost_the_way_sees_a_page_and_a_program_does_not(stage, path, headline):
    page = await fetch(stage, "GET", f"http://localhost{path}", **PAGE)
    plain = await fetch(stage, "GET", f"http://localhost{path}")

    assert page.status_code == plain.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    assert f"<h1>{headline}</h1>" in page.text
    assert "<style" not in page.text
    assert "html" not in plain.headers["content-type"]
    assert page.headers["cache-control"] == "no-store"


async def test_a_house_without_a_playground_shows_no_page_of_it(stage):
    app = stage.site_with(playground=None).app
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
        answer = await client.get("http://localhost/i/nothing", headers=PAGE)

    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/plain")
