"""The playground's channel and what is uploaded to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.identity import BlobKey, JobId, WorkspaceId


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelMessage:
    """One message of the playground. `job` is set on messages that show a job: they are drawn from its state.

    `text` is what a person typed. `thread` is the id of the message that opened the thread. `only_for` is set on
    what one person alone may see.
    """

    id: int
    channel: str
    thread: int | None
    author: str
    """A person's user id, or `impasto`."""
    text: str
    job: JobId | None
    final: bool
    only_for: str | None
    created_at: datetime
    changed_at: datetime


class Channel(Protocol):
    """The playground's messages, durable like any platform's."""

    async def put(self, message: NewMessage) -> int:
        """Its id; the same nonce again gives the message there is, brought up to date."""

    async def messages(
        self, channel: str, *, viewer: str, since: datetime | None = None, limit: int = 200
    ) -> Sequence[ChannelMessage]:
        """What `viewer` may see, oldest first; with `since`, only what changed after it."""

    async def of_job(self, job: JobId) -> Sequence[ChannelMessage]:
        """The messages that show a job."""

    async def remove(self, message: int) -> None:
        """Gone for everybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """A message about to be put into the playground."""

    nonce: str
    channel: str
    author: str
    text: str = ""
    thread: int | None = None
    job: JobId | None = None
    final: bool = False
    only_for: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedBlob:
    """What a signed link leads to."""

    workspace: WorkspaceId
    key: BlobKey


class PictureLinks(Protocol):
    """Signed links to pictures, the last part of `/i/{signed}`."""

    def link(self, workspace: WorkspaceId, key: BlobKey) -> str:
        """A URL-safe token. The same for a good while, so that browsers need not fetch a picture twice."""

    def open(self, token: str) -> LinkedBlob | None:
        """What the token leads to; None when it was tampered with or is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfit:
    """An upload that can't be used; `sentence` tells the person why and what would do."""

    sentence: str


class Uploads(Protocol):
    """Takes pictures that people bring, makes them safe and stores them."""

    async def reference(self, data: bytes) -> BlobKey | Unfit:
        """The picture to start from."""

    async def mask(self, data: bytes) -> BlobKey | Unfit:
        """A painted region as a single-channel mask, 255 = edit."""
