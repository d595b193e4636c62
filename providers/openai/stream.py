"""Server-sent events, cut into events wherever the network cut them."""

from __future__ import annotations

from collections.abc import Iterator


class EventSplitter:
    """Turns pieces of a stream into the data of its events, in order.

    Holds one unfinished event; the caller bounds the total. Names and ids of events are ignored: this protocol repeats
    the name inside the data.
    """

    def __init__(self) -> None:
        self._line = bytearray()
        self._data: list[bytes] = []

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """The data of each event that this piece completes."""
        *whole, rest = piece.split(b"\n")
        for part in whole:
            self._line += part
            line = bytes(self._line)
            self._line.clear()
            yield from self._took(line.removesuffix(b"\r"))
        self._line += rest

    def _took(self, line: bytes) -> Iterator[bytes]:
        if line.startswith(b"data:"):
            self._data.append(line[5:].removeprefix(b" "))
        elif not line and self._data:
            event = self._data[0] if len(self._data) == 1 else b"\n".join(self._data)
            self._data.clear()
            yield event
