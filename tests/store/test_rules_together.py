"""Several processes on one Postgres: what one is told, all of them go by with the next request."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from bot.domain.audit import Deed
from bot.domain.identity import Role, WorkspaceId
from bot.pipeline.rulebook import Rulebook
from bot.ports import RuleChange
from bot.store.opening import Store
from bot.store.postgres_opening import open_postgres
from tests.scenarios.stage import Stage, open_stage

PROCESSES = 4
TEAM = WorkspaceId("slack:T1")

Stores = list[Store]


@pytest.fixture
async def stores(postgres_url: str) -> AsyncIterator[Stores]:
    async with AsyncExitStack() as stack:
        opened = [await open_postgres(postgres_url) for _ in range(PROCESSES)]
        for store in opened:
            stack.push_async_callback(store.aclose)
        yield opened


def deed(number: int) -> Deed:
    return Deed(workspace=TEAM, actor=f"slack:T1:U{number}", name="Ida", action="x", target="y")


async def test_a_change_in_one_process_is_read_in_every_other(stores: Stores) -> None:
    books = [Rulebook(store.rules) for store in stores]
    for book in books:
        assert (await book.current(TEAM)).version == 0

    change = RuleChange(topic="access", subject="everyone", put={"effect": "deny"})
    await stores[0].rules.change(TEAM, [change], deed=deed(0))

    assert [(await book.current(TEAM)).version for book in books] == [1] * PROCESSES


async def test_chains_written_by_many_processes_hold(stores: Stores) -> None:
    changes = [
        stores[number % PROCESSES].rules.change(
            TEAM,
            [RuleChange(topic="x", subject="everyone", put={f"p{number}": number})],
            deed=deed(number),
        )
        for number in range(40)
    ]
    notes = [stores[number % PROCESSES].audit.note(deed(number)) for number in range(40)]

    await asyncio.gather(*changes, *notes)

    (end,), breaches = await stores[0].audit.check()
    assert (end.number, breaches) == (80, [])
    rules = await stores[1].rules.newer(TEAM, than=None)
    assert rules is not None
    assert rules.version == 40


async def test_whoever_is_kept_out_in_one_process_is_kept_out_in_the_other(
    postgres_url, tmp_path
) -> None:
    async with (
        open_stage(tmp_path, database_url=postgres_url) as one,
        open_stage(tmp_path, database_url=postgres_url) as two,
    ):
        # Either process may post the answer, so nobody waits for it here.
        await two.actor("ana").says("/imagine a fox")

        await administers(one, "/admin access deny everyone")
        refused = await two.actor("ana").says("/imagine a hen")
        await administers(one, "/admin access allow everyone")
        taken = await two.actor("ana").says("/imagine a cow")

    assert refused.card is not None
    assert refused.card.headline == "This is not open to everyone"
    assert taken.card is not None
    assert taken.card.headline == "Got it"


async def administers(stage: Stage, line: str) -> None:
    reply = await stage.actor("ida", Role.ADMIN).says(line)
    assert reply.card is not None
    assert not reply.denied
