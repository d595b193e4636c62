"""The log only grows, and whoever rewrites it is found out."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.domain.audit import AuditQuery, Deed
from bot.store.opening import Store
from bot.store.statement import Statement
from bot.store.transaction import Transaction
from tests.contracts.store_kit import MovableClock, finish, person, running

GUARDS = {
    "sqlite": ("DROP TRIGGER audit_log_no_update", "DROP TRIGGER audit_log_no_delete"),
    "postgres": ("DROP TRIGGER audit_log_no_change ON audit_log",),
}


def deed(number: int = 0, *, workspace: str = "slack:T1", action: str = "x.done") -> Deed:
    return Deed(
        workspace=workspace,
        actor=f"{workspace}:U{number}",
        name="Ida",
        action=action,
        target=f"image:{number}",
        detail={"reason": "because"},
    )


async def run(store: Store, *lines: str) -> None:
    def change(tx: Transaction) -> None:
        for line in lines:
            tx.change(Statement(text(line)))

    await store.executor.write(change)


async def unguarded(store: Store, *lines: str) -> None:
    """What somebody does who owns the database."""
    await run(store, *GUARDS["sqlite" if store.exclusive else "postgres"], *lines)


async def noted(store: Store, count: int = 4) -> None:
    for number in range(count):
        await store.audit.note(deed(number))


async def test_each_workspace_has_a_chain_of_its_own(store: Store) -> None:
    await noted(store, 2)
    await store.audit.note(deed(workspace="slack:T2"))

    ends, breaches = await store.audit.check()

    assert [(end.workspace, end.number) for end in ends] == [("slack:T1", 2), ("slack:T2", 1)]
    assert breaches == []
    assert await store.audit.stands("slack:T1", 2, ends[0].sha256)
    assert not await store.audit.stands("slack:T1", 1, ends[0].sha256)


async def test_entries_can_be_narrowed(store: Store, clock: MovableClock) -> None:
    await store.audit.note(deed(1, action="quota.set"))
    clock.forward(3600)
    await store.audit.note(deed(2, action="quota.reset"))
    await store.audit.note(deed(1, action="quotas"))

    async def actions(**filters: object) -> list[str]:
        query = AuditQuery(workspace="slack:T1", **filters)  # type: ignore[arg-type]
        return [entry.action for entry in await store.audit.entries(query)]

    assert await actions() == ["quotas", "quota.reset", "quota.set"]
    assert await actions(action="quota") == ["quota.reset", "quota.set"]
    assert await actions(action="quota.set") == ["quota.set"]
    assert await actions(actor="slack:T1:U2") == ["quota.reset"]
    assert await actions(target="image:1") == ["quotas", "quota.set"]
    assert await actions(since=clock.now() - timedelta(minutes=5)) == ["quotas", "quota.reset"]
    assert await actions(limit=1) == ["quotas"]


async def test_nothing_in_the_log_can_be_changed_by_a_slip(store: Store) -> None:
    await noted(store)

    for line in ("UPDATE audit_log SET actor = 'x'", "DELETE FROM audit_log"):
        with pytest.raises(Exception, match="the audit log only grows"):
            await run(store, line)

    assert (await store.audit.check())[1] == []


@pytest.mark.parametrize(
    ("lines", "number", "what"),
    [
        (["UPDATE audit_log SET actor = 'nobody' WHERE number = 2"], 2, "it was changed"),
        (["UPDATE audit_log SET at_us = at_us + 1 WHERE number = 3"], 3, "it was changed"),
        (
            [
                "UPDATE audit_body SET body = '{}' WHERE entry = (SELECT id FROM audit_log WHERE number = 2)"
            ],
            2,
            "what it tells was changed",
        ),
        (
            [
                "DELETE FROM audit_body WHERE entry = (SELECT id FROM audit_log WHERE number = 2)",
                "DELETE FROM audit_log WHERE number = 2",
            ],
            2,
            "it is missing",
        ),
        (
            [
                "DELETE FROM audit_body WHERE entry = (SELECT id FROM audit_log WHERE number = 4)",
                "DELETE FROM audit_log WHERE number = 4",
            ],
            4,
            "the chain ends at 3, and should at 4",
        ),
        (
            [
                "UPDATE audit_log SET number = 9 WHERE number = 2",
                "UPDATE audit_log SET number = 2 WHERE number = 3",
                "UPDATE audit_log SET number = 3 WHERE number = 9",
            ],
            2,
            "it doesn't follow",
        ),
        (["DELETE FROM audit_head"], 5, "the chain ends at 4, and should at 0"),
    ],
)
async def test_whoever_rewrites_it_is_found_out(
    store: Store, lines: list[str], number: int, what: str
) -> None:
    await noted(store)

    await unguarded(store, *lines)

    _, (breach,) = await store.audit.check()
    assert (breach.workspace, breach.number) == ("slack:T1", number)
    assert what in breach.what


async def test_what_names_people_can_be_erased_and_the_chain_holds(store: Store) -> None:
    await noted(store)

    await run(store, "DELETE FROM audit_body")

    assert (await store.audit.check())[1] == []
    assert [one.body for one in await store.audit.entries(AuditQuery(workspace="slack:T1"))] == [
        None
    ] * 4


async def test_a_deleted_picture_is_in_the_log_with_who_did_it(store: Store) -> None:
    claimed = await running(store, "k1")
    await finish(store, claimed.fence)
    (image,) = await store.gallery.images_of(claimed.job.id)

    await store.gallery.delete(image.id, by=person("bob"))

    (entry,) = await store.audit.entries(AuditQuery(workspace="slack:T1"))
    assert (entry.actor, entry.action, entry.target) == (
        "slack:T1:bob",
        "image.delete",
        f"image:{image.id}",
    )


async def test_deeds_at_once_stand_one_after_the_other(store: Store) -> None:
    await asyncio.gather(*(store.audit.note(deed(number)) for number in range(30)))

    (end,), breaches = await store.audit.check()

    assert (end.number, breaches) == (30, [])
