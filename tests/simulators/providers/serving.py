"""Simulators on a loopback port: inside a test's event loop, or as a process of their own."""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import uvicorn
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

ROOT = Path(__file__).resolve().parents[3]

TRANSPORT = "simulator.transport"
"""Where the app finds the raw connection in its scope: some faults break HTTP itself."""


class SimulatorProtocol(H11Protocol):
    """uvicorn's HTTP/1.1, which also hands the app its connection."""

    def connection_made(self, transport) -> None:
        super().connection_made(transport)
        inner = self.app

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            scope[TRANSPORT] = transport
            await inner(scope, receive, send)

        self.app = app


async def until_gone(receive: Receive) -> None:
    """Returns when the client has left."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def pass_time(request: Request, seconds: float) -> bool:
    """Lets the time of a simulated work pass; True as soon as the client has left."""
    if seconds <= 0:
        return False
    try:
        await asyncio.wait_for(until_gone(request.receive), seconds)
    except TimeoutError:
        return False
    return True


def config_of(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=SimulatorProtocol,
        ws="websockets-sansio",
        lifespan="off",
        log_config=None,
        access_log=False,
    )


def listening(port: int) -> socket.socket:
    """A listener whose connections send at once: head and body are two writes, and the second would wait 40 ms."""
    listener = socket.create_server(("127.0.0.1", port))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[str]:
    """Serves the app in this loop; gives its URL, such as http://127.0.0.1:40123."""
    listener = listening(0)
    config = config_of(app)
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup(sockets=[listener])
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        # A connection taken just before its server closes would be dropped without being closed (asyncio of 3.11).
        await hung_up(server)
        for accepting in server.servers:
            accepting.close()
        await hung_up(server)
        listener.close()


TURNS_TO_HANG_UP = 10
"""Turns of the loop in which a connection just taken is made, and one just broken is closed: three would do."""


async def hung_up(server: uvicorn.Server) -> None:
    """Breaks every connection and waits until each socket is closed and each call has ended."""
    for _ in range(TURNS_TO_HANG_UP):
        for connection in list(server.server_state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)
    await asyncio.gather(*server.server_state.tasks, return_exceptions=True)


def run_as_process(
    build: Callable[[argparse.Namespace], ASGIApp], parser: argparse.ArgumentParser
) -> None:
    """Serves until SIGTERM. The first line on stdout is JSON with the URL, written when the port takes calls."""
    parser.add_argument("--port", type=int, default=0)
    arguments = parser.parse_args()
    listener = listening(arguments.port)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    print(json.dumps({"url": url}), flush=True)
    uvicorn.Server(config_of(build(arguments))).run(sockets=[listener])


@contextmanager
def simulator_process(module: str, *arguments: str) -> Iterator[str]:
    """A simulator as a process of its own, which outlives whatever the test kills; gives its URL."""
    with killable_simulator(module, *arguments) as (url, _):
        yield url


@contextmanager
def killable_simulator(module: str, *arguments: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The same with the process itself, for a test that kills it."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, "--port", "0", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["url"], process
    finally:
        process.terminate()
        process.wait(timeout=10)
        if process.stdout is not None:
            process.stdout.close()
