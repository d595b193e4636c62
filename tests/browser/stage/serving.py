"""Serves a stage on loopback, in a thread of its own or in the foreground."""

import asyncio
import socket
import sys
import threading
from contextlib import contextmanager

import uvicorn

from tests.browser.stage.stage import Stage


class Served:
    """A running stage: `url` to open, `do` to move it on from another thread."""

    def __init__(self, stage, url, loop):
        self.stage = stage
        self.url = url
        self._loop = loop

    def do(self, coroutine):
        """What the coroutine gives, run on the server's loop."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout=20)


@contextmanager
def served(stage):
    """The stage on a free port, until the block ends."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(stage.site.app, log_level="warning", lifespan="on"))
    begun = threading.Event()
    loops = []

    async def run():
        loops.append(asyncio.get_running_loop())
        begun.set()
        await server.serve(sockets=[listening])

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    begun.wait(10)
    try:
        yield Served(stage, f"http://127.0.0.1:{port}", loops[0])
    finally:
        loops[0].call_soon_threadsafe(stage.site.close)
        server.should_exit = True
        thread.join(10)
        listening.close()


async def foreground(port):
    """The stage by itself, for looking at: `python -m tests.browser.stage.serving 8765`."""
    stage = Stage()
    config = uvicorn.Config(
        stage.site.app, port=port, log_level="info", timeout_graceful_shutdown=1
    )
    async with asyncio.TaskGroup() as tasks:
        playing = tasks.create_task(stage.play())
        await uvicorn.Server(config).serve()
        playing.cancel()


if __name__ == "__main__":
    asyncio.run(foreground(int(sys.argv[1]) if len(sys.argv) > 1 else 8765))
