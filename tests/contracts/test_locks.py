"""Locks between processes: one holder at a time, and each holder's token is newer than the last."""

import pytest

from bot.ports import Locks
from bot.store.opening import Store
from tests.contracts.store_kit import MovableClock

NAME, LEASE_S = "shards", 15.0


@pytest.fixture
def locks(store: Store) -> Locks:
    return store.locks


async def taken(locks: Locks, owner: str, name: str = NAME) -> int | None:
    return await locks.acquire(name, owner=owner, lease_s=LEASE_S)


async def test_only_one_owner_gets_it(locks: Locks) -> None:
    assert await taken(locks, "a") is not None

    assert await taken(locks, "b") is None


async def test_other_names_are_other_locks(locks: Locks) -> None:
    await taken(locks, "a")

    assert await taken(locks, "b", "other shards") is not None


async def test_who_asks_again_has_it_under_a_newer_token(locks: Locks) -> None:
    """The answer to the first try may have been lost."""
    first = await taken(locks, "a")
    second = await taken(locks, "a")

    assert first is not None
    assert second is not None
    assert second > first
    assert not await locks.renew(NAME, token=first, lease_s=LEASE_S)


async def test_it_is_free_when_its_lease_is_over_and_not_before(
    locks: Locks, clock: MovableClock
) -> None:
    first = await taken(locks, "a")
    clock.forward(LEASE_S - 0.001)
    assert await taken(locks, "b") is None

    clock.forward(0.001)
    second = await taken(locks, "b")

    assert first is not None
    assert second is not None
    assert second > first


async def test_renewing_keeps_it(locks: Locks, clock: MovableClock) -> None:
    token = await taken(locks, "a")
    assert token is not None

    for _ in range(3):
        clock.forward(LEASE_S - 1)
        assert await locks.renew(NAME, token=token, lease_s=LEASE_S)

    assert await taken(locks, "b") is None


async def test_who_lost_it_can_neither_renew_nor_give_it_back(
    locks: Locks, clock: MovableClock
) -> None:
    old = await taken(locks, "a")
    clock.forward(LEASE_S)
    new = await taken(locks, "b")
    assert old is not None
    assert new is not None

    assert not await locks.renew(NAME, token=old, lease_s=LEASE_S)
    await locks.release(NAME, token=old)

    assert await taken(locks, "c") is None
    assert await locks.renew(NAME, token=new, lease_s=LEASE_S)


async def test_a_late_renewal_is_taken_while_nobody_else_came(
    locks: Locks, clock: MovableClock
) -> None:
    token = await taken(locks, "a")
    assert token is not None
    clock.forward(LEASE_S + 1)

    assert await locks.renew(NAME, token=token, lease_s=LEASE_S)

    assert await taken(locks, "b") is None


async def test_what_is_given_back_is_free_at_once_and_stays_given_back(locks: Locks) -> None:
    first = await taken(locks, "a")
    assert first is not None

    await locks.release(NAME, token=first)

    assert not await locks.renew(NAME, token=first, lease_s=LEASE_S)
    second = await taken(locks, "b")
    assert second is not None
    assert second > first


async def test_the_end_of_a_lease_is_told_of_whoever_did_not_give_it_back(
    locks: Locks, clock: MovableClock
) -> None:
    assert await locks.lapses_at(NAME) is None
    token = await taken(locks, "a")
    assert token is not None
    ends_at = clock.now().timestamp() + LEASE_S
    assert await locks.lapses_at(NAME) == ends_at

    clock.forward(LEASE_S + 5)
    assert await locks.lapses_at(NAME) == ends_at

    await locks.release(NAME, token=token)
    assert await locks.lapses_at(NAME) is None
