"""Where answers go: threads, forums, direct messages, channels where the bot may not write."""

import discord

from tests.surfaces.discord.conftest import Server, texts


async def test_in_a_thread_it_answers_in_the_thread(server: Server) -> None:
    ana = server.person("ana")
    await ana.slash(server.channel, "imagine", prompt="a red fox")
    await server.ended()
    (thread,) = server.channel.threads

    await ana.slash(thread, "imagine", prompt="a blue fox")
    job = await server.ended()

    assert job.place.thread == str(thread.id)
    assert job.place.channel == str(server.channel.id)
    assert len(server.posts(thread)) == 1
    assert len(server.channel.threads) == 1


async def test_in_a_direct_message_it_answers_in_place(server: Server) -> None:
    ana = server.env.create_user("ana")

    result = await ana.slash("imagine", prompt="a red fox")
    job = await server.ended()

    assert job.state == "delivered"
    assert len(result.response.attachments) == 1


async def test_direct_messages_are_a_workspace_of_their_own(server: Server) -> None:
    ana, ben = server.env.create_user("ana"), server.env.create_user("ben")
    await ana.slash("imagine", prompt="a red fox")
    await server.ended()

    everybody = await ben.slash("impasto gallery", what="all")

    assert not everybody.response.attachments


async def test_without_the_right_to_open_threads_it_answers_in_place(server: Server) -> None:
    quiet = discord.PermissionOverwrite(create_public_threads=False)
    channel = server.guild.create_text_channel(
        "quiet", overwrites={server.guild.default_role: quiet}
    )
    ana = server.person("ana")

    await ana.slash(channel, "imagine", prompt="a red fox")
    await server.ended()
    await ana.click(server.posts(channel)[0], label="V1")
    await server.ended()

    assert not channel.threads
    assert len(server.posts(channel)) == 2


async def test_where_the_bot_may_not_write_the_answer_comes_through_the_interaction(
    server: Server,
) -> None:
    channel = server.guild.create_text_channel("private")
    ana = server.person("ana")
    for method in ("POST", "PATCH"):
        server.env.inject_error(
            method, "/channels/*", status=403, code=50001, message="no", times=None
        )

    result = await ana.slash(channel, "imagine", prompt="a red fox")
    await server.ended()
    pressed = await ana.click(result.response, label="V1")
    job = await server.ended()

    assert job.state == "delivered"
    (answer,) = pressed.followups
    assert len(answer.attachments) == 1


async def test_after_the_token_is_over_the_bots_own_token_edits(server: Server) -> None:
    ana = server.person("ana")
    for method in ("PATCH", "POST"):
        server.env.inject_error(
            method,
            "/webhooks/*",
            status=401,
            code=50027,
            message="Invalid Webhook Token",
            times=None,
        )

    await ana.slash(server.channel, "imagine", prompt="a red fox")
    job = await server.ended()

    assert job.state == "delivered"
    (message,) = server.posts()
    assert len(message.attachments) == 1


async def test_a_failure_after_the_token_is_over_comes_as_direct_message(server: Server) -> None:
    server.judge.gate.clear()
    ana = server.person("ana")
    await server.impatient_slash(ana, prompt="a forbidden fox")
    for method in ("PATCH", "POST", "DELETE"):
        server.env.inject_error(
            method,
            "/webhooks/*",
            status=401,
            code=50027,
            message="Invalid Webhook Token",
            times=None,
        )

    server.judge.gate.set()
    job = await server.ended()

    assert job.state == "refused"
    (told,) = ana.user.dm_channel.history()
    assert "can't be made here" in texts(told)
    assert not server.posts()


async def test_who_takes_no_direct_messages_sees_a_neutral_end(server: Server) -> None:
    server.judge.gate.clear()
    ana = server.person("ana")
    await server.impatient_slash(ana, prompt="a forbidden fox")
    for method in ("PATCH", "POST", "DELETE"):
        server.env.inject_error(
            method,
            "/webhooks/*",
            status=401,
            code=50027,
            message="Invalid Webhook Token",
            times=None,
        )
    server.env.inject_error(
        "POST", "/users/@me/channels", status=403, code=50007, message="Cannot send", times=None
    )

    server.judge.gate.set()
    await server.ended()

    (message,) = server.posts()
    assert "ended without a picture" in texts(message)
    assert "fox" not in texts(message)


async def test_a_deleted_message_is_posted_anew(server: Server) -> None:
    server.painter.gate.clear()
    ana = server.person("ana")
    result = await ana.slash(server.channel, "imagine", prompt="a red fox")
    server.env.backend.delete_message(server.channel.id, result.response.id)

    server.painter.gate.set()
    job = await server.ended()

    assert job.state == "delivered"
    (message,) = server.posts()
    assert len(message.attachments) == 1


async def test_a_gone_channel_is_answered_by_direct_message(server: Server) -> None:
    server.painter.gate.clear()
    ana = server.person("ana")
    await ana.slash(server.channel, "imagine", prompt="a red fox")
    for path in ("/webhooks/*", f"/channels/{server.channel.id}/*"):
        server.env.inject_error(
            "*", path, status=404, code=10003, message="Unknown Channel", times=None
        )

    server.painter.gate.set()
    job = await server.ended()

    assert job.state == "delivered"
    (told,) = ana.user.dm_channel.history()
    assert "can't write where you asked" in texts(told)
    assert len(told.attachments) == 1


async def test_a_request_nobody_can_see_is_called_back(server: Server) -> None:
    server.painter.gate.clear()
    ana = server.person("ana")
    server.env.inject_error(
        "POST", "/interactions/*", status=404, code=10062, message="Unknown interaction", times=1
    )

    await ana.slash(server.channel, "imagine", prompt="a red fox")
    job = await server.ended()

    assert job.state == "cancelled"
    assert not server.posts()


async def test_an_answer_given_before_is_dropped_silently(server: Server) -> None:
    ana = server.person("ana")
    server.env.inject_error(
        "POST", "/interactions/*", status=400, code=40060, message="already", times=1
    )

    await ana.slash(server.channel, "imagine", prompt="a red fox")
    job = await server.ended()

    assert job.state == "delivered"


async def test_the_age_restriction_of_a_channel_is_known(server: Server) -> None:
    adults = server.guild.create_text_channel("adults")
    server.env.bot.get_channel(adults.id).nsfw = True
    ana = server.person("ana")

    await ana.slash(adults, "imagine", prompt="a red fox")
    first = await server.ended()
    await ana.slash(adults.threads[0], "imagine", prompt="a red fox")
    in_thread = await server.ended()
    await ana.slash(server.channel, "imagine", prompt="a red fox")
    elsewhere = await server.ended()

    assert first.place.age_restricted
    assert in_thread.place.age_restricted
    assert not elsewhere.place.age_restricted
