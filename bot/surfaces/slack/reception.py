"""From what Slack tells us to the reply: every way in becomes an Invocation and meets the same commands."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.domain import answers
from bot.domain.action import Action, Verb
from bot.domain.card import Card, Reply
from bot.domain.guide import ADMIN_PREFIX
from bot.domain.identity import BlobKey, Place, Role
from bot.domain.invocation import Invocation
from bot.domain.questions import QUESTIONS
from bot.ports import StoreUnavailable, Unavailable, Unfit
from bot.surfaces.slack.blocks import render
from bot.surfaces.slack.errands import Errands
from bot.surfaces.slack.faults import SlackFault
from bot.surfaces.slack.parts import Answerer
from bot.surfaces.slack.payloads import (
    Command,
    Origin,
    Pressed,
    Submitted,
    read_command,
    read_message,
    read_press,
    read_submission,
)
from bot.surfaces.slack.people import People
from bot.surfaces.slack.references import References
from bot.surfaces.slack.showing import Showing
from bot.surfaces.slack.text import Json
from bot.surfaces.slack.views import (
    FormContext,
    Sent,
    confirmation,
    corrected,
    said,
    sent,
    unpack_context,
)

UMBRELLA = "impasto"
"""The command that takes every word; any other command is the word itself."""
IMAGINE = "imagine"
HELP = "help"
READ_IN_ACK_S = 1.5
"""How long a form's ack waits for its picture, of the three seconds that Slack waits for the ack."""
_ARGUMENT = re.compile(r"#?\d{1,18}|all")
"""What may follow a word in talk; `show me a fox` is a picture to paint, `show 12` is a command."""
_NO_ROOM = frozenset({Unavailable.FULL, Unavailable.READ_ONLY})


@dataclass(slots=True, kw_only=True)
class Reception:
    """Answers for Bolt's listeners. What they return is Slack's ack; everything else is an errand after it."""

    answer: Answerer
    people: People
    showing: Showing
    references: References
    errands: Errands

    async def command(self, body: Json, workspace: str) -> str:
        """The ack of a slash command as JSON: the reply itself when it has one, for this person only; else empty."""
        origin, text = read_command(body, workspace)
        name = str(body["command"]).removeprefix("/")
        word, rest = self._word(text) if name == UMBRELLA else (name, text)
        if word == IMAGINE and not rest:
            invocation = self.invocation(origin, action=Action(verb=Verb.IMAGINE, target=0))
        elif word == HELP and not self.people.knows(origin):
            self.errands.do("helping", self._help(origin, rest))
            return ""
        else:
            invocation = self.invocation(origin, word=word, text=rest)
        reply = await self.reply(invocation)
        if reply.denied or reply.form is not None or reply.card is None or reply.card.pictures:
            self.show_later(origin, invocation, reply)
            return ""
        return _taken(reply.card) if reply.job is not None else _private(reply.card)

    async def _help(self, origin: Origin, text: str) -> None:
        """What there is differs by role, so Slack is asked who this is; where it doesn't say, a member is helped."""
        await self.meet(origin)
        invocation = self.invocation(origin, word=HELP, text=text)
        await self._show(origin, invocation, await self.reply(invocation))

    async def meet(self, origin: Origin) -> None:
        """Asks Slack who the person is, unless that is known."""
        if not self.people.knows(origin):
            with contextlib.suppress(SlackFault):
                await self.people.ask(origin.workspace, origin.user)

    async def press(self, body: Json, workspace: str) -> None:
        """A button or a menu entry."""
        pressed = read_press(body, workspace)
        if pressed.ask_first and pressed.action is not None:
            self.errands.do("asking first", self._ask_first(pressed, pressed.action))
            return
        if pressed.action is None:
            invocation = self.invocation(pressed.origin)
            self.show_later(pressed.origin, invocation, answers.dead_button())
            return
        invocation = self.invocation(pressed.origin, action=pressed.action)
        self.show_later(pressed.origin, invocation, await self.reply(invocation))

    async def _ask_first(self, pressed: Pressed, action: Action) -> None:
        question = QUESTIONS.get(action.verb, f"{pressed.label}?")
        context = context_of(pressed.origin, action)
        await self.showing.view(pressed.origin, confirmation(pressed.label, question, context))

    async def submission(self, body: Json, workspace: str) -> Json:
        """The ack of a form: it closes, stays open with what was wrong, or says what came of it."""
        submitted = read_submission(body, workspace)
        context = unpack_context(submitted.metadata)
        if context is None:
            card = answers.dead_button().card
            return _shows(said(card)) if card is not None else {}
        filled = sent((submitted.view.get("state") or {}).get("values") or {})
        invocation = self._sent_invocation(submitted, context, filled)
        if not filled.files:
            return await self._submitted(submitted, invocation)
        fetching = self.references.fetch(submitted.origin.workspace, filled.files[0])
        reading = self.errands.begin("reading a form's picture", fetching)
        if reading is not None:
            await asyncio.wait({reading}, timeout=READ_IN_ACK_S)
        if reading is None:
            return await self._with_picture(submitted, invocation, None)
        if reading.done():
            return await self._with_picture(submitted, invocation, reading.result())
        self.errands.do("a form with a picture", self._later(submitted, invocation, reading))
        card = answers.reading_picture().card
        return _shows(said(card)) if card is not None else {}

    async def _submitted(self, submitted: Submitted, invocation: Invocation) -> Json:
        reply = await self.reply(invocation)
        if reply.denied:
            self.show_later(_placed(submitted.origin, invocation), invocation, reply)
            return {}
        if reply.job is not None or reply.card is None:
            return {}
        if reply.correctable:
            return _shows(corrected(submitted.view, reply.card))
        return _shows(said(reply.card))

    async def _with_picture(
        self, submitted: Submitted, invocation: Invocation, found: BlobKey | Unfit | None
    ) -> Json:
        if isinstance(found, Unfit) or found is None:
            reply = answers.broke() if found is None else answers.unfit(found.sentence)
            return _shows(corrected(submitted.view, reply.card)) if reply.card is not None else {}
        return await self._submitted(submitted, replace(invocation, reference=found))

    async def _later(
        self,
        submitted: Submitted,
        invocation: Invocation,
        reading: asyncio.Task[BlobKey | Unfit | None],
    ) -> None:
        """The picture took longer than an ack may: the form, which says that it is read, then says what came of it."""
        answer = await self._with_picture(submitted, invocation, await reading)
        done = answers.taken_from_form().card
        view = answer.get("view") or (said(done) if done is not None else None)
        if view is not None:
            await self.showing.change(submitted.origin, str(submitted.view["id"]), view)

    def _sent_invocation(
        self, submitted: Submitted, context: FormContext, filled: Sent
    ) -> Invocation:
        action = context.action
        image = context.reference_image
        if filled.which is not None:
            image = filled.which if image is not None else None
            action = action if image is not None else replace(action, target=filled.which)
        origin = replace(
            submitted.origin, channel=filled.channel or context.channel, thread=context.thread
        )
        invocation = self.invocation(origin, action=action, reference=context.reference)
        return replace(invocation, inputs=filled.inputs, reference_image=image)

    async def message(self, body: Json, workspace: str) -> None:
        """A mention or a direct message: a word, or a picture to paint."""
        said_by = read_message(body, workspace)
        if said_by is None:
            return
        word, text = self._spoken(said_by.text)
        if not said_by.text:
            word = IMAGINE if said_by.files else HELP
        if word == HELP:
            await self.meet(said_by.origin)
        reference = await self._reference(said_by) if word == IMAGINE else None
        if isinstance(reference, Unfit):
            reply = answers.unfit(reference.sentence)
            self.show_later(said_by.origin, self.invocation(said_by.origin), reply)
            return
        invocation = self.invocation(said_by.origin, word=word, text=text, reference=reference)
        reply = await self.reply(invocation)
        if reply.job is None:
            self.show_later(said_by.origin, invocation, reply)

    async def _reference(self, said_by: Command) -> BlobKey | Unfit | None:
        if not said_by.files:
            return None
        return await self.references.fetch(said_by.origin.workspace, said_by.files[0])

    def _word(self, text: str) -> tuple[str, str]:
        """The word at the front of what follows /impasto, and the rest; the longest name wins."""
        names = [guide.name for guide in self.answer.may_use(Role.OWNER)]
        for name in sorted(names, key=len, reverse=True):
            head, tail = text[: len(name)], text[len(name) :]
            if head.casefold() == name and (not tail or tail[0].isspace()):
                return name, tail.strip()
        word, _, rest = text.partition(" ")
        return word or HELP, rest.strip()

    def _spoken(self, text: str) -> tuple[str, str]:
        """What is meant by plain talk."""
        names = {guide.name for guide in self.answer.may_use(Role.OWNER)}
        word, rest = self._word(text.removeprefix("/"))
        if word.startswith(ADMIN_PREFIX):
            return word, rest
        is_argument = not rest or rest in names or _ARGUMENT.fullmatch(rest.lower())
        if word in names and (is_argument or word == IMAGINE):
            return word, rest
        return IMAGINE, text

    def invocation(
        self,
        origin: Origin,
        *,
        word: str = "",
        text: str = "",
        action: Action | None = None,
        reference: BlobKey | None = None,
    ) -> Invocation:
        """What the person did, for the commands."""
        return Invocation(
            key=origin.key,
            person=self.people.person(origin),
            place=Place(
                channel=origin.channel or "",
                thread=origin.thread,
                callback=origin.callback,
            ),
            word=word,
            text=text,
            action=action,
            reference=reference,
        )

    async def reply(self, invocation: Invocation) -> Reply:
        """The commands' reply; a database that takes nothing is said, not thrown."""
        try:
            return await self.answer(await self._with_groups(invocation))
        except StoreUnavailable as error:
            return answers.not_kept(no_room=error.why in _NO_ROOM)

    async def _with_groups(self, invocation: Invocation) -> Invocation:
        """The same, knowing which user groups the person is in and what groups there are."""
        groups, person = self.people.user_groups, invocation.person
        await groups.learn(person.workspace)
        mine = groups.of(person.workspace, person.user)
        names = groups.names(person.workspace)
        if mine == person.groups and not names:
            return invocation
        return replace(invocation, person=replace(person, groups=mine), known=names)

    def show_later(self, origin: Origin, invocation: Invocation, reply: Reply) -> None:
        """Shows the reply once Slack has its ack."""
        self.errands.do("showing a reply", self._show(origin, invocation, reply))

    async def _show(self, origin: Origin, invocation: Invocation, reply: Reply) -> None:
        if reply.denied:
            reply = await self._asked_again(origin, invocation, reply)
        if reply.form is not None:
            context = replace(
                context_of(origin, reply.form.action),
                reference=invocation.reference,
                reference_image=invocation.reference_image,
            )
            await self.showing.form(origin, reply.form, context)
        elif reply.card is not None:
            await self.showing.card(origin, reply.card)

    async def _asked_again(self, origin: Origin, invocation: Invocation, reply: Reply) -> Reply:
        """Denied by what was known of the person: Slack is asked who they are, and if that helps, so are the commands."""
        try:
            known = await self.people.ask(origin.workspace, origin.user)
        except SlackFault:
            return reply
        if invocation.person.role.includes(known.role):
            return reply
        person = replace(invocation.person, role=known.role)
        return await self.reply(replace(invocation, person=person))


def _private(card: Card) -> str:
    """The card for one person's eyes, as a command is answered with it."""
    message = render(card)
    return json.dumps(
        {"response_type": "ephemeral", "text": message.text, "blocks": message.blocks}
    )


@lru_cache(maxsize=16)
def _taken(card: Card) -> str:
    """The same for the card that says a request is taken: it is always the same one, and everybody waits for it."""
    return _private(card)


def context_of(origin: Origin, action: Action) -> FormContext:
    """What a form opened there must remember."""
    return FormContext(action=action, channel=origin.channel, thread=origin.thread)


def _placed(origin: Origin, invocation: Invocation) -> Origin:
    return replace(origin, channel=invocation.place.channel or None, thread=invocation.place.thread)


def _shows(view: Json) -> Json:
    return {"response_action": "update", "view": view}
