"""What was decided is kept, with what every judge said, and letters nobody needs are put away."""

import json
import sqlite3
from pathlib import Path

from bot.store.opening import open_sqlite
from moderation import Gate
from tests.contracts.store_kit import (
    REFUSED,
    MovableClock,
    allowed,
    blocked,
    finish,
    picture,
    running,
    submitted,
)


def rows(database: Path, sql: str) -> list[tuple]:
    connection = sqlite3.connect(database)
    found = connection.execute(sql).fetchall()
    connection.close()
    return found


async def test_a_refusal_is_kept_with_every_opinion(database: Path, clock: MovableClock) -> None:
    store = await open_sqlite(database, clock=clock)

    await store.queue.refuse(await submitted(store, "k1"), ending=REFUSED, decision=blocked())

    ((gate, verdict, category, judge, body),) = rows(
        database, "SELECT gate, verdict, category, judge, body FROM decision"
    )
    assert (gate, verdict, category, judge) == ("prompt", "block", "violence", "rules")
    said = json.loads(body)
    assert said["decided"]["score"] == 0.9
    ((name, opinion),) = said["opinions"]
    assert (name, opinion["judge"], opinion["verdict"]["category"]) == (
        "block",
        "rules",
        "violence",
    )
    await store.aclose()


async def test_every_shown_image_has_its_decision(database: Path, clock: MovableClock) -> None:
    store = await open_sqlite(database, clock=clock)
    claimed = await running(store, "k1", images=3)

    await store.queue.finish(
        claimed.fence,
        images=[picture(1), picture(3)],
        decisions=[allowed(Gate.IMAGE)] * 3,
        cost_microusd=None,
        notes=(),
        grid=None,
    )

    found = rows(database, "SELECT position FROM decision WHERE gate = 'image' ORDER BY id")
    assert found == [(1,), (3,), (None,)]
    await store.aclose()


async def test_a_stale_fence_leaves_no_decision(database: Path, clock: MovableClock) -> None:
    store = await open_sqlite(database, clock=clock)
    fence = await submitted(store, "k1")
    await store.queue.refuse(fence, ending=REFUSED, decision=blocked())

    await store.queue.refuse(fence, ending=REFUSED, decision=blocked())

    assert len(rows(database, "SELECT id FROM decision")) == 1
    await store.aclose()


async def test_a_status_nobody_posts_is_put_away_with_the_answer(
    database: Path, clock: MovableClock
) -> None:
    store = await open_sqlite(database, clock=clock)
    claimed = await running(store, "k1")

    await finish(store, claimed.fence)

    assert rows(database, "SELECT final, state FROM outbox ORDER BY id") == [
        (0, "void"),
        (1, "pending"),
    ]
    await store.aclose()
