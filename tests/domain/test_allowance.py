"""What applies to whom: the most specific rule, a channel's on top, and never more than was said."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.allowance import UNLIMITED, QuotaRules, channel_scope, user_scope
from bot.domain.house import HouseRules
from bot.domain.identity import Person, Place
from bot.domain.quota import Period

HOUSE = HouseRules(images_per_day=100, jobs_at_once=2, jobs_queued=20)
HERE = Place(channel="C1")
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def person(user: str = "ana", *groups: str) -> Person:
    return Person(platform="slack", workspace="T1", user=user, name=user, groups=groups)


def per_day(rules: QuotaRules, who: Person, place: Place = HERE) -> list[tuple[str, int]]:
    allowance = rules.allowance(who, place, HOUSE)
    return [(one.scope, one.images) for one in allowance.limits if one.period is Period.DAY]


def test_without_rules_the_house_decides() -> None:
    assert per_day(QuotaRules(), person()) == [("user:slack:T1:ana", 100)]


def test_the_most_specific_rule_wins_for_each_thing_by_itself() -> None:
    rules = QuotaRules(
        quotas={
            "everyone": {"day": 10, "count": 2},
            "role:designers": {"day": 200, "weight": 2.0},
            "person:ana": {"day": 50},
        }
    )
    ana, ben, cas = person("ana", "designers"), person("ben", "designers"), person("cas")

    assert [per_day(rules, one)[0][1] for one in (ana, ben, cas)] == [50, 200, 10]
    allowance = rules.allowance(ana, HERE, HOUSE)
    assert (allowance.weight, allowance.count) == (2.0, 2)
    assert allowance.because["weight"].shown == "role:designers"
    assert allowance.because["count"].shown == "everyone"
    assert rules.allowance(cas, HERE, HOUSE).weight == 1.0


def test_of_several_roles_the_most_generous_counts() -> None:
    rules = QuotaRules(
        quotas={
            "role:a": {"day": 5, "models": ["x"]},
            "role:b": {"day": UNLIMITED, "models": ["y"]},
        }
    )

    allowance = rules.allowance(person("ana", "a", "b"), HERE, HOUSE)

    assert allowance.limits == ()
    assert allowance.models == frozenset({"x", "y"})


def test_a_channels_cap_binds_everyone_in_it_beside_their_own() -> None:
    rules = QuotaRules(
        quotas={
            "channel:C1": {"day": 500, "count": 2, "queued": 50},
            "person:ana": {"count": 8, "models": ["x", "y"]},
            "everywhere": {"day": 7, "models": ["y", "z"]},
        }
    )
    ana = person()

    assert per_day(rules, ana) == [
        (user_scope(ana.lane), 100),
        (channel_scope(ana.workspace_id, "C1"), 500),
    ]
    assert per_day(rules, ana, Place(channel="C2"))[1][1] == 7
    allowance = rules.allowance(ana, HERE, HOUSE)
    assert (allowance.count, allowance.queued) == (2, 20)
    assert allowance.because["count"].shown == "#C1"
    assert allowance.models == frozenset({"y"})


def test_roles_the_platform_could_not_tell_give_nothing() -> None:
    rules = QuotaRules(quotas={"role:designers": {"day": 200}, "everyone": {"day": 3}})
    unsure = Person(platform="slack", workspace="T1", user="ana", name="ana", groups=None)

    assert per_day(rules, unsure)[0][1] == 3


def at(rules: QuotaRules, who: Person, now: datetime = NOON) -> dict[str, int]:
    allowance = rules.allowance(who, HERE, HOUSE)
    found = rules.counters(allowance, who, HERE, now=now, zone=UTC)
    return {one.period_key: one.limit for one in found}


def test_what_is_granted_counts_in_every_period_around_it_and_ends_with_its_own() -> None:
    rules = QuotaRules(
        quotas={"person:ana": {"hour": 5, "day": 10, "month": 30}},
        grants={"person:ana": {"day:2026-11-25 e1": 20}, "role:d": {"month:2026-11 e2": 1}},
    )
    ana = person("ana", "d")

    today, tomorrow = at(rules, ana), at(rules, ana, NOON + timedelta(days=1))

    assert today == {"hour:2026-11-25T12+0000": 5, "day:2026-11-25": 30, "month:2026-11": 51}
    assert tomorrow["day:2026-11-26"] == 10
    assert tomorrow["month:2026-11"] == 51
    assert at(rules, ana, NOON + timedelta(days=10))["month:2026-12"] == 30


def test_what_was_forgiven_counts_in_exactly_its_period() -> None:
    rules = QuotaRules(
        quotas={"person:ana": {"day": 10, "month": 30}},
        forgiven={"person:ana": {"day:2026-11-25": 10, "month:2026-11": 12}},
    )

    assert at(rules, person()) == {"day:2026-11-25": 20, "month:2026-11": 42}


numbers = st.one_of(st.none(), st.integers(0, 50), st.just(UNLIMITED))
bodies = st.fixed_dictionaries({"day": numbers, "month": numbers}).map(
    lambda body: {name: value for name, value in body.items() if value is not None}
)
keys = st.sampled_from(
    ["person:ana", "role:a", "role:b", "everyone", "channel:C1", "everywhere", "person:ben"]
)


@given(st.dictionaries(keys, bodies), st.lists(st.sampled_from(["a", "b"]), unique=True))
def test_nobody_has_more_than_the_most_that_some_rule_says(rules, groups) -> None:
    allowance = QuotaRules(quotas=rules).allowance(person("ana", *groups), HERE, HOUSE)

    scopes = [(one.scope, one.period) for one in allowance.limits]
    assert len(set(scopes)) == len(scopes)
    for limit in allowance.limits:
        said = [body.get(limit.period.value) for body in rules.values()]
        assert limit.images in [*said, HOUSE.images_per_day]
        assert (limit.because is None) == (limit.images == 100 and limit.because is None)
    own = rules.get("person:ana", {}).get("day")
    if isinstance(own, int):
        assert (user_scope(person().lane), own) in per_day(
            QuotaRules(quotas=rules), person("ana", *groups)
        )


@given(st.dictionaries(keys, bodies))
def test_rules_about_others_change_nothing(rules) -> None:
    mine = {
        key: body for key, body in rules.items() if key not in {"person:ben", "role:a", "role:b"}
    }

    one = QuotaRules(quotas=rules).allowance(person(), HERE, HOUSE)
    other = QuotaRules(quotas=mine).allowance(person(), HERE, HOUSE)

    assert one == other
