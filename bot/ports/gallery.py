"""Pictures as people see them: shown, rated, reported, repeated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from bot.domain.identity import BlobKey, ImageId, JobId, LaneId, Person, WorkspaceId
from bot.domain.job import StoredImage
from bot.domain.rating import Rating, Ratings
from bot.domain.report import Reported


class Repeats(Protocol):
    """Which request asked for exactly what, so that the same need not be painted twice. Never across workspaces."""

    async def find(self, workspace: WorkspaceId, digest: str) -> JobId | None:
        """The last delivered request of that digest."""

    async def keep(self, workspace: WorkspaceId, digest: str, job: JobId) -> None:
        """Remembers it; it may be lost, which costs a call."""


class Gallery(Protocol):
    """Finished pictures and what people say of them. Another workspace's picture does not exist."""

    async def image(self, image: ImageId, *, workspace: WorkspaceId) -> StoredImage | None:
        """The picture, hidden ones included; deleted ones are gone."""

    async def images_of(self, job: JobId) -> Sequence[StoredImage]:
        """A job's pictures by position, hidden and deleted ones left out."""

    async def made_by(self, job: JobId) -> int:
        """How many pictures the job ever gave, hidden and deleted ones included."""

    async def recent(
        self,
        *,
        workspace: WorkspaceId,
        lane: LaneId | None,
        limit: int,
        before: ImageId | None = None,
        viewer: LaneId | None = None,
    ) -> Sequence[StoredImage]:
        """Newest first; of one person, or of all without those that others than the viewer keep to themselves."""

    async def delete(self, image: ImageId, *, by: Person) -> tuple[BlobKey, ...] | None:
        """Blobs nobody else uses any more, for deletion; None when it was gone already."""

    async def report(self, image: ImageId, *, by: Person, reason: str) -> bool:
        """Hides it for the workspace, files a report and an audit row.

        False, and nothing changed, when this person reported it before or there is no such picture here.
        """

    async def rate(self, image: ImageId, *, by: Person, rating: Rating | None) -> bool:
        """What this person thinks of it from now on; None takes it back. False when there is no such picture here."""

    async def ratings(self, image: ImageId, *, lane: LaneId) -> Ratings:
        """What everybody thinks of it, and what this person does."""


class Reports(Protocol):
    """Reported pictures, which are hidden until a moderator has looked at them."""

    async def waiting(self, workspace: WorkspaceId, *, limit: int) -> Sequence[Reported]:
        """What was said of hidden pictures, the longest waiting first."""

    async def restore(self, image: ImageId, *, by: Person) -> bool:
        """Shown again, with an audit entry; False when it isn't hidden in the person's workspace."""


class TemplatePictures(Protocol):
    """What was made with templates."""

    async def made_with(
        self, workspace: WorkspaceId, names: Sequence[str]
    ) -> Mapping[str, StoredImage]:
        """The newest picture made with each template that everybody may see; those without one are left out."""
