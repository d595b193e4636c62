"""Everything Discord can say no with, sorted by what is to be done next.

DiscordFault
├── Busy           asked to come back later: 429, or too many refusals of late
├── Away           no answer, or a 5xx: whether it was done can't be known
├── Gone           the message or channel is not there any more
├── NoAccess       the bot may not see, write or edit there
├── Locked         the thread is archived and locked
├── TokenOver      the interaction can't be answered through its token (any more)
├── Late           the interaction was not answered in time, or by another process
├── AnsweredBefore the interaction has its first response already
├── CannotMessage  the person takes no direct messages from the bot
├── TooLarge       a file is over the limit of this place
├── Revoked        the bot token is good no more
└── Rejected       Discord doesn't accept the body: a fault of ours
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import aiohttp
import discord


class DiscordFault(Exception):
    """Something Discord did not do."""


class Busy(DiscordFault):
    """To be asked again after `retry_after_s`."""

    def __init__(self, detail: str, *, retry_after_s: float) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s


class Away(DiscordFault):
    """To be asked again; it may have been done."""


class Gone(DiscordFault):
    """There is nothing there to write to."""


class NoAccess(DiscordFault):
    """Written elsewhere instead."""


class Locked(DiscordFault):
    """Written elsewhere instead."""


class TokenOver(DiscordFault):
    """The bot token is used instead."""


class Late(DiscordFault):
    """Nobody can see that request any more: it is called back."""


class AnsweredBefore(DiscordFault):
    """Nothing is left to be done."""


class CannotMessage(DiscordFault):
    """Written elsewhere instead."""


class TooLarge(DiscordFault):
    """Smaller files are sent instead."""


class Revoked(DiscordFault):
    """An operator must act."""


class Rejected(DiscordFault):
    """Sending the same again would change nothing."""


_CODES: Mapping[int, type[DiscordFault]] = {
    10003: Gone,
    10004: Gone,
    10008: Gone,
    10013: CannotMessage,
    10015: TokenOver,
    10062: Late,
    30046: Gone,
    40001: Revoked,
    40005: TooLarge,
    40058: NoAccess,
    40060: AnsweredBefore,
    50001: NoAccess,
    50005: NoAccess,
    50007: CannotMessage,
    50008: NoAccess,
    50013: NoAccess,
    50027: TokenOver,
    50083: Locked,
    160005: Locked,
    160006: Busy,
}
"""By Discord's own codes: discord-api-docs, topics/opcodes-and-status-codes, read 2026-11. 30046 is an old message edited
too often: it stands as it is, and the answer needs a new one."""

UNKNOWN_WAIT_S = 5.0


def fault_of(error: BaseException) -> DiscordFault:
    """What `error`, raised by the library or the network, means to us."""
    if isinstance(error, discord.RateLimited):
        return Busy(str(error), retry_after_s=error.retry_after)
    if isinstance(error, discord.HTTPException):
        return _of_answer(error)
    if isinstance(error, (TimeoutError, asyncio.TimeoutError)):
        return Away("no answer in time")
    return Away(repr(error))


NETWORK = (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError, TimeoutError)
"""What a call may raise for reasons that lie outside."""


def _of_answer(error: discord.HTTPException) -> DiscordFault:
    detail = f"{error.status} {error.code}: {error.text}"
    if error.status == 429:
        return Busy(detail, retry_after_s=_retry_after(error))
    kind = _CODES.get(error.code)
    if kind is Busy:
        return Busy(detail, retry_after_s=UNKNOWN_WAIT_S)
    if kind is None:
        kind = _by_status(error.status)
    return kind(detail)


def _by_status(status: int) -> type[DiscordFault]:
    if status >= 500:
        return Away
    return {401: Revoked, 403: NoAccess, 404: Gone, 413: TooLarge}.get(status, Rejected)


def _retry_after(error: discord.HTTPException) -> float:
    headers: Mapping[str, str] = getattr(error.response, "headers", {})
    try:
        return max(0.1, float(headers.get("Retry-After", UNKNOWN_WAIT_S)))
    except ValueError:
        return UNKNOWN_WAIT_S
