"""What a modal and a home tab may hold. Source: docs.slack.dev/reference/views, read 2026-11."""

from __future__ import annotations

import json
from typing import Any

from tests.simulators.slack.block_rules import check_blocks, elements_with_block
from tests.simulators.slack.shapes import Json, Report, anything, choice, flag, record, string, text

MAX_VIEW_BLOCKS = 100
MAX_VIEW_BYTES = 250_000
"""Over it Slack answers `view_too_large`. Source: slack_sdk.models 3.47, and the error lists of views.*."""

_SHARED = {
    "blocks": anything,
    "private_metadata": string(3000),
    "callback_id": string(255),
    "external_id": string(255),
}
_KINDS = {
    "modal": record(
        {
            **_SHARED,
            "title": text(24, kind="plain_text"),
            "submit": text(24, kind="plain_text"),
            "close": text(24, kind="plain_text"),
            "clear_on_close": flag,
            "notify_on_close": flag,
            "submit_disabled": flag,
        },
        needs=["title", "blocks"],
    ),
    "home": record(_SHARED, needs=["blocks"]),
}


def check_view(view: Any, report: Report, *, kind: str) -> None:
    """Adds every complaint to the report; pointers start at /view, as in Slack's answers."""
    if not isinstance(view, dict):
        report.add("must provide an object", "/view")
        return
    choice(kind)(view.get("type"), "/view/type", report)
    _KINDS[kind](view, "/view", report)
    blocks = view.get("blocks")
    check_blocks(blocks, report, at="/view/blocks", most=MAX_VIEW_BLOCKS, in_view=True)
    if isinstance(blocks, list):
        _check_inputs(view, [one for one in blocks if isinstance(one, dict)], report)


def _check_inputs(view: Json, blocks: list[Json], report: Report) -> None:
    has_input = any(block.get("type") == "input" for block in blocks)
    if view.get("type") == "modal" and has_input and not view.get("submit"):
        # Source: docs.slack.dev/reference/views: submit is required when the view holds an input block.
        report.add("missing required field: submit", "/view")
    focused = [one for _, one in elements_with_block(blocks) if one.get("focus_on_load")]
    if len(focused) > 1:
        # Source: docs.slack.dev, focus_on_load: only one element may be set to true.
        report.add("only one element may have focus_on_load", "/view/blocks")


def is_too_large(view: Json) -> bool:
    return len(json.dumps(view, ensure_ascii=False).encode()) > MAX_VIEW_BYTES
