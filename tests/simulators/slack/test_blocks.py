"""What Slack refuses in blocks and views, beside what the official models and the published schema refuse."""

from __future__ import annotations

import copy
import json
import os
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.errors import SlackApiError, SlackObjectFormationError
from slack_sdk.models.blocks import Block

from tests.simulators.slack import mentions
from tests.simulators.slack.block_rules import check_blocks, text_length, with_ids
from tests.simulators.slack.bolt import FORM, HOME
from tests.simulators.slack.bolt import RESULT as BARE_RESULT
from tests.simulators.slack.shapes import Report
from tests.simulators.slack.view_rules import check_view


def plain(text: str) -> dict:
    return {"type": "plain_text", "text": text, "emoji": True}


def button(action_id: str, words: str = "U1", **more) -> dict:
    return {"type": "button", "action_id": action_id, "text": plain(words), "value": "J1:1", **more}


def section(text: str = "hello", **more) -> dict:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def actions(*elements: dict, **more) -> dict:
    return {"type": "actions", "elements": list(elements), **more}


def option(words: str, value: str) -> dict:
    return {"text": plain(words), "value": value}


RESULT = [
    section("*a red fox*", block_id="head"),
    {"type": "image", "block_id": "grid", "slack_file": {"id": "F1"}, "alt_text": "a fox"},
    {
        "type": "context",
        "block_id": "meta",
        "elements": [{"type": "mrkdwn", "text": "`flux` · seeds `41`"}],
    },
    actions(
        button("up:1"),
        button("up:2", confirm={"title": plain("Sure?"), "text": plain("Really")}),
        {"type": "overflow", "action_id": "more", "options": [option("Details", "d:1")]},
        block_id="up",
    ),
    {
        "type": "context_actions",
        "block_id": "fb",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "rate",
                "positive_button": option("Good", "up"),
                "negative_button": option("Bad", "down"),
            },
            {"type": "icon_button", "icon": "trash", "action_id": "del", "text": plain("Delete")},
        ],
    },
    {
        "type": "alert",
        "block_id": "al",
        "level": "warning",
        "text": {"type": "mrkdwn", "text": "*This prompt was not run.*"},
    },
    {
        "type": "carousel",
        "block_id": "car",
        "elements": [
            {
                "type": "card",
                "block_id": "c1",
                "hero_image": {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "1 of 4"},
                "title": {"type": "mrkdwn", "text": "*1*"},
                "actions": [button("img:up:1"), button("img:var:1")],
            }
        ],
    },
]


def problems(blocks, **report) -> list[str]:
    found = Report(**report)
    check_blocks(blocks, found, at="/blocks", most=50)
    return found.problems


def planted(change) -> list[dict]:
    blocks = copy.deepcopy(RESULT)
    change(blocks)
    return blocks


def test_a_good_message_has_no_problems():
    assert problems(RESULT) == []
    assert problems(BARE_RESULT) == []


FAULTS = {
    "a misspelt key": lambda b: b[3]["elements"][0].update(acton_id="x"),
    "an unknown block": lambda b: b.append({"type": "banner"}),
    "51 blocks": lambda b: b.extend({"type": "divider"} for _ in range(51)),
    "26 buttons": lambda b: b[3].update(elements=[button(f"a{n}") for n in range(26)]),
    "no elements": lambda b: b[3].update(elements=[]),
    "a long section": lambda b: b[0]["text"].update(text="x" * 3001),
    "an empty section": lambda b: b[0]["text"].update(text=""),
    "a section without text": lambda b: b[0].pop("text"),
    "a long button": lambda b: b[3]["elements"][0]["text"].update(text="x" * 76),
    "mrkdwn on a button": lambda b: b[3]["elements"][0]["text"].update(type="mrkdwn"),
    "a long value": lambda b: b[3]["elements"][0].update(value="x" * 2001),
    "a numeric value": lambda b: b[3]["elements"][0].update(value=1),
    "a long action_id": lambda b: b[3]["elements"][0].update(action_id="x" * 256),
    "the same action_id twice": lambda b: b[3]["elements"][1].update(action_id="up:1"),
    "the same block_id twice": lambda b: b[1].update(block_id="head"),
    "a wild style": lambda b: b[3]["elements"][0].update(style="loud"),
    "no alt text": lambda b: b[1].pop("alt_text"),
    "a long alt text": lambda b: b[1].update(alt_text="x" * 2001),
    "two image sources": lambda b: b[1].update(image_url="https://a.example/x.png"),
    "an icon that is no string": lambda b: b[4]["elements"][1].update(icon=7),
    "six options": lambda b: b[3]["elements"][2].update(
        options=[option(str(n), str(n)) for n in range(6)]
    ),
    "eleven context elements": lambda b: b[2].update(
        elements=[{"type": "mrkdwn", "text": "x"}] * 11
    ),
    "eleven cards": lambda b: b[6].update(
        elements=[{"type": "card", "title": {"type": "mrkdwn", "text": "x"}}] * 11
    ),
    "a long card title": lambda b: b[6]["elements"][0]["title"].update(text="x" * 151),
    "an input in actions": lambda b: b[3]["elements"].append({"type": "plain_text_input"}),
    "an option that is not offered": lambda b: b[3]["elements"].append(
        {
            "type": "static_select",
            "action_id": "s",
            "options": [option("a", "a")],
            "initial_option": option("b", "b"),
        }
    ),
    "a block that is no object": lambda b: b.append("hello"),
}


@pytest.mark.parametrize("change", FAULTS.values(), ids=FAULTS)
def test_a_fault_in_a_message_is_found(change):
    assert problems(planted(change))


def test_a_problem_names_the_place_as_slack_does():
    (found,) = problems([{"type": "divider"}] * 51)

    assert found == "no more than 50 items allowed [max_items] [json-pointer:/blocks]"


def test_modern_blocks_can_be_unknown_to_a_workspace():
    found = problems(RESULT, modern_blocks=False)

    assert {one.split(" [")[0] for one in found} == {
        f"unsupported block type: {kind}" for kind in ("context_actions", "alert", "carousel")
    }


def test_an_unknown_file_is_refused_wherever_it_is_shown():
    found = problems(RESULT, file_problem=lambda _: "invalid slack file")

    assert [one.partition(" [")[2] for one in found] == [
        "json-pointer:/blocks/1/slack_file]",
        "json-pointer:/blocks/6/elements/0/hero_image/slack_file]",
    ]


VIEW_FAULTS = {
    "a long title": lambda v: v["title"].update(text="x" * 25),
    "no title": lambda v: v.pop("title"),
    "no submit with inputs": lambda v: v.pop("submit"),
    "long private metadata": lambda v: v.update(private_metadata="x" * 3001),
    "a misspelt key": lambda v: v.update(calback_id="x"),
    "101 blocks": lambda v: v["blocks"].extend({"type": "divider"} for _ in range(101)),
    "a carousel": lambda v: v["blocks"].append(RESULT[6]),
    "a table": lambda v: v["blocks"].append({"type": "table", "rows": [[]]}),
    "two focused fields": lambda v: [
        b["element"].update(focus_on_load=True) for b in v["blocks"][:2]
    ],
    "a home tab": lambda v: v.update(type="home"),
}


@pytest.mark.parametrize("change", VIEW_FAULTS.values(), ids=VIEW_FAULTS)
def test_a_fault_in_a_view_is_found(change):
    view, report = copy.deepcopy(FORM), Report()
    change(view)

    check_view(view, report, kind="modal")

    assert report.problems


@pytest.mark.parametrize(("view", "kind"), [(FORM, "modal"), (HOME, "home")])
def test_a_good_view_has_no_problems(view, kind):
    report = Report()

    check_view(view, report, kind=kind)

    assert report.problems == []


async def test_a_refused_message_says_why_and_is_remembered(slack, client, general):
    with pytest.raises(SlackApiError) as no:
        await client.chat_postMessage(channel=general.id, text="x", blocks=[section("x" * 3001)])

    assert no.value.response["error"] == "invalid_blocks"
    (why,) = no.value.response["response_metadata"]["messages"]
    assert why == ("[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]")
    assert [one.where for one in slack.violations] == ["chat.postMessage"]


async def test_too_much_text_over_all_blocks_is_refused(client, general):
    with pytest.raises(SlackApiError, match="msg_blocks_too_long"):
        await client.chat_postMessage(
            channel=general.id, text="x", blocks=[section("x" * 3000)] * 5
        )


async def test_a_refused_view_says_why(slack, client, ana):
    trigger = slack.triggers.issue(slack.workspace, ana.id)
    with pytest.raises(SlackApiError) as no:
        await client.views_open(trigger_id=trigger, view={"type": "modal", "blocks": []})

    assert no.value.response["error"] == "invalid_arguments"
    assert "/view" in no.value.response["response_metadata"]["messages"][0]


# ---- beside the other judges

SPECS = Path(
    os.environ.get("IMPASTO_SPECS", Path(__file__).resolve().parents[4] / "shared" / "specs")
)


@pytest.mark.skipif(
    not (SPECS / "slack-message-blocks.schema.json").exists(),
    reason="no published schema beside the repository",
)
def test_what_the_published_schema_refuses_is_refused_here_too():
    schema = json.loads((SPECS / "slack-message-blocks.schema.json").read_text())
    judge = jsonschema.Draft7Validator(schema)

    assert judge.is_valid(RESULT[:4])
    for name, change in FAULTS.items():
        if not judge.is_valid(planted(change)):
            assert problems(planted(change)), name


@pytest.mark.parametrize("change", FAULTS.values(), ids=FAULTS)
def test_what_the_official_models_refuse_is_refused_here_too(change):
    blocks = planted(change)

    refused = False
    for block in blocks:
        if isinstance(block, dict) and block["type"] != "banner":
            try:
                Block.parse(block).to_dict()
            except (SlackObjectFormationError, TypeError):
                refused = True

    assert problems(blocks) or not refused


# ---- properties

WORDS = st.text(max_size=80)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "text", "elements", "accessory", "options", "block_id"])
            | WORDS,
            inner | st.sampled_from(["section", "actions", "button", "mrkdwn", "plain_text"]),
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(JSON)
@settings(max_examples=200, deadline=None)
def test_no_payload_breaks_the_check(payload):
    assert isinstance(problems(payload), list)


@given(st.lists(st.text(min_size=1, max_size=30), max_size=20, unique=True))
@settings(deadline=None)
def test_every_block_and_action_gets_an_id_and_nothing_else_changes(words):
    blocks = [actions(*({**button(word)} for word in words[:25]))] if words else []
    for block in blocks:
        for element in block["elements"]:
            del element["action_id"]

    given_ids = with_ids(blocks)

    assert all(block["block_id"] for block in given_ids)
    assert text_length(given_ids) == text_length(blocks)
    assert problems(given_ids) == []


@given(st.text(max_size=200))
@settings(deadline=None)
def test_escaped_text_pings_nobody(text):
    typed = mentions.escaped(text)

    assert mentions.pinged(typed, [section(typed)], names={}, link_names=False) == frozenset()


@given(st.text(alphabet="<>!@&|UWS0123456789abcehlnry ", max_size=60))
@settings(deadline=None)
def test_typed_text_pings_only_who_was_named(text):
    encoded = mentions.with_ids(f"{text} @ana", users={"ana": "U0001"}, channels={})

    assert mentions.pinged(encoded, [], names={}, link_names=False) <= {"U0001"}
