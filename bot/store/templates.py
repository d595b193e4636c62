"""Which requests were made with which template, so that a template is shown by a picture made with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import and_, exists, insert, select, true
from sqlalchemy import false as never

from bot.domain.identity import ImageId, JobId, WorkspaceId
from bot.domain.job import StoredImage
from bot.ports import Submission
from bot.store.gallery import one
from bot.store.rule_tables import template_job
from bot.store.statement import Statement, param
from bot.store.tables import SHOWN, image, preference
from bot.store.transaction import Executor, Transaction

_NOTE = Statement(
    insert(template_job).values(
        workspace=param("workspace"), template=param("template"), job=param("job")
    )
)
_IS_PRIVATE = exists().where(
    preference.c.workspace == image.c.workspace,
    preference.c.lane == image.c.lane,
    preference.c.private == true(),
)
_NEWEST = Statement(
    select(image.c.id)
    .join(template_job, template_job.c.job == image.c.job)
    .where(
        template_job.c.workspace == param("workspace"),
        template_job.c.template == param("template"),
        and_(SHOWN, image.c.sensitive == never()),
        ~_IS_PRIVATE,
    )
    .order_by(template_job.c.job.desc(), image.c.position)
    .limit(1)
)


def note_use(tx: Transaction, job: JobId, submission: Submission) -> None:
    """Nothing; remembers which template the request was made with, where it was."""
    used = submission.order.template
    if used is not None:
        tx.change(_NOTE, workspace=submission.person.workspace_id, template=used.name, job=job)


def made_with(tx: Transaction, workspace: str, names: Sequence[str]) -> dict[str, StoredImage]:
    """The newest picture made with each template that everybody may see; those without one are left out."""
    found: dict[str, StoredImage] = {}
    for name in names:
        row = tx.row(_NEWEST, workspace=workspace, template=name)
        shown = None if row is None else one(tx, ImageId(row[0]), workspace=workspace)
        if shown is not None:
            found[name] = shown
    return found


class SqlTemplatePictures:
    """`bot.ports.TemplatePictures` over any executor."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def made_with(
        self, workspace: WorkspaceId, names: Sequence[str]
    ) -> Mapping[str, StoredImage]:
        """The newest picture made with each template that everybody may see."""
        return await self._executor.read(made_with, workspace, names)
