"""Request bodies, read piece by piece and never past a limit."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request

MAX_JSON_BYTES = 1_000_000
MAX_PICTURE_BYTES = 20 * 1024 * 1024
"""Largest picture one may bring. Ours; Discord's own limit for members is 10 MiB, Slack's 1 GB (read 2026-11)."""

KEY_PATTERN = r"^[A-Za-z0-9_-]{8,64}$"


class Body(BaseModel):
    """What the page sends; anything unexpected in it is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=False)


class Where(Body):
    """The place on the page that something was done from. `key` makes a resend the same event."""

    key: str = Field(pattern=KEY_PATTERN)
    channel: str = Field(max_length=40)
    thread: int | None = Field(default=None, ge=1)
    as_user: str = Field(max_length=40)
    """Who the page takes the person for; another tab may have switched meanwhile."""


class Say(Where):
    """A line typed into a composer."""

    text: str = Field(max_length=200_000)
    reference: str | None = Field(default=None, max_length=400)


class PressBody(Where):
    """A button pressed, or a form sent when it has inputs."""

    action: str = Field(max_length=100)
    inputs: dict[str, str] = Field(default_factory=dict, max_length=40)
    mask: str | None = Field(default=None, max_length=400)


class Be(Body):
    """A switch of person."""

    user: str = Field(max_length=40)


B = TypeVar("B", bound=Body)


async def read_capped(request: Request, *, limit_bytes: int) -> bytes:
    """The body. HTTPException 413 as soon as it is larger than `limit_bytes`, whatever its header claims."""
    pieces = bytearray()
    async for piece in request.stream():
        pieces += piece
        if len(pieces) > limit_bytes:
            raise HTTPException(
                413,
                f"That is larger than {limit_bytes // (1024 * 1024) or 1} MB, the most that fits.",
            )
    return bytes(pieces)


async def read_json(request: Request, kind: type[B]) -> B:
    """The body as a `kind`. HTTPException 415 or 400 when it is none."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise HTTPException(415, "This must be sent as JSON.")
    try:
        return kind.model_validate_json(await read_capped(request, limit_bytes=MAX_JSON_BYTES))
    except ValidationError as error:
        raise HTTPException(400, "The page sent something unexpected. Reload it.") from error
