"""Who may read `/metrics`: this machine, who has the token, or whoever the settings let."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from bot.config import BadSettings, load_settings
from bot.surfaces.web.metrics import Readers, metrics_route
from bot.wiring.house import open_house
from bot.wiring.part import Part
from tests.scenarios.metrics_port import Scraper, open_port_of

TOKEN = "a-token-for-prometheus"
ELSEWHERE = "192.0.2.7"


@asynccontextmanager
async def a_port(folder: Path, **environment: str) -> AsyncIterator[Scraper]:
    settings = load_settings(
        {"IMPASTO_DATA_DIR": str(folder), "IMPASTO_CONFIG": ""} | environment, moderators=[]
    )
    async with open_house(settings, work=True, part=Part.ALL) as house, open_port_of(house) as port:
        yield port


async def status(port: Scraper, **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return (await port.http.get("/metrics", headers=named)).status_code


async def test_a_program_on_this_machine_may_read(tmp_path):
    async with a_port(tmp_path) as port:
        answer = await port.http.get("/metrics")
        found = await port.scrape(accept="text/plain")

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert answer.headers["cache-control"] == "no-store"
    assert found.total("impasto_build_info", part="run") == 1
    assert found.total("process_resident_memory_bytes") > 0


async def test_behind_a_public_address_nobody_reads_without_the_token(tmp_path):
    """A proxy that adds nothing of its own looks like a program on this machine."""
    async with a_port(tmp_path, IMPASTO_PUBLIC_URL="https://pictures.example") as port:
        assert await status(port) == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "198.51.100.4"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1"},
        {"X-Real-IP": "127.0.0.1"},
        {"Via": "1.1 proxy"},
        {"Host": "rebound.example.com"},
        {"Host": "impasto.example.com:443"},
    ],
    ids=str,
)
async def test_who_comes_through_a_proxy_or_by_a_name_from_outside_may_not(tmp_path, headers):
    async with a_port(tmp_path, IMPASTO_PUBLIC_URL="https://impasto.example.com") as port:
        answer = await port.http.get("/metrics", headers=headers)

    assert answer.status_code == 403
    assert "METRICS_TOKEN" in answer.text
    assert "impasto_" not in answer.text


async def test_with_a_token_only_its_holders_may_also_from_here(tmp_path):
    async with a_port(tmp_path, METRICS_TOKEN=TOKEN) as port:
        bare = await port.http.get("/metrics")
        wrong = await status(port, Authorization=f"Bearer {TOKEN}x")
        basic = await status(port, Authorization=f"Basic {TOKEN}")
        odd = await port.http.get("/metrics", headers={"Authorization": "Bearer ÿ".encode()})
        right = await status(port, Authorization=f"Bearer {TOKEN}", Host="worker:8080")

    assert (bare.status_code, wrong, basic, odd.status_code, right) == (401, 401, 401, 401, 200)
    assert bare.headers["www-authenticate"] == "Bearer"
    assert TOKEN not in bare.text


async def test_the_token_may_come_from_a_file_and_is_kept_out_of_logs(tmp_path):
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    settings = load_settings({"METRICS_TOKEN_FILE": str(tmp_path / "token"), "IMPASTO_CONFIG": ""})

    assert settings.secret("METRICS_TOKEN") == TOKEN
    assert TOKEN in settings.secret_values
    assert TOKEN not in repr(settings)


async def test_it_can_be_opened_and_switched_off(tmp_path):
    proxied = {"X_Forwarded_For": "198.51.100.4", "Host": "worker:8080"}
    async with a_port(tmp_path / "open", IMPASTO_METRICS="open") as port:
        opened = await status(port, **proxied)
    async with a_port(tmp_path / "off", IMPASTO_METRICS="off") as port:
        off = await status(port)
    async with a_port(tmp_path / "both", IMPASTO_METRICS="open", METRICS_TOKEN=TOKEN) as port:
        both = await status(port)

    assert (opened, off, both) == (200, 404, 401)


def test_another_word_than_these_is_refused():
    with pytest.raises(BadSettings, match="metrics"):
        load_settings({"IMPASTO_METRICS": "everyone", "IMPASTO_CONFIG": ""})


async def test_it_is_only_ever_read(tmp_path):
    async with a_port(tmp_path) as port:
        assert (await port.http.post("/metrics")).status_code == 405


class Nothing:
    async def text(self, accept: str) -> tuple[bytes, str]:
        return b"", "text/plain"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (ELSEWHERE, 403),
        ("10.0.0.7", 403),
        ("::ffff:192.0.2.7", 403),
        ("127.0.0.1", 200),
        ("::1", 200),
        ("::ffff:127.0.0.1", 200),
    ],
)
async def test_another_machine_may_not(address, expected):
    site = Starlette(routes=[metrics_route(Nothing(), Readers())])
    transport = httpx.ASGITransport(site, client=(address, 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        answer = await http.get("/metrics")

    assert answer.status_code == expected


async def test_another_machine_with_the_token_may():
    site = Starlette(routes=[metrics_route(Nothing(), Readers(token=TOKEN))])
    transport = httpx.ASGITransport(site, client=(ELSEWHERE, 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://worker:8080") as http:
        answer = await http.get("/metrics", headers={"Authorization": f"bearer {TOKEN}"})

    assert answer.status_code == 200
