"""Who is let in where and when: pure rules."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.access import AccessRules, BlockRule, Effect, QuietHours, Why
from bot.domain.identity import Person, Place, Role
from bot.domain.standing import may_give, standing

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
ALLOW, DENY = Effect.ALLOW, Effect.DENY


def person(*groups: str, role: Role = Role.MEMBER, unsure: bool = False) -> Person:
    return Person(
        platform="slack",
        workspace="T1",
        user="U1",
        name="Ana",
        role=role,
        groups=None if unsure else groups,
    )


def why(rules: AccessRules, who: Person, *, channel: str = "C1", making: bool = True) -> Why | None:
    closed = rules.closed(who, Place(channel=channel), now=NOW, zone=UTC, making=making)
    return None if closed is None else closed.why


@pytest.mark.parametrize(
    ("effects", "groups", "expected"),
    [
        ({}, (), None),
        ({"everyone": DENY}, (), Why.EVERYONE),
        ({"everyone": DENY, "role:S1": ALLOW}, ("S1",), None),
        ({"everyone": DENY, "role:S1": ALLOW}, ("S2",), Why.EVERYONE),
        ({"role:S1": DENY}, ("S1",), Why.ROLE),
        ({"role:S1": DENY, "role:S2": ALLOW}, ("S1", "S2"), Why.ROLE),
        ({"role:S1": DENY, "person:U1": ALLOW}, ("S1",), None),
        ({"role:S1": ALLOW, "person:U1": DENY}, ("S1",), Why.PERSON),
        ({"channel:C1": DENY}, (), Why.CHANNEL),
        ({"channel:C1": DENY, "person:U1": ALLOW}, (), Why.CHANNEL),
        ({"everywhere": DENY}, (), Why.CHANNEL),
        ({"everywhere": DENY, "channel:C1": ALLOW}, (), None),
        ({"everywhere": DENY, "channel:C2": ALLOW}, (), Why.CHANNEL),
    ],
)
def test_the_most_specific_rule_wins_and_doubt_means_no(
    effects: dict[str, Effect], groups: tuple[str, ...], expected: Why | None
) -> None:
    assert why(AccessRules(effects=effects), person(*groups)) is expected


def test_roles_nobody_can_see_might_be_denied() -> None:
    assert why(AccessRules(effects={"role:S1": DENY}), person(unsure=True)) is Why.UNSURE
    assert why(AccessRules(effects={"role:S1": ALLOW}), person(unsure=True)) is None
    assert (
        why(AccessRules(effects={"role:S1": DENY, "person:U1": ALLOW}), person(unsure=True)) is None
    )


@pytest.mark.parametrize("role", [Role.ADMIN, Role.OWNER])
def test_admins_lock_nobody_of_themselves_out(role: Role) -> None:
    rules = AccessRules(
        effects={"everyone": DENY, "everywhere": DENY, "person:U1": DENY},
        blocks={"person:U1": BlockRule()},
    )

    assert why(rules, person(role=role)) is None
    assert why(rules, person(role=Role.MODERATOR)) is Why.BLOCKED


def test_a_block_ends_by_itself() -> None:
    rules = AccessRules(blocks={"person:U1": BlockRule(until=NOW)})
    later = AccessRules(blocks={"person:U1": BlockRule(until=NOW + timedelta(seconds=1))})

    assert why(rules, person()) is None
    assert why(later, person()) is Why.BLOCKED


def test_quiet_hours_keep_only_pictures_from_being_asked_for() -> None:
    rules = AccessRules(quiet={"everywhere": QuietHours(begin=time(11), end=time(13))})

    assert why(rules, person()) is Why.QUIET
    assert why(rules, person(), making=False) is None


def test_a_channels_own_quiet_hours_go_before_everywheres() -> None:
    rules = AccessRules(
        quiet={
            "everywhere": QuietHours(begin=time(11), end=time(13)),
            "channel:C1": QuietHours(begin=time(1), end=time(2)),
        }
    )

    assert why(rules, person()) is None
    assert why(rules, person(), channel="C2") is Why.QUIET


@given(
    st.times(),
    st.times(),
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"]),
)
def test_quiet_ends_within_a_day_at_its_end(
    begin: time, end: time, at: datetime, zone_name: str
) -> None:
    zone, now = ZoneInfo(zone_name), at.replace(tzinfo=UTC)

    until = QuietHours(begin=begin, end=end).until(now, zone)

    if until is not None:
        assert now - timedelta(hours=1) <= until <= now + timedelta(hours=25)
        assert until.time() == end


def test_what_was_given_to_the_person_goes_before_their_groups() -> None:
    given = {"person:U1": Role.TRUSTED, "role:S1": Role.ADMIN, "everyone": Role.MODERATOR}

    assert standing(person("S1"), given).role is Role.TRUSTED
    assert standing(person("S1"), given | {"person:U1": Role.OWNER}).because == "person:U1"
    del given["person:U1"]
    assert standing(person("S1"), given).because == "role:S1"
    assert standing(person("S2"), given).role is Role.MODERATOR


def test_the_highest_of_several_groups_counts() -> None:
    given = {"role:S1": Role.TRUSTED, "role:S2": Role.MODERATOR}

    assert standing(person("S1", "S2"), given).because == "role:S2"


@given(
    st.sampled_from(Role),
    st.dictionaries(st.sampled_from(["person:U1", "role:S1", "everyone"]), st.sampled_from(Role)),
)
def test_nobody_falls_below_what_the_platform_says(role: Role, given_: dict[str, Role]) -> None:
    assert standing(person("S1", role=role), given_).role.includes(role)


@given(st.sampled_from(Role), st.sampled_from(Role), st.sampled_from([None, *Role]))
def test_nobody_gives_or_takes_what_is_above_them(
    giver: Role, role: Role, now: Role | None
) -> None:
    assert may_give(giver, role, now=now) == (
        giver.includes(role) and (now is None or giver.includes(now))
    )
