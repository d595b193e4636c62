"""The Home tab: what is left of the quota, what waits, the last pictures; drawn from the words that tell it elsewhere."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.action import Action, Verb
from bot.domain.card import Button, ButtonStyle, Card, Reply
from bot.ports import BlobFault
from bot.surfaces.slack.blocks import ShownFile, button_element, render
from bot.surfaces.slack.faults import SaidNo, SlackFault
from bot.surfaces.slack.payloads import PLATFORM, Origin
from bot.surfaces.slack.reception import Reception
from bot.surfaces.slack.showing import pictures_of
from bot.surfaces.slack.text import Json, plain

log = logging.getLogger("impasto.slack")

TOLD = ("quota", "queue", "settings", "gallery")
"""Words whose answers stand on the tab, where the registry has them."""
MAX_BLOCKS = 100
_IMAGINE = Button(
    label="Imagine …",
    action=Action(verb=Verb.IMAGINE, target=0),
    says="Open the image form",
    style=ButtonStyle.PRIMARY,
)


@dataclass(slots=True, kw_only=True)
class Home:
    """Draws the tab when somebody opens it."""

    reception: Reception

    def opened(self, body: Json, workspace: str) -> None:
        """Somebody opened the tab."""
        event = body["event"]
        if event.get("tab", "home") != "home":
            return
        origin = Origin(
            key=f"{PLATFORM}:{workspace}:{body['event_id']}",
            workspace=workspace,
            user=event["user"],
            name=event["user"],
        )
        self.reception.errands.do("drawing a home tab", self.draw(origin))

    async def draw(self, origin: Origin) -> None:
        """Publishes the tab as things stand."""
        await self.reception.meet(origin)
        role = self.reception.people.person(origin).role
        words = {guide.name for guide in self.reception.answer.may_use(role)}
        cards = [
            reply.card
            for word in TOLD
            if word in words and (reply := await self._told(origin, word)).card is not None
        ]
        pictures = next((card for card in cards if card.pictures), None)
        files = await self._files(origin, pictures)
        try:
            await self._publish(origin, home_view(cards, files))
        except SaidNo as no:
            if not files:
                raise
            log.warning("a home tab goes without its pictures: %s", no)
            await self._publish(origin, home_view(cards, ()))

    async def _told(self, origin: Origin, word: str) -> Reply:
        return await self.reception.reply(self.reception.invocation(origin, word=word))

    async def _publish(self, origin: Origin, view: Json) -> None:
        await self.reception.showing.posting.api.call(
            origin.workspace, "views.publish", user_id=origin.user, view=view
        )

    async def _files(self, origin: Origin, card: Card | None) -> list[ShownFile]:
        if card is None:
            return []
        try:
            return await self.reception.showing.files.upload(origin.workspace, pictures_of(card))
        except (SlackFault, BlobFault) as fault:
            log.warning("a home tab goes without its pictures: %s", fault)
            return []


def home_view(cards: Sequence[Card], files: Sequence[ShownFile]) -> Json:
    """The tab made of these cards; pictures stand under the card that has some."""
    blocks: list[Json] = [
        {"type": "header", "text": plain("Impasto", 150)},
        {
            "type": "actions",
            "block_id": "open",
            "elements": [button_element(_IMAGINE, "press:open")],
        },
    ]
    for number, card in enumerate(cards):
        blocks.append({"type": "divider"})
        shown = files if card.pictures else ()
        blocks += [
            block | {"block_id": f"{number}.{block['block_id']}"}
            for block in render(card, files=shown).blocks
        ]
    return {"type": "home", "blocks": blocks[:MAX_BLOCKS]}
