"""A ComfyUI server that queues workflows, runs them one by one on real pictures, and tells of it over a websocket.

What it does is read from ComfyUI 0.3.64 (commit a125cd84) `server.py`, `execution.py`, `main.py`, and from the notes of
a real server in the reference page: `execution_success` is sent before the history has the entry, `executing` with no
node after it; the same prompt_id queued twice runs twice; a workflow that can't run is a 400 with node_errors; the
pictures carry the whole workflow in a text chunk; PreviewImage's lie under "temp"; a socket hears of its own client's
workflows only, and status of all.

Beside the protocol: GET /_bill (a line for each queued workflow), GET /_calls.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import struct
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image, PngImagePlugin
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.simulators.providers.bill import Bill
from tests.simulators.providers.comfyui_graph_check import refusal, violations
from tests.simulators.providers.comfyui_nodes import OUTPUT_NODES, object_info, run
from tests.simulators.providers.pictures import encoded, painted
from tests.simulators.providers.serving import run_as_process, serving

STEPS_TOLD = 3


class Interrupted(Exception):
    """Somebody pressed stop."""


class NodeFailed(Exception):
    """A node raised."""


@dataclass
class Queued:
    """One workflow in the queue."""

    prompt_id: str
    graph: dict[str, Any]
    client_id: str
    number: int
    messages: list[list[Any]] = field(default_factory=list)

    def entry(self) -> list[Any]:
        return [self.number, self.prompt_id, self.graph, {"client_id": self.client_id}, []]


async def at_once() -> None:
    """No time passes."""
    await asyncio.sleep(0)


class ComfySimulator:
    """The server's state. `step` is awaited between a sampler's steps, `late` before the history has an entry."""

    def __init__(
        self,
        *,
        bill: Bill | None = None,
        step: Callable[[], Awaitable[None]] = at_once,
        late: Callable[[], Awaitable[None]] = at_once,
        speaks_ws: bool = True,
    ) -> None:
        self.bill = bill or Bill()
        self.calls: list[dict[str, Any]] = []
        self.uploads: dict[str, bytes] = {}
        self.fails: dict[str, str] = {}
        self.hides: set[str] = set()
        self.sockets: dict[str, WebSocket] = {}
        self.interrupts = 0
        self.pending: list[Queued] = []
        self.running: Queued | None = None
        self.history: dict[str, Any] = {}
        self._step, self._late, self._speaks_ws = step, late, speaks_ws
        self._files: dict[tuple[str, str], bytes] = {}
        self._interrupted = False
        self._worker: asyncio.Task[None] | None = None
        routes = [
            Route("/prompt", self._prompt, methods=["POST"]),
            Route("/queue", self._queue),
            Route("/queue", self._change_queue, methods=["POST"]),
            Route("/interrupt", self._interrupt, methods=["POST"]),
            Route("/history/{id}", self._told_history),
            Route("/view", self._view),
            Route("/upload/image", self._upload, methods=["POST"]),
            Route("/object_info/{name}", self._info),
            Route("/_bill", lambda request: JSONResponse(self.bill.entries)),
            Route("/_calls", lambda request: JSONResponse(self.calls)),
        ]
        if speaks_ws:
            routes.append(WebSocketRoute("/ws", self._socket))
        self.app = Starlette(routes=routes)

    @property
    def violations(self) -> list[str]:
        """Everything that was wrong with what came in."""
        return [wrong for call in self.calls for wrong in call["violations"]]

    def restart(self) -> None:
        """The server starts anew: queue, history and temporary files are gone."""
        self.pending.clear()
        self.history.clear()
        self._files.clear()

    async def drop_sockets(self) -> None:
        """Every socket is closed."""
        for socket in list(self.sockets.values()):
            await socket.close()

    async def close(self) -> None:
        """Ends the worker."""
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.wait({self._worker})

    async def _prompt(self, request: Request) -> Response:
        body = await request.json()
        graph = body.get("prompt")
        self.calls.append({"body": body, "violations": violations(body)})
        if not isinstance(graph, dict):
            return JSONResponse({"error": {"type": "no_prompt"}, "node_errors": {}}, 400)
        refused = refusal(graph, self.uploads)
        if refused is not None:
            return JSONResponse(refused, status_code=400)
        prompt_id = str(body.get("prompt_id", uuid.uuid4()))
        number = len(self.bill.entries)
        self.bill.charge(id=prompt_id, count=1)
        self.pending.append(Queued(prompt_id, graph, body.get("client_id", ""), number))
        if self._worker is None or self._worker.done():
            self._worker = asyncio.ensure_future(self._work())
        return JSONResponse({"prompt_id": prompt_id, "number": number, "node_errors": {}})

    def _queue(self, request: Request) -> Response:
        return JSONResponse(
            {
                "queue_running": [self.running.entry()] if self.running else [],
                "queue_pending": [queued.entry() for queued in self.pending],
            }
        )

    async def _change_queue(self, request: Request) -> Response:
        gone = (await request.json()).get("delete", [])
        self.pending = [queued for queued in self.pending if queued.prompt_id not in gone]
        return Response()

    async def _interrupt(self, request: Request) -> Response:
        wanted = (await request.json()).get("prompt_id")
        if self.running and wanted in (None, self.running.prompt_id):
            self.interrupts += 1
            self._interrupted = True
        return Response()

    def _told_history(self, request: Request) -> Response:
        prompt_id = request.path_params["id"]
        entry = self.history.get(prompt_id)
        return JSONResponse({prompt_id: entry} if entry else {})

    def _view(self, request: Request) -> Response:
        query = request.query_params
        data = self._files.get((query.get("type", "output"), query["filename"]))
        return Response(data, media_type="image/png") if data else Response(status_code=404)

    async def _upload(self, request: Request) -> Response:
        async with request.form(max_part_size=64 << 20) as form:
            part, subfolder = form["image"], str(form.get("subfolder", ""))
            kind = str(form.get("type", "input"))
            name = f"{subfolder}/{part.filename}" if subfolder else part.filename
            suffix = "" if kind == "input" else f" [{kind}]"
            self.uploads[f"{name}{suffix}"] = await part.read()
            return JSONResponse({"name": part.filename, "subfolder": subfolder, "type": kind})

    def _info(self, request: Request) -> Response:
        name = request.path_params["name"]
        return JSONResponse({} if name in self.hides else object_info(name))

    async def _socket(self, socket: WebSocket) -> None:
        await socket.accept()
        client_id = socket.query_params.get("clientId") or uuid.uuid4().hex
        self.sockets[client_id] = socket
        status = {"status": {"exec_info": {"queue_remaining": len(self.pending)}}}
        await socket.send_json({"type": "status", "data": {**status, "sid": client_id}})
        try:
            while True:
                await socket.receive_text()
        except (WebSocketDisconnect, RuntimeError):
            if self.sockets.get(client_id) is socket:
                del self.sockets[client_id]

    async def _tell(self, queued: Queued, kind: str, **data: Any) -> None:
        """A message to the workflow's own socket; the executor's are remembered too."""
        data = {**data, "prompt_id": queued.prompt_id}
        if kind.startswith("execution_"):
            queued.messages.append([kind, data])
        socket = self.sockets.get(queued.client_id)
        if socket is not None:
            with suppress(RuntimeError, WebSocketDisconnect):
                await socket.send_json({"type": kind, "data": data})

    async def _work(self) -> None:
        while self.pending:
            queued = self.running = self.pending.pop(0)
            self._interrupted = False
            outputs: dict[str, Any] = {}
            await self._tell(queued, "execution_start")
            await self._tell(queued, "execution_cached", nodes=[])
            try:
                await self._execute(queued, outputs)
                ended = "success"
                await self._tell(queued, "execution_success")
            except Interrupted:
                ended = "error"
                await self._tell(queued, "execution_interrupted", node_id="3", node_type="KSampler")
            except NodeFailed as failed:
                ended = "error"
                node_id, node_type, words = failed.args
                await self._tell(
                    queued,
                    "execution_error",
                    node_id=node_id,
                    node_type=node_type,
                    exception_message=words,
                    exception_type="RuntimeError",
                    traceback=[],
                )
            await self._late()
            self.history[queued.prompt_id] = {
                "prompt": queued.entry(),
                "outputs": outputs,
                "status": {
                    "status_str": ended,
                    "completed": ended == "success",
                    "messages": queued.messages,
                },
            }
            self.running = None
            await self._tell(queued, "executing", node=None)

    async def _execute(self, queued: Queued, outputs: dict[str, Any]) -> None:
        done: dict[str, tuple[Any, ...]] = {}
        for node_id, node in queued.graph.items():
            if node["class_type"] in OUTPUT_NODES:
                await self._node(queued, node_id, done)
                pictures = done[node_id][0]
                outputs[node_id] = {"images": self._kept(queued, node, pictures)}
                await self._tell(queued, "executed", node=node_id, output=outputs[node_id])

    async def _node(self, queued: Queued, node_id: str, done: dict[str, tuple[Any, ...]]) -> None:
        node = queued.graph[node_id]
        inputs = {}
        for name, value in node["inputs"].items():
            if isinstance(value, list):
                if value[0] not in done:
                    await self._node(queued, value[0], done)
                inputs[name] = done[value[0]][value[1]]
            else:
                inputs[name] = value
        await self._tell(queued, "executing", node=node_id)
        if node["class_type"] in self.fails:
            raise NodeFailed(node_id, node["class_type"], self.fails[node["class_type"]])
        if node["class_type"] == "KSampler":
            await self._sample(queued, node_id)
        if node["class_type"] in OUTPUT_NODES:
            done[node_id] = (inputs["images"],)
        else:
            done[node_id] = run(node["class_type"], inputs, self.uploads)

    async def _sample(self, queued: Queued, node_id: str) -> None:
        preview = encoded(painted(queued.prompt_id, (16, 16)), "jpeg")
        for step in range(1, STEPS_TOLD + 1):
            await self._tell(queued, "progress", value=step, max=STEPS_TOLD, node=node_id)
            socket = self.sockets.get(queued.client_id)
            if socket is not None:
                with suppress(RuntimeError, WebSocketDisconnect):
                    await socket.send_bytes(struct.pack(">II", 1, 1) + preview)
            await self._step()
            if self._interrupted:
                raise Interrupted

    def _kept(
        self, queued: Queued, node: dict[str, Any], pictures: tuple[Image.Image, ...]
    ) -> list[dict[str, str]]:
        kind = "temp" if node["class_type"] == "PreviewImage" else "output"
        kept = []
        for index, picture in enumerate(pictures):
            name = f"ComfyUI_{queued.prompt_id[:8]}_{index:05}_.png"
            chunk = PngImagePlugin.PngInfo()
            chunk.add_text("prompt", json.dumps(queued.graph))
            out = io.BytesIO()
            picture.save(out, "PNG", pnginfo=chunk)
            self._files[kind, name] = out.getvalue()
            kept.append({"filename": name, "subfolder": "", "type": kind})
        return kept


@asynccontextmanager
async def running(simulator: ComfySimulator) -> AsyncIterator[str]:
    """Serves the simulator in this loop; gives its base URL."""
    async with serving(simulator.app) as url:
        try:
            yield url
        finally:
            await simulator.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bill", type=Path)
    parser.add_argument("--step-s", type=float, default=0.0)
    run_as_process(
        lambda given: (
            ComfySimulator(bill=Bill(given.bill), step=lambda: asyncio.sleep(given.step_s)).app
        ),
        parser,
    )


if __name__ == "__main__":
    main()
