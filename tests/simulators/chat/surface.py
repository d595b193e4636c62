"""A thin edge for the simulated chat: events become invocations, letters become messages."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

import httpx

from bot.domain.card import Card, Reply
from bot.domain.identity import Person, Place
from bot.domain.invocation import Invocation
from bot.domain.job import Job
from bot.pipeline.loop import pause
from bot.pipeline.post_by import still_in_time
from bot.ports import (
    Boundary,
    Letter,
    NotPosted,
    Overtaken,
    Posted,
    Saying,
    StoreUnavailable,
    Undeliverable,
)

PLATFORM = "chat"
AGAIN_S = 0.2
MOMENTS = {
    "http11.send_request_body.started": "leaving",
    "http11.send_request_body.complete": "left",
}
"""What httpx calls them. A request whose body is missing was never made."""

log = logging.getLogger("chat")


class ChatPostman:
    """Posts once whatever dies when: from the second attempt on it looks for the nonce before it posts.

    It tells `boundary` of each moment of a post at which a process may stand still: it has looked, the request is about
    to leave, the request has left.
    """

    def __init__(self, http: httpx.AsyncClient, boundary: Boundary) -> None:
        self._http = http
        self._boundary = boundary

    @property
    def platform(self) -> str:
        return PLATFORM

    async def post(self, letter: Letter, job: Job, card: Card) -> Posted:
        body = {"headline": card.headline, "images": len(card.pictures)}
        positions = tuple(picture.position for picture in card.pictures)
        try:
            found = await self._found(letter)
            if found is not None:
                await self._asked("PUT", f"messages/{found}", json=body)
                return Posted(message=str(found), images=positions)
            about = {"job": job.id, "nonce": letter.nonce, "final": letter.final}
            self._boundary(f"{_kind(letter)}_looked_for", job.id)
            answer = await self._asked(
                "POST", "messages", json=about | body, extensions={"trace": self._watched(letter)}
            )
        except httpx.HTTPError as error:
            raise NotPosted(repr(error)) from error
        return Posted(message=str(answer.json()["id"]), images=positions)

    async def put_right(self, overtaken: Overtaken) -> None:
        try:
            answer = await self._asked("GET", "find", params={"nonce": overtaken.letter.nonce})
            for found in answer.json()["ids"]:
                if str(found) != overtaken.stands:
                    await self._asked("DELETE", f"messages/{found}")
        except httpx.HTTPError as error:
            raise NotPosted(repr(error)) from error

    async def say(self, notice: Saying) -> Posted | Undeliverable:
        return Undeliverable(detail="this chat has no channel for notices")

    async def _found(self, letter: Letter) -> int | None:
        if letter.attempt <= 1:
            return None
        answer = await self._asked("GET", "find", params={"nonce": letter.nonce})
        return next(iter(answer.json()["ids"]), None)

    def _watched(self, letter: Letter) -> Callable[[str, object], Awaitable[None]]:
        """Tells of the moments of a request that only its transport knows."""

        async def trace(event: str, info: object) -> None:
            moment = MOMENTS.get(event)
            if moment is not None:
                self._boundary(f"{_kind(letter)}_{moment}", letter.job)

        return trace

    async def _asked(self, method: str, path: str, **options) -> httpx.Response:
        if method != "GET":
            still_in_time()
        answer = await self._http.request(method, path, **options)
        return answer.raise_for_status()


def _kind(letter: Letter) -> str:
    return "answer" if letter.final else "status"


async def listen(
    http: httpx.AsyncClient,
    dispatch: Callable[[Invocation], Awaitable[Reply]],
    boundary: Boundary,
    *,
    stop: asyncio.Event,
) -> None:
    """Takes events until `stop`; each is answered before it is acknowledged.

    When the chat didn't answer, it connects anew, and what isn't acknowledged comes again.
    """
    lost = asyncio.Event()
    lost.set()
    async with asyncio.TaskGroup() as group:
        while not stop.is_set():
            fresh = "1" if lost.is_set() else "0"
            lost.clear()
            try:
                answer = await http.get("take", params={"fresh": fresh}, timeout=10)
            except httpx.TransportError as error:
                log.warning("nothing was heard: %r", error)
                lost.set()
                await pause(AGAIN_S, stop=stop)
                continue
            for event in answer.json():
                group.create_task(_one(http, dispatch, boundary, event, stop=stop))


async def _one(
    http: httpx.AsyncClient,
    dispatch: Callable[[Invocation], Awaitable[Reply]],
    boundary: Boundary,
    event: dict[str, str],
    *,
    stop: asyncio.Event,
) -> None:
    user = event["user"]
    word, _, text = event["text"].removeprefix("/").partition(" ")
    try:
        reply = await dispatch(
            Invocation(
                key=f"{PLATFORM}:{event['id']}",
                person=Person(platform=PLATFORM, workspace="W", user=user, name=user),
                place=Place(channel="general"),
                word=word,
                text=text,
            )
        )
    except StoreUnavailable as error:
        # Not acknowledged: the platform sends it again.
        log.warning("event %s was not taken: %s", event["id"], error)
        return
    headline = reply.card.headline if reply.card else ""
    while not await _acked(http, event["id"], headline):
        await pause(AGAIN_S, stop=stop)
    boundary("acked", None)


async def _acked(http: httpx.AsyncClient, event: str, answer: str) -> bool:
    try:
        await http.post(f"ack/{event}", json={"answer": answer})
    except httpx.TransportError as error:
        log.warning("event %s is not acknowledged yet: %r", event, error)
        return False
    return True
