"""Admins hear of a model's end a month before, in the channel they named, once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.domain.identity import Role
from bot.pipeline.shutdowns import ShutdownWatch
from bot.wiring.fittings import SystemClock
from tests.scenarios.shops import Shop, model, open_street, stall
from tests.scenarios.stage import WAIT_S, Stage

TODAY = SystemClock().now().date()
SOON = TODAY + timedelta(days=29)


def watch(street: Stage) -> ShutdownWatch:
    """What one process looks with."""
    desk = street.house.desk
    return ShutdownWatch(
        catalog=desk.catalog,
        notices=street.house.store.notices,
        rulebook=desk.rulebook,
        rules=desk.rules,
        clock=desk.clock,
        stop=asyncio.Event(),
    )


async def heard(street: Stage, count: int) -> list[tuple[str, str, tuple[str, ...]]]:
    async with asyncio.timeout(WAIT_S):
        while len(street.chat.said) < count:
            await street.house.signals.wait("nothing", timeout_s=0.02)
    return [(one.workspace, one.card.headline, one.card.lines) for one in street.chat.said]


async def test_a_models_end_is_told_once_with_its_successor(tmp_path):
    later = TODAY + timedelta(days=60)
    shop = Shop(
        "shop",
        (model("old", shutdown=SOON, successor="new"), model("new"), model("b", shutdown=later)),
    )
    async with open_street(tmp_path, stall(shop)) as street:
        await street.actor("ida", Role.ADMIN).says("/admin notify set #general")
        first, other_process = watch(street), watch(street)
        for one in (first, first, other_process):
            await one.look()
        told = await heard(street, 1)
        due = await street.house.store.notices.due(owner="me", limit=9, lease_s=30)

    assert not due
    [(workspace, headline, lines)] = told
    assert workspace == "test:W"
    assert headline == f"old ends on {SOON.isoformat()}"
    assert "go to new" in lines[1]


async def test_only_those_are_told_who_listen_and_may_ask_for_it(tmp_path):
    shop = Shop("shop", (model("old", shutdown=SOON), model("new")))
    async with open_street(tmp_path, stall(shop)) as street:
        ida = street.actor("ida", Role.ADMIN)
        other = street.actor("zoe", Role.ADMIN, workspace="V")
        await street.actor("eve", Role.ADMIN, workspace="U").says("/admin model deny new")
        for admin in (ida, other):
            await admin.says("/admin notify set #general")
        await ida.says("/admin model deny old")
        await watch(street).look()
        told = await heard(street, 1)

    assert [workspace for workspace, _, _ in told] == ["test:V"]
    assert "refused" in told[0][2][1]
