"""Shows how a request goes on: few edits, each saying the newest, and none that the answer's own message would need.

chat.update is what a busy workspace runs out of first: 50 a minute for all of it, so about 16 requests a minute at three
edits each. Source: docs.slack.dev, rate limits and chat.update, read 2026-11.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field, replace

from bot.domain.card import Card
from bot.domain.identity import JobId
from bot.domain.job import Job, JobState
from bot.domain.live import Changed, InLine, LiveUpdate, Painting
from bot.domain.sentences import ordinal
from bot.ports import ChatMessage
from bot.surfaces.slack.blocks import render
from bot.surfaces.slack.faults import SlackFault
from bot.surfaces.slack.files import SlackFiles
from bot.surfaces.slack.parts import SlackParts
from bot.surfaces.slack.payloads import PLATFORM
from bot.surfaces.slack.posting import Posting
from bot.surfaces.slack.postman import MAX_EDITS, SlackPostman, pictures_of

log = logging.getLogger("impasto.slack")

BETWEEN_EDITS_S = 5.0
LOOK_S = 0.5
_RUNNING = frozenset({JobState.RUNNING})
_IN_LINE = frozenset({JobState.WAITING, JobState.READY})


@dataclass(slots=True)
class _Heard:
    """The newest about one job, not shown yet."""

    update: LiveUpdate
    at_s: float


@dataclass(slots=True, kw_only=True)
class Progress:
    """Listens to live updates of Slack's jobs and edits their messages at leisure."""

    parts: SlackParts
    posting: Posting
    postman: SlackPostman
    files: SlackFiles
    _heard: dict[JobId, _Heard] = field(default_factory=dict)
    _shown_s: dict[JobId, float] = field(default_factory=dict)
    _foreign: set[JobId] = field(default_factory=set)

    async def run(self, *, stop: asyncio.Event) -> None:
        """Until `stop` is set."""
        async with asyncio.TaskGroup() as group:
            listening = group.create_task(self._listen())
            while not stop.is_set():
                await self._show_due()
                try:
                    async with asyncio.timeout(LOOK_S):
                        await stop.wait()
                except TimeoutError:
                    continue
            listening.cancel()

    async def _listen(self) -> None:
        async for update in self.parts.signals.updates():
            if update.job not in self._foreign:
                # The first time a job is heard of counts as shown: its message is just being posted.
                self._shown_s.setdefault(update.job, time.monotonic())
                self._heard[update.job] = _Heard(update, time.monotonic())

    async def _show_due(self) -> None:
        now_s = time.monotonic()
        for job_id, heard in list(self._heard.items()):
            changed = isinstance(heard.update, Changed)
            if not changed and now_s - self._shown_s[job_id] < BETWEEN_EDITS_S:
                continue
            self._heard.pop(job_id, None)
            try:
                await self._show(job_id, heard.update)
            except SlackFault as fault:
                log.info("an edit of job %s was left out: %s", job_id, fault)

    async def _show(self, job_id: JobId, update: LiveUpdate) -> None:
        job = await self.parts.jobs.job(job_id)
        if job is None or job.person.platform != PLATFORM:
            self._forget(job_id)
            self._foreign.add(job_id)
            return
        stands = {one.final: one for one in await self.parts.messages.of_job(job_id)}
        if True in stands:
            self._forget(job_id)
            if isinstance(update, Changed):
                await self._refresh(job, stands[True])
            return
        card = await self._card(job, update)
        if card is None or False not in stands:
            return
        # The last edit is the answer's: the message must not say "painting" for ever.
        if await self.parts.messages.count_edit(job_id, most=MAX_EDITS - 1):
            self._shown_s[job_id] = time.monotonic()
            status = stands[False]
            message = render(card, asker=job.person.user)
            await self.posting.update(job.person.workspace, status.channel, status.message, message)

    async def _card(self, job: Job, update: LiveUpdate) -> Card | None:
        """The card with what was heard; None for what isn't worth an edit."""
        card = await self.parts.card_of(job.id)
        if card is None:
            return None
        match update:
            case Painting(fraction=fraction) if job.state in _RUNNING and fraction is not None:
                return replace(card, progress=fraction)
            case InLine(place=place) if job.state in _IN_LINE:
                headline = "Next in line" if place == 1 else f"{ordinal(place)} in line"
                return replace(card, headline=headline)
            case _:
                return None

    async def _refresh(self, job: Job, answer: ChatMessage) -> None:
        """Takes pictures that were deleted or reported since out of the answer, and their files out of Slack."""
        card = await self.parts.card_of(job.id)
        if card is None or not answer.shown or not answer.message:
            return
        now_shown = tuple(picture.position for picture in card.pictures)
        if now_shown == answer.shown:
            return
        workspace = job.person.workspace
        single = replace(job, grid=None)
        files = await self.files.upload(workspace, pictures_of(single, card)) if now_shown else []
        await self.posting.update(
            workspace, answer.channel, answer.message, render(card, files=files)
        )
        await self.parts.messages.put(replace(answer, shown=now_shown))
        if job.grid is not None:
            await self.files.remove(workspace, job.grid)

    def _forget(self, job_id: JobId) -> None:
        self._heard.pop(job_id, None)
        self._shown_s.pop(job_id, None)
