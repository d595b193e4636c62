"""Files, addresses, nonces and mentions of messages."""

from __future__ import annotations

import io

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.simulators.discord.mentions import REGULAR_DEFAULT, called_by
from tests.simulators.discord.permissions import BITS
from tests.simulators.discord.raw_bot import V2

GALLERY = {"type": 12, "items": [{"media": {"url": "attachment://a.png"}}]}


def png() -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (8, 6)).save(kept, "PNG")
    return kept.getvalue()


async def fetched(url: str) -> tuple[int, bytes]:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.read()


async def test_a_file_over_the_limit_is_40005(platform, bot, art):
    platform.guild.attachment_bytes = 100

    too_big = await bot.sends(art.id, {}, files={"a.bin": b"x" * 101})
    fits = await bot.sends(art.id, {}, files={"a.bin": b"x" * 100})

    assert too_big.refused == (413, 40005)
    assert fits.status == 200


async def test_a_file_that_no_component_shows_is_not_seen_in_a_v2_message(platform, bot, art):
    body = {"flags": V2, "components": [GALLERY]}

    sent = await bot.sends(art.id, body, files={"a.png": png(), "hidden.png": png()})

    message = platform.messages[sent.data["id"]]
    assert [one.filename for one in message.pictures] == ["a.png"]
    assert [one["filename"] for one in sent.data["attachments"]] == ["hidden.png"]
    media = sent.data["components"][0]["items"][0]["media"]
    assert (media["width"], media["height"]) == (8, 6)
    assert (await fetched(media["url"])) == (200, png())


async def test_a_files_address_expires_and_a_new_one_is_given(platform, bot, art):
    sent = await bot.sends(art.id, {}, files={"a.png": png()})
    url = sent.data["attachments"][0]["url"]
    platform.clock.advance(platform.limits.cdn_url_life_s + 1)

    expired = await fetched(url)
    again = await bot.asks("GET", f"/channels/{art.id}/messages/{sent.data['id']}")

    assert expired[0] == 404
    assert (await fetched(again.data["attachments"][0]["url"]))[0] == 200


async def test_a_forged_address_gives_nothing(bot, art):
    sent = await bot.sends(art.id, {}, files={"a.png": png()})
    url = sent.data["attachments"][0]["url"]

    assert (await fetched(url))[0] == 200
    assert (await fetched(url.replace("hm=", "hm=0")))[0] == 404


async def test_an_edit_keeps_only_the_files_it_lists(platform, bot, art):
    sent = await bot.sends(art.id, {}, files={"a.png": png(), "b.png": png()})
    first, second = sent.data["attachments"]
    message = platform.messages[sent.data["id"]]

    await bot.edits(art.id, message.id, {"content": "x"})
    kept_all = [one.filename for one in message.attachments]
    body = {"attachments": [{"id": second["id"]}, {"id": 0}]}
    await bot.edits(art.id, message.id, body, files={"c.png": png()})

    assert kept_all == ["a.png", "b.png"]
    assert [one.filename for one in message.attachments] == ["b.png", "c.png"]
    assert (await fetched(first["url"]))[0] == 404


async def test_v2_cannot_be_taken_back_and_empties_what_was_there(platform, bot, art):
    sent = await bot.sends(art.id, {"content": "x"})
    words = {"type": 10, "content": "y"}

    kept = await bot.edits(art.id, sent.data["id"], {"flags": V2, "components": [words]})
    emptied = await bot.edits(
        art.id, sent.data["id"], {"flags": V2, "content": None, "components": [words]}
    )
    back = await bot.edits(art.id, sent.data["id"], {"flags": 0, "content": "z"})

    assert kept.refused == back.refused == (400, 50035)
    assert emptied.data["flags"] & V2


async def test_an_empty_message_is_50006(bot, art):
    assert (await bot.sends(art.id, {"content": "  "})).refused == (400, 50006)


async def test_the_same_enforced_nonce_gives_the_same_message(platform, bot, art):
    body = {"content": "x", "nonce": "job-1", "enforce_nonce": True}
    first, second = await bot.sends(art.id, body), await bot.sends(art.id, body)
    unenforced = await bot.sends(art.id, {"content": "x", "nonce": "job-1"})
    platform.clock.advance(platform.limits.nonce_memory_s + 1)
    much_later = await bot.sends(art.id, body)

    assert first.data["id"] == second.data["id"]
    assert len({one.data["id"] for one in (first, unenforced, much_later)}) == 3


async def test_a_message_without_allowed_mentions_calls_whom_it_names(platform, bot, ada, art):
    painters = next(one for one in platform.guild.roles.values() if one.name == "painters")
    words = f"@everyone <@{ada.id}> <@&{painters.id}>"

    sent = await bot.sends(art.id, {"content": words})

    message = platform.messages[sent.data["id"]]
    assert message.called.users == (ada.id,)
    assert message.called.roles == (painters.id,)
    assert not message.called.everyone
    assert platform.called_anybody == [message]


async def test_everyone_is_called_only_with_the_permission(platform, bot, art):
    art.allows_bot("MENTION_EVERYONE")

    sent = await bot.sends(art.id, {"content": "@here"})

    assert platform.messages[sent.data["id"]].called.everyone


async def test_components_call_too_and_edits_do(platform, bot, ada, art):
    words = {"type": 10, "content": f"<@{ada.id}>"}
    sent = await bot.sends(
        art.id, {"flags": V2, "components": [words], "allowed_mentions": {"parse": []}}
    )
    message = platform.messages[sent.data["id"]]
    quiet = bool(message.ever_called)

    await bot.edits(art.id, message.id, {"components": [words]})

    assert not quiet
    assert message.ever_called[0].users == (ada.id,)


async def test_an_answer_to_an_interaction_calls_only_users_by_default(platform, bot, ada, art):
    painters = next(one for one in platform.guild.roles.values() if one.name == "painters")
    told = ada.starts("/imagine", art)

    await bot.callback(told, 4, {"content": f"<@{ada.id}> <@&{painters.id}>"})

    assert told.original.called.users == (ada.id,)
    assert told.original.called.roles == ()


@given(st.text(), st.sampled_from([None, {"parse": []}, {"users": []}, {"replied_user": False}]))
def test_nobody_is_called_when_nobody_is_allowed(words, allowed):
    if allowed is None:
        allowed = {}
    noisy = f"@everyone {words} <@1> <@!2> <@&3> @here"

    called = called_by(
        noisy,
        allowed,
        default=REGULAR_DEFAULT,
        guild=None,
        permissions=BITS["MENTION_EVERYONE"],
        replied_to="9",
    )

    assert not called


@given(st.sets(st.integers(1, 9)), st.sets(st.integers(1, 9)))
def test_only_who_is_both_named_and_allowed_is_called(named, allowed):
    words = " ".join(f"<@{one}>" for one in sorted(named))
    rules = {"users": [str(one) for one in allowed]}

    called = called_by(words, rules, default=REGULAR_DEFAULT, guild=None, permissions=0)

    assert set(map(int, called.users)) == named & allowed


@pytest.mark.parametrize("replied", [True, False])
async def test_a_reply_calls_its_author_only_when_told_to(platform, bot, ada, art, replied):
    posted = ada.posts("hello", art)
    body = {
        "content": "x",
        "message_reference": {"message_id": posted.id},
        "allowed_mentions": {"parse": [], "replied_user": replied},
    }

    sent = await bot.sends(art.id, body)

    assert bool(platform.messages[sent.data["id"]].called) is replied
