"""Reported pictures, until a person has looked at them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import false, select, true, update

from bot.domain.identity import ImageId, Person, WorkspaceId
from bot.domain.report import Reported
from bot.store.gallery import note, one
from bot.store.moments import from_us
from bot.store.records import read_person
from bot.store.statement import Statement, param
from bot.store.tables import THERE, image, report
from bot.store.transaction import Executor, Transaction

_WAITING = Statement(
    select(report.c.image, report.c.person, report.c.reason, report.c.at_us)
    .join(image, image.c.id == report.c.image)
    .where(report.c.workspace == param("workspace"), THERE, image.c.hidden == true())
    .order_by(report.c.at_us)
    .limit(param("most"))
)
_RESTORE = Statement(
    update(image)
    .where(
        image.c.id == param("image"),
        image.c.workspace == param("workspace"),
        THERE,
        image.c.hidden == true(),
    )
    .values(hidden=false())
)


def waiting(tx: Transaction, workspace: str, *, limit: int) -> list[Reported]:
    """Hidden pictures with what was said of them, the longest waiting first."""
    found = []
    for image_id, person, reason, at_us in tx.rows(_WAITING, workspace=workspace, most=limit):
        picture = one(tx, image_id, workspace=workspace)
        if picture is not None:
            found.append(
                Reported(
                    image=picture,
                    by=read_person(person).name,
                    reason=str(reason),
                    at=from_us(at_us),
                )
            )
    return found


def restore(tx: Transaction, image_id: int, *, by: Person) -> bool:
    """Shown again, with an audit entry; False when it isn't hidden here."""
    if not tx.change(_RESTORE, image=image_id, workspace=by.workspace_id):
        return False
    note(tx, by, "image.restore", image_id)
    return True


class SqlReports:
    """`bot.ports.Reports` over any executor."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def waiting(self, workspace: WorkspaceId, *, limit: int) -> Sequence[Reported]:
        """The longest waiting first."""
        return await self._executor.read(waiting, workspace, limit=limit)

    async def restore(self, image: ImageId, *, by: Person) -> bool:
        """Shown again."""
        return await self._executor.write(restore, image, by=by)
