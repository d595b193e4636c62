"""Files in three steps, their scan, and who may see them."""

from __future__ import annotations

import json

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError, SlackRequestError

from tests.simulators.slack.beliefs import Beliefs
from tests.simulators.slack.faults import accepted_then_cut, ratelimited
from tests.simulators.slack.pictures import picture
from tests.simulators.slack.server import running
from tests.simulators.slack.slack import Slack
from tests.simulators.slack.stored_file import sniffed


async def uploaded(client, data=None, *, name="fox.png", **where) -> dict:
    data = picture() if data is None else data
    answer = await client.files_upload_v2(file=data, filename=name, alt_txt="a fox", **where)
    return answer["files"][0]


def showing(file_id: str) -> list[dict]:
    return [{"type": "image", "slack_file": {"id": file_id}, "alt_text": "a fox"}]


async def error_of(call) -> str:
    with pytest.raises(SlackApiError) as no:
        await call
    return no.value.response["error"]


async def test_an_unshared_file_can_be_shown_in_a_block(client, general):
    file = await uploaded(client)

    await client.chat_postMessage(channel=general.id, text="fox", blocks=showing(file["id"]))

    assert general.history()[0].blocks[0]["slack_file"]["id"] == file["id"]


async def test_a_file_has_no_facts_and_cannot_be_shown_until_it_is_scanned(slack, client, general):
    slack.scan_delay_s = 20
    file = await uploaded(client)
    post = {"channel": general.id, "text": "fox", "blocks": showing(file["id"])}

    with pytest.raises(SlackApiError) as no:
        await client.chat_postMessage(**post)
    before = (await client.files_info(file=file["id"]))["file"]
    slack.clock.advance(20)
    after = (await client.files_info(file=file["id"]))["file"]

    assert file["mimetype"] == before["mimetype"] == ""
    assert (
        "invalid slack file [json-pointer:/blocks/0/slack_file]" in no.value.response["errors"][0]
    )
    assert (after["mimetype"], after["original_w"], after["original_h"]) == ("image/png", 30, 20)
    assert after["alt_txt"] == "a fox"
    assert (await client.chat_postMessage(**post))["ok"]
    assert slack.violations == []


async def test_a_webp_cannot_be_shown_in_a_block(client, general):
    file = await uploaded(client, picture("WEBP"), name="fox.webp")

    post = client.chat_postMessage(channel=general.id, text="fox", blocks=showing(file["id"]))

    assert await error_of(post) == "invalid_blocks"


async def test_where_unshared_files_are_refused_a_shared_one_still_works(session):
    from slack_sdk.web.async_client import AsyncWebClient

    async with running(Slack(beliefs=Beliefs(unshared_file_usable=False))) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=session)
        room = slack.room()
        private, shared = await uploaded(client), await uploaded(client, channel=room.id)
        await room.message(lambda m: bool(m.files))

        with pytest.raises(SlackApiError):
            await client.chat_postMessage(
                channel=room.id, text="fox", blocks=showing(private["id"])
            )
        await client.chat_postMessage(channel=room.id, text="fox", blocks=showing(shared["id"]))


async def test_a_shared_file_appears_in_its_thread_when_it_is_scanned(slack, client, general):
    slack.scan_delay_s = 20
    parent = await client.chat_postMessage(channel=general.id, text="parent")
    where = {"channel": general.id, "thread_ts": parent["ts"]}

    file = await uploaded(client, initial_comment="here", **where)
    at_once = general.history(thread=general.history()[0])
    slack.clock.advance(20)
    message = await general.message("here", thread=general.history()[0])

    assert at_once == []
    assert [one.id for one in message.files] == [file["id"]]
    shares = (await client.files_info(file=file["id"]))["file"]["shares"]
    assert shares["public"][general.id][0]["thread_ts"] == parent["ts"]


async def test_sharing_needs_the_bot_in_the_channel(slack, client):
    hall = slack.add_channel("hall", bot_in=False)

    assert await error_of(uploaded(client, channel=hall.id)) == "not_in_channel"


async def test_bytes_that_are_not_the_announced_length_are_refused(slack, client, session):
    step = await client.files_getUploadURLExternal(filename="fox.png", length=99)

    async with session.post(step["upload_url"], data=b"short") as answer:
        assert answer.status == 400
    complete = client.files_completeUploadExternal(files=[{"id": step["file_id"]}])
    assert await error_of(complete) == "file_not_found"


async def test_a_file_is_completed_once(client):
    file = await uploaded(client)

    again = client.files_completeUploadExternal(files=[{"id": file["id"]}])

    assert await error_of(again) == "file_not_found"


async def test_a_workspace_may_limit_and_forbid_files(slack, client):
    slack.workspace.max_file_bytes = 10
    too_big = await error_of(uploaded(client))
    slack.workspace.files_forbidden = "all_but_images"
    no_image = await error_of(uploaded(client, b"words", name="notes.txt"))
    slack.workspace.files_forbidden = "all"

    assert too_big == "file_upload_size_restricted"
    assert no_image == "file_uploads_except_images_disabled"
    assert await error_of(uploaded(client)) == "file_uploads_disabled"


async def test_a_private_file_is_read_with_a_good_token_only(slack, client, session, ana, general):
    message = await ana.uploads("cat.png", picture(), "look", general)
    url = message.files[0].url_private

    async with session.get(url, headers={"Authorization": f"Bearer {slack.bot_token}"}) as good:
        data = await good.read()
    async with session.get(url, headers={"Authorization": "Bearer xoxb-nobody"}) as bad:
        page, status = await bad.text(), bad.status

    assert data == picture()
    assert status == 200
    assert page.startswith("<!DOCTYPE html>")


async def test_a_file_shared_where_the_bot_is_not_is_not_visible(slack, client, ana):
    hall = slack.add_channel("hall", bot_in=False)
    message = await ana.uploads("cat.png", picture(), "", slack.room("hall"))

    assert hall.messages
    assert await error_of(client.files_info(file=message.files[0].id)) == "not_visible"


async def test_a_deleted_file_is_gone_from_messages_and_blocks(client, general):
    file = await uploaded(client)
    await client.files_delete(file=file["id"])

    post = client.chat_postMessage(channel=general.id, text="x", blocks=showing(file["id"]))

    assert await error_of(post) == "invalid_blocks"
    assert await error_of(client.files_info(file=file["id"])) == "file_deleted"


async def test_an_edit_can_bring_files_along(client, general):
    file = await uploaded(client)
    posted = await client.chat_postMessage(channel=general.id, text="a")

    await client.chat_update(channel=general.id, ts=posted["ts"], text="b", file_ids=[file["id"]])

    assert [one.id for one in general.history()[0].files] == [file["id"]]


async def test_an_upload_can_be_slowed_by_a_429(slack, client):
    slack.faults.once("upload", ratelimited(retry_after_s=1))

    with pytest.raises(SlackRequestError):
        await uploaded(client)
    assert (await uploaded(client))["id"]


async def test_an_upload_can_be_taken_and_its_answer_lost(slack, client, session):
    slack.faults.once("upload", accepted_then_cut())
    step = await client.files_getUploadURLExternal(filename="fox.png", length=3)

    with pytest.raises(aiohttp.ClientError):
        await session.post(step["upload_url"], data=b"fox")

    done = await client.files_completeUploadExternal(files=[{"id": step["file_id"]}])
    assert done["files"][0]["id"] == step["file_id"]


async def test_buttons_in_the_completion_are_refused(client, session, general):
    step = await client.files_getUploadURLExternal(filename="fox.png", length=3)
    blocks = json.dumps([{"type": "divider"}])
    async with session.post(step["upload_url"], data=b"fox"):
        pass

    complete = client.files_completeUploadExternal(
        files=[{"id": step["file_id"]}], channel_id=general.id, blocks=blocks
    )

    assert await error_of(complete) == "invalid_blocks"


@pytest.mark.parametrize(("kind", "filetype"), [("PNG", "png"), ("JPEG", "jpg"), ("GIF", "gif")])
def test_a_picture_is_known_by_its_bytes(kind, filetype):
    found = sniffed(picture(kind, (31, 17)))

    assert (found[0], found[2], found[3]) == (filetype, 31, 17)
