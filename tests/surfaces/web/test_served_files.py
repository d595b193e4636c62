"""Pictures, scripts and health: what is served besides the page."""

import asyncio
import re

import httpx
import pytest

from bot.surfaces.web import health
from bot.surfaces.web.assets import STATIC, Assets
from bot.surfaces.web.pages import TEMPLATES
from bot.surfaces.web.pictures import picture_type
from tests.browser.stage import paint

SMALL = paint.picture(1, width_px=16, height_px=16)


async def fetch(site, path):
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(site.app), base_url="http://localhost"
    ) as client:
        return await client.get(path)


def path_of(stage, key):
    return f"/i/{stage.parts.links.link('web:playground', key)}"


@pytest.mark.parametrize(
    ("kind", "mime"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")]
)
async def test_a_picture_is_served_as_what_its_bytes_are(stage, kind, mime):
    data = paint.encoded(SMALL, kind)
    key = await stage.blobs.put(data)

    answer = await fetch(stage.site, path_of(stage, key))

    assert answer.content == data
    assert answer.headers["content-type"] == mime
    assert answer.headers["cache-control"] == "private, max-age=86400, immutable"
    assert "content-disposition" not in answer.headers


async def test_a_download_has_a_name(stage):
    key = await stage.blobs.put(paint.encoded(SMALL))

    answer = await fetch(stage.site, path_of(stage, key) + "?download=impasto-12-a-red-fox")

    assert answer.headers["content-disposition"] == (
        'attachment; filename="impasto-12-a-red-fox.png"'
    )


@pytest.mark.parametrize(
    "wished", ["1", "", "evil", "impasto-%22;x", "impasto-..%2Fx", "impasto-" + "a" * 999 + "%0a"]
)
async def test_a_name_that_is_none_of_ours_is_not_taken(stage, wished):
    key = await stage.blobs.put(paint.encoded(SMALL))

    answer = await fetch(stage.site, path_of(stage, key) + f"?download={wished}")

    assert answer.headers["content-disposition"] == (
        f'attachment; filename="impasto-{key[:12]}.png"'
    )


@pytest.mark.parametrize(
    "data",
    [b"<svg onload=alert(1)>", b"<html>", b"GIF89a", b"", b"RIFF1234WAVE", b"%PDF-1.7"],
)
async def test_nothing_but_a_picture_is_ever_served_as_one(stage, data):
    key = await stage.blobs.put(data)

    answer = await fetch(stage.site, path_of(stage, key))

    assert picture_type(data) is None
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize("token", ["x", "web.playground~" + "0" * 64, "..%2F..%2Fetc"])
async def test_bad_and_dangling_links_are_all_the_same(stage, token):
    answer = await fetch(stage.site, f"/i/{token}")

    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-store"


def test_scripts_import_only_what_is_there():
    for script in (STATIC / "js").glob("*.js"):
        for name in re.findall(r'from "\./([^"]+)"', script.read_text()):
            assert (STATIC / "js" / name).exists(), f"{script.name} imports {name}"


def test_no_file_of_the_page_leads_anywhere_else():
    ours = [*STATIC.rglob("*.*"), *TEMPLATES.glob("*.html")]

    for path in ours:
        text = path.read_text().replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://|//[a-z]+\.[a-z]", text), path.name


def test_no_template_holds_code_or_style_of_its_own():
    for path in TEMPLATES.glob("*.html"):
        text = path.read_text()
        assert not re.search(r"\son[a-z]+=|\sstyle=|<style|<script(?! type=\"module\" src)", text)


async def test_files_are_kept_for_good_under_their_version(stage):
    assets = Assets.read()

    current = await fetch(stage.site, assets.url("js/main.js"))
    stale = await fetch(stage.site, "/static/0ld/js/main.js")
    missing = await fetch(stage.site, assets.url("js/nothing.js"))
    outside = await fetch(stage.site, assets.url("%2e%2e/app.py"))

    assert "immutable" in current.headers["cache-control"]
    assert current.headers["content-type"].startswith("text/javascript")
    assert stale.headers["cache-control"] == "no-cache"
    assert (missing.status_code, outside.status_code) == (404, 404)


def test_the_version_follows_any_file(tmp_path):
    (tmp_path / "a.css").write_text("a{}")
    before = Assets.read(tmp_path).version
    (tmp_path / "a.css").write_text("b{}")

    assert Assets.read(tmp_path).version != before


async def test_liveness_asks_nobody_and_readiness_asks_everybody(stage, monkeypatch):
    monkeypatch.setattr(health, "CHECK_TIMEOUT_S", 0.02)

    async def fine():
        return None

    async def down():
        return "the database doesn't answer"

    async def silent():
        await asyncio.Event().wait()

    site = stage.site_with(checks={"disk": fine, "database": down, "queue": silent})

    alive, ready = await asyncio.gather(fetch(site, "/livez"), fetch(site, "/readyz"))

    assert alive.status_code == 200
    assert ready.status_code == 503
    assert ready.json() == {
        "ready": False,
        "checked": ["disk", "database", "queue"],
        "troubles": {
            "database": "the database doesn't answer",
            "queue": "no answer within 0.02 s",
        },
    }


async def test_all_well_is_ready(stage):
    answer = await fetch(stage.site, "/readyz")

    assert (answer.status_code, answer.json()["ready"]) == (200, True)


async def test_without_a_playground_there_is_none(stage):
    site = stage.site_with(playground=None)

    page, alive = await fetch(site, "/"), await fetch(site, "/livez")

    assert (page.status_code, alive.status_code) == (404, 200)
