"""What people do reaches a real Bolt app over both transports, and what it answers is what they see."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler

from tests.simulators.slack import administration
from tests.simulators.slack.bolt import BareBot
from tests.simulators.slack.controls import NotThere
from tests.simulators.slack.forms import CannotSubmit
from tests.simulators.slack.pictures import picture
from tests.simulators.slack.slack import Slack


@asynccontextmanager
async def by_socket(slack: Slack, bot: BareBot) -> AsyncIterator[None]:
    handler = AsyncSocketModeHandler(bot.app, slack.app.app_token)
    await handler.connect_async()
    await slack.sockets.connected()
    try:
        yield
    finally:
        await handler.close_async()


@asynccontextmanager
async def by_http(slack: Slack, bot: BareBot) -> AsyncIterator[None]:
    runner = web.AppRunner(bot.app.web_app(path="/slack/events"), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    slack.deliver_by_http(f"http://{host}:{port}/slack/events")
    try:
        yield
    finally:
        await runner.cleanup()


@pytest.fixture(params=[by_socket, by_http], ids=["socket", "http"])
async def bot(request, slack, client) -> AsyncIterator[BareBot]:
    bare = BareBot(slack, client)
    async with request.param(slack, bare):
        yield bare
    assert slack.violations == []


async def test_a_command_is_acknowledged_and_answered(bot, ana, general):
    delivery = await ana.types("/imagine a fox", general)
    message = await general.message("a fox")

    assert delivery.acked
    assert delivery.seconds < 1
    assert [m.text for m in ana.ephemerals(general)] == ["Got it"]
    assert ana.labels(message) == ["U1", "Details", "Delete"]


async def test_a_typed_command_arrives_escaped_and_with_names_as_ids(bot, ana, ben, general):
    await ana.types("/imagine <!channel> & @ben in #general https://x.example", general)

    (_, body) = bot.heard[0]
    assert body["text"] == (
        f"&lt;!channel&gt; &amp; <@{ben.id}|ben> in <#{general.id}|general> <https://x.example>"
    )


async def test_a_command_in_a_thread_and_an_unknown_command_never_reach_the_app(
    bot, slack, ana, general
):
    await ana.types("hello", general)

    in_thread = await ana.types("/imagine a fox", thread=general.history()[0])
    unknown = await ana.types("/paint a fox", general)

    assert (in_thread, unknown) == (None, None)
    assert bot.heard == []
    assert "not supported in threads" in ana.notices(general)[0]
    assert "not a valid command" in ana.notices(general)[1]


async def test_a_click_names_its_message_and_is_answered_to_one_person(bot, ana, ben, general):
    await ana.types("/imagine a fox", general)
    message = await general.message("a fox")

    await ben.clicks(message, "U1")

    body = bot.heard[-1][1]
    assert body["container"]["message_ts"] == message.ts
    assert body["actions"][0]["value"] == "J1:1"
    assert [m.text for m in ben.ephemerals(general)] == ["working on it"]


async def test_a_menu_option_is_pressed_by_its_words(bot, ana, general):
    await ana.types("/imagine a fox", general)

    await ana.clicks(await general.message("a fox"), "Details")

    assert bot.heard[-1][1]["actions"][0]["selected_option"]["value"] == "details:J1"


async def test_a_button_for_some_people_is_seen_by_them_only(bot, ana, ben, general):
    await ana.types("/imagine a fox", general)
    message = await general.message("a fox")

    assert (await ana.clicks(message, "Delete")).acked
    with pytest.raises(NotThere):
        await ben.clicks(message, "Delete")


async def test_a_form_is_filled_by_label_and_closes(bot, ana, general):
    await ana.types("/imagine form", general)
    view = await ana.form("Imagine")

    await ana.submits(
        view, Prompt="an owl", shape="Wide", count=2, ref=ana.file("a.png", picture())
    )

    body = bot.heard[-1][1]
    values = body["view"]["state"]["values"]
    assert values["prompt"]["v"]["value"] == "an owl"
    assert values["shape"]["v"]["selected_option"]["value"] == "16:9"
    assert values["count"]["v"]["value"] == "2"
    assert values["ref"]["v"]["files"][0]["name"] == "a.png"
    assert values["ch"]["v"]["selected_conversation"] == general.id
    assert body["response_urls"][0]["channel_id"] == general.id
    assert not view.open


async def test_a_form_stays_open_with_the_apps_errors(bot, ana, general):
    await ana.types("/imagine form", general)
    view = await ana.form()

    await ana.submits(view, prompt="bad")

    assert view.open
    assert view.errors == {"prompt": "Not this."}


async def test_a_form_can_be_replaced_by_the_answer(bot, ana, general):
    await ana.types("/imagine form", general)
    view = await ana.form()

    await ana.submits(view, prompt="again")

    assert (await ana.form("Again")).id == view.id


@pytest.mark.parametrize(
    "filled",
    [
        {},
        {"prompt": "x" * 51},
        {"prompt": "x", "count": 9},
        {"prompt": "x", "count": "four"},
        {"prompt": "x", "shape": "Round"},
        {"prompt": "x", "nonsense": "y"},
    ],
    ids=["empty", "long", "large", "word", "option", "field"],
)
async def test_a_client_does_not_send_a_form_that_is_wrong(bot, ana, general, filled):
    await ana.types("/imagine form", general)
    view = await ana.form()

    with pytest.raises(CannotSubmit):
        await ana.submits(view, **filled)
    assert "submitted" not in bot.kinds()


async def test_a_cancelled_form_is_told(bot, ana, general):
    await ana.types("/imagine form", general)

    await ana.closes(await ana.form())

    assert bot.kinds()[-1] == "closed"


async def test_shortcuts_open_forms(bot, ana, general):
    await ana.types("look at this", general)

    await ana.uses_shortcut("reimagine", general.history()[0])
    await ana.form("Imagine")
    await ana.uses_shortcut("imagine")

    assert [body["type"] for _, body in bot.heard] == ["message_action", "shortcut"]
    assert bot.heard[0][1]["message"]["text"] == "look at this"


async def test_a_mention_carries_its_thread(bot, slack, ana, general):
    await ana.types("hello", general)
    parent = general.history()[0]

    await ana.mentions_bot("a red fox", thread=parent)

    await slack.until(lambda: "app_mention" in bot.kinds())
    event = bot.heard[-1][1]["event"]
    assert event["thread_ts"] == parent.ts
    assert event["text"] == f"<@{slack.workspace.bot.id}> a red fox"


async def test_a_mention_where_the_bot_is_not_a_member_is_not_told(bot, slack, ana):
    slack.add_channel("hall", bot_in=False)

    assert await ana.mentions_bot("a fox", slack.room("hall")) is None


async def test_a_file_in_a_shared_channel_tells_nothing_until_it_is_asked_for(
    bot, slack, client, ana, general
):
    general.channel.shared_with_other_teams = True

    message = await ana.uploads("cat.png", picture(), "@Impasto like this", general)

    await slack.until(lambda: "app_mention" in bot.kinds())
    (file,) = bot.heard[-1][1]["event"]["files"]
    assert (file["mimetype"], file["file_access"]) == ("", "check_file_info")
    asked = await client.files_info(file=message.files[0].id)
    assert asked["file"]["mimetype"] == "image/png"


async def test_direct_messages_reach_the_app_and_its_own_come_back(bot, slack, client, ana):
    await ana.messages_bot("a red fox")
    await slack.until(lambda: "message" in bot.kinds())

    posted = await client.chat_postMessage(channel=ana.direct_messages().id, text="hi")
    await client.chat_update(channel=posted["channel"], ts=posted["ts"], text="hi again")

    await slack.until(lambda: len(slack.deliveries.of("events_api")) == 3)
    await slack.until(lambda: slack.deliveries.last.outcome != "pending")
    last = slack.deliveries.last.payload["event"]
    assert bot.heard[0][1]["event"]["channel_type"] == "im"
    assert (last["subtype"], last.get("user")) == ("message_changed", None)


async def test_the_home_tab_is_published_and_pressed(bot, ana):
    await ana.opens_home()
    home = await ana.home("Your quota")

    await ana.clicks(home, "Imagine…")

    assert bot.heard[-1][1]["container"] == {"type": "view", "view_id": home.id}


async def test_an_uninstalled_app_is_told_and_its_token_is_dead(bot, slack, client):
    token = slack.bot_token

    await administration.uninstall(slack, slack.workspace)

    assert slack.tokens[token].revoked == "account_inactive"
    assert [one.payload["event"]["type"] for one in slack.deliveries.sent] == [
        "tokens_revoked",
        "app_uninstalled",
    ]


async def test_the_same_payload_can_arrive_twice(bot, slack, ana, general):
    slack.deliveries.duplicate_next = 1

    await ana.types("/imagine a fox", general)

    first, second = slack.deliveries.of("slash_commands")
    assert first.payload == second.payload
    assert first.envelope_id == second.envelope_id
    assert bot.kinds() == ["command", "command"]
