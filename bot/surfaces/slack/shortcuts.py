"""What can be done from a message's own menu: reimagine, use as reference, details, report; and the global form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain import answers
from bot.domain.action import Action, Verb
from bot.domain.card import Form
from bot.domain.identity import ImageId
from bot.ports import Unfit
from bot.surfaces.slack.payloads import Shortcut, read_shortcut
from bot.surfaces.slack.reception import Reception, context_of
from bot.surfaces.slack.text import Json
from bot.surfaces.slack.views import Extras, modal, said

IMAGINE = "imagine"
REIMAGINE = "reimagine"
USE_AS_REFERENCE = "use_as_reference"
IMAGE_DETAILS = "image_details"
REPORT_IMAGE = "report_image"

_OF_IMAGE = frozenset({Verb.UPSCALE, Verb.VARY, Verb.DETAILS, Verb.SAVE, Verb.REPORT, Verb.DELETE})
"""Verbs whose target is always a picture."""
_ON_IMAGE = {
    REIMAGINE: Verb.EDIT,
    IMAGE_DETAILS: Verb.DETAILS,
    REPORT_IMAGE: Verb.REPORT,
}


@dataclass(slots=True, kw_only=True)
class Shortcuts:
    """Answers shortcuts; the ack is given before anything else is done."""

    reception: Reception

    def take(self, body: Json, workspace: str) -> None:
        """Starts what the shortcut is for."""
        shortcut = read_shortcut(body, workspace)
        self.reception.errands.do(f"shortcut {shortcut.callback_id}", self._do(shortcut))

    async def _do(self, shortcut: Shortcut) -> None:
        images = images_on(shortcut.actions)
        if shortcut.callback_id == IMAGINE:
            await self._imagine(shortcut, None)
        elif images and shortcut.callback_id == USE_AS_REFERENCE:
            await self._imagine(shortcut, images)
        elif images and shortcut.callback_id in _ON_IMAGE:
            await self._on_image(shortcut, images)
        elif shortcut.files and shortcut.callback_id in {REIMAGINE, USE_AS_REFERENCE}:
            await self._from_file(shortcut)
        else:
            nothing = answers.notice(
                "There is no picture on that message",
                "Use this on a message with a picture I made, or with one you brought.",
            )
            if nothing.card is not None:
                await self.reception.showing.card(shortcut.origin, nothing.card)

    async def _imagine(self, shortcut: Shortcut, images: Sequence[ImageId] | None) -> None:
        """The empty form, with a picture of ours to start from when there is one."""
        origin, action = shortcut.origin, Action(verb=Verb.IMAGINE, target=0)
        invocation = self.reception.invocation(origin, action=action)
        context = context_of(origin, action)
        if images:
            invocation = replace(invocation, reference_image=images[0])
            context = replace(context, reference_image=images[0])
        reply = await self.reception.reply(invocation)
        if reply.form is not None:
            extras = Extras(asks_channel=origin.channel is None, which=images or ())
            await self.reception.showing.form(origin, reply.form, context, extras)

    async def _on_image(self, shortcut: Shortcut, images: Sequence[ImageId]) -> None:
        """A button of the picture, pressed from the message's menu; of several, the form asks which."""
        action = Action(verb=_ON_IMAGE[shortcut.callback_id], target=images[0])
        if action.verb is Verb.DETAILS and len(images) > 1:
            form = Form(title="Details", action=action, inputs=(), submit_label="Show")
            extras = Extras(which=images)
            context = context_of(shortcut.origin, action)
            await self.reception.showing.form(shortcut.origin, form, context, extras)
            return
        reply = await self.reception.reply(
            self.reception.invocation(shortcut.origin, action=action)
        )
        if reply.form is not None:
            context = context_of(shortcut.origin, action)
            extras = Extras(which=images)
            await self.reception.showing.form(shortcut.origin, reply.form, context, extras)
        elif reply.card is not None:
            await self.reception.showing.card(shortcut.origin, reply.card)

    async def _from_file(self, shortcut: Shortcut) -> None:
        """A form at once, since a click waits three seconds; its fields once the picture has been read."""
        origin, action = shortcut.origin, Action(verb=Verb.IMAGINE, target=0)
        reading = answers.reading_picture().card
        view = await self.reception.showing.view(origin, said(reading)) if reading else None
        if view is None:
            return
        found = await self.reception.references.fetch(origin.workspace, shortcut.files[0])
        if isinstance(found, Unfit):
            refusal = answers.unfit(found.sentence).card
            if refusal is not None:
                await self.reception.showing.change(origin, view, said(refusal))
            return
        invocation = self.reception.invocation(origin, action=action, reference=found)
        reply = await self.reception.reply(invocation)
        if reply.form is not None:
            context = replace(context_of(origin, action), reference=found)
            await self.reception.showing.change(origin, view, modal(reply.form, context))


def images_on(actions: Sequence[Action]) -> tuple[ImageId, ...]:
    """The pictures a message shows, by what its buttons act on, each once and in order."""
    return tuple(
        dict.fromkeys(ImageId(action.target) for action in actions if action.verb in _OF_IMAGE)
    )
