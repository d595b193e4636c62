"""The simulator as the real discord.py sees it: gateway, interactions, messages."""

from __future__ import annotations

import discord

from tests.simulators.discord.real_client import Bot, connected


def imagining(bot: Bot) -> Bot:
    """/imagine with a prompt and a count, answered by a deferral and an edit."""

    @bot.tree.command(name="imagine", description="Paint a picture")
    async def imagine(interaction: discord.Interaction, prompt: str, count: int = 1) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content=f"{prompt} x{count}")

    return bot


async def test_a_client_connects_and_knows_its_guilds_and_channels(platform):
    bot = Bot()

    async with connected(platform, bot):
        names = {one.name for one in bot.guilds[0].channels}

    assert bot.user is not None
    assert [one.name for one in bot.guilds] == ["Studio"]
    assert names == {"art", "lounge", "night", "ideas"}
    assert platform.gateway.identifies == [(0, 1)]


async def test_a_slash_command_is_deferred_and_its_answer_edited_in(platform, ada, art):
    bot = imagining(Bot())

    async with connected(platform, bot):
        await bot.tree.sync()
        told = await ada.runs("/imagine", art, prompt="a fox", count=4)
        message = await art.message("a fox x4")

    assert told.outcome == "answered"
    assert message is told.original
    assert not message.is_ephemeral
    assert platform.violations == []
