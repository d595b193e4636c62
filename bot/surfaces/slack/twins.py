"""Of two messages that say the same, one stays: Slack takes no key with a post, so a second one is found and deleted."""

from __future__ import annotations

import logging

from bot.ports import ChatMessages, Overtaken
from bot.surfaces.slack.posting import Posting, Spot

log = logging.getLogger("impasto.slack")

CLOCK_SKEW_S = 120.0
"""How far Slack's clock may be behind ours when a post is looked for."""


async def leave_the_recorded(
    overtaken: Overtaken, *, posting: Posting, messages: ChatMessages
) -> None:
    """Deletes every message of the job's that is not on record, where one of its kind is. Raises SlackFault."""
    job = overtaken.job
    team = job.person.workspace
    known = {one.final: one for one in await messages.of_job(job.id)}
    root = overtaken.letter.nonce.removesuffix("-final").removesuffix("-status")
    nonces = {f"{root}-{'final' if final else 'status'}" for final in known}
    kept = {one.message for one in known.values()}
    spots = {Spot(channel=job.place.channel, thread=job.place.thread)}
    spots |= {Spot(channel=one.channel, thread=one.thread) for one in known.values()}
    since_s = job.created_at.timestamp() - CLOCK_SKEW_S
    for spot in spots:
        found = [ts async for ts in posting.all_of(team, spot, nonces=nonces, since_s=since_s)]
        for ts in set(found) - kept:
            log.warning("job %s was shown twice: the second message is taken back", job.id)
            await posting.delete(team, spot.channel, ts)
