"""Which blocks there are, what they hold, and the rules over a whole message: counts, unique ids, known files.

Source: docs.slack.dev/reference/block-kit/blocks, read 2026-11; the counts of card, carousel, container and
context_actions are those of slack_sdk.models 3.47.
"""

from __future__ import annotations

import copy
import secrets
from collections.abc import Iterator
from typing import Any

from tests.simulators.slack.elements import (
    BUTTON,
    IMAGE,
    IN_ACCESSORY,
    IN_ACTIONS,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
    SLACK_FILE,
    image_source,
)
from tests.simulators.slack.shapes import (
    Check,
    Json,
    Report,
    anything,
    choice,
    either,
    flag,
    listed,
    one_of,
    record,
    string,
    text,
    whole,
)

MAX_MESSAGE_BLOCKS = 50
"""Source: docs.slack.dev/reference/block-kit/blocks: up to 50 blocks in a message."""
MAX_TEXT_OF_ALL_BLOCKS = 12_000
"""Over it chat.postMessage answers msg_blocks_too_long. Not documented: "12,000 text characters with a buffer for block
containers" (Slack staff, bolt-js #2509); refused once at 11,341 (bolt-js #2867). Characters, over all texts of the blocks."""
MODERN = frozenset(
    {"carousel", "card", "alert", "container", "context_actions", "task_card", "plan", "data_table"}
)
MESSAGES_ONLY = frozenset(
    {
        "markdown",
        "file",
        "table",
        "data_table",
        "carousel",
        "card",
        "context_actions",
        "task_card",
        "plan",
    }
)
"""Refused in a view. Source: "available in surfaces" of each block's page."""
BLOCK_ID = string(255, least=1)


def _block(fields: dict[str, Check], *needs: str, also: Check | None = None) -> Check:
    return record({"block_id": BLOCK_ID, **fields}, needs=needs, also=also)


def _section(value: Json, at: str, report: Report) -> None:
    if value.get("text") is None and value.get("fields") is None:
        report.add("must provide text or fields", at)


RICH_TEXT_ELEMENT = record(
    {
        "elements": anything,
        "style": anything,
        "indent": whole(0, 8),
        "offset": anything,
        "border": anything,
    }
    | {"language": string(64)},
    needs=["elements"],
)
RICH_TEXT = one_of(
    dict.fromkeys(
        ("rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"),
        RICH_TEXT_ELEMENT,
    )
)
CARD = _block(
    {
        "title": text(150),
        "subtitle": text(150),
        "body": text(200),
        "icon": IMAGE,
        "hero_image": IMAGE,
        "actions": listed(one_of({"button": BUTTON}), most=5),
    }
)
TASK_CARD = _block(
    {
        "task_id": string(255, least=1),
        "title": string(256, least=1),
        "status": choice("pending", "in_progress", "complete", "error"),
        "details": anything,
        "output": anything,
        "sources": anything,
    },
    "task_id",
    "title",
    "status",
)

SIMPLE_BLOCKS: dict[str, Check] = {
    "section": _block(
        {
            "text": text(3000),
            "fields": listed(text(2000), least=1, most=10),
            "accessory": IN_ACCESSORY,
            "expand": flag,
        },
        also=_section,
    ),
    "header": _block({"text": text(150, kind="plain_text")}, "text"),
    "divider": _block({}),
    "context": _block(
        {
            "elements": listed(
                one_of({"image": IMAGE, "plain_text": text(3000), "mrkdwn": text(3000)}),
                least=1,
                most=10,
            )
        },
        "elements",
    ),
    "actions": _block({"elements": listed(IN_ACTIONS, least=1, most=25)}, "elements"),
    "context_actions": _block(
        {"elements": listed(IN_CONTEXT_ACTIONS, least=1, most=5)}, "elements"
    ),
    "image": _block(
        {
            "alt_text": string(2000, least=1),
            "image_url": string(3000, least=1),
            "slack_file": SLACK_FILE,
            "title": text(2000, kind="plain_text"),
        },
        "alt_text",
        also=image_source,
    ),
    "input": _block(
        {
            "label": text(2000, kind="plain_text"),
            "hint": text(2000, kind="plain_text"),
            "element": IN_INPUT,
            "optional": flag,
            "dispatch_action": flag,
        },
        "label",
        "element",
    ),
    "rich_text": _block({"elements": listed(RICH_TEXT)}, "elements"),
    "markdown": _block({"text": string(12_000, least=1)}, "text"),
    "alert": _block(
        {"text": text(3000), "level": choice("default", "info", "warning", "error", "success")},
        "text",
    ),
    "card": CARD,
    "carousel": _block({"elements": listed(one_of({"card": CARD}), least=1, most=10)}, "elements"),
    "task_card": TASK_CARD,
    "plan": _block(
        {"title": string(256, least=1), "tasks": listed(one_of({"task_card": TASK_CARD}))}, "title"
    ),
    "table": _block(
        {"rows": listed(listed(anything, most=20), least=1, most=100), "column_settings": anything},
        "rows",
    ),
    "file": _block(
        {"external_id": string(255), "source": choice("remote")}, "external_id", "source"
    ),
}
CONTAINER = _block(
    {
        "title": text(150),
        "rich_text_title": anything,
        "subtitle": text(150),
        "icon": anything,
        "width": string(32),
        "is_collapsible": flag,
        "default_collapsed": flag,
        "has_header_divider": flag,
        "child_blocks": listed(one_of(SIMPLE_BLOCKS), least=1, most=10),
    },
    "child_blocks",
    also=either("title", "rich_text_title"),
)
BLOCKS: dict[str, Check] = {**SIMPLE_BLOCKS, "container": CONTAINER}


def check_blocks(blocks: Any, report: Report, *, at: str, most: int, in_view: bool = False) -> None:
    """Adds every complaint about these blocks to the report."""
    listed(one_of(BLOCKS), most=most)(blocks, at, report)
    if not isinstance(blocks, list):
        return
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        if not isinstance(block, dict):
            continue
        here, kind = f"{at}/{number}", str(block.get("type"))
        if (kind in MODERN and not report.modern_blocks) or (in_view and kind in MESSAGES_ONLY):
            report.add(f"unsupported block type: {kind}", f"{here}/type")
        for inner in _blocks_within(block):
            block_id = inner.get("block_id")
            if isinstance(block_id, str) and block_id in seen:
                report.add(f"`block_id` {block_id} already exists", f"{here}/block_id")
            seen.add(block_id) if isinstance(block_id, str) else None
            _unique_actions(inner, here, report)


def _unique_actions(block: Json, at: str, report: Report) -> None:
    ids = [one["action_id"] for one in elements_of(block) if isinstance(one.get("action_id"), str)]
    for twice in sorted({one for one in ids if ids.count(one) > 1}):
        report.add(f"`action_id` {twice} already exists for another action in the block", at)


def _blocks_within(block: Json) -> Iterator[Json]:
    """The block, and the blocks inside it when it is a container, a carousel or a plan."""
    yield block
    kind = block.get("type")
    key = {"container": "child_blocks", "carousel": "elements", "plan": "tasks"}.get(str(kind))
    yield from _objects(block.get(key or ""))


def elements_of(block: Json) -> Iterator[Json]:
    """The interactive elements of one block (not of the blocks inside it)."""
    yield from _objects([block.get("accessory"), block.get("element")])
    if block.get("type") in ("actions", "context_actions"):
        yield from _objects(block.get("elements"))
    if block.get("type") == "card":
        yield from _objects(block.get("actions"))


def _objects(found: Any) -> list[Json]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def elements_with_block(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Each interactive element with the block that holds it, in the order a reader meets them."""
    for block in blocks:
        for inner in _blocks_within(block):
            for element in elements_of(inner):
                yield inner, element


def with_ids(blocks: list[Json]) -> list[Json]:
    """A copy in which Slack has given an id to every block and action that had none."""
    blocks = copy.deepcopy(blocks)
    for block in blocks:
        for inner in _blocks_within(block):
            inner.setdefault("block_id", secrets.token_urlsafe(4))
            for element in elements_of(inner):
                if element.get("type") != "image":
                    element.setdefault("action_id", secrets.token_urlsafe(4))
    return blocks


def text_length(node: Any) -> int:
    """Characters in every `text` string under the node."""
    if isinstance(node, list):
        return sum(map(text_length, node))
    if not isinstance(node, dict):
        return 0
    own = len(node["text"]) if isinstance(node.get("text"), str) else 0
    return own + sum(text_length(inner) for inner in node.values())
