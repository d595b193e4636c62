"""What admins are told without having asked, on each database."""

from datetime import date

from bot.domain.audit import Deed
from bot.domain.identity import WorkspaceId
from bot.domain.notice import ModelEndNotice
from bot.ports import RuleChange
from bot.store.opening import Store


def ends(workspace: str, day: int = 1) -> ModelEndNotice:
    return ModelEndNotice(
        workspace=workspace,
        provider="openai",
        model="old",
        ends_on=date(2026, 12, day),
        successor="new",
    )


async def test_a_models_end_is_told_once_in_each_workspace_that_listens(store: Store) -> None:
    one, two = WorkspaceId("slack:T1"), WorkspaceId("slack:T2")
    assert await store.notices.listeners() == []
    for workspace in (one, two):
        named = RuleChange(topic="notify", subject="everyone", put={"channel": "C1"})
        deed = Deed(workspace=workspace, actor="z", name="Z", action="notify.set", target="C1")
        await store.rules.change(workspace, [named], deed=deed)
    assert await store.notices.listeners() == [one, two]

    for workspace in (one, two, one):
        await store.notices.write(workspace, ends(workspace))
    await store.notices.write(one, ends(one, day=9))
    due = await store.notices.due(owner="me", limit=9, lease_s=30)

    assert [(notice.workspace, notice.told) for notice in due] == [
        (one, ends(one)),
        (two, ends(two)),
        (one, ends(one, day=9)),
    ]
