"""What a chat platform has to be remembered by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from bot.domain.identity import BlobKey, JobId, WorkspaceId


class FirstLook(StrEnum):
    """How a request was answered at first, which on Discord settles who may see what follows."""

    PUBLIC = "public"
    """By a message everybody sees; it says nothing of the request yet."""
    SHOWN = "shown"
    """By a message everybody sees that shows the job."""
    PRIVATE = "private"
    """By a message only the asker sees."""
    SILENT = "silent"
    """Without a message of its own: a button was pressed."""
    LOST = "lost"
    """Not in time, or nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstResponse:
    """What the platform made of our first response. `message` is its reference, None when there is none."""

    look: FirstLook
    message: str | None = None


class FirstResponses(Protocol):
    """First responses by job, and which commands are registered."""

    async def put(self, job: JobId, response: FirstResponse) -> None:
        """Remembers it."""

    async def of(self, job: JobId) -> FirstResponse | None:
        """None while there was none, or when the process died over it."""

    async def registered(self, application: str) -> str | None:
        """The digest of the commands that were registered last."""

    async def set_registered(self, application: str, digest: str) -> None:
        """Remembers the digest of the commands just registered."""

    async def ended_between(
        self, since_s: float, until_s: float, *, newest: int
    ) -> Sequence[JobId]:
        """Those of the newest jobs that were over then, in seconds since 1970."""

    async def with_gone(
        self, *, newest: int, within_s: float, since_s: float | None = None
    ) -> Mapping[JobId, int]:
        """Those of the newest jobs of which a picture was deleted or hidden lately, and how many ever were.

        That is within `within_s` from now, or after `since_s`, in seconds since 1970, where that is longer ago.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMessage:
    """A message that shows a job on a platform, by the platform's own ids. `shown` are the positions of its pictures."""

    job: JobId
    final: bool
    workspace: WorkspaceId
    channel: str
    message: str
    thread: str | None
    shown: tuple[int, ...] = ()
    sheet: BlobKey | None = None
    """The one file that shows all of them, where there is one."""


class ChatMessages(Protocol):
    """Where each job stands in chat: for edits, and for whoever would post it a second time."""

    async def put(self, message: ChatMessage) -> None:
        """Remembers it; a job has one that shows it waiting and one with its answer."""

    async def keep_first(self, message: ChatMessage) -> ChatMessage:
        """Remembers it unless such a message of the job is on record; the one that is. Of two posted, the first stays."""

    async def of_job(self, job: JobId) -> Sequence[ChatMessage]:
        """What shows the job, the answer last."""

    async def count_edit(self, job: JobId, *, most: int) -> bool:
        """Counts an edit of the message that shows it waiting; False, and nothing counted, when it had `most`."""

    async def showing_gone(self, *, newest: int) -> Sequence[JobId]:
        """Those of the newest jobs whose answer still shows a picture that was deleted or hidden since."""


class ChatFiles(Protocol):
    """Which of our blobs a workspace's platform holds as files."""

    async def file(self, workspace: WorkspaceId, blob: BlobKey) -> str | None:
        """The platform's id of the file."""

    async def keep(self, workspace: WorkspaceId, blob: BlobKey, file: str) -> None:
        """Remembers an uploaded file."""

    async def forget(self, workspace: WorkspaceId, blob: BlobKey) -> str | None:
        """The file that held the blob, remembered no more."""

    async def outlived(self, workspace: WorkspaceId, job: JobId) -> Sequence[BlobKey]:
        """Blobs still held as files of which every picture is deleted or hidden, one of this job's among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """A workspace that installed the bot. `token` is a secret; it is stored encrypted."""

    workspace: WorkspaceId
    token: str = field(repr=False)
    bot_user: str
    name: str = ""
    scopes: str = ""


class Installations(Protocol):
    """Who installed the bot, one row for each workspace."""

    async def save(self, installation: Installation) -> None:
        """Installed, or installed anew."""

    async def find(self, workspace: WorkspaceId) -> Installation | None:
        """None when it never was, or is no more."""

    async def remove(self, workspace: WorkspaceId) -> None:
        """Uninstalled, or its token revoked: the token is deleted."""
