"""The simulator as a process of its own, driven over HTTP."""

from __future__ import annotations

import discord
import pytest

from tests.simulators.discord.real_client import Bot, connected
from tests.simulators.discord.remote import RemoteDiscord, RemoteNo


async def test_another_process_answers_people_and_says_what_they_saw():
    bot = Bot()

    @bot.tree.command(name="imagine", description="Paint")
    async def imagine(interaction: discord.Interaction, prompt: str) -> None:
        await interaction.response.send_message(prompt)

    async with RemoteDiscord.started() as remote, connected(remote, bot):
        await bot.tree.sync()
        told = await remote.does(
            "runs", person="Ada", room="art", words="/imagine", options={"prompt": "a fox"}
        )
        message = await remote.until(
            lambda state: next((one for one in state["messages"] if one["text"] == "a fox"), None)
        )
        with pytest.raises(RemoteNo, match="no command"):
            await remote.does("runs", person="Ada", words="/paint")

    assert told["outcome"] == "answered"
    assert 0 < told["ack_s"] < 3
    assert message["room"] == "art"
    assert message["visible_to"] is None


async def test_its_limits_are_set_when_it_starts():
    bot = Bot()

    @bot.tree.command(name="imagine", description="Paint")
    async def imagine(interaction: discord.Interaction) -> None: ...

    process = RemoteDiscord.started("--limit", "first_response_s=0.05")
    async with process as remote, connected(remote, bot):
        await bot.tree.sync()
        told = await remote.does("runs", person="Ada", words="/imagine")

    assert told["outcome"] == "failed"
    assert told["user_sees"] == "The application did not respond"


async def test_a_storm_of_commands_is_timed_where_they_are_made():
    bot = Bot()

    @bot.tree.command(name="imagine", description="Paint")
    async def imagine(interaction: discord.Interaction) -> None:
        await interaction.response.defer()

    process = RemoteDiscord.started("--without-schema", "--limit", "bucket_requests=1000")
    async with process as remote, connected(remote, bot):
        await bot.tree.sync()
        report = await remote.does("storm", person="Ada", words="/imagine", count=50, in_flight=8)

    assert len(report["ack_s"]) == 50
    assert report["failed"] == 0
    assert 0 < max(report["ack_s"]) <= report["seconds"]
