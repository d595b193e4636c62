"""Byte caps and total deadlines of answers."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.net.clients import make_client
from bot.net.limits import PIECE_BYTES, AnswerTooLarge, unpacker
from bot.net.policy import OutboundPolicy
from providers import AddressRefused

MIB = 1024 * 1024


@asynccontextmanager
async def answering(*pieces: bytes, hold_open: bool = False) -> AsyncIterator[str]:
    """A loopback server that writes the pieces after each request; gives its URL."""
    gone = asyncio.Event()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
            if hold_open:
                await gone.wait()
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        gone.set()
        server.close()
        await server.wait_closed()


def client_for(url: str, **limits: float) -> httpx.AsyncClient:
    host = httpx.URL(url)
    return make_client(
        OutboundPolicy(operator_hosts=frozenset({f"{host.host}:{host.port}"}), **limits)
    )


def head(body: bytes, *lines: str) -> bytes:
    extra = "".join(f"{line}\r\n" for line in lines)
    return f"HTTP/1.1 200 OK\r\ncontent-length: {len(body)}\r\n{extra}\r\n".encode()


async def test_an_answer_up_to_the_cap_arrives_whole():
    body = b"x" * 1000

    async with answering(head(body), body) as url, client_for(url, max_answer_bytes=1000) as client:
        answer = await client.get(url)

    assert answer.content == body


async def test_an_answer_over_the_cap_is_cut_off():
    body = b"x" * 1001

    async with answering(head(body), body) as url, client_for(url, max_answer_bytes=1000) as client:
        with pytest.raises(AnswerTooLarge):
            await client.get(url)


async def test_a_packed_answer_is_unpacked_once():
    body = b"a picture's worth of words " * 100
    packed = gzip.compress(body)

    async with (
        answering(head(packed, "content-encoding: gzip"), packed) as url,
        client_for(url) as client,
    ):
        answer = await client.get(url)

    assert answer.content == body
    assert "content-encoding" not in answer.headers


async def test_a_gzip_bomb_costs_no_memory():
    packed = gzip.compress(b"\0" * (300 * MIB), compresslevel=9)
    before = psutil.Process().memory_info().rss

    async with (
        answering(head(packed, "content-encoding: gzip"), packed) as url,
        client_for(url, max_answer_bytes=4 * MIB) as client,
    ):
        with pytest.raises(AnswerTooLarge):
            await client.get(url)

    assert psutil.Process().memory_info().rss - before < 50 * MIB


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd", "gzip,deflate", "x" * 999])
async def test_other_encodings_are_refused_unread(encoding):
    packed = gzip.compress(gzip.compress(b"x"))

    async with (
        answering(head(packed, f"content-encoding: {encoding}"), packed) as url,
        client_for(url) as client,
    ):
        with pytest.raises(httpx.DecodingError):
            await client.get(url)


async def test_bad_packing_is_a_decoding_error():
    body = b"this is no gzip"

    async with (
        answering(head(body, "content-encoding: gzip"), body) as url,
        client_for(url) as client,
    ):
        with pytest.raises(httpx.DecodingError):
            await client.get(url)


async def test_a_body_that_stops_ends_at_the_total_deadline():
    async with (
        answering(head(b"x" * 100), b"x", hold_open=True) as url,
        client_for(url, total_timeout_s=0.1) as client,
    ):
        with pytest.raises(httpx.ReadTimeout):
            await client.get(url)


async def test_a_drip_that_never_pauses_ends_at_the_total_deadline():
    drip = [b"1\r\nx\r\n"] * 200_000
    start = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"

    async with (
        answering(start, *drip, hold_open=True) as url,
        client_for(url, total_timeout_s=0.1, silence_timeout_s=60) as client,
    ):
        with pytest.raises(httpx.ReadTimeout):
            await client.get(url)


async def test_silence_before_the_answer_ends_at_the_total_deadline():
    async with (
        answering(hold_open=True) as url,
        client_for(url, total_timeout_s=0.1) as client,
    ):
        with pytest.raises(httpx.ReadTimeout):
            await client.get(url)


@pytest.mark.parametrize(
    "body",
    [head(b"x" * 100) + b"x", b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab"],
)
async def test_a_body_cut_short_is_an_error_when_its_length_was_told(body):
    async with answering(body) as url, client_for(url) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get(url)


async def test_a_closed_client_leaves_no_connection():
    async with answering(head(b"ok"), b"ok") as url:
        client = client_for(url)
        await client.get(url)
        await client.aclose()

        with pytest.raises(RuntimeError):
            await client.get(url)


async def test_a_refused_address_counts_as_not_connected():
    assert issubclass(AddressRefused, httpx.ConnectError)


@given(st.binary(max_size=5000), st.integers(1, 700), st.sampled_from(["gzip", "deflate"]))
def test_unpacking_does_not_depend_on_where_the_network_cuts(body, cut, encoding):
    packed = gzip.compress(body) if encoding == "gzip" else zlib.compress(body)
    unpack = unpacker(encoding)

    pieces = [piece for at in range(0, len(packed), cut) for piece in unpack(packed[at : at + cut])]

    assert b"".join(pieces) == body


def test_no_piece_is_larger_than_the_bound():
    unpack = unpacker("gzip")

    sizes = [len(piece) for piece in unpack(gzip.compress(b"\0" * (3 * PIECE_BYTES + 17)))]

    assert sum(sizes) == 3 * PIECE_BYTES + 17
    assert max(sizes) <= PIECE_BYTES
