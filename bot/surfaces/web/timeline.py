"""Messages as a person sees them: drawn from the channel and from the state of the jobs they show."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from bot.domain.card import Card, Tone
from bot.domain.identity import BlobKey, JobId, Person
from bot.domain.job import FINAL
from bot.ports import ChannelMessage, PictureLinks
from bot.surfaces.web.cards import CardView, asked_view, card_view
from bot.surfaces.web.parts import PlaygroundParts
from bot.surfaces.web.people import BOT_AUTHOR, BOT_NAME, PEOPLE

MESSAGES_SHOWN = 200
"""How far back the page goes."""

ENDED_WITHOUT = "This request ended without a picture"
"""What others see of a request whose answer is for its asker only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorView:
    """Who speaks. `hue` picks the colour of the avatar."""

    name: str
    initial: str
    hue: str
    role: str
    is_bot: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """One message, ready for its template. `digest` changes whenever what is seen would."""

    id: int
    thread: int | None
    author: AuthorView
    asker: AuthorView | None
    asker_user: str
    at_iso: str
    text: str
    card: CardView | None
    job: JobId | None
    private: bool
    mine: bool
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadView:
    """A message and the answers beneath it."""

    root: MessageView
    replies: tuple[MessageView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became different since the last look."""

    shown: tuple[MessageView, ...]
    gone: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Shown:
    card: Card
    asker: str
    ended: bool


def author_view(user: str) -> AuthorView:
    """How a user id, or the bot, is shown; an unknown one by its id."""
    if user == BOT_AUTHOR:
        return AuthorView(name=BOT_NAME, initial="", hue="impasto", role="", is_bot=True)
    person = PEOPLE.get(user)
    name = person.name if person else user
    return AuthorView(
        name=name,
        initial=name[:1].upper(),
        hue=user if person else "other",
        role=person.role.value if person else "",
        is_bot=False,
    )


class Timeline:
    """One person's view of one channel, kept up to date: jobs are read again only when told so."""

    def __init__(
        self, parts: PlaygroundParts, links: PictureLinks, *, viewer: Person, channel: str
    ) -> None:
        self._parts = parts
        self._links = links
        self._viewer = viewer
        self._channel = channel
        self._jobs: dict[JobId, _Shown] = {}
        self._views: dict[int, MessageView] = {}

    @property
    def views(self) -> tuple[MessageView, ...]:
        """All messages as last looked at, oldest first."""
        return tuple(self._views.values())

    @property
    def jobs(self) -> Collection[JobId]:
        """The jobs that are shown."""
        return self._jobs.keys()

    @property
    def threads(self) -> tuple[ThreadView, ...]:
        """The same, answers beneath their roots; one whose root is too old stands for itself."""
        roots = {view.id for view in self.views if view.thread is None}
        return tuple(
            ThreadView(
                root=view,
                replies=tuple(reply for reply in self.views if reply.thread == view.id),
            )
            for view in self.views
            if view.thread is None or view.thread not in roots
        )

    async def look(self, stale: Collection[JobId] = ()) -> Change:
        """Reads the channel again, and the jobs in `stale` or not yet known."""
        messages = await self._parts.channel.messages(
            self._channel, viewer=self._viewer.user, limit=MESSAGES_SHOWN
        )
        wanted = {message.job for message in messages if message.job is not None}
        for job in wanted:
            if job in stale or job not in self._jobs:
                await self._read(job)
        for job in self._jobs.keys() - wanted:
            del self._jobs[job]
        before = self._views
        self._views = {view.id: view for view in self._draw(messages)}
        return Change(
            shown=tuple(
                view
                for view in self._views.values()
                if view.id not in before or before[view.id].digest != view.digest
            ),
            gone=tuple(before.keys() - self._views.keys()),
        )

    async def _read(self, job_id: JobId) -> None:
        job = await self._parts.jobs.job(job_id)
        card = await self._parts.card_of(job_id)
        if job is None or card is None:
            self._jobs.pop(job_id, None)
            return
        self._jobs[job_id] = _Shown(card, job.person.user, job.state in FINAL)

    def _draw(self, messages: Sequence[ChannelMessage]) -> list[MessageView]:
        roots = {message.id: message.job for message in messages if message.thread is None}
        answered = {message.job for message in messages if message.final}
        found: list[MessageView] = []
        for message in messages:
            shown = self._jobs.get(message.job) if message.job is not None else None
            if message.job is not None and shown is None:
                continue
            if shown and message.thread and not message.final and message.job in answered:
                # Inside a thread the answer itself takes the place of the line that waited for it.
                continue
            beneath = message.thread is not None and roots.get(message.thread) == message.job
            found.append(self._message(message, shown, beneath=beneath))
        return found

    def _message(
        self, message: ChannelMessage, shown: _Shown | None, *, beneath: bool
    ) -> MessageView:
        card = self._card(message, shown, beneath=beneath) if shown else None
        digest = hashlib.sha256(repr((message.text, shown, beneath)).encode()).hexdigest()[:16]
        return MessageView(
            id=message.id,
            thread=message.thread,
            author=author_view(message.author),
            asker=author_view(shown.asker) if shown else None,
            asker_user=shown.asker if shown else message.author,
            at_iso=message.created_at.isoformat(),
            text=message.text,
            card=card,
            job=message.job,
            private=message.only_for is not None,
            mine=message.author == self._viewer.user,
            digest=digest,
        )

    def _card(self, message: ChannelMessage, shown: _Shown, *, beneath: bool) -> CardView:
        card = shown.card
        if not message.final and shown.ended:
            if card.only_asker:
                return asked_view(card, headline=ENDED_WITHOUT)
            return asked_view(card, tone=Tone.DONE)
        view = card_view(card, self._link)
        if beneath:
            # The words already stand above, in the message that opened the thread.
            view = replace(view, quote="")
        return view

    def _link(self, key: BlobKey) -> str:
        return picture_path(self._links, self._viewer, key)


def picture_path(links: PictureLinks, viewer: Person, key: BlobKey) -> str:
    """The address of a picture for this person."""
    return f"/i/{links.link(viewer.workspace_id, key)}"
