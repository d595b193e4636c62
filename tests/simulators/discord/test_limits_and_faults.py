"""Rate limits with the real client, invalid requests, faults, and what registering commands costs."""

from __future__ import annotations

import asyncio

import aiohttp
import discord
import pytest

from tests.simulators.discord.limits import Limits
from tests.simulators.discord.raw_bot import IMAGINE, RawBot
from tests.simulators.discord.real_client import Bot, connected, pointed_at
from tests.simulators.discord.server import running
from tests.simulators.discord.simulator import Discord


async def test_a_full_bucket_is_429_with_its_headers(platform, art):
    limits = Limits(bucket_requests=2, bucket_window_s=60.0)
    async with running(Discord(limits=limits)) as narrow, aiohttp.ClientSession() as session:
        bot, room = RawBot(narrow, session), narrow.room("art")
        answers = [await bot.sends(room.id, {"content": "x"}) for _ in range(3)]
        elsewhere = await bot.sends(narrow.room("lounge").id, {"content": "x"})

    headers = answers[2].headers
    assert [one.status for one in answers] == [200, 200, 429]
    assert [one.headers["X-RateLimit-Remaining"] for one in answers[:2]] == ["1", "0"]
    assert headers["Via"]
    assert headers["X-RateLimit-Scope"] == "user"
    assert answers[2].data["retry_after"] > 59
    assert elsewhere.status == 200
    assert narrow.rates.limited == narrow.rates.invalid_requests == 1


async def test_the_global_limit_leaves_interactions_alone():
    limits = Limits(global_requests_per_s=2, bucket_requests=1000)
    async with running(Discord(limits=limits)) as narrow, aiohttp.ClientSession() as session:
        narrow.commands.overwrite(None, [IMAGINE])
        bot, art, ada = RawBot(narrow, session), narrow.room("art"), narrow.person("Ada")
        answers = [await bot.sends(art.id, {"content": "x"}) for _ in range(3)]
        acks = [await bot.callback(ada.starts("/imagine", art), 5) for _ in range(5)]

    assert [one.status for one in answers] == [200, 200, 429]
    assert answers[2].data["global"] is True
    assert answers[2].headers["X-RateLimit-Global"] == "true"
    assert {one.status for one in acks} == {200}


async def test_the_real_client_stays_within_a_bucket_it_knows():
    limits = Limits(bucket_requests=3, bucket_window_s=0.2, identify_window_s=0.0)
    async with running(Discord(limits=limits)) as narrow, connected(narrow, bot := Bot()):
        place = bot.get_partial_messageable(int(narrow.room("art").id))
        for number in range(7):
            await place.send(str(number))

    assert len(narrow.room("art").messages()) == 7
    assert narrow.rates.limited == 0


@pytest.mark.parametrize(("scope", "invalid"), [("user", 1), ("shared", 0), ("global", 1)])
async def test_the_real_client_waits_for_a_429_with_via(platform, art, scope, invalid):
    async with connected(platform, bot := Bot()):
        platform.faults.rate_limited("send", retry_after_s=0.02, scope=scope)
        await bot.get_partial_messageable(int(art.id)).send("x")

    assert [one.text for one in art.messages()] == ["x"]
    assert platform.count("send") == 2
    assert platform.rates.invalid_requests == invalid


async def test_the_real_client_raises_on_a_429_without_via(platform, art):
    async with connected(platform, bot := Bot()):
        platform.faults.cloudflare("send")
        with pytest.raises(discord.HTTPException) as banned:
            await bot.get_partial_messageable(int(art.id)).send("x")

    assert banned.value.status == 429
    assert platform.count("send") == 1


async def test_too_many_invalid_requests_shut_the_bot_out():
    limits = Limits(invalid_requests=3, bucket_requests=1000)
    async with running(Discord(limits=limits)) as strict, aiohttp.ClientSession() as session:
        bot, art = RawBot(strict, session), strict.room("art")
        for _ in range(3):
            await bot.asks("GET", f"/channels/{art.id}", token="wrong")
        banned = await bot.sends(art.id, {"content": "x"})
        strict.clock.advance(601)
        free = await bot.sends(art.id, {"content": "x"})

    assert banned.status == 429
    assert "Via" not in banned.headers
    assert free.status == 200


async def test_a_fault_strikes_once_and_before_anything_happens(platform, bot, art):
    platform.faults.once("send", 403, 50013)

    first, second = [await bot.sends(art.id, {"content": "x"}) for _ in range(2)]

    assert first.refused == (403, 50013)
    assert second.status == 200
    assert len(art.messages()) == 1


async def test_a_fault_after_the_effect_leaves_the_effect(platform, bot, ada, art):
    platform.faults.once("callback", 503, after_effect=True)
    told = ada.starts("/imagine", art)

    answer = await bot.callback(told, 5)

    assert answer.status == 503
    assert told.outcome == "answered"
    assert (await bot.callback(told, 5)).refused == (400, 40060)


@pytest.mark.parametrize("after_effect", [True, False])
async def test_a_cut_gives_no_answer(platform, bot, art, after_effect):
    platform.faults.cut("send", after_effect=after_effect)

    with pytest.raises(aiohttp.ServerDisconnectedError):
        await bot.sends(art.id, {"content": "x"})

    assert len(art.messages()) == int(after_effect)


async def test_a_slow_answer_waits_for_the_clock(platform, bot, ada, art):
    platform.faults.slow("callback", 4.0)
    told = ada.starts("/imagine", art)
    acking = asyncio.ensure_future(bot.callback(told, 5))
    await platform.until(lambda: platform.faults.happened)

    platform.clock.advance(4.0)

    assert (await acking).refused == (404, 10062)


async def test_the_cdn_can_fail(platform, bot, art):
    sent = await bot.sends(art.id, {}, files={"a.txt": b"x"})
    platform.faults.once("cdn", 503)

    async with aiohttp.ClientSession() as session:
        for status in (503, 200):
            async with session.get(sent.data["attachments"][0]["url"]) as answer:
                assert answer.status == status


async def test_a_bulk_overwrite_counts_only_new_commands(platform):
    bot = Bot()
    for name in ("imagine", "impasto"):

        async def nothing(interaction: discord.Interaction) -> None: ...

        bot.tree.command(name=name, description="x")(nothing)

    with pointed_at(platform):
        await bot.login(platform.token)
        first = await bot.tree.sync()
        second = await bot.tree.sync()
        await bot.close()

    assert [one.id for one in first] == [one.id for one in second]
    assert [one.created for one in platform.commands.written] == [2, 0]
    assert platform.commands.bulk_overwrites == 2
    assert platform.violations == []


async def test_the_two_hundred_and_first_create_of_a_day_is_refused():
    limits = Limits(command_creates_per_day=2, bucket_requests=1000)
    async with running(Discord(limits=limits)) as strict, aiohttp.ClientSession() as session:
        bot = RawBot(strict, session)
        path = f"/applications/{strict.application_id}/commands"
        one, two, three = ({**IMAGINE, "name": name} for name in ("a", "b", "c"))
        assert (await bot.asks("PUT", path, [one, two])).status == 200
        third = await bot.asks("PUT", path, [one, two, three])
        changed = await bot.asks("PUT", path, [one, {**two, "description": "y"}])
        strict.clock.advance(86_401)
        next_day = await bot.asks("PUT", path, [one, two, three])

    assert third.refused == (400, 30034)
    assert changed.status == next_day.status == 200
