"""What the Discord surface is given by wiring."""

from __future__ import annotations

from dataclasses import dataclass

from bot.commands.dispatch import Dispatch
from bot.pipeline.cards import Cards
from bot.pipeline.catalog import Catalog
from bot.ports import Blobs, FirstResponses, Uploads
from bot.surfaces.discord.news import News
from bot.surfaces.discord.responses import Responses
from bot.surfaces.discord.rest import Rest


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscordParts:
    """Everything that answers interactions. `admins` are named as `discord:GUILD:USER`."""

    dispatch: Dispatch
    cards: Cards
    catalog: Catalog
    uploads: Uploads
    blobs: Blobs
    records: FirstResponses
    responses: Responses
    news: News
    rest: Rest
    admins: frozenset[str] = frozenset()
