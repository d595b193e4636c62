"""What admins set with words, on every platform: typed there, kept for the workspace, in force with the next request."""

import re
from datetime import timedelta

import pytest

from bot.domain.identity import Role


def all_of(reply) -> str:
    card = reply.card
    text = "\n".join([card.headline, *card.lines, card.preformatted, card.footer])
    return text.replace("\u200b", "")


def around_now(stage) -> str:
    now = stage.house.desk.clock.now()
    begin, end = now - timedelta(hours=1), now + timedelta(hours=1)
    return f"{begin:%H:%M}-{end:%H:%M}"


async def held(stage, actor) -> int:
    return len(await stage.house.store.queue.jobs_of(actor.person.lane, unfinished=False, limit=9))


async def test_a_role_that_was_given_counts_with_the_next_request(ana, ben, ida):
    before = await ben.says("/admin user block @ana 2h")

    given = await ida.says("/admin role give @ben moderator")
    after = await ben.says("/admin user block @ana 2h")

    assert before.card.headline == "You may not do that"
    assert given.card.headline == "@ben: moderator"
    assert after.card.headline == "@ana is blocked"


async def test_a_role_that_was_taken_back_is_gone_with_the_next_request(ana, ben, ida):
    await ida.says("/admin role give @ben moderator")
    await ida.says("/admin role take @ben")

    assert (await ben.says("/admin user block @ana 2h")).card.headline == "You may not do that"


async def test_a_role_given_to_a_group_is_its_members(ana, ben, ida):
    await ben.joins("designers")

    await ida.says("/admin role give role:designers moderator")

    assert (await ben.says("/admin user block @ana 2h")).card.headline == "@ana is blocked"


async def test_nobody_makes_anybody_more_than_they_are(ana, ben, ida):
    refused = await ida.says("/admin role give @ben owner")

    assert "It takes the role owner" in all_of(refused)


async def test_a_blocked_person_is_told_why_and_until_when_and_nothing_is_held(
    stage, ana, ben, ida
):
    await ana.says("/quota")
    await ida.says("/admin user block @ana 2h please calm down")

    refused = await ana.says("/imagine a fox")

    assert refused.card.headline == "You are blocked here"
    assert "Reason: please calm down" in refused.card.lines
    assert re.search(r"It ends in (2 h|1 h 5\d min)", all_of(refused))
    assert await held(stage, ana) == 0
    await ida.says("/admin user unblock @ana")
    await ana.gets("/imagine a fox")


async def test_where_everyone_is_kept_out_only_those_let_in_may_ask(stage, ana, ben, ida):
    await ben.joins("designers")
    await ida.says("/admin access deny everyone")
    await ida.says("/admin access allow role:designers")

    refused = await ana.says("/imagine a fox")

    assert refused.card.headline == "This is not open to everyone"
    assert await held(stage, ana) == 0
    await ben.gets("/imagine a hen")
    await ida.gets("/imagine a cow")


async def test_a_closed_channel_is_closed_to_all_but_admins(ana, ben, ida):
    await ida.says("/admin access deny everywhere")

    assert (await ana.says("/imagine a fox")).card.headline == "Not in this channel"
    assert (await ana.says("/gallery")).card.headline == "Not in this channel"
    assert (await ana.says("/privacy")).card.headline != "Not in this channel"
    await ida.gets("/imagine a cow")


async def test_in_quiet_hours_nothing_is_painted_and_the_answer_says_when_they_end(
    stage, ana, ben, ida
):
    await ida.says(f"/admin access quiet {around_now(stage)}")

    refused = await ana.says("/imagine a fox")

    assert refused.card.headline == "It is quiet hours here"
    assert re.search(r"It ends in (\d+ min|1 h)", all_of(refused))
    assert (await ana.says("/gallery")).card.headline == "There are no pictures yet"


async def test_a_form_and_a_button_meet_the_same_rules(ana, ben, ida):
    card = await ana.gets("/imagine a fox")
    again = next(b for row in card.rows for b in row if b.label == "Re-roll")

    await ida.says("/admin access deny @ana")

    assert (await ana.presses(again)).card.headline == "You may not use this here"


async def test_what_was_done_is_in_the_log_with_before_and_after(ana, ben, ida):
    await ida.says("/admin role give @ben trusted")
    await ida.says("/admin role give @ben moderator")

    log = all_of(await ida.says("/admin audit role"))

    newest, older = [line for line in log.splitlines() if "role.give" in line]
    assert "ida" in newest
    assert newest.endswith("role.give  @ben: role trusted -> role moderator")
    assert older.endswith("role.give  @ben: nothing -> role trusted")


async def test_the_log_can_be_narrowed_to_a_person_and_a_time(ana, ben, ida):
    await ida.says("/admin role give @ben admin")
    await ben.says("/admin access deny @ana")

    by_ben = all_of(await ida.says("/admin audit @ben 1h"))

    assert re.findall(r"(?:role|access)\.\w+", by_ben) == ["access.deny"]


async def test_the_log_knows_people_by_name_and_says_who_is_unknown(stage, ana, ida):
    await ana.says("/imagine a fox")
    wilma = stage.actor("wilma", Role.ADMIN)
    await wilma.says("/imagine a hen")
    await wilma.says("/admin role give @ana trusted")

    assert "role.give" in all_of(await ida.says("/admin audit @wilma"))
    assert "@vilma is not known here. Did you mean @wilma?" in all_of(
        await ida.says("/admin audit @vilma")
    )


async def test_the_review_tells_who_can_do_what(ana, ben, ida):
    await ida.says("/admin role give @ben moderator")

    review = all_of(await ida.says("/admin access review"))

    assert re.search(r"^moderator: @ben\n    may also: .*user block", review, re.MULTILINE)
    roles = re.findall(r"^(\w+): ", review, re.MULTILINE)
    assert roles[-1] == "owner"
    assert roles.index("member") < roles.index("moderator") < roles.index("admin")
    assert "make other owners" in review


async def test_help_shows_each_person_only_what_they_may_do(ana, ben, ida):
    await ida.says("/admin role give @ben moderator")

    anas = all_of(await ana.says("/help admin")) + all_of(await ana.says("/help"))
    bens = all_of(await ben.says("/help admin"))
    idas = all_of(await ida.says("/help admin"))

    assert "admin" not in anas
    assert "user block" in bens
    assert "role give" not in bens
    assert "role give" in idas


async def test_a_wrong_admin_word_is_answered_with_the_nearest(ana, ben, ida):
    reply = await ida.says("/admin role gife @ben moderator")

    assert re.search(r"Did you mean /(impasto )?admin role give\?", all_of(reply))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("role give @ben moderatr", "Did you mean moderator?"),
        ("role give @bne moderator", "@bne is not known here."),
        ("role give moderator", "@PERSON|role:ROLE is missing"),
        ("user block #general", "#general: this takes a person (@name)."),
        ("audit @ben count 900", "count: 900 is out of range; it takes 1 to 50."),
    ],
)
async def test_what_is_typed_wrongly_is_named_with_what_would_do(stage, ana, ben, ida, line, said):
    reply = await ida.says(f"/admin {line}")

    assert said in all_of(reply)
    assert "Nothing was changed." in reply.card.lines


async def test_one_workspaces_rules_are_nobody_elses(stage, ana, ida):
    await ida.says("/admin access deny everyone")
    other = stage.actor("eve", Role.MEMBER, workspace="X")

    reply = await other.says("/gallery")

    assert reply.card.headline == "There are no pictures yet"
