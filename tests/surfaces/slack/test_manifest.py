import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft7Validator

from bot.cli.slack import manifest_text
from bot.commands.words import REGISTRY
from bot.domain.guide import Guide
from bot.domain.identity import Role
from bot.surfaces.slack.manifest import SCOPES, manifest
from bot.surfaces.slack.yaml_text import to_yaml
from tests.surfaces.slack.judges import SPECS

ROOT = Path(__file__).parents[3]


def test_the_manifest_in_deploy_is_the_one_the_code_makes():
    assert (ROOT / "deploy/slack-manifest.yaml").read_text() == manifest_text()


@pytest.mark.parametrize("url", [None, "https://bot.example"])
def test_the_manifest_is_what_slack_describes(url):
    schema = SPECS / "slack-manifest.schema.json"
    if not schema.exists():
        pytest.skip("Slack's published types are not here")

    problems = Draft7Validator(json.loads(schema.read_text())).iter_errors(
        manifest(REGISTRY.guides, public_url=url)
    )

    assert [one.message for one in problems] == []


def test_a_word_added_to_the_registry_stands_in_the_manifest():
    guides = (*REGISTRY.guides, Guide(name="dance", summary="Dances", role=Role.MEMBER))

    commands = manifest(guides)["features"]["slash_commands"]

    assert "dance" in commands[1]["usage_hint"]


def test_the_yaml_reads_back_as_it_was():
    made = manifest(REGISTRY.guides, public_url="https://bot.example")

    assert yaml.safe_load(to_yaml(made)) == made


def test_scopes_are_named_with_their_reasons_and_none_lets_it_act_as_a_person():
    assert all(SCOPES.values())
    assert not {scope for scope in SCOPES if scope.startswith(("admin", "chat:write.customize"))}
