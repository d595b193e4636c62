"""A thin edge for the simulated chat: events become invocations, letters become messages."""

from __future__ import annotations

import asyncio
import json
import logging

import httpx

from bot.commands.dispatch import Dispatch
from bot.domain.card import Card
from bot.domain.identity import Person, Place
from bot.domain.invocation import Invocation
from bot.domain.job import Job
from bot.ports import Boundary, Letter, NotPosted, Posted

PLATFORM = "chat"
TAKEN = "Got it"

log = logging.getLogger("chat")


class ChatPostman:
    """Posts once whatever dies when: from the second attempt on it looks for the nonce before it posts."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    @property
    def platform(self) -> str:
        return PLATFORM

    async def post(self, letter: Letter, job: Job, card: Card) -> Posted:
        body = {"headline": card.headline, "images": len(card.pictures)}
        positions = tuple(picture.position for picture in card.pictures)
        try:
            found = await self._found(letter)
            if found is not None:
                await self._http.put(f"/messages/{found}", json=body)
                return Posted(message=str(found), images=positions)
            answer = await self._http.post(
                "/messages",
                json={"job": job.id, "nonce": letter.nonce, "final": letter.final, **body},
            )
        except httpx.HTTPError as error:
            raise NotPosted(repr(error)) from error
        return Posted(message=str(answer.json()["id"]), images=positions)

    async def _found(self, letter: Letter) -> int | None:
        if letter.attempt <= 1:
            return None
        answer = await self._http.get("/find", params={"nonce": letter.nonce})
        return answer.json()["id"]


async def listen(
    http: httpx.AsyncClient, dispatch: Dispatch, boundary: Boundary, *, stop: asyncio.Event
) -> None:
    """Takes events until `stop`, each answered before it is acknowledged."""
    fresh = "1"
    async with asyncio.TaskGroup() as group:
        while not stop.is_set():
            answer = await http.get("/take", params={"fresh": fresh}, timeout=10)
            fresh = "0"
            for event in answer.json():
                group.create_task(_one(http, dispatch, boundary, event))


async def _one(
    http: httpx.AsyncClient, dispatch: Dispatch, boundary: Boundary, event: dict[str, str]
) -> None:
    user = event["user"]
    word, _, text = event["text"].removeprefix("/").partition(" ")
    reply = await dispatch(
        Invocation(
            key=f"{PLATFORM}:{event['id']}",
            person=Person(platform=PLATFORM, workspace="W", user=user, name=user),
            place=Place(channel="general"),
            word=word,
            text=text,
        )
    )
    headline = reply.card.headline if reply.card else ""
    await http.post(f"/ack/{event['id']}", content=json.dumps({"answer": headline}))
    boundary("acked", None)
