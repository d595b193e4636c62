"""`impasto models` and `impasto doctor`: what would paint, told without paying anybody."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from bot.cli.doctor import findings_of, well
from bot.config import BadSettings, load_settings
from bot.wiring.inspection import ProviderReport, inspect
from providers import Capabilities, DataTerms, Model, Operation, Price
from tests.simulators.providers import openai

SKETCH = {"name": "sketch", "kind": "sketch"}
DEAD = {
    "name": "dead",
    "kind": "openai",
    "base_url": "http://127.0.0.1:1/v1",
    "models": ["own"],
    "options": {"dialect": "extended"},
}


class Now:
    def now(self) -> datetime:
        return datetime(2026, 11, 25, tzinfo=UTC)


async def reports_of(*tables: dict, **rules: object) -> tuple[ProviderReport, ...]:
    settings = load_settings({"IMPASTO_CONFIG": ""}, providers=tables, rules=rules)
    return await inspect(settings, clock=Now())


async def test_a_provider_that_answers_is_well_and_one_that_does_not_is_named():
    sketch, dead = await reports_of(SKETCH, DEAD)

    assert sketch.usable
    assert sketch.models[0].price_microusd == 0
    assert not dead.usable
    assert "127.0.0.1:1" in dead.fault
    assert not well((sketch, dead))


async def test_a_missing_key_is_a_finding_and_hides_nobody_else():
    keyless, sketch = await reports_of({**DEAD, "api_key_env": "NO_SUCH_KEY"}, SKETCH)

    assert "NO_SUCH_KEY" in next(findings_of(keyless))
    assert sketch.usable


async def test_a_model_whose_terms_do_not_fit_the_rules_is_listed_as_not_allowed():
    simulator = openai.OpenAISimulator(extended=True)
    async with openai.running(simulator) as base_url:
        [own] = await reports_of({**DEAD, "base_url": base_url}, training=False)

    assert own.reachable
    assert [model.allowed for model in own.models] == [False]
    assert not own.usable
    assert "not allowed" in " ".join(findings_of(own))
    assert simulator.bill.entries == []


async def test_a_model_that_ends_soon_is_told_with_its_successor(monkeypatch):
    ends = Now().now().date() + timedelta(days=6)
    able = Capabilities(
        operations=frozenset({Operation.TEXT_TO_IMAGE}),
        shutdown=ends,
        successor="next-1",
        price=Price(per_image_microusd=1, source="test", read_on=ends),
        data_terms=DataTerms(region="eu"),
    )

    class Dated:
        name = "dated"

        async def models(self) -> list[Model]:
            return [Model(id="old-1", capabilities=able)]

    monkeypatch.setattr("providers.registry.plugin", lambda kind: lambda config, shop: Dated())
    [dated] = await reports_of({"name": "dated", "kind": "dated"})

    assert [*findings_of(dated)] == [f"old-1 ends on {ends}, in 6 days; next-1 takes its place"]


@pytest.mark.parametrize(("word", "key"), [("models", "usable"), ("doctor", "findings")])
def test_scripts_get_one_object_and_an_exit_code(tmp_path, word, key):
    config = tmp_path / "impasto.toml"
    config.write_text('[[providers]]\nname = "sketch"\nkind = "sketch"\n')
    flags = ["--providers"] if word == "doctor" else []
    done = subprocess.run(
        [sys.executable, "-m", "bot", word, *flags, "--json"],
        capture_output=True,
        text=True,
        timeout=60,
        env={"IMPASTO_CONFIG": str(config), "IMPASTO_DATA_DIR": str(tmp_path / "data")},
        check=False,
    )

    assert done.returncode == 0, done.stderr
    [sketch] = json.loads(done.stdout)["providers"]
    assert key in sketch
    assert sketch["models"][0]["region"] == "this machine"
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("written", "amount", "per_s"), [("150/10s", 150, 10), ("60/min", 60, 60), ("2/h", 2, 3600)]
)
def test_a_rate_is_written_as_people_say_it(written, amount, per_s):
    settings = load_settings({"IMPASTO_CONFIG": ""}, providers=[{**SKETCH, "rate": written}])

    assert settings.providers[0].rate == (amount, per_s)


def test_a_share_is_written_in_percent():
    settings = load_settings({"IMPASTO_CONFIG": ""}, providers=[{**SKETCH, "canary": "5%"}])

    assert settings.providers[0].canary == 0.05


@pytest.mark.parametrize(
    "wrong", [{"rate": "fast"}, {"rate": "0/s"}, {"canary": "5"}, {"canary": "101%"}]
)
def test_a_wrong_rate_or_share_is_answered_with_a_right_one(wrong):
    with pytest.raises(BadSettings, match=next(iter(wrong))):
        load_settings({"IMPASTO_CONFIG": ""}, providers=[{**SKETCH, **wrong}])
