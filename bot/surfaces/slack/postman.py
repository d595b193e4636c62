"""Posts what the outbox holds for Slack: the request as a message, everything about it in its thread, each once."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.domain.card import Card
from bot.domain.identity import BlobKey, JobId
from bot.domain.job import FINAL, Job
from bot.domain.sentences import not_shown_openly
from bot.domain.status_cards import answered
from bot.ports import (
    BlobFault,
    ChatMessage,
    ChatMessages,
    Letter,
    NotPosted,
    Overtaken,
    Posted,
    Saying,
    Undeliverable,
)
from bot.surfaces.slack.blocks import Rendered, ShownFile, render
from bot.surfaces.slack.faults import (
    BadFile,
    NoAccess,
    NoPlace,
    SaidNo,
    SlackFault,
    TooFast,
)
from bot.surfaces.slack.files import SlackFiles, ToShow
from bot.surfaces.slack.payloads import PLATFORM
from bot.surfaces.slack.posting import Posting, Spot
from bot.surfaces.slack.twins import CLOCK_SKEW_S, leave_the_recorded

log = logging.getLogger("impasto.slack")

MAX_EDITS = 3
"""Edits of one job's message: chat.update is what a busy workspace runs out of first (50 a minute for all of it)."""
_UNFIT = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long"}
)
"""Slack refuses how it is said, not what: it can be said more simply."""


@dataclass(slots=True, kw_only=True)
class SlackPostman:
    """`bot.ports.Postman` for Slack."""

    posting: Posting
    files: SlackFiles
    messages: ChatMessages
    began_at: datetime
    """When this process began: what was asked before it may have been posted by another."""
    _shows_shared_only: set[str] = field(default_factory=set)
    """Workspaces whose blocks refused a file that was never shared: there, files are posted as files."""
    _unclear: set[JobId] = field(default_factory=set)
    """Jobs of which a post may stand that is not known of."""

    @property
    def platform(self) -> str:
        """Slack's."""
        return PLATFORM

    async def post(self, letter: Letter, job: Job, card: Card) -> Posted | Undeliverable:
        """Where the letter now stands. NotPosted when it should be tried again."""
        try:
            posted = await self._post(letter, job, card)
            self._unclear.discard(job.id)
        except TooFast as wait:
            raise NotPosted(str(wait), retry_after_s=wait.retry_after_s) from wait
        except (NoAccess, NoPlace) as no:
            return Undeliverable(detail=str(no))
        except (SlackFault, BlobFault) as fault:
            self._unclear.add(job.id)
            raise NotPosted(str(fault)) from fault
        return posted

    async def say(self, notice: Saying) -> Posted | Undeliverable:
        """Said once: an attempt after a lost one looks first."""
        team, spot = notice.workspace.partition(":")[2], Spot(channel=notice.channel)
        try:
            found = None
            if notice.again:
                since_s = notice.since_s - CLOCK_SKEW_S
                found = await self.posting.find(team, spot, nonce=notice.nonce, since_s=since_s)
            ts = found or await self.posting.post(
                team, spot, render(notice.card), nonce=notice.nonce
            )
        except TooFast as wait:
            raise NotPosted(str(wait), retry_after_s=wait.retry_after_s) from wait
        except (NoAccess, NoPlace) as no:
            return Undeliverable(detail=str(no))
        except SlackFault as fault:
            raise NotPosted(str(fault)) from fault
        return Posted(message=f"{notice.channel}/{ts}")

    async def put_right(self, overtaken: Overtaken) -> None:
        """Deletes what carries the job's nonces and is not on record. Who may only write into a channel finds nothing."""
        job = overtaken.job
        try:
            await leave_the_recorded(overtaken, posting=self.posting, messages=self.messages)
            if job.state in FINAL:
                await self._close(job, overtaken.card, await self._status_of(job))
        except TooFast as wait:
            raise NotPosted(str(wait), retry_after_s=wait.retry_after_s) from wait
        except (NoAccess, NoPlace) as no:
            log.info("what job %s posted late stays: %s", job.id, no)
        except SlackFault as fault:
            raise NotPosted(str(fault)) from fault

    async def _post(self, letter: Letter, job: Job, card: Card) -> Posted:
        known = {one.final: one for one in await self.messages.of_job(job.id)}
        status, answer = known.get(False), known.get(True)
        if not letter.final:
            return _posted(status or await self._status(letter, job, card), ())
        if answer is None:
            answer = await self._answer(letter, job, card, status)
        await self._close(job, card, known.get(False) or await self._status_of(job))
        return _posted(answer, answer.shown)

    async def _status_of(self, job: Job) -> ChatMessage | None:
        return next((one for one in await self.messages.of_job(job.id) if not one.final), None)

    async def _answer(
        self, letter: Letter, job: Job, card: Card, status: ChatMessage | None
    ) -> ChatMessage:
        """The final letter, posted; where the place is closed to us, in the asker's direct messages."""
        if card.only_asker:
            return await self._privately(job, card, status)
        if status is None and card.pictures and _opens_thread(job):
            # A quick job's status letter is void by now; its pictures need a message to stand beneath all the same.
            status = await self._status(letter, job, answered(job, card))
        spot = _answer_spot(job, status)
        # Who follows a thread is told of its replies; where no message of theirs opened it, the asker is named.
        asker = job.person.user if status is None or spot.thread is None else None
        try:
            return await self._pictures(letter, job, card, spot, asker=asker)
        except NoPlace:
            direct = await self.posting.direct(job.person.workspace, job.person.user)
            return await self._pictures(letter, job, card, Spot(channel=direct), asker=asker)

    async def _status(self, letter: Letter, job: Job, card: Card) -> ChatMessage:
        """The message that shows the request."""
        nonce = f"{letter.nonce.removesuffix('-final').removesuffix('-status')}-status"
        message = render(card, asker=job.person.user)
        spot = _place(job)
        try:
            ts = await self._said(letter, job, spot, message, nonce=nonce)
        except NoPlace:
            direct = await self.posting.direct(job.person.workspace, job.person.user)
            spot = Spot(channel=direct)
            ts = await self._said(letter, job, spot, message, nonce=nonce)
        return await self._remember(job, spot, ts, final=False)

    async def _once(
        self, letter: Letter, job: Job, spot: Spot, message: Rendered, *, nonce: str
    ) -> str:
        """Posts, unless an earlier attempt did and its answer was lost, here or in a process that died."""
        workspace = job.person.workspace
        before = job.created_at < self.began_at
        if letter.attempt > 1 or before or job.id in self._unclear:
            since_s = job.created_at.timestamp() - CLOCK_SKEW_S
            found = await self.posting.find(workspace, spot, nonce=nonce, since_s=since_s)
            if found is not None:
                return found
        return await self.posting.post(workspace, spot, message, job=job.id, nonce=nonce)

    async def _said(
        self, letter: Letter, job: Job, spot: Spot, message: Rendered, *, nonce: str
    ) -> str:
        """The same; what Slack doesn't take as blocks is said in a plain line rather than not at all."""
        try:
            return await self._once(letter, job, spot, message, nonce=nonce)
        except SaidNo as no:
            if no.error not in _UNFIT:
                raise
            log.exception("Slack refused the blocks of job %s", job.id)
            bare = Rendered(text=message.text, blocks=[])
            return await self._once(letter, job, spot, bare, nonce=nonce)

    async def _remember(
        self, job: Job, spot: Spot, ts: str, *, final: bool, shown: Sequence[int] = ()
    ) -> ChatMessage:
        message = ChatMessage(
            job=job.id,
            final=final,
            workspace=job.person.workspace_id,
            channel=spot.channel,
            message=ts,
            thread=spot.thread,
            shown=tuple(shown),
            sheet=job.grid if shown else None,
        )
        return await self.messages.keep_first(message)

    async def _pictures(
        self, letter: Letter, job: Job, card: Card, spot: Spot, *, asker: str | None
    ) -> ChatMessage:
        """The answer that everybody sees, with its pictures."""
        workspace = job.person.workspace
        files: list[ShownFile] = []
        if workspace in self._shows_shared_only:
            await self._share(job, card, spot)
        else:
            files = await self.files.upload(workspace, pictures_of(job, card))
        try:
            ts = await self._once(
                letter,
                job,
                spot,
                answer_message(card, asker=asker, files=files),
                nonce=letter.nonce,
            )
        except SaidNo as no:
            if no.error not in _UNFIT:
                raise
            if isinstance(no, BadFile):
                self._shows_shared_only.add(workspace)
            await self._share(job, card, spot)
            message = answer_message(card, asker=asker)
            ts = await self._said(letter, job, spot, message, nonce=letter.nonce)
        positions = [picture.position for picture in card.pictures]
        return await self._remember(job, spot, ts, final=True, shown=positions)

    async def _share(self, job: Job, card: Card, spot: Spot) -> None:
        for picture in pictures_of(job, card):
            await self.files.share(
                job.person.workspace,
                picture,
                spot=spot,
                comment=card.headline,
            )

    async def _privately(self, job: Job, card: Card, status: ChatMessage | None) -> ChatMessage:
        """An answer for the asker alone: beside the request, else through its reply handle, else as a direct message."""
        workspace, user = job.person.workspace, job.person.user
        message = render(card)
        spot = _answer_spot(job, status)
        try:
            ts = await self.posting.whisper(workspace, spot, user, message)
        except NoPlace:
            if job.place.callback is not None:
                try:
                    return await self._through_handle(job, spot, message)
                except SaidNo:
                    log.info("the reply handle of job %s is over", job.id)
            spot = Spot(channel=await self.posting.direct(workspace, user))
            ts = await self.posting.post(workspace, spot, message)
        return await self._remember(job, spot, ts, final=True)

    async def _through_handle(self, job: Job, spot: Spot, message: Rendered) -> ChatMessage:
        await self.posting.api.respond(
            job.place.callback or "",
            response_type="ephemeral",
            replace_original=False,
            text=message.text,
            blocks=message.blocks,
        )
        return await self._remember(job, spot, "", final=True)

    async def _close(self, job: Job, card: Card, status: ChatMessage | None) -> None:
        """The request's own message says that it is over. The answer stands already: what fails here is let be."""
        if status is None or not await self.messages.count_edit(job.id, most=MAX_EDITS):
            return
        message = render(answered(job, card), asker=job.person.user)
        try:
            await self.posting.update(job.person.workspace, status.channel, status.message, message)
        except SlackFault as fault:
            log.info("the request of job %s still shows it waiting: %s", job.id, fault)


def pictures_of(job: Job, card: Card) -> list[ToShow]:
    """What the answer shows: the sheet with all its pictures, or the one there is; none that is to be covered."""
    pictures = [picture for picture in card.pictures if not picture.spoiler]
    if len(pictures) > 1 and job.grid is not None:
        return [_sheet(job, card, job.grid)]
    return [
        ToShow(
            blob=picture.full if len(pictures) == 1 else picture.view,
            alt=picture.alt,
            name=f"impasto-{job.id}-{picture.position}",
            title=str(picture.position) if len(card.pictures) > 1 else "",
        )
        for picture in pictures
    ]


def answer_message(
    card: Card, *, asker: str | None = None, files: Sequence[ShownFile] = ()
) -> Rendered:
    """The answer for everybody. Slack covers nothing, so what is to be covered is left out and said to be."""
    covered = [picture.position for picture in card.pictures if picture.spoiler]
    if covered:
        card = replace(card, lines=(*card.lines, not_shown_openly(covered, of=len(card.pictures))))
    return render(card, asker=asker, files=files)


def _sheet(job: Job, card: Card, grid: BlobKey) -> ToShow:
    numbers = f"{card.pictures[0].position} to {card.pictures[-1].position}"
    return ToShow(
        blob=grid,
        alt=f"{len(card.pictures)} pictures, numbered {numbers}: {card.pictures[0].alt}",
        name=f"impasto-{job.id}",
    )


def _place(job: Job) -> Spot:
    return Spot(channel=job.place.channel, thread=job.place.thread)


def _opens_thread(job: Job) -> bool:
    """Whether the answer stands in a thread that the request's own message opens."""
    return job.place.thread is None and job.place.threads


def _answer_spot(job: Job, status: ChatMessage | None) -> Spot:
    """The thread of the request's own message, or the one it stands in; the channel where threads are off."""
    if status is None:
        return _place(job)
    opened = status.message if job.place.threads else None
    return Spot(channel=status.channel, thread=status.thread or opened)


def _posted(message: ChatMessage, images: Sequence[int]) -> Posted:
    return Posted(message=f"{message.channel}/{message.message}", images=tuple(images))
