"""The bot, sound and broken on purpose: each broken build drops one of the rules that the crash suite is there to hold.

The suite must fail on every one of them; otherwise it proves nothing about the sound one. `two_workers` breaks no rule:
it has the fence alone to rely on.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import httpx
from sqlalchemy import delete, text, update

from bot.domain.card import Card, Reply, Tone
from bot.domain.identity import JobId
from bot.domain.invocation import Invocation
from bot.domain.job import Fence, JobState
from bot.pipeline.deliver import Deliveries
from bot.pipeline.generate import Studio
from bot.ports import (
    Answer,
    Boundary,
    CallEnd,
    Claimed,
    JournalledCall,
    Letter,
    Overtaken,
    StoreUnavailable,
)
from bot.store import queue_end
from bot.store.statement import Statement, param
from bot.store.tables import job, outbox
from bot.store.transaction import Executor, Transaction
from bot.wiring.house import House
from tests.simulators.chat import surface

Listen = Callable[..., Awaitable[None]]


def as_it_is(house: House, chat: httpx.AsyncClient) -> None:
    """Changes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """How a build listens to the chat, and what it exchanges in an open house before it works."""

    listen: Listen = surface.listen
    fit: Callable[[House, httpx.AsyncClient], None] = as_it_is


# --- the ack goes out before the commit ---------------------------------------------------------------------------


async def listen_and_ack_first(http, dispatch, boundary: Boundary, *, stop) -> None:
    """Answers the platform at once and submits afterwards."""

    async def ack_then_submit(invocation: Invocation) -> Reply:
        event = invocation.key.removeprefix(f"{surface.PLATFORM}:")
        await http.post(f"ack/{event}", json={"answer": "Got it"})
        return await dispatch(invocation)

    await surface.listen(http, ack_then_submit, boundary, stop=stop)


# --- the database says no, and the person is told ------------------------------------------------------------------

NOT_ACCEPTED = "Not accepted"


async def listen_and_tell(http, dispatch, boundary: Boundary, *, stop) -> None:
    """As Slack and Discord do: what could not be stored is answered, and not left to be sent again."""

    async def told(invocation: Invocation) -> Reply:
        try:
            return await dispatch(invocation)
        except StoreUnavailable:
            return Reply(card=Card(tone=Tone.FAILED, headline=NOT_ACCEPTED))

    await surface.listen(http, told, boundary, stop=stop)


# --- whoever finishes, finishes -----------------------------------------------------------------------------------

_OWNER_NOW = Statement(
    update(job)
    .where(job.c.id == param("job"))
    .values(state=JobState.RUNNING, owner=param("owner"), token=param("token"))
)
_TAKE_A_SLOT = Statement(
    text(
        "UPDATE lane SET inflight = inflight + 1 WHERE lane = "
        "(SELECT lane FROM job WHERE id = :job AND state NOT IN ('ready', 'running'))"
    )
)
_FORGET_IMAGES = Statement(text("DELETE FROM image WHERE job = :job"))
_FORGET_THE_ANSWER = Statement(
    delete(outbox).where(outbox.c.job == param("job"), outbox.c.final.is_(True))
)


def finish_unfenced(tx: Transaction, fence: Fence, made: queue_end.Made) -> bool:
    """Finishes the job whoever holds it now, and whether or not it was finished before."""
    tx.change(_FORGET_THE_ANSWER, job=fence.job)
    tx.change(_TAKE_A_SLOT, job=fence.job)
    tx.change(_FORGET_IMAGES, job=fence.job)
    tx.change(_OWNER_NOW, job=fence.job, owner=fence.owner, token=fence.attempt)
    return queue_end.finish(tx, fence, made)


class ForgettingQueue:
    """The queue; with each claim the worker forgets what it claimed before, and so works on a job twice at once, as two
    processes would.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self._queue: Any = house.store.queue
        self._executor: Executor = house.store.executor

    def __getattr__(self, name: str) -> Any:
        return getattr(self._queue, name)

    async def claim(self, **words: Any) -> Sequence[Claimed]:
        claims = await self._queue.claim(**words)
        if claims:
            self._house._worker._running.clear()
        return claims


class UnfencedQueue(ForgettingQueue):
    """Finishes whoever asks."""

    async def finish(self, fence: Fence, **made: Any) -> bool:
        return await self._executor.write(finish_unfenced, fence, queue_end.Made(**made))


def with_two_workers_in_one(house: House, chat: httpx.AsyncClient) -> None:
    house._worker.queue = ForgettingQueue(house)


def without_fences(house: House, chat: httpx.AsyncClient) -> None:
    house._worker.queue = UnfencedQueue(house)


# --- the worker answers by itself ---------------------------------------------------------------------------------

_NO_LETTERS = Statement(
    delete(outbox).where(outbox.c.job == param("job"), outbox.c.final.is_(True))
)
_ALL_SAID = Statement(update(job).where(job.c.id == param("job")).values(state=JobState.DELIVERED))


def finish_without_letter(tx: Transaction, fence: Fence, made: queue_end.Made) -> bool:
    finished = queue_end.finish(tx, fence, made)
    tx.change(_NO_LETTERS, job=fence.job)
    tx.change(_ALL_SAID, job=fence.job)
    return finished


class LetterlessQueue:
    """Finishes and posts the answer right away."""

    def __init__(self, house: House, chat: httpx.AsyncClient) -> None:
        self._house = house
        self._chat = chat

    def __getattr__(self, name: str) -> Any:
        return getattr(self._house.store.queue, name)

    async def finish(self, fence: Fence, **made: Any) -> bool:
        finished = await self._house.store.executor.write(
            finish_without_letter, fence, queue_end.Made(**made)
        )
        self._house.boundary("delivering", fence.job)
        card = await self._house.cards(fence.job)
        await self._chat.post(
            "messages",
            json={
                "job": fence.job,
                "nonce": f"direct-{fence.job}",
                "final": True,
                "headline": card.headline,
                "images": len(made["images"]),
            },
        )
        self._house.boundary("delivered", fence.job)
        return finished


def without_outbox(house: House, chat: httpx.AsyncClient) -> None:
    house._worker.queue = LetterlessQueue(house, chat)


# --- paid calls are not written down ------------------------------------------------------------------------------


class Forgetful:
    """A journal that remembers nothing."""

    async def calls(self, job: JobId) -> Sequence[JournalledCall]:
        return ()

    async def plan(
        self, fence: Fence, *, part: int, provider: str, key: str, model: str
    ) -> JournalledCall:
        return JournalledCall(
            id=0,
            job=fence.job,
            part=part,
            attempt=fence.attempt,
            provider=provider,
            key=key,
            state="planned",
            remote_id=None,
            answer=None,
            model=model,
        )

    async def sent(self, fence: Fence, call: int) -> bool:
        return True

    async def submitted(self, call: int, remote_id: str) -> None:
        return

    async def answered(self, call: int, answer: Answer) -> None:
        return

    async def failed(
        self, call: int, *, end: CallEnd, detail: str, cost_microusd: int | None = None
    ) -> None:
        return


def without_journal(house: House, chat: httpx.AsyncClient) -> None:
    studio: Studio = house._worker.studio
    house._worker.studio = replace(studio, calls=replace(studio.calls, journal=Forgetful()))


# --- a post that comes late ---------------------------------------------------------------------------------------


class Unhurried(Deliveries):
    """Posts whenever it comes to it."""

    async def take(self, free: int) -> Sequence[Letter]:
        return [replace(letter, post_by_s=math.inf) for letter in await super().take(free)]


def without_post_time(house: House, chat: httpx.AsyncClient) -> None:
    sound = house._deliveries
    house._deliveries = Unhurried(**{one.name: getattr(sound, one.name) for one in fields(sound)})


class Unrepentant(surface.ChatPostman):
    """Leaves what it posted late."""

    async def put_right(self, overtaken: Overtaken) -> None:
        return


def without_taking_back(house: House, chat: httpx.AsyncClient) -> None:
    house.postmen[surface.PLATFORM] = Unrepentant(chat, house.boundary)


BUILDS: Mapping[str, Build] = {
    "sound": Build(),
    "telling": Build(listen=listen_and_tell),
    "two_workers": Build(fit=with_two_workers_in_one),
    "ack_before_commit": Build(listen=listen_and_ack_first),
    "no_fencing": Build(fit=without_fences),
    "no_outbox": Build(fit=without_outbox),
    "no_journal": Build(fit=without_journal),
    "no_post_time": Build(fit=without_post_time),
    "no_taking_back": Build(fit=without_taking_back),
}
