"""The compose file, as far as it can be checked without a container engine."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from bot.cli.app import app
from bot.config import load_settings

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
OURS = ("gateway", "worker", "web")


def filled(value: str) -> str:
    """With the defaults of what the shell may set."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)


def names_of(environment: dict[str, str]) -> set[str]:
    """Settings that differ from the defaults because of this environment."""
    default = load_settings({}).model_dump()
    given = load_settings(environment).model_dump()
    return {name for name, value in given.items() if value != default[name]}


def test_everything_that_is_needed_is_there() -> None:
    assert set(COMPOSE["services"]) == {*OURS, "postgres", "redis"}


@pytest.mark.parametrize("service", OURS)
def test_each_part_is_started_with_words_that_exist(service: str) -> None:
    command = COMPOSE["services"][service]["command"]

    result = CliRunner().invoke(app, [*command, "--help"])

    assert command[0] == service
    assert result.exit_code == 0


@pytest.mark.parametrize("service", OURS)
@pytest.mark.parametrize("name", COMPOSE["x-impasto"]["environment"])
def test_every_variable_is_one_that_settings_read(service: str, name: str) -> None:
    value = filled(COMPOSE["services"][service]["environment"][name])
    # The port is the default's: another shows that it is read.
    probe = "8099" if name == "IMPASTO_HTTP_PORT" else value

    assert names_of({name: probe})


def test_all_parts_share_database_redis_and_folder() -> None:
    services = [COMPOSE["services"][name] for name in OURS]

    assert len({filled(str(one["environment"])) for one in services}) == 1
    assert len({str(one["volumes"]) for one in services}) == 1
    settings = load_settings({k: filled(v) for k, v in services[0]["environment"].items()})
    assert settings.postgres_url is not None
    assert settings.redis_url is not None


def test_every_volume_and_dependency_is_declared() -> None:
    used = {
        volume.split(":")[0]
        for service in COMPOSE["services"].values()
        for volume in service.get("volumes", ())
    }
    needed = {
        name for service in COMPOSE["services"].values() for name in service.get("depends_on", ())
    }

    assert used == set(COMPOSE["volumes"])
    assert needed <= set(COMPOSE["services"])


def test_a_stop_leaves_time_to_drain() -> None:
    for name in OURS:
        assert int(COMPOSE["services"][name]["stop_grace_period"].removesuffix("s")) > 30


def test_every_name_of_the_example_is_one_that_is_read() -> None:
    text = (DEPLOY / "impasto.env.example").read_text()
    names = re.findall(r"^# ([A-Z_]+)=", text, re.MULTILINE)

    for name in names:
        value = {"IMPASTO_ADMINS": "slack:T1:U1"}.get(name, "https://example.com")
        assert names_of({name: value}), name
