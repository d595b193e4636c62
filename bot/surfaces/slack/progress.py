"""Shows how a request goes on: few edits, each saying the newest, and none that the answer's own message would need.

chat.update is what a busy workspace runs out of first: 50 a minute for all of it, so about 16 requests a minute at three
edits each. Source: docs.slack.dev, rate limits and chat.update, read 2026-11.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field, replace
from functools import partial

from bot.domain.card import Card
from bot.domain.identity import JobId
from bot.domain.job import FINAL, Job, JobState
from bot.domain.live import Changed, InLine, LiveUpdate, Painting
from bot.domain.sentences import ordinal
from bot.domain.status_cards import answered
from bot.pipeline.loop import keep_going, one_by_one, pause
from bot.ports import ChatMessage, StoreUnavailable
from bot.surfaces.slack.blocks import render
from bot.surfaces.slack.faults import (
    BadFile,
    NoAccess,
    SaidNo,
    SlackFault,
    TooFast,
    Unclear,
)
from bot.surfaces.slack.files import SlackFiles
from bot.surfaces.slack.parts import SlackParts
from bot.surfaces.slack.payloads import PLATFORM
from bot.surfaces.slack.posting import Posting
from bot.surfaces.slack.postman import MAX_EDITS, SlackPostman, answer_message, pictures_of

log = logging.getLogger("impasto.slack")

BETWEEN_EDITS_S = 5.0
LOOK_S = 0.5
CATCH_UP_S = 60.0
"""How often pictures are looked for that went away while nobody heard of it: signals may be lost."""
CATCH_UP_JOBS = 2_000
"""The newest jobs, which are looked through then: 10,000 took 0.1 s of the database on two cores."""
LOCK = "slack/progress"
"""Of several processes that hear of a job, the one that holds this shows it."""
MOST_FOREIGN = 10_000
"""Jobs of other platforms that are remembered as such."""
_RUNNING = frozenset({JobState.RUNNING})
_IN_LINE = frozenset({JobState.WAITING, JobState.READY})


@dataclass(slots=True, kw_only=True)
class Progress:
    """Listens to live updates of Slack's jobs and edits their messages at leisure."""

    parts: SlackParts
    posting: Posting
    postman: SlackPostman
    files: SlackFiles
    _heard: dict[JobId, LiveUpdate] = field(default_factory=dict)
    """The newest about each job, not shown yet."""
    _changed: set[JobId] = field(default_factory=set)
    _shown_s: dict[JobId, float] = field(default_factory=dict)
    _foreign: set[JobId] = field(default_factory=set)
    _caught_up_s: float | None = None
    _tried: set[JobId] = field(default_factory=set)
    """Whose missing pictures this process saw to once: what Slack then refuses, it refuses every minute."""

    async def run(self, *, stop: asyncio.Event) -> None:
        """Until `stop` is set."""
        async with asyncio.TaskGroup() as group:
            listening = group.create_task(self._listen())
            if self.parts.sole is not None:
                group.create_task(self.parts.sole.keep(LOCK, stop=stop))
            await keep_going("progress", partial(self._step, stop), stop=stop)
            listening.cancel()

    async def _step(self, stop: asyncio.Event) -> None:
        await self._catch_up()
        await self._show_due()
        await pause(LOOK_S, stop=stop)

    async def _listen(self) -> None:
        async for update in self.parts.signals.updates():
            job = update.job
            if job in self._foreign or not self._is_ours():
                continue
            # The first time a job is heard of counts as shown: its message is just being posted.
            self._shown_s.setdefault(job, time.monotonic())
            if isinstance(update, Changed):
                self._changed.add(job)
            else:
                self._heard[job] = update

    def _is_ours(self) -> bool:
        return self.parts.sole is None or self.parts.sole.held

    async def _catch_up(self) -> None:
        """Sees to pictures whose going was heard by nobody: no process had the lock, or the signal was lost."""
        now_s = time.monotonic()
        if not self._is_ours():
            # Whoever takes it over looks at once.
            self._caught_up_s = None
            return
        if self._caught_up_s is not None and now_s - self._caught_up_s < CATCH_UP_S:
            return
        self._caught_up_s = now_s
        try:
            gone = await self.parts.messages.showing_gone(newest=CATCH_UP_JOBS)
        except StoreUnavailable as fault:
            log.info("what went unheard is looked for later: %s", fault)
            return
        self._changed.update(set(gone) - self._tried)
        self._tried = set(gone)

    async def _show_due(self) -> None:
        changed, self._changed = self._changed, set()
        now_s = time.monotonic()
        due = [
            job
            for job in self._heard
            if now_s - self._shown_s.setdefault(job, now_s) >= BETWEEN_EDITS_S
        ]

        async def show(job_id: JobId) -> None:
            try:
                await self._show(job_id, due=job_id in due)
            except SlackFault as fault:
                log.info("an edit of job %s was left out: %s", job_id, fault)

        async def leave(job_id: JobId) -> None:
            # Only a later release can read it, maybe: a process of that one shows it.
            self._forget(job_id)

        try:
            await one_by_one(
                "progress", tuple(dict.fromkeys((*changed, *due))), show, put_off=leave
            )
        except StoreUnavailable as fault:
            log.info("how requests go on is shown later: %s", fault)
            self._changed |= changed

    async def _show(self, job_id: JobId, *, due: bool) -> None:
        job = await self.parts.jobs.job(job_id)
        if job is None or job.person.platform != PLATFORM:
            self._forget(job_id)
            if len(self._foreign) > MOST_FOREIGN:
                self._foreign.clear()
            self._foreign.add(job_id)
            return
        stands = {one.final: one for one in await self.parts.messages.of_job(job_id)}
        if True in stands:
            self._forget(job_id)
            try:
                await self._refresh(job, stands[True])
            except (TooFast, Unclear):
                # A picture taken away must not go on standing there.
                self._changed.add(job_id)
                raise
        elif job.state in FINAL:
            self._forget(job_id)
        elif job.state in _RUNNING and job_id not in self._heard:
            # That it is being painted is said in a while, unless the answer or something better comes first.
            self._heard[job_id] = Painting(job=job_id, fraction=None)
        elif due and False in stands:
            await self._edit(job, stands[False], self._heard.pop(job_id))

    async def _edit(self, job: Job, status: ChatMessage, update: LiveUpdate) -> None:
        card = await self.parts.card_of(job.id)
        shown = None if card is None else _with(card, job, update)
        # The last edit is the answer's: the message must not say "painting" for ever.
        if shown is None or not await self.parts.messages.count_edit(job.id, most=MAX_EDITS - 1):
            return
        self._shown_s[job.id] = time.monotonic()
        workspace, asker = job.person.workspace, job.person.user
        message = render(shown, asker=asker)
        try:
            await self.posting.update(workspace, status.channel, status.message, message)
        finally:
            await self._look_back(job.id, status)

    async def _look_back(self, job_id: JobId, status: ChatMessage) -> None:
        """Another process may have answered and closed the message while our edit was on its way: it comes last then.

        An answer is on record before its message is closed, so one that isn't here yet closes it after our edit.
        """
        if not any(one.final for one in await self.parts.messages.of_job(job_id)):
            return
        job, card = await self.parts.jobs.job(job_id), await self.parts.card_of(job_id)
        if job is not None and card is not None:
            message = render(answered(job, card), asker=job.person.user)
            await self.posting.update(job.person.workspace, status.channel, status.message, message)

    async def _refresh(self, job: Job, answer: ChatMessage) -> None:
        """Takes pictures that were deleted or reported since out of the answer, and their files out of Slack."""
        card = await self.parts.card_of(job.id)
        if card is None or not answer.shown or not answer.message:
            return
        now_shown = tuple(picture.position for picture in card.pictures)
        if now_shown == answer.shown:
            return
        workspace = job.person.workspace
        await self._show_rest(job, answer, card)
        await self.parts.messages.put(replace(answer, shown=now_shown, sheet=None))
        gone = await self.parts.files.outlived(answer.workspace, job.id)
        for blob in dict.fromkeys((*gone, *((answer.sheet,) if answer.sheet else ()))):
            await self.files.remove(workspace, blob)

    async def _show_rest(self, job: Job, answer: ChatMessage, card: Card) -> None:
        """The answer without what is gone; where somebody deleted the message itself, nothing is left to do."""
        workspace = job.person.workspace
        single = replace(job, grid=None)
        shown = pictures_of(single, card)
        try:
            files = await self.files.upload(workspace, shown) if shown else []
            message = answer_message(card, files=files)
            await self.posting.update(workspace, answer.channel, answer.message, message)
        except BadFile:
            await self.posting.update(
                workspace, answer.channel, answer.message, answer_message(card)
            )
        except NoAccess:
            raise
        except SaidNo as no:
            log.info("the answer of job %s can't be changed: %s", job.id, no)

    def _forget(self, job_id: JobId) -> None:
        self._heard.pop(job_id, None)
        self._shown_s.pop(job_id, None)
        self._changed.discard(job_id)


def _with(card: Card, job: Job, update: LiveUpdate) -> Card | None:
    """The card with what was heard; None for what is over by now."""
    match update:
        case Painting(fraction=fraction) if job.state in _RUNNING:
            return replace(card, progress=fraction)
        case InLine(place=place) if job.state in _IN_LINE:
            headline = "Next in line" if place == 1 else f"{ordinal(place)} in line"
            return replace(card, headline=headline)
        case _:
            return None
