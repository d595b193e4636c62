"""The playground: one page, and what can be done on it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.domain.action import unpack
from bot.domain.answers import dead_button
from bot.domain.card import Reply
from bot.domain.identity import BlobKey, Person, Place, Role
from bot.domain.invocation import Invocation
from bot.ports import BlobsUnwritable, NewMessage, PictureLinks, Unfit
from bot.surfaces.web.cards import card_view, form_view
from bot.surfaces.web.events import event_response, message_json, stream
from bot.surfaces.web.feed import Feed
from bot.surfaces.web.pages import Pages
from bot.surfaces.web.parts import PlaygroundParts
from bot.surfaces.web.people import KNOWN, PEOPLE, ROOMS, Room, room
from bot.surfaces.web.request_body import (
    MAX_PICTURE_BYTES,
    Be,
    PressBody,
    Say,
    Where,
    read_capped,
    read_json,
)
from bot.surfaces.web.session import Session
from bot.surfaces.web.slash import command_of, completions
from bot.surfaces.web.timeline import Timeline, author_view, picture_path

MAX_TALK_CHARS = 4000
"""Longest message that is no command. Ours; so is Slack's advice for a message's text (read 2026-11)."""

MAX_INPUT_CHARS = 20_000

EXAMPLES = (
    "/imagine a sailing ship at sunset --n 4",
    "/imagine a lighthouse in a storm --ar 16:9",
    "/imagine a fox in fresh snow --style watercolor",
    "/help",
)
"""What an empty channel suggests."""


class Playground:
    """The routes of the page."""

    def __init__(
        self,
        parts: PlaygroundParts,
        *,
        links: PictureLinks,
        session: Session,
        pages: Pages,
        feed: Feed,
    ) -> None:
        self._parts = parts
        self._links = links
        self._session = session
        self._pages = pages
        self._feed = feed

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("/", self.page),
            Route("/api/events", self.events),
            Route("/api/messages", self.messages),
            Route("/api/say", self.say, methods=["POST"]),
            Route("/api/press", self.press, methods=["POST"]),
            Route("/api/upload/{kind}", self.upload, methods=["POST"]),
            Route("/api/be", self.be, methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        """The channel as the person in the session sees it."""
        shown = room(request.query_params.get("channel", ROOMS[0].name))
        if shown is None:
            return RedirectResponse("/")
        person = self._session.person(request)
        timeline = self._timeline(person, shown)
        await timeline.look()
        here = await self._parts.answer.known(person)
        guides = self._parts.answer.may_use(here.role)
        words = await self._parts.answer.words(person)
        html = self._pages.page(
            "page.html",
            room=shown,
            rooms=ROOMS,
            me=person,
            people=[(other, author_view(user)) for user, other in PEOPLE.items()],
            threads=timeline.threads,
            completions=json.dumps(completions(guides, self._parts.catalog, words, tuple(KNOWN))),
            examples=EXAMPLES,
            max_picture_bytes=MAX_PICTURE_BYTES,
        )
        response = HTMLResponse(html, headers={"Cache-Control": "no-store"})
        self._session.remember(response, person)
        return response

    async def events(self, request: Request) -> Response:
        """What changes from now on."""
        timeline = self._timeline(self._session.person(request), _room(request))
        events: AsyncIterator[str] = stream(timeline, self._feed, self._pages.message)
        return event_response(request, events)

    async def messages(self, request: Request) -> Response:
        """The messages whose ids are asked for, as they look now."""
        timeline = self._timeline(self._session.person(request), _room(request))
        await timeline.look()
        wanted = set(request.query_params.get("ids", "").split(","))
        return _private_json(
            {
                "messages": [
                    message_json(view, self._pages.message)
                    for view in timeline.views
                    if str(view.id) in wanted
                ]
            }
        )

    async def say(self, request: Request) -> Response:
        """A command's reply, or the message that was said."""
        body = await read_json(request, Say)
        person, place = await self._from(request, body)
        known = [guide.name for guide in self._parts.answer.may_use(Role.OWNER)]
        command = command_of(body.text, known)
        if command is None:
            return await self._talk(body, person)
        word, text = command
        reply = await self._parts.answer(
            Invocation(
                key=_event_key(person, body.key),
                person=person,
                place=place,
                word=word,
                text=text,
                reference=self._uploaded(person, body.reference),
                known=KNOWN,
            )
        )
        return self._replied(person, reply)

    async def press(self, request: Request) -> Response:
        """A button's reply, or a sent form's."""
        body = await read_json(request, PressBody)
        person, place = await self._from(request, body)
        if any(len(value) > MAX_INPUT_CHARS for value in body.inputs.values()):
            raise HTTPException(400, f"A field can hold at most {MAX_INPUT_CHARS:,} characters.")
        action = unpack(body.action)
        if action is None:
            return self._replied(person, dead_button())
        reply = await self._parts.answer(
            Invocation(
                key=_event_key(person, body.key),
                person=person,
                place=place,
                action=action,
                inputs=body.inputs,
                mask=self._uploaded(person, body.mask),
            )
        )
        return self._replied(person, reply)

    async def upload(self, request: Request) -> Response:
        """A token for a reference picture or a mask that was made safe and stored."""
        person = self._session.person(request)
        data = await read_capped(request, limit_bytes=MAX_PICTURE_BYTES)
        accept = {
            "reference": self._parts.uploads.reference,
            "mask": self._parts.uploads.mask,
        }.get(request.path_params["kind"])
        if accept is None:
            raise HTTPException(404, "There is nothing to upload to here.")
        try:
            taken = await accept(data)
        except BlobsUnwritable as error:
            raise HTTPException(
                507, "There is no room to keep the picture. Ask an admin to make room."
            ) from error
        if isinstance(taken, Unfit):
            raise HTTPException(422, taken.sentence)
        return _private_json(
            {
                "token": self._session.upload_token(person, taken),
                "view": picture_path(self._links, person, taken),
            }
        )

    async def be(self, request: Request) -> Response:
        """Another person from now on."""
        body = await read_json(request, Be)
        person = PEOPLE.get(body.user)
        if person is None:
            raise HTTPException(404, "There is nobody of that name here.")
        response = _private_json({"user": person.user})
        self._session.remember(response, person)
        return response

    async def _talk(self, body: Say, person: Person) -> Response:
        text = body.text.strip()
        if not text:
            raise HTTPException(400, "There is nothing to send yet.")
        if len(text) > MAX_TALK_CHARS:
            raise HTTPException(
                400,
                f"A message can have at most {MAX_TALK_CHARS:,} characters; this one has {len(text):,}.",
            )
        if body.reference is not None:
            raise HTTPException(
                400, "A picture goes with a command: put /imagine before your words."
            )
        await self._parts.channel.put(
            NewMessage(
                nonce=_event_key(person, body.key),
                channel=body.channel,
                author=person.user,
                text=text,
                thread=body.thread,
            )
        )
        self._feed.stir()
        return _private_json({"html": None, "form": None})

    async def _from(self, request: Request, where: Where) -> tuple[Person, Place]:
        person = self._session.person(request)
        if where.as_user != person.user:
            raise HTTPException(409, f"You are {person.name} in another tab now.")
        shown = room(where.channel)
        if shown is None:
            raise HTTPException(404, "There is no such channel.")
        thread = where.thread
        if thread is not None:
            seen = await self._parts.channel.messages(shown.name, viewer=person.user)
            if not any(message.id == thread and message.thread is None for message in seen):
                raise HTTPException(404, "This thread is gone, or too old to answer in.")
        return person, Place(
            channel=shown.name,
            thread=None if thread is None else str(thread),
        )

    def _uploaded(self, person: Person, token: str | None) -> BlobKey | None:
        if token is None:
            return None
        key = self._session.upload(person, token)
        if key is None:
            raise HTTPException(400, "The picture you added is no longer here. Add it again.")
        return key

    def _replied(self, person: Person, reply: Reply) -> Response:
        def link(key: BlobKey) -> str:
            return picture_path(self._links, person, key)

        return _private_json(
            {
                "html": (self._pages.reply(card_view(reply.card, link)) if reply.card else None),
                "form": self._pages.form(form_view(reply.form, link)) if reply.form else None,
            }
        )

    def _timeline(self, person: Person, shown: Room) -> Timeline:
        return Timeline(self._parts, self._links, viewer=person, channel=shown.name)


def _room(request: Request) -> Room:
    shown = room(request.query_params.get("channel", ""))
    if shown is None:
        raise HTTPException(404, "There is no such channel.")
    return shown


def _event_key(person: Person, key: str) -> str:
    return f"{person.lane}:{key}"


def _private_json(values: dict[str, object]) -> JSONResponse:
    return JSONResponse(values, headers={"Cache-Control": "no-store"})
