"""What is said of a server that couldn't be reached: which kind of no, in words, with the library's own behind it."""

from __future__ import annotations

import asyncio
import contextlib
import socket

import httpx
import pytest

from providers import Unavailable
from providers.protocol import AddressRefused
from providers.wire.deadline import Deadline
from providers.wire.exchange import not_reached
from providers.wire.own_server import OwnServer

ENOUGH_S = 20.0


def no_refusal(status: int, headers: httpx.Headers, body: bytes, *, now_s: float) -> Unavailable:
    raise AssertionError(f"nobody answered, and {status} came")


async def fault_at(port: int, timeout_s: float = ENOUGH_S) -> Unavailable:
    """What a question to this machine's `port` ends with."""
    async with httpx.AsyncClient() as http:
        server = OwnServer(
            http=http, base_url=httpx.URL(f"http://127.0.0.1:{port}"), error_of=no_refusal
        )
        with pytest.raises(Unavailable) as raised:
            await server.upgraded("/", {}, Deadline.after(timeout_s))
    return raised.value


async def test_a_port_at_which_nobody_listens_is_no_connection():
    with socket.socket() as free:
        # Bound and not listening: nobody else takes the port meanwhile.
        free.bind(("127.0.0.1", 0))
        fault = await fault_at(free.getsockname()[1])

    assert str(fault).startswith("not reached: no connection (")
    assert isinstance(fault.__cause__, httpx.ConnectError)


async def test_a_server_that_says_nothing_gives_no_answer_in_time():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        fault = await fault_at(silent.getsockname()[1], timeout_s=0.2)

    assert str(fault).startswith("not reached: no answer in time")


async def test_a_server_that_hangs_up_broke_the_connection():
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with server:
        fault = await fault_at(server.sockets[0].getsockname()[1])

    assert str(fault).startswith("not reached: the connection broke (")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        # It is a failure to connect as well, and says more than that.
        (AddressRefused("h is private"), "not reached: its address is refused (h is private)"),
        (httpx.ConnectTimeout(""), "not reached: no connection in time"),
        (httpx.PoolTimeout(""), "not reached: too many calls at once"),
        (httpx.ReadError(""), "not reached: the connection broke"),
        (TimeoutError(), "not reached: no answer in time"),
        (httpx.LocalProtocolError("odd"), "not reached: the call failed (odd)"),
    ],
)
def test_each_kind_of_no_has_its_words(error, said):
    assert str(not_reached(error)) == said
