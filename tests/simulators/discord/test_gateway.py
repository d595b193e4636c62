"""The gateway lets the real discord.py down in every way, and takes it back."""

from __future__ import annotations

import asyncio

import aiohttp
import discord
import pytest

from tests.simulators.discord.limits import Limits
from tests.simulators.discord.raw_bot import IMAGINE
from tests.simulators.discord.real_client import Bot, connected, pointed_at
from tests.simulators.discord.server import running
from tests.simulators.discord.simulator import Discord


class Answering(Bot):
    """/imagine is answered at once; what comes twice is counted."""

    def __init__(self, **options) -> None:
        super().__init__(**options)
        self.handled: list[int] = []
        self.tree.command(name="imagine", description="Paint")(self.imagine)

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def imagine(self, interaction: discord.Interaction) -> None:
        self.handled.append(interaction.id)
        await interaction.response.send_message("done")


async def comes_and_goes(platform: Discord) -> None:
    async with connected(platform, Bot()):
        pass


async def resumed(platform: Discord, *, times: int = 1) -> None:
    await platform.until(lambda: platform.gateway.resumes >= times, what="a RESUME")


async def test_what_happens_while_the_connection_is_cut_comes_by_resume(platform, ada, art):
    bot = Answering()

    async with connected(platform, bot):
        platform.gateway.cut()
        await platform.until(lambda: not platform.gateway.is_connected)
        told = await ada.runs("/imagine", art)

    assert told.outcome == "answered"
    assert platform.gateway.resumes == 1
    assert len(platform.gateway.identifies) == 1


async def test_an_interaction_that_resume_brings_too_late_has_died(platform, ada, art):
    bot = Answering()
    bot.tree.error(_ignore)

    async with connected(platform, bot):
        platform.gateway.goes_down()
        await platform.until(lambda: not platform.gateway.is_connected)
        told = ada.starts("/imagine", art)
        platform.clock.advance(4)
        platform.gateway.comes_up()
        await platform.until(lambda: told.ack_refusals, what="a late ack")

    assert bot.handled == [int(told.id)]
    assert told.ack_refusals == [10062]


async def _ignore(_interaction: discord.Interaction, _error: Exception) -> None: ...


async def test_op_7_makes_the_client_resume(platform, ada, art):
    async with connected(platform, Answering()):
        platform.gateway.asks_to_reconnect()
        await resumed(platform)
        told = await ada.runs("/imagine", art)

    assert told.outcome == "answered"
    assert len(platform.gateway.identifies) == 1


async def test_op_9_true_makes_the_client_resume(platform):
    async with connected(platform, Answering()):
        platform.gateway.invalidates_sessions(resumable=True)
        await resumed(platform)

    assert len(platform.gateway.identifies) == 1


async def test_op_9_false_makes_the_client_identify_again(platform, ada, art):
    async with connected(platform, Answering()):
        platform.gateway.invalidates_sessions(resumable=False)
        await platform.until(lambda: len(platform.gateway.identifies) == 2)
        told = await ada.runs("/imagine", art)

    assert told.outcome == "answered"
    assert platform.gateway.resumes == 0


async def test_a_forgotten_session_is_not_resumed(platform, ada, art):
    async with connected(platform, Answering()):
        platform.gateway.forgets_sessions()
        platform.gateway.cut()
        await platform.until(lambda: len(platform.gateway.identifies) == 2)
        told = await ada.runs("/imagine", art)

    assert told.outcome == "answered"


async def test_a_session_is_forgotten_after_a_few_minutes(platform, ada, art):
    async with connected(platform, Answering()):
        platform.gateway.goes_down()
        await platform.until(lambda: not platform.gateway.is_connected)
        platform.clock.advance(platform.limits.session_life_s + 1)
        platform.gateway.comes_up()
        await platform.until(lambda: len(platform.gateway.identifies) == 2)


async def test_close_4000_keeps_the_session(platform):
    async with connected(platform, Answering()):
        platform.gateway.closes_with(4000)
        await resumed(platform)

    assert len(platform.gateway.identifies) == 1


async def test_close_4009_makes_the_client_start_anew(platform):
    async with connected(platform, Answering()):
        platform.gateway.closes_with(4009)
        await platform.until(lambda: len(platform.gateway.identifies) == 2)


@pytest.mark.parametrize("code", [4004, 4014])
async def test_closes_that_cannot_be_reconnected_end_the_client(platform, code):
    platform.gateway.refuses_next_identify(code)
    expected = discord.PrivilegedIntentsRequired if code == 4014 else discord.ConnectionClosed

    with pytest.raises(expected):
        async with connected(platform, Bot()):
            pass

    assert platform.gateway.identifies == []


async def test_a_wrong_token_is_refused_at_login(platform):
    bot = Bot()

    with pointed_at(platform), pytest.raises(discord.LoginFailure):
        await bot.login("wrong")
    await bot.close()


async def test_a_privileged_intent_that_is_not_enabled_closes_4014(platform):
    bot = Bot()
    bot._connection._intents = discord.Intents(guilds=True, message_content=True)

    with pytest.raises(discord.PrivilegedIntentsRequired):
        async with connected(platform, bot):
            pass

    assert platform.gateway.closes == [4014]


async def test_a_zombie_is_left_and_resumed_with_what_it_swallowed():
    limits = Limits(identify_window_s=0.0, heartbeat_interval_s=0.1)
    bot = Answering(heartbeat_timeout=0.5)

    async with running(Discord(limits=limits)) as platform, connected(platform, bot):
        platform.gateway.falls_silent()
        told = await platform.person("Ada").runs("/imagine", platform.room("art"))

    assert told.outcome == "answered"
    assert platform.gateway.resumes == 1


async def test_a_doubled_interaction_is_delivered_twice_with_one_id(platform, ada, art):
    bot = Answering()
    bot.tree.error(_ignore)

    async with connected(platform, bot):
        platform.gateway.doubles_next_interaction()
        told = await ada.runs("/imagine", art)
        await platform.until(lambda: told.ack_refusals)

    assert bot.handled == [int(told.id)] * 2
    assert told.ack_refusals == [40060]


async def test_two_processes_on_one_shard_both_get_everything(platform, ada, art):
    first, second = Answering(), Answering()
    for bot in (first, second):
        bot.tree.error(_ignore)

    async with connected(platform, first), connected(platform, second):
        told = await ada.runs("/imagine", art)
        await platform.until(lambda: told.ack_refusals)

    assert told.delivered == 2
    assert first.handled == second.handled == [int(told.id)]


async def test_shards_get_the_guilds_that_are_theirs(platform, ada, art):
    class Sharded(discord.AutoShardedClient):
        async def before_identify_hook(self, shard_id, *, initial=False): ...

    bot = Sharded(intents=discord.Intents(guilds=True), shard_count=2, guild_ready_timeout=0.05)
    async with connected(platform, bot):
        shard = bot.guilds[0].shard_id
        platform.commands.overwrite(None, [IMAGINE])
        told = ada.starts("/imagine", art)

    assert told.delivered == 1
    assert sorted(platform.gateway.identifies) == [(0, 2), (1, 2)]
    assert shard == (int(platform.guild.id) >> 22) % 2


async def test_two_identifies_within_five_seconds_are_too_many():
    async with running(Discord()) as platform:
        async with connected(platform, Bot()):
            pass
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(comes_and_goes(platform), 0.3)

    assert len(platform.gateway.identifies) == 1


async def test_the_thousandth_and_first_identify_resets_the_token():
    limits = Limits(identify_window_s=0.0, identifies_per_day=1)
    async with running(Discord(limits=limits)) as platform:
        token = platform.token
        async with connected(platform, Bot()):
            pass
        with pytest.raises(discord.ConnectionClosed) as closed:
            async with connected(platform, Bot()):
                pass

    assert closed.value.code == 4004
    assert platform.token != token


async def test_only_who_leaves_with_1000_ends_the_session(platform):
    for code in (4000, 1000):
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{platform.gateway_url}?v=10&encoding=json") as socket,
        ):
            assert (await socket.receive_json())["op"] == 10
            identify = {"token": platform.token, "intents": 0, "properties": {}}
            await socket.send_json({"op": 2, "d": identify})
            assert (await socket.receive_json())["t"] == "READY"
            await socket.close(code=code)
        await platform.until(lambda: not platform.gateway.connections)

    assert len(platform.gateway.identifies) == 2
    assert len(platform.gateway.sessions) == 1


async def test_discord_py_leaves_with_4000_so_its_session_stays_for_a_while(platform):
    async with connected(platform, Bot()):
        pass

    await platform.until(lambda: not platform.gateway.connections)

    assert len(platform.gateway.sessions) == 1


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("no json", 4002),
        ('{"op": 77}', 4001),
        ('{"op": 3, "d": {}}', 4003),
        ('{"op": 6, "d": {"token": "wrong", "session_id": "x", "seq": 1}}', 4004),
        ('{"op": 2, "d": {"token": "wrong", "intents": 0}}', 4004),
        ('{"op": 1, "d": "' + "x" * 5000 + '"}', 4002),
    ],
)
async def test_a_wrong_payload_is_closed_with_its_code(platform, sent, code):
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{platform.gateway_url}?v=10&encoding=json") as socket,
    ):
        await socket.receive_json()
        await socket.send_str(sent)
        await socket.receive()

    assert socket.close_code == code
