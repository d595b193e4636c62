"""One message after another over a socket: eight bytes of length, then the bytes."""

from __future__ import annotations

import socket
import struct

_LENGTH = struct.Struct("!Q")


def send_frame(channel: socket.socket, message: bytes) -> None:
    """Nothing; returns when the kernel has all of it. OSError when the other side is gone."""
    channel.sendall(_LENGTH.pack(len(message)))
    channel.sendall(message)


def receive_frame(channel: socket.socket) -> bytearray:
    """The next message. EOFError when the other side closed or died, even in mid-message."""
    (size_bytes,) = _LENGTH.unpack(_receive_exactly(channel, _LENGTH.size))
    return _receive_exactly(channel, size_bytes)


def _receive_exactly(channel: socket.socket, size_bytes: int) -> bytearray:
    message = bytearray(size_bytes)
    rest = memoryview(message)
    while rest:
        received = channel.recv_into(rest)
        if received == 0:
            raise EOFError("the other side is gone")
        rest = rest[received:]
    return message
