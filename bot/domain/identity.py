"""Who is who and what is what: ids that can't be mixed up, and the person who asks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

JobId = NewType("JobId", int)
ImageId = NewType("ImageId", int)
WorkspaceId = NewType("WorkspaceId", str)
"""Platform and workspace together, as `slack:T1`: never the platform's bare id."""
LaneId = NewType("LaneId", str)
"""Platform, workspace and user together, as `slack:T1:U1`: one queue lane and one quota each."""
BlobKey = NewType("BlobKey", str)
"""SHA-256 of the bytes, in hex."""


class Role(StrEnum):
    """What a person may do; each includes the ones before it."""

    MEMBER = "member"
    TRUSTED = "trusted"
    """Nothing more than a member by itself: quotas and access can be given to them."""
    MODERATOR = "moderator"
    ADMIN = "admin"
    OWNER = "owner"

    def includes(self, other: Role) -> bool:
        """Whether this role may do what `other` may."""
        return _RANK[self] >= _RANK[other]


_RANK = {role: rank for rank, role in enumerate(Role)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who asks, as the platform told it. `name` is for display and is never trusted as markup.

    `groups` are the ids of the platform's roles or user groups the person is in; None when the platform couldn't say.
    """

    platform: str
    workspace: str
    user: str
    name: str
    role: Role = Role.MEMBER
    locale: str = "en"
    groups: tuple[str, ...] | None = ()

    @property
    def workspace_id(self) -> WorkspaceId:
        """The tenant this person belongs to."""
        return WorkspaceId(f"{self.platform}:{self.workspace}")

    @property
    def lane(self) -> LaneId:
        """The person's queue lane."""
        return LaneId(f"{self.platform}:{self.workspace}:{self.user}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an answer goes: a channel and, where there is one, the thread in it.

    `age_restricted` is False when nobody said. Where `tells_age`, the platform itself knows and nobody else decides.
    `callback` is the platform's short-lived reply handle.
    """

    channel: str
    thread: str | None = None
    age_restricted: bool = False
    tells_age: bool = False
    threads: bool = True
    """Whether an answer stands in a thread of its own request; False where admins want it in the channel."""
    callback: str | None = None
