"""What is typed: a command for the bot, or talk for everybody."""

import pytest

from bot.ports import BlobsUnwritable, StoreUnavailable, Unavailable
from bot.surfaces.web.request_body import MAX_PICTURE_BYTES
from tests.browser.stage import paint

PNG = paint.encoded(paint.picture(3, width_px=32, height_px=32))


async def test_a_command_reaches_the_registry_with_who_where_and_its_key(stage, visit):
    async with visit("ben") as ben:
        answer = await ben.say("/imagine a fox --n 2", channel="design", key="browser-key-1")

    (invocation,) = stage.answer.seen
    assert (invocation.word, invocation.text) == ("imagine", "a fox --n 2")
    assert invocation.person.lane == "web:playground:ben"
    assert (invocation.place.channel, invocation.place.thread) == ("design", None)
    assert invocation.key == "web:playground:ben:browser-key-1"
    assert "Got it" in answer.json()["html"]


async def test_a_resend_makes_no_second_job(stage, visit):
    async with visit() as ana:
        for _ in range(3):
            await ana.say("/imagine a fox", key="the-same-key")

    assert len(stage.queue.jobs) == 1


async def test_two_people_can_not_meet_in_one_key(stage, visit):
    async with visit("ana") as ana, visit("ben") as ben:
        await ana.say("/imagine a fox", key="the-same-key")
        await ben.say("/imagine a hare", key="the-same-key")

    assert len(stage.queue.jobs) == 2


async def test_talk_is_a_message_once_however_often_it_is_sent(stage, visit):
    async with visit() as ana:
        await ana.say("Look at that light!", key="talk-key-1")
        await ana.say("Look at that light!", key="talk-key-1")

        html = await ana.page()

    assert html.count("Look at that light!") == 1
    assert stage.answer.seen == []


async def test_talk_in_a_thread_stands_in_it(stage, visit):
    async with visit() as ana:
        await ana.say("A thread begins")
        (root,) = stage.channel.rows

        await ana.say("and goes on", thread=root)

    assert [row.thread for row in stage.channel.rows.values()] == [None, root]


async def test_a_command_in_a_thread_is_to_be_answered_there(stage, visit):
    async with visit() as ana:
        await ana.say("A thread begins")
        (root,) = stage.channel.rows

        await ana.say("/imagine a fox", thread=root)

    assert stage.answer.seen[0].place.thread == str(root)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"thread": 99}, 404),
        ({"channel": "secret"}, 404),
        ({"as_user": "ben"}, 409),
        ({"key": "short"}, 400),
        ({"key": "with spaces in it"}, 400),
        ({"thread": -1}, 400),
        ({"surplus": 1}, 400),
        ({"reference": "forged-token"}, 400),
        ({"text": "x" * 200_001}, 400),
    ],
)
async def test_what_the_page_would_never_send_is_refused_with_a_sentence(
    stage, visit, body, status
):
    async with visit("ana") as ana:
        answer = await ana.post("/api/say", **{"text": "/imagine a fox", **body})

    assert answer.status_code == status
    assert answer.json()["error"].endswith(".")
    assert stage.queue.jobs == {}


async def test_a_body_that_is_no_json_is_refused(stage, visit):
    async with visit() as ana:
        plain = await ana.http.post(
            "/api/say", content=b"{}", headers={"Content-Type": "text/plain"}
        )
        broken = await ana.http.post(
            "/api/say", content=b"{", headers={"Content-Type": "application/json"}
        )

    assert (plain.status_code, broken.status_code) == (415, 400)


async def test_a_hundred_thousand_characters_are_answered_in_words(stage, visit):
    async with visit() as ana:
        prompt = await ana.say("/imagine " + "fox " * 25_000)
        talk = await ana.say("fox " * 2000)

    assert prompt.status_code == 200
    assert "Nothing was submitted" in prompt.json()["html"]
    assert talk.status_code == 400
    assert "4,000 characters" in talk.json()["error"]


async def test_a_private_reply_is_for_the_one_who_asked_only(stage, visit):
    async with visit("ana") as ana, visit("ben") as ben:
        answer = await ana.say("/help")
        seen = await ben.page()

    assert "Only you can see this" in answer.json()["html"]
    assert "What you can type" in answer.json()["html"]
    assert "<pre" not in seen
    assert stage.channel.rows == {}


async def test_a_reference_goes_with_the_command_it_was_added_to(stage, visit):
    async with visit() as ana:
        taken = (await ana.http.post("/api/upload/reference", content=PNG)).json()
        await ana.say("/imagine the same at night", reference=taken["token"])
        shown = await ana.http.get(taken["view"])

    assert stage.blobs.data[stage.answer.seen[0].reference] == PNG
    assert shown.content == PNG


async def test_nobody_can_use_what_another_brought(stage, visit):
    async with visit("ana") as ana, visit("ben") as ben:
        token = (await ana.http.post("/api/upload/reference", content=PNG)).json()["token"]

        answer = await ben.say("/imagine the same", reference=token)

    assert answer.status_code == 400
    assert stage.answer.seen == []


async def test_a_picture_without_a_command_is_not_lost_in_talk(visit):
    async with visit() as ana:
        token = (await ana.http.post("/api/upload/reference", content=PNG)).json()["token"]

        answer = await ana.say("how about this?", reference=token)

    assert answer.status_code == 400
    assert "/imagine" in answer.json()["error"]


async def test_a_text_file_is_refused_with_what_would_do(visit):
    async with visit() as ana:
        answer = await ana.http.post("/api/upload/reference", content=b"hello there")

    assert answer.status_code == 422
    assert "PNG, JPEG and WebP" in answer.json()["error"]


async def test_an_upload_is_cut_off_at_the_limit_whatever_it_claims(stage, visit):
    sent = 0

    async def endless():
        nonlocal sent
        while sent < 10 * MAX_PICTURE_BYTES:
            sent += 1_000_000
            yield b"\x89PNG" + bytes(999_996)

    async with visit() as ana:
        answer = await ana.http.post("/api/upload/reference", content=endless())

    assert answer.status_code == 413
    assert "20 MB" in answer.json()["error"]
    assert sent < MAX_PICTURE_BYTES + 3_000_000
    assert stage.uploads.references == []


async def test_a_full_disk_is_said(stage, visit):
    async def full(data):
        raise BlobsUnwritable("No space left on device")

    stage.blobs.put = full
    async with visit() as ana:
        answer = await ana.http.post("/api/upload/reference", content=PNG)

    assert answer.status_code == 507
    assert "no room" in answer.json()["error"]


@pytest.mark.parametrize(
    ("why", "words"),
    [
        (Unavailable.FULL, "make room"),
        (Unavailable.READ_ONLY, "make room"),
        (Unavailable.LOCKED, "Send it again; it will count once"),
        (Unavailable.BROKEN, "Send it again; it will count once"),
    ],
)
async def test_what_could_not_be_stored_is_said_without_the_machines_words(
    stage, visit, why, words
):
    async def refuses(submission):
        raise StoreUnavailable(why, "/secret/path/impasto.db")

    stage.queue.submit = refuses
    async with visit() as ana:
        answer = await ana.say("/imagine a fox")

    assert answer.status_code == 503
    assert words in answer.json()["error"]
    assert "secret" not in answer.text


async def test_a_switch_is_to_somebody_who_exists(visit):
    async with visit("mo") as mo:
        page = await mo.page()
        answer = await mo.http.post("/api/be", json={"user": "root"})

    assert 'data-me="mo"' in page
    assert answer.status_code == 404
