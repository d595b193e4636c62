"""Pictures that lie behind a provider's links: fetched at once, from its own hosts only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import httpx

from providers.errors import BadAnswer, Busy, OutcomeUnknown, ProviderError, Unavailable
from providers.protocol import AddressRefused
from providers.remote_jobs.exchange import exchanged
from providers.wire.deadline import Deadline
from providers.wire.pictures import JPEG_START, PNG_START, begins_like_a_picture

MAX_IMAGE_BYTES = 32 * 1024 * 1024
"""Most bytes of one picture: 4 megapixels in 32 bit, unpacked, twice over."""

WORTH_ASKING_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosts:
    """Where an adapter's URLs may lead: https at these domains or below them, and the host the operator wrote.

    `suffixes` begin with a dot, as ".bfl.ai": "api.eu.bfl.ai" fits, "bfl.ai.example.org" and "evilbfl.ai" don't.
    """

    home: httpx.URL
    suffixes: tuple[str, ...]

    def allowed(self, text: object) -> httpx.URL | None:
        """The URL if it may be followed. A user name, another port or a fragment is none of a vendor's."""
        if not isinstance(text, str) or len(text) > 2048 or not text.isascii():
            return None
        try:
            url = httpx.URL(text)
        except httpx.InvalidURL:
            return None
        if url.userinfo or url.fragment:
            return None
        own = (url.scheme, url.host, url.port) == (self.home.scheme, self.home.host, self.home.port)
        if own:
            return url
        fits = any(f".{url.host}".endswith(suffix) for suffix in self.suffixes)
        return url if fits and url.scheme == "https" and url.port is None else None


async def fetched(http: httpx.AsyncClient, url: httpx.URL, deadline: Deadline) -> bytes:
    """A linked picture's bytes, sent without any key.

    Unavailable when it is worth asking again; BadAnswer when it has gone, is no picture or too large, or when its host's
    name leads to a private address: the job is done and paid, and waiting for it is of no use.
    """
    request = http.build_request("GET", url, headers={"accept": "image/*"})
    try:
        reply = await exchanged(http, request, deadline, max_bytes=MAX_IMAGE_BYTES)
    except Unavailable as error:
        if isinstance(error.__cause__, AddressRefused):
            raise BadAnswer(f"the picture's link is not followed: {error.__cause__}") from error
        raise
    except OutcomeUnknown as error:
        raise Unavailable(error.detail) from error
    if reply.status in WORTH_ASKING_AGAIN:
        raise Unavailable(f"the picture's host answered {reply.status}")
    if not reply.is_success:
        raise BadAnswer(f"the picture's host answered {reply.status}")
    if reply.is_cut and len(reply.body) < MAX_IMAGE_BYTES and not told_too_long(reply.headers):
        raise Unavailable("the picture broke off")
    if reply.is_cut:
        raise BadAnswer(f"the picture has over {MAX_IMAGE_BYTES} bytes")
    if not begins_like_a_picture(reply.body):
        raise BadAnswer("the link leads to no picture")
    if not ends_like_a_picture(reply.body):
        raise Unavailable("the picture is cut short")
    return reply.body


def ends_like_a_picture(data: bytes) -> bool:
    """Whether a PNG has its last chunk, a JPEG its end marker, a WebP its length: what tells a cut that HTTP doesn't.

    A few bytes after the end are no fault.
    """
    tail = data[-4096:]
    if data.startswith(PNG_START):
        return b"IEND\xaeB`\x82" in tail
    if data.startswith(JPEG_START):
        return b"\xff\xd9" in tail
    return len(data) >= int.from_bytes(data[4:8], "little") + 8


def told_too_long(headers: httpx.Headers) -> bool:
    """Whether the answer announced more bytes than a picture may have."""
    told = headers.get("content-length", "")
    return told.isdecimal() and int(told) > MAX_IMAGE_BYTES


async def all_fetched(
    http: httpx.AsyncClient, urls: Sequence[httpx.URL], deadline: Deadline
) -> tuple[tuple[bytes | None, ...], ProviderError | None]:
    """The pictures in order, None for each that can't be had, and the error worth asking again for, if any.

    One after the other: they come from one host, and together they would lie in memory half-read.
    """
    found: list[bytes | None] = []
    worst: ProviderError | None = None
    for url in urls:
        try:
            found.append(await fetched(http, url, deadline))
        except (BadAnswer, Busy, Unavailable) as error:
            # The links of one answer expire or fail one by one; the others may still be good.
            worst = error if worst is None or isinstance(error, Unavailable) else worst
            found.append(None)
    return tuple(found), worst
