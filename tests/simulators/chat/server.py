"""A chat platform in one file, as a process of its own: it outlives the bot and is the witness of what people saw.

It behaves like the worst of the real ones: an event that was not acknowledged is sent again when the bot comes back
(Slack retries, Discord replays); posting takes no idempotency key, so posting twice shows twice; a posted message can be
found again by the nonce it carries (Slack's message metadata) and edited in place.

Run: python server.py --port 0 ; prints the port it took.
"""

from __future__ import annotations

import argparse
import asyncio
import socket
from dataclasses import asdict, dataclass, field

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


@dataclass
class Event:
    id: str
    user: str
    text: str
    sent: int = 0
    acked: bool = False
    answer: str | None = None


@dataclass
class Message:
    id: int
    job: int
    nonce: str
    final: bool
    headline: str
    images: int
    edits: int = 0


@dataclass
class Chat:
    events: dict[str, Event] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def say(self, request: Request) -> JSONResponse:
        """A person types: the event waits until a bot takes it."""
        body = await request.json()
        event = Event(id=body["id"], user=body["user"], text=body["text"])
        self.events.setdefault(event.id, event)
        self.news.set()
        return JSONResponse({})

    async def take(self, request: Request) -> JSONResponse:
        """The bot's long poll. `fresh` marks its first one after a start: everything unacknowledged comes again."""
        fresh = request.query_params.get("fresh") == "1"
        if fresh:
            for event in self.events.values():
                if not event.acked:
                    event.sent = 0
        waiting = [event for event in self.events.values() if not event.acked and not event.sent]
        if not waiting:
            self.news.clear()
            try:
                await asyncio.wait_for(self.news.wait(), timeout=0.5)
            except TimeoutError:
                return JSONResponse([])
            waiting = [e for e in self.events.values() if not e.acked and not e.sent]
        for event in waiting:
            event.sent += 1
        return JSONResponse([asdict(event) for event in waiting])

    async def ack(self, request: Request) -> JSONResponse:
        event = self.events[request.path_params["event"]]
        event.acked = True
        event.answer = (await request.json())["answer"]
        return JSONResponse({})

    async def post(self, request: Request) -> JSONResponse:
        body = await request.json()
        message = Message(id=len(self.messages) + 1, **body)
        self.messages.append(message)
        return JSONResponse({"id": message.id})

    async def edit(self, request: Request) -> JSONResponse:
        body = await request.json()
        message = self.messages[int(request.path_params["id"]) - 1]
        message.headline, message.images = body["headline"], body["images"]
        message.edits += 1
        return JSONResponse({"id": message.id})

    async def find(self, request: Request) -> JSONResponse:
        nonce = request.query_params["nonce"]
        found = next((m for m in self.messages if m.nonce == nonce), None)
        return JSONResponse({"id": found.id if found else None})

    async def history(self, request: Request) -> JSONResponse:
        return JSONResponse(
            {
                "events": [asdict(event) for event in self.events.values()],
                "messages": [asdict(message) for message in self.messages],
            }
        )


def app() -> Starlette:
    chat = Chat()
    return Starlette(
        routes=[
            Route("/say", chat.say, methods=["POST"]),
            Route("/take", chat.take),
            Route("/ack/{event}", chat.ack, methods=["POST"]),
            Route("/messages", chat.post, methods=["POST"]),
            Route("/messages/{id:int}", chat.edit, methods=["PUT"]),
            Route("/find", chat.find),
            Route("/history", chat.history),
        ]
    )


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--port", type=int, default=0)
    taken = socket.create_server(("127.0.0.1", arguments.parse_args().port))
    print(taken.getsockname()[1], flush=True)
    config = uvicorn.Config(app(), log_level="warning", access_log=False)
    asyncio.run(uvicorn.Server(config).serve(sockets=[taken]))


if __name__ == "__main__":
    main()
