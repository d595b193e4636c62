"""Who is served when, and what they are told about it."""

import pytest

from bot.domain.identity import JobId
from bot.store.opening import Store
from tests.contracts.store_kit import claim, finish, person, queued


async def served(store: Store, count: int) -> list[JobId]:
    """The next jobs, one claim at a time, each finished at once."""
    order: list[JobId] = []
    while len(order) < count:
        (claimed,) = await claim(store)
        order.append(claimed.job.id)
        await finish(store, claimed.fence)
    return order


async def fill(store: Store, user: str, count: int, **wishes: object) -> list[JobId]:
    return [await queued(store, f"{user}{n}", user=user, **wishes) for n in range(count)]  # type: ignore[arg-type]


async def test_equal_weights_take_turns(store: Store) -> None:
    users = ["ann", "bob", "cas"]
    jobs = {user: await fill(store, user, 6) for user in users}

    order = await served(store, 18)

    owner_of = {job: user for user in users for job in jobs[user]}
    rounds = [{owner_of[job] for job in order[n : n + 3]} for n in range(0, 18, 3)]
    assert rounds == [set(users)] * 6
    for user in users:
        assert [job for job in order if owner_of[job] == user] == jobs[user]


async def test_weight_three_gets_three_of_four(store: Store) -> None:
    heavy = set(await fill(store, "heavy", 70, weight=3.0))
    await fill(store, "light", 70, weight=1.0)

    order = await served(store, 80)

    assert sum(job in heavy for job in order) == 60


async def test_a_latecomer_does_not_stand_behind_a_flood(store: Store) -> None:
    for user in ("a", "b", "c", "d"):
        await fill(store, user, 80)
    await served(store, 20)

    late = await queued(store, "late", user="late")

    assert await store.queue.place(late) <= 6
    assert late in await served(store, 6)


async def test_many_images_count_as_many_turns(store: Store) -> None:
    big = await fill(store, "big", 3, images=4)
    small = await fill(store, "small", 8)

    order = await served(store, 11)

    assert order.index(big[1]) > order.index(small[6])


async def test_an_idle_person_saves_no_credit(store: Store) -> None:
    await fill(store, "busy", 20)
    await served(store, 10)
    idle = await fill(store, "idle", 5)

    order = await served(store, 6)

    assert 2 <= sum(job in idle for job in order) <= 4


async def test_the_place_is_the_order_of_service(store: Store) -> None:
    for user in ("ann", "bob", "cas"):
        await fill(store, user, 4, cap=100)
    line = await store.queue.line()

    assert [one.place for one in line] == list(range(1, 13))
    assert [await store.queue.place(one.job) for one in line] == list(range(1, 13))
    assert await served(store, 12) == [one.job for one in line]


async def test_a_line_tells_whose_each_place_is(store: Store) -> None:
    job = await queued(store, "k1", user="ann")

    (line,) = await store.queue.line()

    assert (line.job, line.lane, line.place) == (job, person("ann").lane, 1)


async def test_what_does_not_wait_has_no_place(store: Store) -> None:
    await queued(store, "k1")
    (claimed,) = await claim(store)

    assert await store.queue.place(claimed.job.id) is None
    assert await store.queue.line() == []
    assert await store.queue.place(JobId(99)) is None


@pytest.mark.parametrize("cap", [1, 2])
async def test_nobody_runs_more_at_once_than_the_cap(store: Store, cap: int) -> None:
    await fill(store, "ann", 5, cap=cap)
    await fill(store, "bob", 1, cap=cap)

    claims = await claim(store, slots=10)

    users = [claimed.job.person.user for claimed in claims]
    assert users.count("ann") == cap
    assert users.count("bob") == 1
