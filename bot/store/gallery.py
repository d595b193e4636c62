"""Finished pictures: shown, hidden when reported, deleted with every blob nobody else uses."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ClauseElement, exists, func, select, true, update

from bot.domain.audit import Deed
from bot.domain.identity import BlobKey, ImageId, JobId, LaneId, Person, WorkspaceId
from bot.domain.job import StoredImage
from bot.domain.rating import Rating, Ratings
from bot.store import audit
from bot.store.blob_use import in_use
from bot.store.ratings import rate, ratings_of
from bot.store.records import read_texts, write_person
from bot.store.statement import InsertInto, Statement, param
from bot.store.tables import SHOWN, THERE, image, job, preference, report
from bot.store.transaction import Executor, Row, Transaction

_COLUMNS = (
    image.c.id,
    image.c.job,
    image.c.position,
    image.c.seed,
    image.c.width_px,
    image.c.height_px,
    image.c.mime,
    image.c.blob,
    image.c.view_blob,
    image.c.thumbnail_blob,
    image.c.phash,
    image.c.alt,
    image.c.not_drawn,
    image.c.parent,
    image.c.hidden,
    image.c.sensitive,
)
_ONE = Statement(
    select(*_COLUMNS).where(
        image.c.id == param("image"), image.c.workspace == param("workspace"), THERE
    )
)
_OF_JOB = Statement(
    select(*_COLUMNS).where(image.c.job == param("job"), SHOWN).order_by(image.c.position)
)
_MADE_BY = Statement(select(func.count()).select_from(image).where(image.c.job == param("job")))
_NEWEST = (
    select(*_COLUMNS)
    .where(image.c.workspace == param("workspace"), SHOWN, image.c.id < param("before"))
    .order_by(image.c.id.desc())
    .limit(param("most"))
)
_KEPT_TO_THEMSELVES = exists().where(
    preference.c.workspace == image.c.workspace,
    preference.c.lane == image.c.lane,
    preference.c.private == true(),
    preference.c.lane != param("viewer"),
)
_OF_ALL = Statement(_NEWEST.where(~_KEPT_TO_THEMSELVES))
_OF_LANE = Statement(_NEWEST.where(image.c.lane == param("lane")))
_NO_BOUND = 2**62

_DELETE = Statement(
    update(image)
    .where(image.c.id == param("image"), image.c.workspace == param("workspace"), THERE)
    .values(deleted_at_us=param("now_us"))
    .returning(image.c.job, image.c.blob, image.c.view_blob, image.c.thumbnail_blob)
)
_GRID = Statement(select(job.c.grid).where(job.c.id == param("job")))
_FORGET_GRID = Statement(update(job).where(job.c.id == param("job")).values(grid=None))
_HIDE = Statement(
    update(image)
    .where(
        image.c.id == param("image"),
        image.c.workspace == param("workspace"),
        THERE,
    )
    .values(hidden=true())
)


def _report(insert_: InsertInto) -> ClauseElement:
    return (
        insert_(report)
        .values(
            image=param("image"),
            workspace=param("workspace"),
            lane=param("lane"),
            person=param("person"),
            reason=param("reason"),
            at_us=param("now_us"),
        )
        .on_conflict_do_nothing(index_elements=["image", "lane"])
    )


_REPORT = Statement(_report)


def one(tx: Transaction, image_id: int, *, workspace: str) -> StoredImage | None:
    """The picture, unless it is deleted or another workspace's."""
    row = tx.row(_ONE, image=image_id, workspace=workspace)
    return None if row is None else _image(row)


def of_job(tx: Transaction, job_id: int) -> list[StoredImage]:
    """A job's pictures by position, hidden and deleted ones left out."""
    return [_image(row) for row in tx.rows(_OF_JOB, job=job_id)]


def made_by(tx: Transaction, job_id: int) -> int:
    """How many pictures the job ever gave: a deleted one keeps its row."""
    row = tx.row(_MADE_BY, job=job_id)
    return 0 if row is None else int(row[0])


def recent(
    tx: Transaction,
    *,
    workspace: str,
    lane: str | None,
    limit: int,
    before: int | None,
    viewer: str = "",
) -> list[StoredImage]:
    """Newest first; of all, without those that others than the viewer keep to themselves."""
    values = {
        "workspace": workspace,
        "before": _NO_BOUND if before is None else before,
        "most": limit,
    }
    if lane is None:
        rows = tx.rows(_OF_ALL, viewer=viewer, **values)
    else:
        rows = tx.rows(_OF_LANE, lane=lane, **values)
    return [_image(row) for row in rows]


def delete(tx: Transaction, image_id: int, *, by: Person) -> tuple[BlobKey, ...] | None:
    """Blobs nobody else uses any more; the sheet that shows the picture among others goes too."""
    row = tx.row(_DELETE, image=image_id, workspace=by.workspace_id, now_us=tx.now_us)
    if row is None:
        return None
    job_id, *keys = row
    (grid,) = tx.row(_GRID, job=job_id) or (None,)
    if grid is not None:
        tx.change(_FORGET_GRID, job=job_id)
        keys.append(grid)
    note(tx, by, "image.delete", image_id)
    return tuple(BlobKey(key) for key in dict.fromkeys(keys) if not in_use(tx, key))


def file_report(tx: Transaction, image_id: int, *, by: Person, reason: str) -> bool:
    """Hides the picture; False when this person reported it before, or there is no such picture here.

    Only a new report hides: what a moderator has shown again stays shown to whoever reported it before.
    """
    if one(tx, image_id, workspace=by.workspace_id) is None:
        return False
    if not tx.change(
        _REPORT,
        image=image_id,
        workspace=by.workspace_id,
        lane=by.lane,
        person=write_person(by),
        reason=reason,
        now_us=tx.now_us,
    ):
        return False
    tx.change(_HIDE, image=image_id, workspace=by.workspace_id)
    note(tx, by, "image.report", image_id, reason=reason)
    return True


def note(tx: Transaction, by: Person, action: str, image_id: int, **detail: str) -> None:
    """What was done to a picture, in the audit log."""
    audit.note(
        tx,
        Deed(
            workspace=by.workspace_id,
            actor=by.lane,
            name=by.name,
            action=action,
            target=f"image:{image_id}",
            detail=detail,
        ),
    )


def _image(row: Row) -> StoredImage:
    (
        id_,
        job_id,
        position,
        seed,
        width_px,
        height_px,
        mime,
        key,
        view,
        thumbnail,
        phash,
        alt,
        not_drawn,
        parent,
        hidden,
        sensitive,
    ) = row
    return StoredImage(
        id=ImageId(id_),
        job=JobId(job_id),
        position=position,
        seed=seed,
        width_px=width_px,
        height_px=height_px,
        mime=mime,
        key=BlobKey(key),
        view=BlobKey(view),
        thumbnail=BlobKey(thumbnail),
        phash=phash,
        alt=alt,
        not_drawn=read_texts(not_drawn),
        parent=None if parent is None else ImageId(parent),
        hidden=bool(hidden),
        sensitive=bool(sensitive),
    )


class SqlGallery:
    """`bot.ports.Gallery` over any executor."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def image(self, image: ImageId, *, workspace: WorkspaceId) -> StoredImage | None:
        """The picture, hidden ones included; deleted ones are gone."""
        return await self._executor.read(one, image, workspace=workspace)

    async def images_of(self, job: JobId) -> Sequence[StoredImage]:
        """A job's pictures by position, hidden and deleted ones left out."""
        return await self._executor.read(of_job, job)

    async def made_by(self, job: JobId) -> int:
        """How many pictures the job ever gave, hidden and deleted ones included."""
        return await self._executor.read(made_by, job)

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
        return await self._executor.read(
            recent,
            workspace=workspace,
            lane=lane,
            limit=limit,
            before=before,
            viewer=viewer or "",
        )

    async def delete(self, image: ImageId, *, by: Person) -> tuple[BlobKey, ...] | None:
        """Blobs nobody else uses any more; None when it was gone already."""
        return await self._executor.write(delete, image, by=by)

    async def report(self, image: ImageId, *, by: Person, reason: str) -> bool:
        """Hides it for the workspace, files a report and an audit row."""
        return await self._executor.write(file_report, image, by=by, reason=reason)

    async def rate(self, image: ImageId, *, by: Person, rating: Rating | None) -> bool:
        """What this person thinks of it from now on; None takes it back."""
        return await self._executor.write(rate, image, by=by, rating=rating)

    async def ratings(self, image: ImageId, *, lane: LaneId) -> Ratings:
        """What everybody thinks of it, and what this person does."""
        return await self._executor.read(ratings_of, image, lane=lane)
