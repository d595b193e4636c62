"""Posts answers into the playground."""

from __future__ import annotations

from bot.domain.card import Card
from bot.domain.job import Job
from bot.domain.live import Changed
from bot.ports import (
    Channel,
    Letter,
    NewMessage,
    Overtaken,
    Posted,
    Saying,
    Signals,
    Undeliverable,
)
from bot.surfaces.web.people import BOT_AUTHOR, PLATFORM, room


class PlaygroundPostman:
    """A request stands in the channel as one message, its answer as a reply beneath it.

    Both have nonces made from the job, so whoever posts again brings up to date what is there.
    """

    def __init__(self, channel: Channel, signals: Signals) -> None:
        self._channel = channel
        self._signals = signals

    @property
    def platform(self) -> str:
        """The playground's."""
        return PLATFORM

    async def post(self, letter: Letter, job: Job, card: Card) -> Posted | Undeliverable:
        """Where the letter now stands; Undeliverable when there is no such channel."""
        if room(job.place.channel) is None:
            return Undeliverable(detail=f"the playground has no channel {job.place.channel!r}")
        if letter.final:
            message = await self._answer(letter, job, card)
        else:
            message = await self._status(job)
        self._signals.publish(Changed(job=job.id))
        return Posted(
            message=str(message), images=tuple(picture.position for picture in card.pictures)
        )

    async def put_right(self, overtaken: Overtaken) -> None:
        """A nonce is one message in the database, and pages draw it as the job stands."""
        del overtaken

    async def say(self, notice: Saying) -> Posted | Undeliverable:
        """A message of the bot's own; the same notice again is the same message."""
        if room(notice.channel) is None:
            return Undeliverable(detail=f"the playground has no channel {notice.channel!r}")
        number = await self._channel.put(
            NewMessage(
                nonce=notice.nonce,
                channel=notice.channel,
                author=BOT_AUTHOR,
                text="\n".join([notice.card.headline, *notice.card.lines]),
            )
        )
        return Posted(message=str(number))

    async def _status(self, job: Job) -> int:
        return await self._channel.put(
            NewMessage(
                nonce=f"status-of-{job.id}",
                channel=job.place.channel,
                author=BOT_AUTHOR,
                thread=thread_of(job),
                job=job.id,
            )
        )

    async def _answer(self, letter: Letter, job: Job, card: Card) -> int:
        thread = thread_of(job)
        if (
            thread is None
            and job.place.threads
            and (job.message is not None or not card.only_asker)
        ):
            # A quick job's status letter is void by now; its answer needs a message to stand beneath all the same.
            thread = await self._status(job)
        return await self._channel.put(
            NewMessage(
                nonce=letter.nonce,
                channel=job.place.channel,
                author=BOT_AUTHOR,
                thread=thread,
                job=job.id,
                final=True,
                only_for=job.person.user if card.only_asker else None,
            )
        )


def thread_of(job: Job) -> int | None:
    """The thread the person asked from, None in the channel itself."""
    thread = job.place.thread
    return int(thread) if thread is not None and thread.isdecimal() else None
