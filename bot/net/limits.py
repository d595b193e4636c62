"""Bounds of an answer while it streams in: decoded bytes and total time."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass

import httpx
from typing_extensions import override

PIECE_BYTES = 256 * 1024
"""Most bytes unpacked at once: a bomb of 1000:1 costs one piece, not its whole content."""

GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS


class AnswerTooLarge(httpx.DecodingError):
    """The answer passed the byte cap; reading stopped there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerBounds:
    """How much of an answer is read (decoded bytes), and until when (the loop's time)."""

    max_bytes: int
    deadline: float


class BoundedStream(httpx.AsyncByteStream):
    """A body that ends with an error at its byte cap or its deadline.

    A packed body is unpacked here, piece by piece. `encoding` is the Content-Encoding; anything but one layer of gzip
    or deflate is refused, since two layers multiply a bomb by a million.
    """

    def __init__(
        self,
        source: AsyncIterable[bytes],
        *,
        encoding: str,
        bounds: AnswerBounds,
        close: Callable[[], Awaitable[None]],
    ) -> None:
        self._source = source
        self._encoding = encoding
        self._bounds = bounds
        self._close = close

    @override
    async def __aiter__(self) -> AsyncIterator[bytes]:
        count = 0
        unpack = unpacker(self._encoding)
        async for packed in before(self._source, self._bounds.deadline):
            for piece in unpack(packed):
                count += len(piece)
                if count > self._bounds.max_bytes:
                    raise AnswerTooLarge(f"the answer has over {self._bounds.max_bytes} bytes")
                yield piece

    @override
    async def aclose(self) -> None:
        await self._close()


async def before(source: AsyncIterable[bytes], deadline: float) -> AsyncIterator[bytes]:
    """The source's pieces; httpx.ReadTimeout when the next is not there by the deadline (loop time)."""
    pieces = aiter(source)
    while True:
        try:
            async with asyncio.timeout_at(deadline):
                piece = await anext(pieces)
        except StopAsyncIteration:
            return
        except TimeoutError as error:
            raise httpx.ReadTimeout("the whole answer took too long") from error
        yield piece


def unpacker(encoding: str) -> Callable[[bytes], Iterator[bytes]]:
    """What undoes a Content-Encoding in bounded pieces. httpx.DecodingError for one we don't undo."""
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return as_it_is
    if name not in ("gzip", "x-gzip", "deflate"):
        raise httpx.DecodingError(f"content encoding {name[:40]!r} is not accepted")
    inflater = zlib.decompressobj(GZIP_OR_ZLIB)

    def unpack(packed: bytes) -> Iterator[bytes]:
        rest = packed
        while True:
            try:
                piece = inflater.decompress(rest, PIECE_BYTES)
            except zlib.error as error:
                raise httpx.DecodingError("the answer is badly packed") from error
            if piece:
                yield piece
            rest = inflater.unconsumed_tail
            if not rest and len(piece) < PIECE_BYTES:
                return

    return unpack


def as_it_is(piece: bytes) -> Iterator[bytes]:
    """The piece itself."""
    yield piece
