"""Discord, when its token is set: the surface over the house's parts."""

from __future__ import annotations

from bot.pipeline.sole import LEASE_S
from bot.store.discord import SqlFirstResponses
from bot.surfaces.discord.gateway import use_addresses
from bot.surfaces.discord.parts import DiscordParts
from bot.surfaces.discord.surface import DiscordOptions, DiscordSurface, build_discord
from bot.wiring.house import House
from bot.wiring.uploads import SafeUploads


def open_discord_surface(house: House, *, lease_s: float = LEASE_S) -> DiscordSurface | None:
    """The surface, its postman added to the house; None when DISCORD_TOKEN is not set.

    A process that dies while connected keeps others from its shards for `lease_s`.
    """
    settings = house.settings
    token = settings.secret("DISCORD_TOKEN")
    if token is None:
        return None
    use_addresses(api_url=settings.discord_api_url, gateway_url=settings.discord_gateway_url)
    surface = build_discord(
        DiscordParts(
            dispatch=house.dispatch,
            queue=house.store.queue,
            cards=house.cards,
            foresight=house.foresight,
            catalog=house.desk.catalog,
            uploads=SafeUploads(
                blobs=house.desk.blobs, use=house.store.blob_use, pixels=house.pixels
            ),
            blobs=house.desk.blobs,
            signals=house.signals,
            clock=house.desk.clock,
            buckets=house.buckets,
            records=SqlFirstResponses(house.store.executor),
            # Where only one process may run, nobody is to be waited for after a crash.
            locks=None if house.store.exclusive else house.store.locks,
        ),
        DiscordOptions(
            token=token,
            admins=settings.admins_of("discord"),
            shard_count=settings.discord_shard_count,
            shard_ids=settings.discord_shard_ids,
            owner=house.owner,
            lease_s=lease_s,
        ),
        guides=house.desk.guides,
    )
    house.postmen[surface.postman.platform] = surface.postman
    return surface
