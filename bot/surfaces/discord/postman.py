"""Posts answers on Discord over its HTTP side alone: a worker needs no gateway connection.

An answer for everybody is one message, edited from the place in line to the pictures; beneath the first one a thread is
opened. An answer for the asker alone goes through the interaction's token while that lives, then by direct message.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from bot.domain.answers import ended_without
from bot.domain.card import Card
from bot.domain.job import FINAL, Job, JobState
from bot.domain.sentences import ANSWERED_ELSEWHERE
from bot.ports import (
    Blobs,
    Clock,
    FirstLook,
    Letter,
    NotPosted,
    Overtaken,
    Posted,
    Saying,
    Undeliverable,
)
from bot.surfaces.discord import renditions
from bot.surfaces.discord.components import message
from bot.surfaces.discord.errand import Errand
from bot.surfaces.discord.escaping import one_line, shortened
from bot.surfaces.discord.faults import (
    AnsweredBefore,
    Away,
    Busy,
    CannotMessage,
    DiscordFault,
    Gone,
    Late,
    Locked,
    NoAccess,
    TokenOver,
    TooLarge,
)
from bot.surfaces.discord.limits import THREAD_NAME_CHARS
from bot.surfaces.discord.reading import PLATFORM
from bot.surfaces.discord.responses import Responses
from bot.surfaces.discord.rest import Payload, Ref, Rest, Upload, unpack_ref
from bot.surfaces.discord.writers import Writers

log = logging.getLogger("impasto.discord")

NOT_HERE = (Gone, NoAccess, Locked, Late, TokenOver)
"""It has to be said somewhere else."""
_Put = Callable[[Payload, list[Upload]], Awaitable[Ref]]
UNSEEN = Posted(message="")
"""Confirmed, without a message that could be edited later."""


class DiscordPostman:
    """`bot.ports.Postman` for Discord."""

    def __init__(
        self, *, rest: Rest, responses: Responses, writers: Writers, blobs: Blobs, clock: Clock
    ) -> None:
        self._rest = rest
        self._responses = responses
        self._writers = writers
        self._blobs = blobs
        self._clock = clock

    @property
    def platform(self) -> str:
        """Discord's."""
        return PLATFORM

    async def post(self, letter: Letter, job: Job, card: Card) -> Posted | Undeliverable:
        """Posts or edits; the same letter twice shows once. NotPosted when it should be tried again."""
        errand = await self.errand(job)
        try:
            async with _waiting(), self._writers.of(job.id):
                if not letter.final:
                    return await self._status(errand, card)
                if errand.unseen:
                    return UNSEEN
                if card.only_asker:
                    return await self._tell_asker(errand, card)
                return await self._answer(errand, card)
        except DiscordFault as fault:
            return Undeliverable(detail=f"{type(fault).__name__}: {fault}")

    async def say(self, notice: Saying) -> Posted | Undeliverable:
        """A message of its own; its nonce keeps a second attempt within minutes from showing twice."""
        try:
            async with _waiting():
                ref = await self._rest.send(
                    int(notice.channel), message(notice.card), nonce=notice.nonce
                )
        except DiscordFault as fault:
            return Undeliverable(detail=f"{type(fault).__name__}: {fault}")
        return Posted(message=ref.pack())

    async def put_right(self, overtaken: Overtaken) -> None:
        """Takes the late message back where another is on record, and shows in that one how things stand.

        A second post within minutes is the first message, by its nonce; a late edit may stand over the answer.
        """
        job, written = overtaken.job, unpack_ref(overtaken.written)
        errand = await self.errand(job)
        kept = {errand.message, unpack_ref(overtaken.stands)} - {None}
        try:
            async with _waiting(), self._writers.of(job.id):
                if written is not None and kept and written not in kept:
                    await self._rest.delete(written)
                if job.state in FINAL:
                    await self._show_again(errand, overtaken.card)
        except DiscordFault as fault:
            log.info("what job %s shows can't be put right: %s", job.id, fault)

    async def _show_again(self, errand: Errand, card: Card) -> None:
        """The end, over whatever a late edit put into its message."""
        job, ref = errand.job, errand.message
        if ref is None or (ref.channel not in errand.channels and ref != errand.original):
            # What was sent as a direct message has one writer.
            return
        if not card.only_asker:
            await self.edit(errand, ref, card)
            if job.state is JobState.DELIVERED:
                self._writers.answered(job.id, card)
        elif unpack_ref(job.message) is None:
            await self._take_away(errand)
        else:
            await self.edit(errand, ref, ended_without())

    async def errand(self, job: Job) -> Errand:
        """What is known of how to answer `job`. NotPosted while its event is being answered."""
        first = await self._responses.of(job)
        return Errand.of(job, first, now=self._clock.now())

    async def edit(self, errand: Errand, ref: Ref, card: Card) -> tuple[int, ...]:
        """Shows `card` in a message of ours; the positions of the pictures it shows."""

        async def put(body: Payload, uploads: list[Upload]) -> Ref:
            if errand.token is not None and ref == errand.original:
                try:
                    return await self._rest.edit_original(errand.token, body, uploads)
                except TokenOver:
                    log.debug("a token was over before its time: editing with the bot's")
            await self._edit_posted(errand, ref, body, uploads)
            return ref

        asker = None if ref == errand.original else errand.job.person.user
        _, shown = await self._fitted(errand, card, put, asker=asker)
        return shown

    async def _edit_posted(
        self, errand: Errand, ref: Ref, body: Payload, uploads: list[Upload]
    ) -> None:
        """Edits with the bot's token; where the bot sees nothing it was posted through the interaction's."""
        try:
            await self._rest.edit(ref, body, uploads)
        except NoAccess:
            if errand.token is None or errand.first.look is not FirstLook.SILENT:
                raise
            await self._rest.edit_follow_up(errand.token, ref, body, uploads)

    async def _status(self, errand: Errand, card: Card) -> Posted:
        ref = errand.message
        if errand.first.look in {FirstLook.PRIVATE, FirstLook.LOST}:
            # Nobody is looking at anything that could show it waiting.
            return UNSEEN
        if ref is not None and errand.first.look is FirstLook.SHOWN:
            return Posted(message=ref.pack())
        try:
            if ref is not None:
                await self.edit(errand, ref, card)
            else:
                ref, _ = await self._post_in_place(errand, card)
        except NOT_HERE as fault:
            log.info("job %s has no message to wait in: %s", errand.job.id, fault)
            return UNSEEN
        return Posted(message=ref.pack())

    async def _answer(self, errand: Errand, card: Card) -> Posted | Undeliverable:
        ref, shown = await self._show(errand, card)
        self._writers.answered(errand.job.id, card)
        if card.pictures:
            await self._open_thread(errand, ref)
        return Posted(message=ref.pack(), images=shown)

    async def _show(self, errand: Errand, card: Card) -> tuple[Ref, tuple[int, ...]]:
        ref = errand.message
        if ref is not None:
            try:
                return ref, await self.edit(errand, ref, card)
            except NOT_HERE as fault:
                log.info("the message of job %s can't be edited: %s", errand.job.id, fault)
        try:
            return await self._post_in_place(errand, card)
        except NOT_HERE as fault:
            log.info("job %s can't be answered where it was asked: %s", errand.job.id, fault)
        return await self._direct(errand, card)

    async def _post_in_place(self, errand: Errand, card: Card) -> tuple[Ref, tuple[int, ...]]:
        """A new message in the thread, else in the channel, else through the interaction's token."""
        fault: DiscordFault = Gone("there is no channel")
        for channel in errand.channels:
            try:
                return await self._send(errand, channel, card)
            except NOT_HERE as error:
                fault = error
        handle = errand.token
        if handle is None or errand.first.look is FirstLook.LOST:
            raise fault

        async def put(body: Payload, uploads: list[Upload]) -> Ref:
            return await self._rest.follow_up(handle, body, uploads)

        return await self._fitted(errand, card, put, asker=errand.job.person.user)

    async def _send(
        self, errand: Errand, channel: int, card: Card, *, to_asker: bool = False
    ) -> tuple[Ref, tuple[int, ...]]:
        reply_to = None if to_asker else errand.reply_to(channel)

        async def put(body: Payload, uploads: list[Upload]) -> Ref:
            if reply_to is not None:
                reference = {"message_id": str(reply_to), "fail_if_not_exists": False}
                body = {**body, "message_reference": reference}
            return await self._rest.send(channel, body, uploads, nonce=errand.nonce)

        asker = None if to_asker else errand.job.person.user
        return await self._fitted(errand, card, put, asker=asker)

    async def _fitted(
        self, errand: Errand, card: Card, put: _Put, *, asker: str | None
    ) -> tuple[Ref, tuple[int, ...]]:
        """Puts the card with the largest files that are taken; smaller ones when Discord says so."""
        for level in renditions.LEVELS:
            files = await renditions.shown(
                card.pictures, self._blobs, most_bytes=errand.upload_bytes, level=level
            )
            uploads = [one.upload for one in files if one.upload is not None]
            names = [None if one.upload is None else one.upload.name for one in files]
            body = message(card, files=names, asker=asker)
            try:
                ref = await put(body, uploads)
            except TooLarge:
                if level == renditions.LEVELS[-1]:
                    raise
                continue
            shown = [one.picture.position for one in files if one.upload is not None]
            return ref, tuple(shown)
        raise AssertionError("the last level either returns or raises")

    async def _open_thread(self, errand: Errand, ref: Ref) -> None:
        """Beneath the first result, where threads may be; without one, what follows is answered in place."""
        handle, place = errand.handle, errand.job.place
        if handle is None or not handle.may_thread or place.thread or handle.pressed is not None:
            return
        if not place.threads:
            return
        if str(ref.channel) != place.channel:
            return
        name = shortened(one_line(errand.job.order.ask.prompt), THREAD_NAME_CHARS) or "Impasto"
        try:
            await self._rest.open_thread(ref, name)
        except DiscordFault as fault:
            log.info("no thread beneath the answer of job %s: %s", errand.job.id, fault)

    async def _tell_asker(self, errand: Errand, card: Card) -> Posted | Undeliverable:
        """For the asker's eyes only; what everybody saw of the request is taken away."""
        if await self._tell_by_token(errand, card):
            return UNSEEN
        try:
            ref, _ = await self._direct(errand, card)
        except (CannotMessage, *NOT_HERE) as fault:
            log.info("job %s can't be told to its asker: %s", errand.job.id, fault)
            return await self._say_nothing_came(errand)
        await self._take_away(errand)
        return Posted(message=ref.pack())

    async def _tell_by_token(self, errand: Errand, card: Card) -> bool:
        handle = errand.token
        if handle is None:
            return False
        body = message(card, ephemeral=True)
        try:
            if errand.first.look is FirstLook.PRIVATE:
                await self._rest.edit_original(handle, body)
                return True
            await self._take_away(errand)
            await self._rest.follow_up(handle, body)
        except NOT_HERE as fault:
            log.info("job %s can't be told through its token: %s", errand.job.id, fault)
            return False
        return True

    async def _take_away(self, errand: Errand) -> None:
        ref = errand.message
        if ref is None:
            return
        if errand.token is not None and ref == errand.original:
            try:
                await self._rest.delete_original(errand.token)
            except TokenOver:
                log.debug("a token was over before its time: deleting with the bot's")
            else:
                return
        try:
            await self._rest.delete(ref)
        except NOT_HERE as fault:
            log.info("the message of job %s stays: %s", errand.job.id, fault)

    async def _say_nothing_came(self, errand: Errand) -> Posted:
        """Everybody learns that it ended, and nothing of why."""
        card = ended_without()
        ref = errand.message
        if ref is not None:
            try:
                await self.edit(errand, ref, card)
            except NOT_HERE as fault:
                log.info("the message of job %s stays: %s", errand.job.id, fault)
            else:
                return Posted(message=ref.pack())
        ref, _ = await self._post_in_place(errand, card)
        return Posted(message=ref.pack())

    async def _direct(self, errand: Errand, card: Card) -> tuple[Ref, tuple[int, ...]]:
        """By direct message. Buttons belong to where it was asked and are left out."""
        moved = replace(card, rows=(), menu=(), lines=(*card.lines, ANSWERED_ELSEWHERE))
        channel = await self._rest.direct_channel(int(errand.job.person.user))
        return await self._send(errand, channel, moved, to_asker=True)


@asynccontextmanager
async def _waiting() -> AsyncIterator[None]:
    """What passes by itself is tried again later."""
    try:
        yield
    except Busy as fault:
        raise NotPosted(str(fault), retry_after_s=fault.retry_after_s) from fault
    except (Away, AnsweredBefore) as fault:
        raise NotPosted(str(fault)) from fault
