"""The parts of the Discord surface, put together."""

from __future__ import annotations

from dataclasses import dataclass

from bot.config import Settings
from bot.pipeline.cards import Cards
from bot.ports import Blobs, Clock
from bot.store.discord import SqlFirstResponses
from bot.store.opening import Store
from bot.surfaces.discord.gateway import Gateway, use_addresses
from bot.surfaces.discord.news import News
from bot.surfaces.discord.pace import Pace
from bot.surfaces.discord.postman import DiscordPostman
from bot.surfaces.discord.progress import Progress
from bot.surfaces.discord.responses import Responses
from bot.surfaces.discord.rest import Rest
from bot.surfaces.discord.writers import Writers

TOKEN = "DISCORD_TOKEN"  # noqa: S105 - the name of the setting, not its value


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscordLine:
    """Everything that speaks to Discord, not yet connected."""

    client: Gateway
    rest: Rest
    records: SqlFirstResponses
    responses: Responses
    news: News
    postman: DiscordPostman
    progress: Progress


def open_discord(
    settings: Settings, *, store: Store, blobs: Blobs, cards: Cards, clock: Clock
) -> DiscordLine | None:
    """The parts, or None when no token is set."""
    if settings.secret(TOKEN) is None:
        return None
    use_addresses(api_url=settings.discord_api_url, gateway_url=settings.discord_gateway_url)
    client = Gateway(shard_count=settings.discord_shard_count, shard_ids=settings.discord_shard_ids)
    rest = Rest(lambda: client.http, Pace())
    records = SqlFirstResponses(store.executor)
    responses, writers = Responses(records, clock), Writers()
    postman = DiscordPostman(
        rest=rest, responses=responses, writers=writers, blobs=blobs, clock=clock
    )
    news = News(store.queue)
    progress = Progress(queue=store.queue, cards=cards, postman=postman, writers=writers)
    news.listeners.append(progress.hear)
    return DiscordLine(
        client=client,
        rest=rest,
        records=records,
        responses=responses,
        news=news,
        postman=postman,
        progress=progress,
    )
