"""`impasto doctor` asks each vendor something free with its key, or says that it didn't and why."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.cli.doctor import findings_of, mark_of, well
from bot.config import load_settings
from bot.wiring.inspection import ProviderReport, inspect
from tests.simulators.providers import bfl, fal, gemini, openai, replicate, stability
from tests.simulators.providers.fault_cases import FAULT_CASES, FaultCase
from tests.simulators.providers.serving import serving

CASES = {case.name: case for case in FAULT_CASES}


def listing_openai() -> openai.OpenAISimulator:
    simulator = openai.OpenAISimulator()
    simulator.live = {"gpt-image-2": None}
    return simulator


CASES["openai"] = replace(CASES["openai"], simulator=listing_openai)
WRONG_KEYS = {
    "openai": openai.WRONG_KEY,
    "gemini": gemini.WRONG_KEY,
    "stability": stability.WRONG_KEY,
    "bfl": bfl.WRONG_KEY,
    "replicate": replicate.WRONG_KEY,
}
keyed = pytest.mark.parametrize("name", WRONG_KEYS)


class Now:
    def now(self) -> datetime:
        return datetime(2026, 11, 25, tzinfo=UTC)


class Deaf:
    """The vendor without one of its pages."""

    def __init__(self, app: Any, path: str) -> None:
        self.app, self.path = app, path

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"].endswith(self.path):
            scope = {**scope, "path": "/nothing/here", "raw_path": b"/nothing/here"}
        await self.app(scope, receive, send)


@asynccontextmanager
async def examined(case: FaultCase, *, key: str, without: str | None = None):
    """The report on a provider with that key, and its simulator."""
    simulator = case.simulator()
    app = simulator.app if without is None else Deaf(simulator.app, without)
    async with serving(app) as url:
        options = dict(case.table.get("options", {}))
        if case.name == "fal":
            options |= fal.options_at(url)
        table = {
            "name": case.name,
            "kind": {"azure": "openai"}.get(case.name, case.name),
            "base_url": url + case.base_path,
            "models": (case.request.model,),
            "options": options,
        }
        if key:
            table["api_key_env"] = "THE_KEY"
        settings = load_settings({"IMPASTO_CONFIG": "", "THE_KEY": key}, providers=[table])
        [report] = await inspect(settings, clock=Now(), asks_with_keys=True)
        yield report, simulator


async def report_on(name: str, *, key: str = "good-key", **more: Any) -> ProviderReport:
    async with examined(CASES[name], key=key, **more) as (report, simulator):
        assert simulator.bill.entries == []
        return report


@keyed
async def test_a_good_key_is_well_because_its_vendor_took_it(name):
    report = await report_on(name)

    assert mark_of(report) == "ok"
    assert (report.fault, report.not_asked) == (None, None)


@keyed
async def test_a_wrong_key_is_shown_as_a_wrong_key(name):
    report = await report_on(name, key=WRONG_KEYS[name])

    assert mark_of(report) == "BAD"
    assert "key is refused" in " ".join(findings_of(report))
    assert WRONG_KEYS[name] not in " ".join(findings_of(report))
    assert not well((report,))


@pytest.mark.parametrize("name", ["a1111", "comfyui"])
async def test_a_server_of_ones_own_is_well_because_it_answered(name):
    report = await report_on(name, key="")

    assert mark_of(report) == "ok"
    assert report.not_asked is None


@pytest.mark.parametrize("name", ["fal", "azure"])
async def test_a_vendor_with_no_free_question_is_not_called_well(name):
    report = await report_on(name)

    assert mark_of(report) == "?"
    assert next(findings_of(report)).startswith("not asked: ")
    assert well((report,)), "nothing is known against it"


@pytest.mark.parametrize(
    ("name", "page"),
    [("openai", "/models"), ("stability", "/balance"), ("bfl", "/credits")],
)
async def test_a_server_without_the_page_is_not_asked_rather_than_bad(name, page):
    report = await report_on(name, without=page)

    assert mark_of(report) == "?"
    assert page in report.not_asked


async def test_a_painter_of_the_house_needs_to_ask_nobody():
    settings = load_settings(
        {"IMPASTO_CONFIG": ""}, providers=[{"name": "sketch", "kind": "sketch"}]
    )
    [report] = await inspect(settings, clock=Now(), asks_with_keys=True)

    assert mark_of(report) == "ok"


async def test_a_kind_that_cannot_ask_says_so(monkeypatch):
    class Silent:
        name = "silent"

        async def models(self):
            return []

    monkeypatch.setattr("providers.registry.plugin", lambda kind: lambda config, shop: Silent())
    settings = load_settings(
        {"IMPASTO_CONFIG": ""}, providers=[{"name": "silent", "kind": "silent"}]
    )
    [report] = await inspect(settings, clock=Now(), asks_with_keys=True)

    assert report.not_asked
