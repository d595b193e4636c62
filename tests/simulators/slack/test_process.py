"""The simulator as a process of its own, and the page it shows."""

from __future__ import annotations

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.simulators.slack.bolt import BareBot
from tests.simulators.slack.pictures import picture
from tests.simulators.slack.remote import slack_process
from tests.simulators.slack.slack import Slack


async def test_a_bot_is_driven_and_witnessed_from_another_process(session):
    with slack_process() as remote:
        client = AsyncWebClient(token=remote.bot_token, base_url=remote.api_url, session=session)
        bot = BareBot(Slack(), client)
        handler = AsyncSocketModeHandler(bot.app, remote.app_token)
        await handler.connect_async()
        await remote.until(lambda state: state["connections"])

        delivery = await remote.types("ana", "/imagine a fox")
        (message,) = [one for one in await remote.messages() if not one["only_for"]]
        clicked = await remote.clicks("ben", message["ts"], "U1")
        await remote.fault("chat.postMessage", "ratelimited", retry_after_s=7)
        with pytest.raises(SlackApiError) as limited:
            await client.chat_postMessage(channel=message["channel"], text="x")

        state = await remote.state()
        await handler.close_async()

    assert delivery["outcome"] == clicked["outcome"] == "acked"
    assert message["text"] == "painting a fox"
    assert limited.value.response.headers["Retry-After"] == "7"
    assert state["violations"] == []


async def test_the_page_shows_what_a_person_sees(slack, client, session, ana, general):
    file = await client.files_upload_v2(file=picture(), filename="fox.png")
    blocks = [
        {"type": "section", "text": {"type": "mrkdwn", "text": f"*fox* for <@{ana.id}>"}},
        {
            "type": "image",
            "slack_file": {"id": file["files"][0]["id"]},
            "alt_text": "a fox",
        },
    ]
    await client.chat_postMessage(channel=general.id, text="fox", blocks=blocks)
    await client.chat_postEphemeral(channel=general.id, user=ana.id, text="<script>")

    pages = {}
    for name in ("ana", "ben"):
        async with session.get(f"{slack.base_url}/see/general?as={name}") as answer:
            pages[name] = await answer.text()
    shown = pages["ana"].split('src="')[1].split('"')[0]
    async with aiohttp.ClientSession() as browser, browser.get(shown) as answer:
        data = await answer.read()

    assert "<b>fox</b> for <b>@ana</b>" in pages["ana"]
    assert "Only visible to you" in pages["ana"]
    assert "Only visible to you" not in pages["ben"]
    assert "<script>" not in pages["ana"]
    assert data == picture()
