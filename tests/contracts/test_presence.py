"""Which processes there are, and whether they share a folder."""

import pytest

from bot.ports import Presence
from bot.store.opening import Store
from tests.contracts.store_kit import MovableClock

LEASE_S = 15.0


@pytest.fixture
def presence(store: Store) -> Presence:
    return store.presence


async def joined(presence: Presence, owner: str, part: str = "worker", *, house: str = "h") -> int:
    """How many it met that keep their files elsewhere."""
    return len(await presence.join(owner, part, house=house, lease_s=LEASE_S))


async def beaten(presence: Presence, owner: str, part: str = "worker") -> dict[str, int]:
    return dict(await presence.beat(owner, part, house="h", lease_s=LEASE_S))


async def test_all_who_live_are_counted_by_part(presence: Presence) -> None:
    await joined(presence, "a", "gateway")
    await joined(presence, "b")
    await joined(presence, "c")

    assert await beaten(presence, "b") == {"gateway": 1, "worker": 2}


async def test_who_beats_no_more_is_gone_after_a_lease(
    presence: Presence, clock: MovableClock
) -> None:
    await joined(presence, "a")
    await joined(presence, "b")
    clock.forward(LEASE_S - 1)
    await beaten(presence, "b")

    clock.forward(1)

    assert await beaten(presence, "b") == {"worker": 1}


async def test_who_froze_and_was_forgotten_is_counted_again_when_it_beats(
    presence: Presence, clock: MovableClock
) -> None:
    await joined(presence, "a")
    await joined(presence, "b", "gateway")
    clock.forward(LEASE_S)
    await beaten(presence, "a")

    assert await beaten(presence, "b", "gateway") == {"worker": 1, "gateway": 1}


async def test_who_leaves_is_gone_at_once(presence: Presence) -> None:
    await joined(presence, "a")
    await joined(presence, "b")

    await presence.leave("a")

    assert await beaten(presence, "b") == {"worker": 1}


async def test_who_keeps_files_elsewhere_is_told_of_those_that_live_and_not_counted(
    presence: Presence, clock: MovableClock
) -> None:
    await joined(presence, "a")

    assert await joined(presence, "b", house="another") == 1
    assert await beaten(presence, "a") == {"worker": 1}

    clock.forward(LEASE_S)
    assert await joined(presence, "b", house="another") == 0
