"""What no acknowledgement can avoid: discord.py with one bare handler, and one bare one-row FULL commit."""

from __future__ import annotations

from typing import Any

import discord
from typing_extensions import override

from bot.benchmarks.slack_floor import BareCommits


class BareBot(discord.Client):
    """Acks after one commit, in the fewest steps the library allows."""

    def __init__(self, commits: BareCommits) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
        )
        self._commits = commits

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """One row, then a message."""
        await self._commits.commit()
        await interaction.response.defer()

    @override
    async def setup_hook(self) -> None:
        """Nothing is set up."""
