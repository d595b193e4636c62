"""Which purses a request is paid from, and how its cost is shared among its pictures."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.budget import BudgetRules, percent_told, share_microusd
from bot.domain.identity import Person, Place

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def purses(budgets, *groups: str) -> dict[str, int]:
    ana = Person(platform="slack", workspace="T1", user="ana", name="Ana", groups=groups)
    found = BudgetRules(budgets=budgets).purses(ana, Place(channel="C1"), now=NOON, zone=UTC)
    return {f"{one.scope} {one.period}": one.limit_microusd for one in found}


def test_every_budget_that_stands_for_a_request_is_one_of_its_purses() -> None:
    budgets = {
        "person:ana": {"day": 5},
        "person:ben": {"day": 1},
        "role:crew": {"month": 100},
        "channel:C1": {"day": 20},
        "channel:C2": {"day": 2},
        "everyone": {"month": 300},
    }

    assert purses(budgets, "crew") == {
        "user:slack:T1:ana day": 5,
        "role:slack:T1:crew month": 100,
        "channel:slack:T1:C1 day": 20,
        "workspace:slack:T1 month": 300,
    }


def test_of_what_each_has_the_most_specific_counts() -> None:
    each = {"everyone": {"each_day": 2}, "role:a": {"each_day": 7}, "role:b": {"each_day": 9}}

    assert purses(each) == {"user:slack:T1:ana day": 2}
    assert purses(each, "a", "b") == {"user:slack:T1:ana day": 9}
    assert purses({**each, "person:ana": {"day": 1}}, "a") == {"user:slack:T1:ana day": 1}


@given(st.integers(0, 10**9), st.integers(1, 10))
def test_the_shares_of_all_pictures_are_exactly_the_cost(cost: int, count: int) -> None:
    shares = [share_microusd(cost, part=part, of=count) for part in range(1, count + 1)]

    assert sum(shares) == cost
    assert max(shares) - min(shares) <= 1


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_mark_is_reached_when_that_much_is_spent(spent: int, limit: int) -> None:
    mark = percent_told(spent, limit)

    assert mark in {0, 50, 80, 100}
    assert mark == 0 or spent * 100 >= limit * mark
