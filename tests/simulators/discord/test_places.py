"""Channels, threads, permissions and direct messages refuse with Discord's codes."""

from __future__ import annotations

import pytest

from tests.simulators.discord.administration import kick_bot
from tests.simulators.discord.permissions import BITS, EVERYTHING, channel_permissions
from tests.simulators.discord.slash import NotOffered


async def started_thread(bot, art, **body):
    sent = await bot.sends(art.id, {"content": "a fox"})
    path = f"/channels/{art.id}/messages/{sent.data['id']}/threads"
    await bot.asks("POST", path, {"name": "a fox", **body})
    return await art.thread("fox")


@pytest.mark.parametrize(
    ("denied", "refused"), [("VIEW_CHANNEL", (403, 50001)), ("SEND_MESSAGES", (403, 50013))]
)
async def test_a_permission_that_is_missing_is_named_by_its_code(bot, art, denied, refused):
    art.denies_bot(denied)

    assert (await bot.sends(art.id, {"content": "x"})).refused == refused


async def test_files_need_a_permission_of_their_own(bot, art):
    art.denies_bot("ATTACH_FILES")

    with_file = await bot.sends(art.id, {}, files={"a.txt": b"x"})

    assert with_file.refused == (403, 50013)
    assert (await bot.sends(art.id, {"content": "x"})).status == 200


async def test_an_interaction_is_answered_where_the_bot_sees_nothing(bot, ada, art):
    art.denies_bot("VIEW_CHANNEL")
    told = ada.starts("/imagine", art)

    assert (await bot.callback(told, 4, {"content": "x"})).status == 200
    assert (await bot.edits(art.id, told.original.id, {"content": "y"})).refused == (403, 50001)


async def test_who_sees_no_channel_may_do_nothing_there(platform, art):
    art.denies_bot("VIEW_CHANNEL")

    assert channel_permissions(platform.guild, art.channel, platform.bot.id) == 0
    assert channel_permissions(platform.guild, art.channel, platform.guild.owner_id) == EVERYTHING


async def test_nobody_joins_an_archived_thread(bot, ada, art):
    thread = await started_thread(bot, art)
    path = f"/channels/{thread.id}/thread-members/{ada.id}"
    joined = await bot.asks("PUT", path)
    thread.archives()

    assert joined.status == 204
    assert (await bot.asks("PUT", path)).refused == (400, 50083)


async def test_a_thread_has_the_id_of_its_message_and_there_is_one_only(platform, bot, art):
    thread = await started_thread(bot, art)
    path = f"/channels/{art.id}/messages/{thread.id}/threads"

    again = await bot.asks("POST", path, {"name": "again"})

    assert thread.id in platform.messages
    assert again.refused == (400, 160004)


async def test_a_thread_needs_a_permission_and_a_good_name(bot, art):
    sent = await bot.sends(art.id, {"content": "x"})
    path = f"/channels/{art.id}/messages/{sent.data['id']}/threads"
    long_name = await bot.asks("POST", path, {"name": "x" * 101})
    odd_time = await bot.asks("POST", path, {"name": "x", "auto_archive_duration": 61})
    art.denies_bot("CREATE_PUBLIC_THREADS")
    denied = await bot.asks("POST", path, {"name": "x"})

    assert long_name.refused == odd_time.refused == (400, 50035)
    assert denied.refused == (403, 50013)


async def test_threads_do_not_nest(bot, art):
    thread = await started_thread(bot, art)
    sent = await bot.sends(thread.id, {"content": "x"})

    path = f"/channels/{thread.id}/messages/{sent.data['id']}/threads"
    assert (await bot.asks("POST", path, {"name": "x"})).refused == (400, 50024)


async def test_threads_need_a_permission_of_their_own_to_write_in(bot, art):
    thread = await started_thread(bot, art)
    art.denies_bot("SEND_MESSAGES_IN_THREADS")

    assert (await bot.sends(thread.id, {"content": "x"})).refused == (403, 50013)
    assert (await bot.sends(art.id, {"content": "x"})).status == 200


async def test_writing_wakes_an_archived_thread_and_editing_there_is_refused(bot, art):
    thread = await started_thread(bot, art)
    sent = await bot.sends(thread.id, {"content": "x"})
    thread.archives()

    edited = await bot.edits(thread.id, sent.data["id"], {"content": "y"})
    written = await bot.sends(thread.id, {"content": "z"})

    assert edited.refused == (400, 50083)
    assert written.status == 200
    assert not thread.channel.thread.archived


async def test_a_locked_thread_takes_neither_messages_nor_answers(bot, ada, art):
    thread = await started_thread(bot, art)
    told = ada.starts("/imagine", thread)
    thread.locks()

    assert (await bot.sends(thread.id, {"content": "x"})).refused == (400, 50083)
    assert (await bot.callback(told, 5)).refused == (400, 50083)
    thread.unlocks()
    thread.locks_only()
    assert (await bot.sends(thread.id, {"content": "x"})).refused == (403, 160005)


async def test_it_can_be_believed_that_a_locked_thread_takes_answers(platform, bot, ada, art):
    platform.beliefs.locked_thread_refuses_responses = False
    thread = await started_thread(bot, art)
    told = ada.starts("/imagine", thread)
    thread.locks()

    assert (await bot.callback(told, 5)).status == 200


async def test_who_manages_threads_writes_into_locked_ones(bot, art):
    art.allows_bot("MANAGE_THREADS")
    thread = await started_thread(bot, art)
    thread.locks()

    assert (await bot.sends(thread.id, {"content": "x"})).status == 200


async def test_a_forum_takes_posts_and_no_messages(platform, bot):
    ideas = platform.room("ideas")
    path = f"/channels/{ideas.id}/threads"

    plain = await bot.sends(ideas.id, {"content": "x"})
    empty = await bot.asks("POST", path, {"name": "a fox", "message": {}})
    post = await bot.asks("POST", path, {"name": "a fox", "message": {"content": "x"}})

    assert plain.refused == (400, 40058)
    assert empty.status == 400
    assert post.status == 201
    assert [one.name for one in ideas.threads()] == ["a fox"]


async def test_nobody_commands_in_a_forum_itself_but_in_its_posts(platform, bot, ada):
    ideas = platform.room("ideas")
    path = f"/channels/{ideas.id}/threads"
    await bot.asks("POST", path, {"name": "a fox", "message": {"content": "x"}})

    with pytest.raises(NotOffered):
        ada.starts("/imagine", ideas)
    told = ada.starts("/imagine", ideas.threads()[0])

    assert (await bot.callback(told, 5)).status == 200


async def test_a_direct_message_channel_is_one_and_may_be_closed(bot, ada):
    first = await bot.asks("POST", "/users/@me/channels", {"recipient_id": ada.id})
    second = await bot.asks("POST", "/users/@me/channels", {"recipient_id": ada.id})
    ada.closes_dms()

    assert first.data["id"] == second.data["id"] == ada.dm.id
    assert (await bot.sends(ada.dm.id, {"content": "x"})).refused == (403, 50007)


async def test_only_ones_own_messages_can_be_edited(bot, ada, art):
    posted = ada.posts("mine", art)

    assert (await bot.edits(art.id, posted.id, {"content": "x"})).refused == (403, 50005)
    path = f"/channels/{art.id}/messages/{posted.id}"
    assert (await bot.asks("DELETE", path)).refused == (403, 50013)


async def test_an_old_message_takes_a_number_of_edits(platform, bot, art):
    sent = await bot.sends(art.id, {"content": "x"})
    platform.clock.advance(3601)

    answers = [
        await bot.edits(art.id, sent.data["id"], {"content": str(n)})
        for n in range(platform.limits.old_message_edits + 1)
    ]

    assert {one.status for one in answers[:-1]} == {200}
    assert answers[-1].refused == (400, 30046)


async def test_a_wrong_token_is_401_everywhere(platform, bot, art):
    answer = await bot.asks("GET", f"/channels/{art.id}", token="wrong")

    assert answer.status == 401
    assert platform.rates.invalid_requests == 1


async def test_a_bot_that_was_kicked_reaches_nothing(platform, bot, art):
    kick_bot(platform, platform.guild)

    assert (await bot.sends(art.id, {"content": "x"})).refused == (403, 50001)
    assert (await bot.asks("GET", f"/guilds/{platform.guild.id}")).refused == (404, 10004)


async def test_commands_show_only_to_whom_they_are_meant(platform, ada):
    platform.commands.overwrite(
        None,
        [
            {
                "name": "admin",
                "description": "x",
                "default_member_permissions": str(BITS["MANAGE_GUILD"]),
                "contexts": [0],
            },
            {"name": "bare", "description": "x", "nsfw": True},
        ],
    )
    mia = platform.person("Mia")

    assert mia.starts("/admin", platform.room("art"))
    assert ada.starts("/bare", platform.room("night"))
    for words, person, room in (
        ("/admin", ada, platform.room("art")),
        ("/admin", mia, mia.dm),
        ("/bare", ada, platform.room("art")),
    ):
        with pytest.raises(NotOffered):
            person.starts(words, room)


async def test_a_global_and_a_guild_copy_stand_twice_in_the_picker(platform, bot, ada, art):
    platform.commands.overwrite(platform.guild.id, platform.commands.of(None))

    with pytest.raises(NotOffered, match="twice"):
        ada.starts("/imagine", art)
