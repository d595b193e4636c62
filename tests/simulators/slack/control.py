"""The simulator as a process of its own: `python -m tests.simulators.slack.control --port 0`.

It outlives the bot and is the witness of what people saw. The first line on stdout is JSON with `url`, `api_url`, `bot_token`,
`app_token` and `signing_secret`. Tests talk to it through `remote.RemoteSlack`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.simulators.slack import administration, faults
from tests.simulators.slack.app import App
from tests.simulators.slack.delivery import Delivery
from tests.simulators.slack.rooms import Room
from tests.simulators.slack.server import running
from tests.simulators.slack.slack import Slack
from tests.simulators.slack.workspace import Message

Json = dict[str, Any]
FAULTS: dict[str, Callable[..., faults.Fault]] = {
    "ratelimited": faults.ratelimited,
    "refused": faults.refused,
    "http_error": faults.http_error,
    "html_page": faults.html_page,
    "cut": faults.cut,
    "accepted_then_cut": faults.accepted_then_cut,
    "accepted_then": faults.accepted_then,
    "slow": faults.slow,
}


STATE_WAIT_S = 1.0


class Control:
    """One word of the driver per request: {"do": "types", "person": "ana", "text": "/imagine a fox"}."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack
        self._words: dict[str, Callable[[Json], Awaitable[Delivery | None]]] = {
            "types": self._types,
            "messages_bot": self._messages_bot,
            "clicks": self._clicks,
            "uses_shortcut": self._uses_shortcut,
            "submits": self._submits,
            "opens_home": self._opens_home,
            "uninstall": self._uninstall,
            "fault": self._fault,
            "advance": self._advance,
            "sockets": self._sockets,
            "set": self._set,
        }

    async def take(self, request: web.Request) -> web.Response:
        body = await request.json()
        delivery = await self._words[body.pop("do")](body)
        return web.json_response(asdict(delivery) if delivery else None)

    async def state(self, request: web.Request) -> web.Response:
        """Everything a judge needs; messages with their edits, in the order they came."""
        slack = self._slack
        after = int(request.query.get("after", -1))
        with suppress(TimeoutError):
            await slack.until(lambda: slack.changes > after or None, within_s=STATE_WAIT_S)
        rooms = {
            channel.id: [_seen(one) for one in Room(slack, workspace, channel).everything()]
            for workspace in slack.workspaces.values()
            for channel in workspace.channels.values()
        }
        return web.json_response(
            {
                "channels": rooms,
                "names": {
                    c.name: c.id for w in slack.workspaces.values() for c in w.channels.values()
                },
                "calls": [
                    {"method": one.method, "team": one.team, "answer": one.answer}
                    for one in slack.calls
                ],
                "deliveries": [asdict(one) for one in slack.deliveries.sent],
                "violations": [asdict(one) for one in slack.violations],
                "changes": slack.changes,
                "connections": len(slack.sockets.live()),
            }
        )

    async def _types(self, body: Json) -> Delivery | None:
        person = self._slack.person(body["person"])
        return await person.types(body["text"], self._room(body), thread=self._message(body))

    async def _messages_bot(self, body: Json) -> Delivery | None:
        return await self._slack.person(body["person"]).messages_bot(body["text"])

    async def _clicks(self, body: Json) -> Delivery | None:
        message = self._message(body)
        assert message is not None, "a click needs the ts of a message"
        return await self._slack.person(body["person"]).clicks(message, body["words"])

    async def _uses_shortcut(self, body: Json) -> Delivery | None:
        person = self._slack.person(body["person"])
        return await person.uses_shortcut(body["callback_id"], self._message(body))

    async def _submits(self, body: Json) -> Delivery | None:
        person = self._slack.person(body["person"])
        view = await person.form(body.get("title", ""))
        return await person.submits(view, **body["filled"])

    async def _opens_home(self, body: Json) -> Delivery | None:
        return await self._slack.person(body["person"]).opens_home()

    async def _uninstall(self, body: Json) -> Delivery | None:
        return await administration.uninstall(self._slack, self._slack.workspace)

    async def _fault(self, body: Json) -> None:
        fault = FAULTS[body["kind"]](*body.get("positional", ()), **body.get("named", {}))
        self._slack.faults.times(body.get("times", 1), body["where"], fault)

    async def _advance(self, body: Json) -> None:
        self._slack.clock.advance(body["seconds"])

    async def _sockets(self, body: Json) -> None:
        for connection in self._slack.sockets.live()[: body.get("count")]:
            if body["how"] == "abort":
                connection.abort()
            else:
                await connection.refresh()

    async def _set(self, body: Json) -> None:
        """`request_url` turns delivery to signed HTTP; `scan_delay_s`; `limits` on or off."""
        if "request_url" in body:
            self._slack.deliver_by_http(body["request_url"])
        self._slack.scan_delay_s = body.get("scan_delay_s", self._slack.scan_delay_s)
        self._slack.limits.enforced = body.get("limits", self._slack.limits.enforced)

    def _room(self, body: Json) -> Room:
        return self._slack.room(body.get("room", "general"))

    def _message(self, body: Json) -> Message | None:
        if "ts" not in body:
            return None
        everything = self._room(body).everything()
        return next(one for one in everything if one.ts == body["ts"])


def _seen(message: Message) -> Json:
    return message.as_json() | {
        "channel": message.channel,
        "only_for": message.only_for,
        "shown": message.shown,
        "edits": message.edits,
        "pinged": sorted(message.pinged),
    }


async def serve(arguments: argparse.Namespace) -> None:
    """Until SIGTERM."""
    manifest = arguments.manifest
    app = App.from_manifest(json.loads(manifest.read_text())) if manifest else App()
    slack = Slack(app=app, scan_delay_s=arguments.scan_delay_s)
    control = Control(slack)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    routes = [
        web.post("/control", control.take),
        web.get("/control/state", control.state),
    ]
    async with running(slack, port=arguments.port, more_routes=routes):
        print(
            json.dumps(
                {
                    "url": slack.base_url,
                    "api_url": slack.api_url,
                    "bot_token": slack.bot_token,
                    "app_token": slack.app.app_token,
                    "signing_secret": slack.app.signing_secret,
                }
            ),
            flush=True,
        )
        await stop.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description="Slack, simulated, on a loopback port")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--scan-delay-s", type=float, default=0.0)
    parser.add_argument("--manifest", type=Path, help="the app's manifest as JSON")
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
