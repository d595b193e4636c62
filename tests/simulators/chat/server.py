"""A chat platform as a process of its own: it outlives the bot and is the witness of what people saw.

It behaves like the worst of the real ones: an event that was not acknowledged is sent again when the bot comes back
(Slack retries, Discord replays); posting takes no idempotency key, so posting twice shows twice; a posted message can be
found again by the nonce it carries (Slack's message metadata), edited in place and deleted.

Run: python -m tests.simulators.chat.server --port 0 ; the first line on stdout is `{"url": ...}`. Below the URL every
first part of a path is a workspace of its own, so one process serves many tests: POST URL/W1/say.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.simulators.providers.serving import run_as_process

LONG_POLL_S = 0.5


@dataclass
class Event:
    """Something a person typed."""

    id: str
    user: str
    text: str
    sent: int = 0
    acked: bool = False
    answer: str | None = None
    said_s: float = field(default_factory=time.monotonic)
    acked_s: float | None = None


@dataclass
class Message:
    """Something the bot posted. Posting again makes another one."""

    id: int
    job: int
    nonce: str
    final: bool
    headline: str
    images: int
    edits: int = 0
    deleted: bool = False


@dataclass
class Workspace:
    """One workspace's events and messages."""

    events: dict[str, Event] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    connection: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def say(self, event: Event) -> None:
        """A person types: the event waits until a bot takes it."""
        self.events.setdefault(event.id, event)
        self.news.set()

    async def take(self, *, fresh: bool) -> list[Event]:
        """The bot's long poll. `fresh` is its first after a start: everything unacknowledged comes again.

        A poll of a bot that died meanwhile takes nothing: its connection is over when another one begins.
        """
        if fresh:
            self.connection += 1
            for event in self.events.values():
                event.sent = 0
        connection = self.connection
        if not self._waiting():
            self.news.clear()
            try:
                await asyncio.wait_for(self.news.wait(), timeout=LONG_POLL_S)
            except TimeoutError:
                return []
        taken = self._waiting() if connection == self.connection else []
        for event in taken:
            event.sent += 1
        return taken

    def _waiting(self) -> list[Event]:
        return [event for event in self.events.values() if not event.acked and not event.sent]


Answer = Callable[[Workspace, Request], Awaitable[object]]


async def say(workspace: Workspace, request: Request) -> object:
    body = await request.json()
    for event in body:
        workspace.say(Event(**event))
    return {}


async def take(workspace: Workspace, request: Request) -> object:
    taken = await workspace.take(fresh=request.query_params.get("fresh") == "1")
    return [asdict(event) for event in taken]


async def ack(workspace: Workspace, request: Request) -> object:
    body = await request.json()
    event = workspace.events[request.path_params["event"]]
    if event.acked_s is None:
        event.acked_s = time.monotonic()
    event.acked, event.answer = True, body["answer"]
    return {}


async def post(workspace: Workspace, request: Request) -> object:
    body = await request.json()
    message = Message(id=len(workspace.messages) + 1, **body)
    workspace.messages.append(message)
    return {"id": message.id}


async def edit(workspace: Workspace, request: Request) -> object:
    body = await request.json()
    message = workspace.messages[request.path_params["id"] - 1]
    message.headline, message.images = body["headline"], body["images"]
    message.edits += 1
    return {"id": message.id}


async def find(workspace: Workspace, request: Request) -> object:
    nonce = request.query_params["nonce"]
    found = (one for one in workspace.messages if one.nonce == nonce and not one.deleted)
    return {"ids": [one.id for one in found]}


async def delete(workspace: Workspace, request: Request) -> object:
    workspace.messages[request.path_params["id"] - 1].deleted = True
    return {}


async def history(workspace: Workspace, request: Request) -> object:
    return {
        "events": [asdict(event) for event in workspace.events.values()],
        "messages": [asdict(one) for one in workspace.messages if not one.deleted],
        "deleted": [asdict(one) for one in workspace.messages if one.deleted],
    }


def app() -> Starlette:
    workspaces: dict[str, Workspace] = defaultdict(Workspace)

    def route(path: str, answer: Answer, method: str) -> Route:
        async def endpoint(request: Request) -> JSONResponse:
            workspace = workspaces[request.path_params["workspace"]]
            try:
                return JSONResponse(await answer(workspace, request))
            except ClientDisconnect:
                # The bot was killed in the middle of a request: it counts as never sent.
                return JSONResponse({})

        return Route("/{workspace}" + path, endpoint, methods=[method])

    return Starlette(
        routes=[
            route("/say", say, "POST"),
            route("/take", take, "GET"),
            route("/ack/{event}", ack, "POST"),
            route("/messages", post, "POST"),
            route("/messages/{id:int}", edit, "PUT"),
            route("/messages/{id:int}", delete, "DELETE"),
            route("/find", find, "GET"),
            route("/history", history, "GET"),
        ]
    )


def main() -> None:
    run_as_process(lambda given: app(), argparse.ArgumentParser(description=__doc__))


if __name__ == "__main__":
    main()
