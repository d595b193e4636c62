"""`/imagine` on Discord, from the typed command to the pictures."""

import discord

from providers import Operation
from tests.surfaces.discord.conftest import Server, texts


async def test_imagine_becomes_one_message_with_the_pictures(server: Server) -> None:
    ana = server.person("ana")

    result = await ana.slash(server.channel, "imagine", prompt="a red fox", count=4)
    await server.ended()

    (message,) = server.posts()
    assert message.id == result.response.id
    assert len(message.attachments) == 4
    assert message.attachments[0].description == "Picture 1 of 4: a red fox"
    assert "a red fox" in texts(result.response)
    assert not message.mentions


async def test_the_first_response_shows_the_place_in_line(server: Server) -> None:
    server.painter.gate.clear()
    ana = server.person("ana")

    result = await ana.slash(server.channel, "imagine", prompt="a red fox")

    assert not result.ephemeral
    assert "a red fox" in texts(result.response)
    assert "Cancel" in server.labels(result.response)


async def test_beneath_the_first_result_a_thread_is_opened(server: Server) -> None:
    ana = server.person("ana")

    result = await ana.slash(server.channel, "imagine", prompt="a red fox")
    await server.ended()

    (thread,) = server.channel.threads
    assert thread.id == result.response.id
    assert thread.name == "a red fox"


async def test_a_variation_is_answered_in_the_thread(server: Server) -> None:
    ana = server.person("ana")
    await ana.slash(server.channel, "imagine", prompt="a red fox", count=2)
    await server.ended()

    pressed = await ana.click(server.posts()[0], label="V1")
    await server.ended()

    (thread,) = server.channel.threads
    (answer,) = server.posts(thread)
    assert pressed.deferred
    assert len(answer.attachments) == 2
    assert len(server.posts()) == 1


async def test_a_refusal_is_for_the_asker_alone(server: Server) -> None:
    ana = server.person("ana")

    result = await ana.slash(server.channel, "imagine", prompt="a forbidden fox")
    job = await server.ended()

    assert job.state == "refused"
    assert result.ephemeral
    assert "can't be made here" in texts(result.response)
    assert not server.posts()


async def test_a_slow_judge_is_met_with_a_neutral_message_that_goes_when_it_says_no(
    server: Server,
) -> None:
    server.judge.gate.clear()
    ana = server.person("ana")

    result = await server.impatient_slash(ana, prompt="a forbidden fox")
    first = texts(result.response)
    server.judge.gate.set()
    await server.ended()

    assert not result.ephemeral
    assert "fox" not in first
    assert result.response is None
    (reason,) = result.followups
    assert reason.ephemeral
    assert "can't be made here" in texts(reason)


async def test_a_slow_judge_that_says_yes_turns_the_neutral_message_into_the_answer(
    server: Server,
) -> None:
    server.judge.gate.clear()
    ana = server.person("ana")

    result = await server.impatient_slash(ana, prompt="a red fox")
    server.judge.gate.set()
    await server.ended()

    assert len(result.response.attachments) == 1
    assert len(server.posts()) == 1


async def test_bad_options_are_told_privately_and_nothing_is_submitted(server: Server) -> None:
    ana = server.person("ana")

    result = await ana.slash(server.channel, "imagine", prompt="a fox --n 99 --sty x")

    assert result.ephemeral
    assert "Nothing was submitted" in texts(result.response)
    assert await server.newest() is None


async def test_a_reference_picture_is_taken_in(server: Server, png: bytes) -> None:
    ana = server.person("ana")

    await ana.slash(server.channel, "imagine", prompt="the same in snow", reference=("me.png", png))
    job = await server.ended()

    assert job.order.source is not None
    assert server.painter.requests[0].operation is Operation.IMAGE_TO_IMAGE


async def test_a_text_file_as_reference_is_told_so(server: Server) -> None:
    ana = server.person("ana")

    result = await ana.slash(
        server.channel, "imagine", prompt="the same", reference=("me.png", b"no picture")
    )

    assert result.ephemeral
    assert "not a picture" in texts(result.response)


async def test_the_quota_is_told_privately(server: Server) -> None:
    ana = server.person("ana")

    await ana.slash(server.channel, "imagine", prompt="a red fox --n 4")
    result = await ana.slash(server.channel, "imagine", prompt="a red fox --n 10")

    assert result.ephemeral
    assert "quota" in texts(result.response)


async def test_nothing_pings_anybody(server: Server) -> None:
    ana, ben = server.person("ana"), server.person("ben")
    prompt = f"@everyone {ben.mention} <@&{server.guild.default_role.id}> [x](http://x.example)"

    await ana.slash(server.channel, "imagine", prompt=prompt)
    await server.ended()

    for request in server.env.http_requests:
        body = request.json if isinstance(request.json, dict) else {}
        data = body.get("data", body)
        if "components" in data and "title" not in data:
            assert data["allowed_mentions"] == {"parse": []}, request
    shown = texts(server.posts()[0])
    assert "@everyone" not in shown
    assert ben.mention not in shown
    assert "[x](" not in shown


async def test_a_file_over_the_limit_is_sent_smaller(server: Server) -> None:
    ana = server.person("ana")
    server.env.inject_error(
        "PATCH", "/webhooks/*", status=413, code=40005, message="too large", times=1
    )

    result = await ana.slash(server.channel, "imagine", prompt="a red fox")
    job = await server.ended()

    assert job.state == "delivered"
    assert len(result.response.attachments) == 1


async def test_cancel_stops_it_and_says_so_in_its_message(server: Server) -> None:
    server.painter.gate.clear()
    ana = server.person("ana")
    result = await ana.slash(server.channel, "imagine", prompt="a red fox")

    told = await ana.click(result.response, label="Cancel")
    server.painter.gate.set()
    job = await server.ended()

    assert job.state == "cancelled"
    assert told.ephemeral
    assert "Cancelled" in texts(result.response)


async def test_a_stranger_can_not_cancel_it(server: Server) -> None:
    server.painter.gate.clear()
    ana, ben = server.person("ana"), server.person("ben")
    result = await ana.slash(server.channel, "imagine", prompt="a red fox")

    told = await ben.click(result.response, label="Cancel")

    assert told.ephemeral
    assert "may not" in texts(told.response)


async def test_whoever_may_manage_the_server_can_cancel_it(server: Server) -> None:
    server.painter.gate.clear()
    rights = discord.Permissions(manage_guild=True)
    role = server.guild.create_role("keepers", permissions=rights)
    ana, ida = server.person("ana"), server.person("ida", roles=[role])
    result = await ana.slash(server.channel, "imagine", prompt="a red fox")

    told = await ida.click(result.response, label="Cancel")

    assert "Cancel" in texts(told.response)
    assert "may not" not in texts(told.response)
