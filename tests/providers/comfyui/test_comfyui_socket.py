"""The websocket: messages whole however they are cut, and nothing a server sends harms the reader."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from providers.comfyui.messages import Ended, Preview, Step, told_in
from providers.comfyui.websocket import MAX_MESSAGE_BYTES, Line, LineLost
from providers.wire.pictures import is_whole_picture
from tests.simulators.providers.pictures import encoded, painted

PNG = b"\x89PNG\r\n\x1a\n rest"


class Pieces:
    """A connection that delivers those pieces, then ends."""

    def __init__(self, pieces) -> None:
        self._pieces = list(pieces)
        self.written = b""

    async def read(self, max_bytes):
        return self._pieces.pop(0) if self._pieces else b""

    async def write(self, data, **_):
        self.written += data


def framed(opcode, data, *, fin=True) -> bytes:
    return Frame(opcode, data, fin=fin).serialize(mask=False)


async def all_of(line):
    found = []
    try:
        while (message := await line.next(1)) is not None:
            found.append(message)
    except LineLost:
        return found
    return found


@given(st.lists(st.one_of(st.text(max_size=40), st.binary(max_size=300)), max_size=6), st.data())
def test_messages_come_whole_wherever_the_network_cuts(messages, data):
    import asyncio

    wire = b"".join(
        framed(Opcode.TEXT, m.encode("utf-8", "replace"))
        if isinstance(m, str)
        else framed(Opcode.BINARY, m)
        for m in messages
    )
    size = data.draw(st.integers(1, max(1, len(wire))))
    pieces = [wire[at : at + size] for at in range(0, len(wire), size)]

    found = asyncio.run(all_of(Line(Pieces(pieces))))

    assert found == [
        m.encode("utf-8", "replace").decode() if isinstance(m, str) else m for m in messages
    ]


async def test_a_message_in_several_frames_is_one():
    wire = framed(Opcode.BINARY, b"one ", fin=False) + framed(Opcode.CONT, b"two")

    assert await all_of(Line(Pieces([wire]))) == [b"one two"]


async def test_a_ping_is_answered():
    connection = Pieces([framed(Opcode.PING, b"hello"), framed(Opcode.TEXT, b"x")])

    assert await Line(connection).next(1) == "x"
    assert connection.written[0] & 0x0F == Opcode.PONG


@pytest.mark.parametrize(
    "wire",
    [
        b"\xff\xff\xff\xff",
        b"\x82\x7f" + struct.pack(">Q", MAX_MESSAGE_BYTES + 1),
        framed(Opcode.CLOSE, struct.pack(">H", 1000)),
        b"",
    ],
    ids=["garbage", "too large", "goodbye", "end"],
)
async def test_a_broken_connection_is_a_lost_line(wire):
    with pytest.raises(LineLost):
        await Line(Pieces([wire])).next(1)


def test_only_ones_own_workflow_is_heard():
    own = '{"type": "progress", "data": {"value": 5, "max": 10, "prompt_id": "a"}}'

    assert told_in(own, "a") == Step(fraction=0.5)
    assert told_in(own, "b") is None
    assert (
        told_in('{"type": "executing", "data": {"node": null, "prompt_id": "a"}}', "a") == Ended()
    )
    assert told_in('{"type": "executing", "data": {"node": "3", "prompt_id": "a"}}', "a") is None


def test_previews_are_read_in_both_their_forms():
    plain = struct.pack(">II", 1, 2) + PNG
    described = struct.pack(">II", 4, 2) + b"{}" + PNG

    assert told_in(plain, "a") == Preview(data=PNG)
    assert told_in(described, "a") == Preview(data=PNG)


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200), st.just("[" * 100_000)))
def test_no_message_harms(message):
    assert told_in(message, "a") is None or isinstance(told_in(message, "a"), Preview)


@pytest.mark.parametrize("file_format", ["png", "jpeg", "webp"])
def test_a_picture_cut_anywhere_is_not_whole(file_format):
    data = encoded(painted("a fox", (40, 40)), file_format)

    assert is_whole_picture(data)
    assert not any(is_whole_picture(data[:at]) for at in range(len(data) - 12))
