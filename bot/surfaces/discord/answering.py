"""From an interaction to its answer: the one handler of everything people do on Discord."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import discord

from bot.domain import answers
from bot.domain.action import Action, Verb, unpack
from bot.domain.card import Button, ButtonStyle, Reply
from bot.domain.grammar import Ask, from_options
from bot.domain.identity import BlobKey, ImageId, JobId
from bot.domain.invocation import Invocation
from bot.domain.job import FINAL, JobState
from bot.domain.job_cards import in_line_card
from bot.domain.questions import QUESTIONS
from bot.ports import FirstLook, FirstResponse, StoreUnavailable, Unavailable, Unfit
from bot.surfaces.discord import reading
from bot.surfaces.discord.bringing import bring
from bot.surfaces.discord.commands import (
    IMAGE_DETAILS,
    IMAGINE,
    MASK,
    REFERENCE,
    REIMAGINE,
    REPORT_IMAGE,
)
from bot.surfaces.discord.completion import suggestions
from bot.surfaces.discord.conversation import Conversation
from bot.surfaces.discord.faults import AnsweredBefore, DiscordFault, Late
from bot.surfaces.discord.news import News
from bot.surfaces.discord.parts import DiscordParts
from bot.surfaces.discord.reading import Kind
from bot.surfaces.discord.responses import Responses
from bot.surfaces.discord.rest import Rest

log = logging.getLogger("impasto.discord")

JUDGED_WITHIN_S = 0.8
"""How long the first response waits for the judges, so that a refusal can be for the asker's eyes alone."""
SLOW_S = 2.0
"""A reply not there by now is announced, and given through the token: the first response has three seconds."""

_FROM_PICTURE = Action(verb=Verb.IMAGINE, target=0)
REFERENCE_FORM = re.compile(r"r1:(?:([0-9a-f]{64})|i([0-9]{1,18}))")
"""The custom id of a form about a picture to start from: a stored one of others, or one of ours by its number."""
_ON_OWN = {
    REIMAGINE: Verb.EDIT,
    IMAGE_DETAILS: Verb.DETAILS,
    REPORT_IMAGE: Verb.REPORT,
}
_NO_ROOM = frozenset({Unavailable.FULL, Unavailable.READ_ONLY})
_WORKING = frozenset(JobState) - FINAL - {JobState.DELIVERING, JobState.RECEIVED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What the judges said of a request before it became a job; None when they took too long."""

    ask: Ask
    allowed: bool | None


class Answering:
    """Answers interactions. Exactly one call for each; nothing about a message is kept in memory."""

    def __init__(
        self,
        parts: DiscordParts,
        *,
        rest: Rest,
        responses: Responses,
        news: News,
        admins: frozenset[str],
    ) -> None:
        self._parts = parts
        self._rest = rest
        self._responses = responses
        self._news = news
        self._admins = admins

    async def __call__(self, interaction: discord.Interaction[Any]) -> None:
        """Answers it; whatever goes wrong is logged and told to the asker."""
        talk = Conversation(interaction, self._rest, self._parts.blobs)
        key = reading.key_of(interaction)
        try:
            with self._responses.giving(key):
                await self._route(interaction, talk)
        except AnsweredBefore:
            log.info("%s was answered before", key)
        except DiscordFault as fault:
            log.warning("%s can't be answered: %s: %s", key, type(fault).__name__, fault)
        except StoreUnavailable as error:
            log.warning("%s was not taken: %s", key, error)
            await self._apologise(talk, answers.not_kept(no_room=error.why in _NO_ROOM))
        except Exception:
            log.exception("answering %s failed", key)
            await self._apologise(talk, answers.broke())

    async def _route(self, interaction: discord.Interaction[Any], talk: Conversation) -> None:
        match reading.kind_of(interaction):
            case Kind.COMPLETION:
                await self._complete(interaction, talk)
            case Kind.COMMAND:
                await self._command(interaction, talk)
            case Kind.MESSAGE_COMMAND:
                await self._message_command(interaction, talk)
            case Kind.PRESS:
                await self._press(interaction, talk)
            case Kind.FORM:
                await self._form(interaction, talk)
            case Kind.OTHER:
                log.info("an interaction of an unknown kind came: %s", interaction.type)

    async def _complete(self, interaction: discord.Interaction[Any], talk: Conversation) -> None:
        option, typed = reading.focused_of(interaction)
        person = reading.person_of(interaction, admins=self._admins)
        words = self._parts.dispatch.words_at_hand(person)
        await talk.suggest(suggestions(option, typed, self._parts.catalog, words))

    async def _apologise(self, talk: Conversation, sorry: Reply) -> None:
        try:
            if sorry.card is not None:
                await talk.tell(sorry.card)
        except DiscordFault as fault:
            log.warning("the apology can't be given: %s", fault)

    # --- what people do ---------------------------------------------------------------------------------------

    async def _command(self, interaction: discord.Interaction[Any], talk: Conversation) -> None:
        command = reading.command_of(interaction)
        if command.word != IMAGINE:
            asked = self._invocation(interaction, word=command.word, text=command.text)
            asked = replace(asked, options=command.options)
            await self._reply(interaction, talk, self._parts.dispatch(asked), private=True)
            return
        ask = from_options(command.options)
        if not isinstance(ask, Ask):
            await self._give(interaction, talk, answers.bad_flags(ask))
            return
        asked = self._invocation(interaction, word=IMAGINE, ask=ask)
        # A template's words are not known here; admission judges what it is filled to.
        look = self._parts.foresight.look
        decision = None if ask.call else await look(ask, within_s=JUDGED_WITHIN_S)
        foreseen = Foreseen(ask=ask, allowed=None if decision is None else decision.allowed)
        coming = self._with_files(asked, command.files)
        await self._reply(interaction, talk, coming, private=False, foreseen=foreseen)

    async def _with_files(self, asked: Invocation, files: Mapping[str, reading.Attached]) -> Reply:
        for name in (REFERENCE, MASK):
            if name not in files:
                continue
            taken = await bring(
                files[name],
                rest=self._rest,
                uploads=self._parts.uploads,
                as_mask=name == MASK,
            )
            if isinstance(taken, Unfit):
                return answers.unfit(taken.sentence)
            asked = replace(asked, mask=taken) if name == MASK else replace(asked, reference=taken)
        return await self._parts.dispatch(asked)

    async def _press(self, interaction: discord.Interaction[Any], talk: Conversation) -> None:
        pressed = reading.pressed_of(interaction)
        if pressed.action is None:
            await self._give(interaction, talk, answers.dead_button())
            return
        if pressed.asks_first:
            await self._give(interaction, talk, _question(pressed.action))
            return
        asked = self._invocation(interaction, action=pressed.action)
        await self._reply(interaction, talk, self._parts.dispatch(asked), private=True)

    async def _form(self, interaction: discord.Interaction[Any], talk: Conversation) -> None:
        custom_id, inputs = reading.form_of(interaction)
        if found := REFERENCE_FORM.fullmatch(custom_id):
            asked = self._invocation(interaction, action=_FROM_PICTURE, inputs=inputs)
            asked = replace(
                asked,
                reference=BlobKey(found[1]) if found[1] else None,
                reference_image=ImageId(int(found[2])) if found[2] else None,
            )
            await self._reply(interaction, talk, self._parts.dispatch(asked), private=False)
            return
        action = unpack(custom_id)
        if action is None:
            await self._give(interaction, talk, answers.dead_button())
            return
        asked = self._invocation(interaction, action=action, inputs=inputs)
        coming = self._with_files(asked, reading.files_of(interaction))
        await self._reply(interaction, talk, coming, private=False)

    async def _message_command(
        self, interaction: discord.Interaction[Any], talk: Conversation
    ) -> None:
        name, message = reading.target_of(interaction)
        own = reading.own_image(message)
        if own is not None and name not in _ON_OWN:
            asked = self._invocation(interaction, action=_FROM_PICTURE)
            await self._open_reference_form(
                interaction, talk, replace(asked, reference_image=own), f"r1:i{own}"
            )
            return
        if own is not None:
            action = Action(verb=_ON_OWN[name], target=own)
            asked = self._invocation(interaction, action=action)
            await self._reply(interaction, talk, self._parts.dispatch(asked), private=False)
            return
        picture = reading.picture_in(message)
        if picture is None or name in {IMAGE_DETAILS, REPORT_IMAGE}:
            await self._give(interaction, talk, answers.no_picture_there())
            return
        try:
            async with asyncio.timeout(SLOW_S):
                taken = await bring(picture, rest=self._rest, uploads=self._parts.uploads)
        except TimeoutError:
            await self._give(interaction, talk, answers.took_too_long())
            return
        if isinstance(taken, Unfit):
            await self._give(interaction, talk, answers.unfit(taken.sentence))
            return
        asked = self._invocation(interaction, action=_FROM_PICTURE)
        await self._open_reference_form(
            interaction, talk, replace(asked, reference=taken), f"r1:{taken}"
        )

    async def _open_reference_form(
        self,
        interaction: discord.Interaction[Any],
        talk: Conversation,
        asked: Invocation,
        custom_id: str,
    ) -> None:
        reply = await self._parts.dispatch(asked)
        if reply.form is not None:
            await talk.ask(reply.form, custom_id=custom_id)
        else:
            await self._give(interaction, talk, reply)

    def _invocation(
        self,
        interaction: discord.Interaction[Any],
        *,
        word: str = "",
        text: str = "",
        ask: Ask | None = None,
        action: Action | None = None,
        inputs: Mapping[str, str] | None = None,
    ) -> Invocation:
        return Invocation(
            key=reading.key_of(interaction),
            person=reading.person_of(interaction, admins=self._admins),
            place=reading.place_of(interaction),
            word=word,
            text=text,
            ask=ask,
            action=action,
            inputs=inputs or {},
        )

    # --- what they get ----------------------------------------------------------------------------------------

    async def _reply(
        self,
        interaction: discord.Interaction[Any],
        talk: Conversation,
        coming: Awaitable[Reply],
        *,
        private: bool,
        foreseen: Foreseen | None = None,
    ) -> None:
        """Gives the reply when it is there; announces it when it is slow."""
        announcing: asyncio.Future[None] | None = None

        def announce() -> None:
            nonlocal announcing
            announcing = asyncio.ensure_future(self._announce(interaction, talk, private=private))

        slow = asyncio.get_running_loop().call_later(SLOW_S, announce)
        try:
            reply = await coming
        finally:
            slow.cancel()
            if announcing is not None:
                await asyncio.wait({announcing})
        fault = None if announcing is None else announcing.exception()
        if reply.job is not None:
            await self._give_job(interaction, talk, reply.job, foreseen=foreseen, fault=fault)
            return
        if fault is not None:
            raise fault
        await self._give(interaction, talk, reply)

    async def _announce(
        self, interaction: discord.Interaction[Any], talk: Conversation, *, private: bool
    ) -> None:
        if interaction.message is not None:
            await talk.say_nothing()
        elif private:
            await talk.hold_privately()
        else:
            await talk.hold(answers.received())

    async def _give(
        self,
        interaction: discord.Interaction[Any],
        talk: Conversation,
        reply: Reply,
    ) -> None:
        if reply.job is not None:
            await self._give_job(interaction, talk, reply.job)
        elif reply.form is not None:
            await talk.ask(reply.form)
        elif reply.card is not None:
            await talk.tell(reply.card)

    async def _give_job(
        self,
        interaction: discord.Interaction[Any],
        talk: Conversation,
        job: JobId,
        *,
        foreseen: Foreseen | None = None,
        fault: BaseException | None = None,
    ) -> None:
        """The first response to a request that became a job, and its record; nobody can see it: it is called back.

        `fault` is what its announcement met with.
        """
        lost: DiscordFault | None = None
        try:
            if fault is not None:
                raise fault
            if talk.first is None and interaction.message is not None:
                await talk.say_nothing()
            elif talk.first is None and foreseen is not None:
                await self._foreseen_look(talk, job, foreseen)
            elif talk.first is None:
                await self._first_look(talk, job)
        except Late as late:
            lost = late
            cancel = Action(verb=Verb.CANCEL, target=job)
            await self._parts.dispatch(self._invocation(interaction, action=cancel))
        except DiscordFault as other:
            lost = other
        await self._responses.keep(job, talk.first or FirstResponse(look=FirstLook.LOST))
        if lost is not None:
            raise lost

    async def _foreseen_look(self, talk: Conversation, job: JobId, foreseen: Foreseen) -> None:
        """Who may see what follows is settled here, by what the judges said before it became a job."""
        match foreseen.allowed:
            case True:
                await talk.show(in_line_card(job, foreseen.ask))
            case False:
                await talk.hold_privately()
            case None:
                await talk.hold(answers.received())

    async def _first_look(self, talk: Conversation, job_id: JobId) -> None:
        """The same where the words were not known before: once it is judged, or the time for that is over."""
        job = await self._news.judged(job_id, within_s=JUDGED_WITHIN_S)
        if job is not None and job.state in {JobState.REFUSED, JobState.FAILED}:
            await talk.hold_privately()
        elif job is not None and job.state in _WORKING:
            await talk.show(await self._parts.cards.of(job))
        else:
            await talk.hold(answers.received())


def _question(action: Action) -> Reply:
    question = QUESTIONS.get(action.verb, "Are you sure?")
    label = action.verb.value.capitalize()
    confirmed = Button(label=label, action=action, says=label, style=ButtonStyle.DANGER)
    return answers.are_you_sure(question, confirmed)
