"""Three judges of what we send: slack_sdk's models, Slack's own types as JSON Schema, and the simulator's rules."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from tests.simulators.slack.block_rules import (
    MAX_MESSAGE_BLOCKS,
    MAX_TEXT_OF_ALL_BLOCKS,
    check_blocks,
    text_length,
)
from tests.simulators.slack.shapes import Report
from tests.simulators.slack.view_rules import check_view

Json = dict[str, Any]
SPECS = Path(__file__).parents[4] / "shared" / "specs"
"""Published descriptions, where somebody has put them beside the project."""


def complaints_about_blocks(blocks: list[Json]) -> list[str]:
    """Everything that any judge has against these blocks of a message."""
    report = Report()
    check_blocks(blocks, report, at="/blocks", most=MAX_MESSAGE_BLOCKS)
    found = [*report.problems, *_schema("slack-message-blocks.schema.json", blocks)]
    if text_length(blocks) > 11_000:
        found.append(f"{text_length(blocks)} characters of at most {MAX_TEXT_OF_ALL_BLOCKS}")
    for block in blocks:
        Block.parse(block).to_dict()
    return found


def complaints_about_view(view: Json) -> list[str]:
    """The same for a modal or a home tab."""
    report = Report()
    check_view(view, report, kind=view["type"])
    View(**view).to_dict()
    return [*report.problems, *_schema("slack-view.schema.json", view)]


def _schema(name: str, payload: object) -> list[str]:
    validator = _validator(name)
    return [] if validator is None else [one.message for one in validator.iter_errors(payload)]


@cache
def _validator(name: str) -> Draft7Validator | None:
    path = SPECS / name
    return Draft7Validator(json.loads(path.read_text())) if path.exists() else None
