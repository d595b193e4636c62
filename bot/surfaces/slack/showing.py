"""How a reply reaches the person at once: as the ack of a command, for their eyes only, or as a form."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from bot.domain import answers
from bot.domain.card import Card, Form, Picture
from bot.domain.picture_names import number_of
from bot.ports import BlobFault
from bot.surfaces.slack.blocks import Rendered, ShownFile, render
from bot.surfaces.slack.faults import BadFile, NoAccess, NoPlace, SaidNo, SlackFault
from bot.surfaces.slack.files import SlackFiles, ToShow
from bot.surfaces.slack.payloads import Origin
from bot.surfaces.slack.posting import Posting, Spot
from bot.surfaces.slack.tenants import workspace_id
from bot.surfaces.slack.text import Json
from bot.surfaces.slack.views import Extras, FormContext, modal

log = logging.getLogger("impasto.slack")

_TOO_LATE = frozenset({"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id"})
_DIRECT = "D"
"""What the ids of direct message channels begin with."""


@dataclass(slots=True, kw_only=True)
class Showing:
    """Shows replies. What can't be shown is logged: no job depends on it."""

    posting: Posting
    files: SlackFiles

    async def card(self, origin: Origin, card: Card) -> None:
        """For this person alone, where they acted; as a direct message where that is closed to us."""
        message = await self._with_pictures(origin, card)
        try:
            await self._privately(origin, message)
        except BadFile:
            await self._privately(origin, render(card))
            await self._send_pictures(origin, card)
        except NoAccess:
            raise
        except SaidNo as no:
            log.info("a reply goes to direct messages: %s", no)
            direct = await self.posting.direct(origin.workspace, origin.user)
            await self.posting.post(origin.workspace, Spot(channel=direct), message)

    async def _privately(self, origin: Origin, message: Rendered) -> None:
        if origin.callback is not None:
            await self.posting.api.respond(
                origin.callback,
                response_type="ephemeral",
                replace_original=False,
                thread_ts=origin.thread if origin.is_active else None,
                text=message.text,
                blocks=message.blocks,
            )
            return
        if origin.channel is None:
            raise NoPlace("reply", "no_channel")
        spot = Spot(channel=origin.channel, thread=origin.thread)
        if origin.channel.startswith(_DIRECT):
            await self.posting.post(origin.workspace, spot, message)
        else:
            await self.posting.whisper(origin.workspace, spot, origin.user, message)

    async def _with_pictures(self, origin: Origin, card: Card) -> Rendered:
        if not card.pictures:
            return render(card)
        try:
            files = await self.files.upload(origin.workspace, pictures_of(card))
        except (SlackFault, BlobFault) as fault:
            log.warning("a reply goes without its pictures: %s", fault)
            return render(card)
        return render(card, files=files)

    async def _send_pictures(self, origin: Origin, card: Card) -> None:
        """For workspaces whose blocks show no unshared file: the pictures themselves, as direct messages."""
        direct = await self.posting.direct(origin.workspace, origin.user)
        for picture in pictures_of(card):
            await self.files.share(
                origin.workspace, picture, spot=Spot(channel=direct), comment=card.headline
            )

    async def form(
        self, origin: Origin, form: Form, context: FormContext, extras: Extras | None = None
    ) -> None:
        """Opens the form; says so when the person's click is too long ago for that."""
        more = extras or Extras(
            picture=await self._preview(origin, form), asks_channel=context.channel is None
        )
        await self.view(origin, modal(form, context, more), plainer=modal(form, context))

    async def view(self, origin: Origin, view: Json, *, plainer: Json | None = None) -> str | None:
        """Opens a view and gives its id; `plainer` is what is opened when Slack doesn't take the first."""
        try:
            answer = await self.posting.api.call(
                origin.workspace, "views.open", trigger_id=origin.trigger, view=view
            )
        except SaidNo as no:
            if no.error in _TOO_LATE:
                late = answers.notice(
                    "That took too long", "Slack closed the door. Press it again."
                )
                if late.card is not None:
                    await self.card(origin, late.card)
                return None
            if plainer is None or plainer == view:
                raise
            log.warning("Slack refused a form: %s", no)
            return await self.view(origin, plainer)
        return str(answer["view"]["id"])

    async def change(self, origin: Origin, view: str, to: Json) -> None:
        """Shows something else in an open view."""
        await self.posting.api.call(origin.workspace, "views.update", view_id=view, view=to)

    async def _preview(self, origin: Origin, form: Form) -> ShownFile | None:
        """The form's picture, when Slack has it already: a click waits three seconds, not for an upload."""
        if form.picture is None:
            return None
        file = await self.files.kept.file(workspace_id(origin.workspace), form.picture.full)
        return None if file is None else ShownFile(file=file, alt=form.picture.alt)


def pictures_of(card: Card) -> list[ToShow]:
    """One picture whole, several as thumbnails."""
    many = len(card.pictures) > 1
    return [_to_show(picture, small=many) for picture in card.pictures]


def _to_show(picture: Picture, *, small: bool) -> ToShow:
    return ToShow(
        blob=picture.thumbnail if small else picture.full,
        alt=picture.alt,
        name=f"impasto-{picture.image}",
        title=f"Picture {number_of(picture.image)}" if picture.image else "Chart",
    )
