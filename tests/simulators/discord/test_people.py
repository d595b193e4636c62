"""What Discord's client lets people do, and what it sends for them."""

from __future__ import annotations

import ast
from pathlib import Path

import discord
import pytest
from discord import app_commands, ui

from tests.simulators.discord.administration import (
    add_guild,
    add_many_guilds,
    invite_bot,
    kick_bot,
)
from tests.simulators.discord.controls import CannotPress
from tests.simulators.discord.raw_bot import EPHEMERAL
from tests.simulators.discord.real_client import Bot, connected

BUTTON = {"type": 2, "style": 1, "label": "U1", "custom_id": "j1:U1"}
ROW = {"type": 1, "components": [BUTTON]}


class Everything(Bot):
    """Subcommands, every kind of option, and menus."""

    def __init__(self) -> None:
        super().__init__()
        self.got: list = []
        admin = app_commands.Group(name="impasto-admin", description="Rule")
        quota = app_commands.Group(name="quota", description="Quotas", parent=admin)
        quota.command(name="set", description="Set one")(self.quota_set)
        self.tree.add_command(admin)
        self.tree.command(name="menus", description="Menus")(self.menus)

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def quota_set(
        self,
        interaction: discord.Interaction,
        who: discord.Member,
        role: discord.Role,
        where: discord.TextChannel,
        images: int,
        share: float,
        per_day: bool,
    ) -> None:
        self.got += [who.name, role.name, where.name, images, share, per_day]
        await interaction.response.send_message("set", ephemeral=True)

    async def menus(self, interaction: discord.Interaction) -> None:
        view = ui.View(timeout=None)
        view.add_item(
            ui.Select(
                custom_id="model",
                placeholder="Model",
                options=[
                    discord.SelectOption(label="Big", value="b"),
                    discord.SelectOption(label="Fast", value="f"),
                ],
            )
        )
        view.add_item(ui.UserSelect(custom_id="who", placeholder="Who"))
        await interaction.response.send_message("choose", view=view)
        view.stop()

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        if interaction.type is discord.InteractionType.component:
            self.got.append(interaction.data["values"])
            await interaction.response.defer()


async def test_a_subcommand_with_every_kind_of_option_arrives_typed(platform, ada, ben, art):
    painters = next(one for one in platform.guild.roles.values() if one.name == "painters")
    bot = Everything()

    async with connected(platform, bot):
        told = await ada.runs(
            "/impasto-admin quota set",
            art,
            who=ben,
            role=painters,
            where=platform.room("lounge"),
            images=5,
            share=0.5,
            per_day=True,
        )

    assert told.outcome == "answered"
    assert bot.got == ["ben", "painters", "lounge", 5, 0.5, True]


async def test_menus_send_what_was_chosen(platform, ada, ben, art):
    bot = Everything()

    async with connected(platform, bot):
        told = await ada.runs("/menus", art)
        await ada.selects(told.original, "Model", "Fast")
        await ada.selects(told.original, "Who", ben)
        with pytest.raises(CannotPress):
            await ada.selects(told.original, "Model", "Huge")

    assert bot.got == [["f"], [ben.id]]


async def test_strangers_cannot_press_what_they_do_not_see(bot, ada, ben, art):
    told = ada.starts("/imagine", art)
    await bot.callback(told, 4, {"content": "x", "flags": EPHEMERAL, "components": [ROW]})

    assert ada.labels(told.original) == ["U1"]
    assert ben.labels(told.original) == []
    with pytest.raises(CannotPress, match="does not see"):
        ben.starts_click(told.original, "U1")


async def test_a_disabled_missing_or_deleted_button_cannot_be_pressed(bot, ada, art):
    told = ada.starts("/imagine", art)
    off = {**BUTTON, "label": "U2", "custom_id": "j1:U2", "disabled": True}
    row = {"type": 1, "components": [BUTTON, off]}
    await bot.callback(told, 4, {"content": "x", "components": [row]})

    with pytest.raises(CannotPress, match="disabled"):
        ada.starts_click(told.original, "U2")
    with pytest.raises(CannotPress, match="0 controls"):
        ada.starts_click(told.original, "U3")
    art.deletes(told.original)
    with pytest.raises(CannotPress):
        ada.starts_click(told.original, "U1")


async def test_an_old_control_can_still_be_sent(bot, ada, art):
    told = ada.starts("/imagine", art)
    await bot.callback(told, 4, {"content": "x"})

    click = ada.presses(told.original, {"component_type": 2, "custom_id": "j0:gone"})

    assert (await bot.callback(click, 6)).status == 200


async def test_an_invitation_and_a_kick_reach_the_client(platform, ada):
    bot = Bot()
    async with connected(platform, bot):
        new = add_guild(platform, "Newcomers", ada.user, with_bot=False)
        for act, known in ((invite_bot, True), (kick_bot, False)):
            act(platform, new)
            told = bot.wait_for("guild_join" if known else "guild_remove", timeout=5)
            await told
            assert (bot.get_guild(int(new.id)) is not None) is known


async def test_many_guilds_arrive(platform):
    add_many_guilds(platform, 50)

    async with connected(platform, bot := Bot()):
        assert len(bot.guilds) == 51


async def test_a_command_meets_the_locale_and_permissions_of_who_runs_it(platform, bot, ada, art):
    ada.user.locale = "de"
    sent: list = []
    platform.gateway.dispatch = lambda event, data, guild_id: sent.append(data) or 0

    ada.starts("/imagine", art)

    assert sent[0]["locale"] == "de"
    assert sent[0]["attachment_size_limit"] == platform.limits.attachment_bytes
    assert int(sent[0]["app_permissions"]) & (1 << 15)
    assert sent[0]["channel"]["nsfw"] is False


def test_the_simulator_itself_imports_nothing_of_discord_py():
    folder = Path(__file__).parent
    itself = [
        one
        for one in folder.glob("*.py")
        if not one.name.startswith("test_") and one.name not in ("real_client.py", "conftest.py")
    ]
    roots = {
        name.split(".")[0]
        for one in itself
        for node in ast.walk(ast.parse(one.read_text(encoding="utf-8")))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }

    assert len(itself) > 30
    assert "discord" not in roots
    assert "bot" not in roots
