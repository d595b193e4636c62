"""What admins set: whole, versioned, and never without its audit entry."""

import asyncio
from dataclasses import replace

from bot.domain.audit import AuditQuery, Deed
from bot.domain.identity import Role, WorkspaceId
from bot.ports import Accepted, RuleChange, RulesChanged
from bot.store.opening import Store
from tests.contracts.store_kit import submission

TEAM = WorkspaceId("slack:T1")
ANA = "person:U1"


def deed(action: str = "role.give") -> Deed:
    return Deed(workspace=TEAM, actor="slack:T1:U9", name="Ida", action=action, target=ANA)


def role(value: str) -> RuleChange:
    return RuleChange(topic="role", subject=ANA, label="Ana", put={"role": value}, whole=True)


async def test_a_workspace_in_which_nothing_was_set_has_version_0(store: Store) -> None:
    rules = await store.rules.newer(TEAM, than=None)

    assert rules is not None
    assert (rules.version, rules.rules) == (0, ())
    assert await store.rules.newer(TEAM, than=0) is None


async def test_a_change_is_read_back_with_the_next_version(store: Store) -> None:
    await store.rules.change(TEAM, [role("moderator")], deed=deed())

    rules = await store.rules.newer(TEAM, than=0)

    assert rules is not None
    assert (rules.version, rules.roles) == (1, {ANA: Role.MODERATOR})
    assert rules.names() == {"@ana": "<@U1|Ana>"}


async def test_a_change_tells_what_was_before_and_is_in_the_log(store: Store) -> None:
    await store.rules.change(TEAM, [role("trusted")], deed=deed())

    (done,) = await store.rules.change(TEAM, [role("moderator")], deed=deed())

    assert (done.before, done.after) == ({"role": "trusted"}, {"role": "moderator"})
    newest, _ = await store.audit.entries(AuditQuery(workspace=TEAM))
    assert newest.body is not None
    assert '"after":{"role":"moderator"},"before":{"role":"trusted"}' in newest.body


async def test_saying_the_same_again_changes_nothing_and_notes_nothing(store: Store) -> None:
    await store.rules.change(TEAM, [role("trusted")], deed=deed())
    await store.rules.change(TEAM, [role("trusted")], deed=deed())

    assert await store.rules.newer(TEAM, than=1) is None
    assert len(await store.audit.entries(AuditQuery(workspace=TEAM))) == 1


async def test_parts_are_set_and_dropped_one_by_one(store: Store) -> None:
    def part(put: dict[str, int], *drop: str) -> RuleChange:
        return RuleChange(topic="quota", subject="everyone", put=put, drop=drop)

    await store.rules.change(TEAM, [part({"day": 50})], deed=deed())
    await store.rules.change(TEAM, [part({"hour": 5})], deed=deed())
    (done,) = await store.rules.change(TEAM, [part({"hour": 6}, "day")], deed=deed())

    assert done.after == {"hour": 6}
    (gone,) = await store.rules.change(TEAM, [part({}, "hour")], deed=deed())
    assert gone.after == {}
    rules = await store.rules.newer(TEAM, than=None)
    assert rules is not None
    assert rules.rules == ()


async def test_changes_at_once_all_count(store: Store) -> None:
    changes = [
        store.rules.change(
            TEAM, [RuleChange(topic="x", subject="everyone", put={f"p{n}": n})], deed=deed("x")
        )
        for n in range(20)
    ]
    await asyncio.gather(*changes)

    rules = await store.rules.newer(TEAM, than=None)

    assert rules is not None
    assert rules.version == 20
    assert rules.rules[0].body == {f"p{n}": n for n in range(20)}
    assert (await store.audit.check())[1] == []


async def test_a_request_made_by_older_rules_is_not_taken(store: Store) -> None:
    await store.rules.change(TEAM, [role("trusted")], deed=deed())
    request = submission("k")

    assert isinstance(await store.queue.submit(replace(request, rules_version=0)), RulesChanged)
    assert isinstance(await store.queue.submit(replace(request, rules_version=1)), Accepted)


async def test_people_who_asked_are_known_by_name(store: Store) -> None:
    await store.queue.submit(submission("k1", user="ann"))
    await store.queue.submit(submission("k2", user="bob", workspace="T2"))

    assert await store.rules.people(TEAM) == {"@ann": "<@ann|Ann>"}
    assert set(await store.rules.workspaces()) >= {"slack:T1", "slack:T2"}


async def test_a_name_that_two_people_carry_names_neither(store: Store) -> None:
    one = submission("k1", user="ann")
    two = replace(one, key="k2", person=replace(one.person, user="U2"))
    sly = replace(one, key="k3", person=replace(one.person, user="U3", name="u2"))
    for request in (one, two, sly):
        await store.queue.submit(request)

    people = await store.rules.people(TEAM)

    # `ann` is somebody's id beside being two people's name; `u2` is another's id.
    assert people["@ann"] == "<@ann|Ann>"
    assert people["@u2"] == "<@U2|Ann>"
    assert people["@u3"] == "<@U3|u2>"
