"""One interaction's responses, in the order Discord allows them."""

from __future__ import annotations

from typing import Any

import discord

from bot.domain.answers import took_too_long
from bot.domain.card import Card, Form
from bot.ports import Blobs, FirstLook, FirstResponse
from bot.surfaces.discord.components import EPHEMERAL_FLAG, message
from bot.surfaces.discord.modals import modal
from bot.surfaces.discord.reading import handle_of
from bot.surfaces.discord.renditions import shown
from bot.surfaces.discord.rest import Ref, Rest, Upload

_MESSAGE, _DEFER, _DEFER_UPDATE, _CHOICES, _MODAL = 4, 5, 6, 8, 9


class Conversation:
    """Answers one interaction: the first response by its callback, all others through its token.

    Any call may raise a DiscordFault.
    """

    def __init__(self, interaction: discord.Interaction[Any], rest: Rest, blobs: Blobs) -> None:
        self._interaction = interaction
        self._rest = rest
        self._blobs = blobs
        self.first: FirstResponse | None = None
        """How it was answered at first; None while it was not."""

    async def show(self, card: Card) -> None:
        """A message everybody sees, of a job in work; it has no pictures."""
        ref = await self._rest.respond(self._interaction, _MESSAGE, message(card))
        self._was(FirstLook.SHOWN, ref)

    async def hold(self, card: Card) -> None:
        """A neutral message everybody sees, to be replaced by the answer."""
        ref = await self._rest.respond(self._interaction, _MESSAGE, message(card))
        self._was(FirstLook.PUBLIC, ref)

    async def hold_privately(self) -> None:
        """Only the asker sees what follows."""
        data = {"flags": EPHEMERAL_FLAG}
        self._was(FirstLook.PRIVATE, await self._rest.respond(self._interaction, _DEFER, data))

    async def say_nothing(self) -> None:
        """A press is taken; what comes of it appears elsewhere."""
        await self._rest.respond(self._interaction, _DEFER_UPDATE)
        self._was(FirstLook.SILENT, None)

    async def tell(self, card: Card) -> None:
        """A message for the asker alone, or for all where the card is for all."""
        private = card.only_asker
        if self.first is None and not card.pictures:
            ref = await self._rest.respond(
                self._interaction, _MESSAGE, message(card, ephemeral=private)
            )
            self._was(FirstLook.PRIVATE if private else FirstLook.SHOWN, ref)
            return
        if self.first is None:
            # Files take longer than the first response may: it is only announced here.
            await self.hold_privately()
        await self._complete(card)

    async def ask(self, form: Form, *, custom_id: str | None = None) -> None:
        """Opens a form. It can only be the first response."""
        if self.first is not None:
            sorry = took_too_long().card
            if sorry is not None:
                await self._complete(sorry)
            return
        await self._rest.respond(self._interaction, _MODAL, modal(form, custom_id=custom_id))
        self._was(FirstLook.SILENT, None)

    async def suggest(self, values: tuple[str, ...]) -> None:
        """Choices for the option being typed."""
        choices = [{"name": value, "value": value} for value in values]
        await self._rest.respond(self._interaction, _CHOICES, {"choices": choices})

    async def _complete(self, card: Card) -> None:
        handle = handle_of(self._interaction)
        files = await shown(card.pictures, self._blobs, most_bytes=handle.upload_bytes)
        uploads: list[Upload] = [one.upload for one in files if one.upload is not None]
        names = [None if one.upload is None else one.upload.name for one in files]
        if self.first is not None and self.first.look is FirstLook.PRIVATE:
            await self._rest.edit_original(handle, message(card, files=names), uploads)
            return
        if self.first is not None and self.first.look is FirstLook.PUBLIC:
            # It turned out not to be for everybody after all.
            await self._rest.delete_original(handle)
        body = message(card, files=names, ephemeral=card.only_asker)
        await self._rest.follow_up(handle, body, uploads)

    def _was(self, look: FirstLook, ref: Ref | None) -> None:
        self.first = FirstResponse(look=look, message=None if ref is None else ref.pack())
