"""Bodies that Discord refuses are refused and remembered; those that it takes are taken."""

from __future__ import annotations

import copy

import pytest

from tests.simulators.discord.command_rules import commands_wrongs
from tests.simulators.discord.component_rules import message_component_wrongs
from tests.simulators.discord.message_rules import message_wrongs
from tests.simulators.discord.modal_rules import modal_wrongs
from tests.simulators.discord.published_schema import schema_is_present, schema_wrongs
from tests.simulators.discord.raw_bot import IMAGINE, V2

needs_schema = pytest.mark.skipif(
    not schema_is_present(),
    reason="Discord's published document isn't here: set IMPASTO_SPECS to its folder",
)
SEND = "POST /channels/{channel_id}/messages"
CALLBACK = "POST /interactions/{interaction_id}/{interaction_token}/callback"
COMMANDS = "PUT /applications/{application_id}/commands"


def text(content: str = "words") -> dict:
    return {"type": 10, "content": content}


def button(number: int = 1, **more) -> dict:
    return {"type": 2, "style": 1, "label": f"U{number}", "custom_id": f"j1:U{number}", **more}


def row(*buttons: dict) -> dict:
    return {"type": 1, "components": list(buttons)}


def gallery(count: int, **more) -> dict:
    item = {"media": {"url": "https://example.org/a.png"}, **more}
    return {"type": 12, "items": [copy.deepcopy(item) for _ in range(count)]}


def container(*children: dict) -> dict:
    return {"type": 17, "components": list(children)}


def select(**more) -> dict:
    options = [{"label": "A", "value": "a"}, {"label": "B", "value": "b"}]
    return {"type": 3, "custom_id": "s", "options": options, **more}


GOOD = [
    [container(text(), gallery(4, description="a fox"), row(button(1), button(2)))],
    [row(*[button(n) for n in range(5)])],
    [row(select())],
    [{"type": 9, "components": [text()], "accessory": button()}],
    [text("x" * 4000)],
    [container(*[text() for _ in range(39)])],
]
BAD = {
    "a custom_id of 101": [row(button(custom_id="x" * 101))],
    "an empty custom_id": [row(button(custom_id=""))],
    "a custom_id twice": [row(button(1), button(1))],
    "an id twice": [text() | {"id": 7}, text() | {"id": 7}],
    "six buttons in a row": [row(*[button(n) for n in range(6)])],
    "an empty row": [row()],
    "a menu beside a button": [row(select(), button())],
    "41 at the top": [text() for _ in range(41)],
    "41 with the nested ones": [container(*[text() for _ in range(40)])],
    "a label of 81": [row(button(label="x" * 81))],
    "a button without words": [
        {"type": 1, "components": [{"type": 2, "style": 1, "custom_id": "x"}]}
    ],
    "a button without custom_id": [row({"type": 2, "style": 1, "label": "x"})],
    "a link without url": [row({"type": 2, "style": 5, "label": "x"})],
    "a gallery of 11": [gallery(11)],
    "a gallery of none": [gallery(0)],
    "an alt text of 1025": [gallery(1, description="x" * 1025)],
    "a file that is not there": [{"type": 12, "items": [{"media": {"url": "attachment://x.png"}}]}],
    "another scheme": [{"type": 12, "items": [{"media": {"url": "ftp://x/y.png"}}]}],
    "a button at the top": [button()],
    "a text input": [{"type": 4, "custom_id": "x", "style": 1}],
    "a container in a container": [container(container(text()))],
    "texts of 4001 together": [text("x" * 4000), text("y")],
    "an empty text": [text("")],
    "26 options": [row(select(options=[{"label": "x", "value": str(n)} for n in range(26)]))],
    "an option value twice": [row(select(options=[{"label": "x", "value": "a"}] * 2))],
    "a section without accessory": [{"type": 9, "components": [text()]}],
}


@pytest.mark.parametrize("components", GOOD)
def test_good_components_pass(components):
    assert message_component_wrongs(components, v2=True, filenames=[]) == []


@pytest.mark.parametrize("name", BAD)
def test_bad_components_are_caught_without_the_schema(name):
    assert message_component_wrongs(BAD[name], v2=True, filenames=[])


def test_six_rows_and_v2_kinds_are_caught_in_a_legacy_message():
    rows = [row(button(n)) for n in range(6)]

    assert message_component_wrongs(rows[:5], v2=False, filenames=[]) == []
    assert message_component_wrongs(rows, v2=False, filenames=[])
    assert message_component_wrongs([text()], v2=False, filenames=[])


@pytest.mark.parametrize(
    "payload",
    [
        {"content": "x" * 2001},
        {"embeds": [{"title": "x"}] * 11},
        {"embeds": [{"description": "x" * 4000}, {"description": "y" * 2001}]},
        {"nonce": "x" * 26},
        {"allowed_mentions": {"parse": ["users"], "users": ["1"]}},
        {"attachments": [{"id": 0, "description": "x" * 1025}]},
    ],
)
def test_bad_fields_are_caught_without_the_schema(payload):
    assert message_wrongs(payload, v2=False, components=[], filenames=[])


@pytest.mark.parametrize("name", ["content", "embeds", "poll", "sticker_ids"])
def test_a_v2_message_takes_no_legacy_field(name):
    payload = {name: [{"title": "x"}] if name == "embeds" else "x"}

    assert message_wrongs(payload, v2=True, components=[text()], filenames=[])


FIELD = {"type": 4, "custom_id": "p", "style": 1}


def label(field: dict, words: str = "Prompt", **more) -> dict:
    return {"type": 18, "label": words, "component": field, **more}


def modal(*components: dict, **more) -> dict:
    return {"custom_id": "f", "title": "T", "components": list(components), **more}


@pytest.mark.parametrize(
    "bad",
    [
        modal(label(FIELD), title="x" * 46),
        modal(label(FIELD), title=""),
        modal(label(FIELD), custom_id="x" * 101),
        modal(),
        modal(*[label({**FIELD, "custom_id": str(n)}) for n in range(6)]),
        modal(label(FIELD), label(FIELD)),
        modal(label(FIELD, "x" * 46)),
        modal(label(FIELD, description="x" * 101)),
        modal(label({**FIELD, "value": "x" * 4001})),
        modal(label({**FIELD, "placeholder": "x" * 101})),
        modal(label({**FIELD, "min_length": 9, "max_length": 8})),
        modal(label({"type": 19, "custom_id": "u", "max_values": 11})),
        modal(label({"type": 19, "custom_id": "u", "min_values": 0})),
        modal(label({"type": 21, "custom_id": "r", "options": [{"label": "a", "value": "a"}]})),
        modal(label(button())),
        modal(row(button())),
    ],
)
def test_bad_modals_are_caught_without_the_schema(bad):
    assert modal_wrongs(bad)


def test_good_modals_pass():
    fields = [
        label(FIELD),
        label({"type": 19, "custom_id": "u", "min_values": 0, "required": False}),
        label(select()),
        label({"type": 23, "custom_id": "c"}),
        text(),
    ]

    assert modal_wrongs(modal(*fields)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Imagine"},
        {"name": "two words"},
        {"name": "x" * 33},
        {"description": ""},
        {"description": "x" * 101},
        {"options": IMAGINE["options"] * 2},
        {"options": [{**IMAGINE["options"][0], "name": f"o{n}"} for n in range(26)]},
        {
            "options": [
                {**IMAGINE["options"][0], "name": "a"},
                {**IMAGINE["options"][0], "name": "b", "required": True},
            ]
        },
        {
            "options": [
                {
                    **IMAGINE["options"][0],
                    "choices": [{"name": "a", "value": "a"}],
                    "autocomplete": True,
                }
            ]
        },
        {"options": [{**IMAGINE["options"][0], "type": 5, "autocomplete": True}]},
        {"type": 3, "name": "Use as reference"},
    ],
)
def test_bad_commands_are_caught_without_the_schema(change):
    assert commands_wrongs([{**IMAGINE, **change}])


def test_the_same_name_twice_and_sixteen_message_commands_are_caught():
    menus = [{"type": 3, "name": f"Use {n}"} for n in range(16)]

    assert commands_wrongs([IMAGINE, IMAGINE])
    assert commands_wrongs(menus)
    assert commands_wrongs([IMAGINE, *menus[:15]]) == []


@needs_schema
@pytest.mark.parametrize(
    ("route", "body"),
    [
        (SEND, {"content": 7}),
        (SEND, {"components": [{"type": 99}]}),
        (SEND, {"components": [row(button(style="blue"))]}),
        (CALLBACK, {"type": 99}),
        (CALLBACK, {"type": "4"}),
        (
            CALLBACK,
            {"type": 8, "data": {"choices": [{"name": str(n), "value": "x"} for n in range(26)]}},
        ),
        (COMMANDS, [{"name": "x" * 33, "description": "x"}]),
        (COMMANDS, {"name": "no list"}),
    ],
)
def test_the_published_document_catches_wrong_types(route, body):
    assert schema_wrongs(route, body)


@needs_schema
@pytest.mark.parametrize("components", GOOD)
def test_the_published_document_takes_what_the_rules_take(components):
    assert schema_wrongs(SEND, {"flags": V2, "components": components}) == []


async def test_a_refused_body_is_named_and_remembered(platform, bot, art):
    answer = await bot.sends(art.id, {"flags": V2, "components": BAD["a custom_id twice"]})

    assert answer.refused == (400, 50035)
    complaint = answer.data["errors"]["components"]["0"]["components"]["1"]["custom_id"]
    assert complaint["_errors"][0]["code"] == "COMPONENT_CUSTOM_ID_DUPLICATED"
    assert [one.route for one in platform.violations] == [SEND]
    assert "custom_id" in platform.violations[0].complaints[0]
    assert art.messages() == []


async def test_a_refused_callback_leaves_the_interaction_open(platform, bot, ada, art):
    told = ada.starts("/imagine", art)

    bad = await bot.callback(told, 4, {"flags": V2, "content": "x", "components": [text()]})
    good = await bot.callback(told, 4, {"flags": V2, "components": [text()]})

    assert bad.refused == (400, 50035)
    assert "content" in bad.data["errors"]["data"]
    assert good.status == 200
