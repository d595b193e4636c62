"""Each open question can be answered the other way, and the simulator shares no code with the libraries it judges."""

from __future__ import annotations

import ast
import json
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.simulators.slack.beliefs import Beliefs
from tests.simulators.slack.server import running
from tests.simulators.slack.slack import Slack

HERE = Path(__file__).parent
DEVELOPMENT_ONLY = {"bolt.py", "conftest.py"}
CARD = [{"type": "alert", "text": {"type": "mrkdwn", "text": "hello"}}]


@asynccontextmanager
async def believing(session, **answers):
    async with running(Slack(beliefs=Beliefs(**answers))) as slack:
        yield slack, AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=session)


@pytest.mark.parametrize("path", sorted(HERE.glob("*.py")), ids=lambda path: path.name)
def test_the_simulator_imports_nothing_of_slacks_libraries(path):
    if path.name.startswith("test_") or path.name in DEVELOPMENT_ONLY:
        return
    imported = {
        name
        for node in ast.walk(ast.parse(path.read_text()))
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [one.name for one in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    }

    assert not any(name.startswith(("slack_sdk", "slack_bolt")) for name in imported)


async def test_an_edit_may_reach_an_ephemeral(session):
    async with believing(session, update_reaches_ephemeral=True) as (slack, client):
        room, ana = slack.room(), slack.person("ana")
        posted = await client.chat_postEphemeral(channel=room.id, user=ana.id, text="a")

        await client.chat_update(channel=room.id, ts=posted["message_ts"], text="b")

        assert [m.text for m in ana.ephemerals(room)] == ["b"]


async def test_a_reply_may_stand_for_its_parent(session):
    async with believing(session, reply_as_parent="parent") as (slack, client):
        room = slack.room()
        parent = await client.chat_postMessage(channel=room.id, text="p")
        reply = await client.chat_postMessage(channel=room.id, text="r", thread_ts=parent["ts"])

        late = await client.chat_postMessage(channel=room.id, text="x", thread_ts=reply["ts"])

        assert late["message"]["thread_ts"] == parent["ts"]


async def test_modern_blocks_may_be_refused(session):
    async with believing(session, modern_blocks=False) as (slack, client):
        with pytest.raises(SlackApiError, match="invalid_blocks"):
            await client.chat_postMessage(channel=slack.room().id, text="x", blocks=CARD)


async def test_the_completion_of_an_upload_may_take_any_block(session):
    async with believing(session, completing_takes_buttons=True) as (slack, client):
        room = slack.room()
        step = await client.files_getUploadURLExternal(filename="fox.png", length=3)
        async with session.post(step["upload_url"], data=b"fox"):
            pass

        await client.files_completeUploadExternal(
            files=[{"id": step["file_id"]}], channel_id=room.id, blocks=json.dumps(CARD)
        )

        assert (await room.message(lambda m: bool(m.files))).blocks[0]["type"] == "alert"


async def test_the_bots_own_direct_messages_may_stay_untold(session):
    async with believing(session, own_dm_messages_come_back=False) as (slack, client):
        slack.deliver_by_http("http://127.0.0.1:1/")

        await client.chat_postMessage(channel=slack.person("ana").id, text="hi")

        assert slack.deliveries.sent == []
