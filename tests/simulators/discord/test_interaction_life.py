"""An interaction's deadlines, its token, and what is fixed by the first response."""

from __future__ import annotations

import asyncio

import pytest

from tests.simulators.discord.administration import add_channel, add_guild
from tests.simulators.discord.raw_bot import EPHEMERAL, IMAGINE, V2
from tests.simulators.discord.simulator import Discord
from tests.simulators.discord.slash import NotOffered

MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
BUTTON = {"type": 1, "components": [{"type": 2, "style": 1, "label": "U1", "custom_id": "j1:U1"}]}


async def test_an_ack_within_three_seconds_is_taken(platform, bot, ada, art):
    told = ada.starts("/imagine", art)

    answer = await bot.callback(told, DEFERRED)

    assert answer.status == 200
    assert answer.data["interaction"]["response_message_loading"] is True
    assert "message" not in answer.data["resource"]
    assert told.outcome == "answered"


async def test_an_ack_after_three_seconds_finds_no_interaction(platform, bot, ada, art):
    told = ada.starts("/imagine", art)
    platform.clock.advance(3.1)

    answer = await bot.callback(told, DEFERRED)

    assert answer.refused == (404, 10062)
    assert (await platform.settled(told)).user_sees == "The application did not respond"
    assert (await bot.edit_original(told, {"content": "x"})).refused == (404, 10015)


async def test_a_second_ack_is_refused(platform, bot, ada, art):
    told = ada.starts("/imagine", art)
    await bot.callback(told, DEFERRED)

    answer = await bot.callback(told, MESSAGE, {"content": "x"})

    assert answer.refused == (400, 40060)
    assert told.ack_refusals == [40060]


async def test_a_silent_app_fails_after_three_seconds(platform, bot, ada, art):
    waiting = asyncio.ensure_future(ada.runs("/imagine", art))
    await asyncio.sleep(0)

    platform.clock.advance(3.1)

    assert (await waiting).outcome == "failed"


@pytest.mark.parametrize("flags", [V2, V2 | EPHEMERAL, 1 << 12])
async def test_a_deferred_answer_may_carry_only_ephemeral(platform, bot, ada, art, flags):
    told = ada.starts("/imagine", art)

    answer = await bot.callback(told, DEFERRED, {"flags": flags})

    assert answer.refused == (400, 50035)
    assert platform.violations
    assert told.first_response is None


async def test_visibility_is_fixed_by_the_first_response(platform, bot, ada, ben, art):
    told = ada.starts("/imagine", art)
    await bot.callback(told, DEFERRED, {"flags": EPHEMERAL})

    await bot.edit_original(told, {"content": "for you", "flags": 0})

    assert [one.text for one in ada.sees(art)] == ["for you"]
    assert ben.sees(art) == []


async def test_a_followup_right_after_a_deferral_fills_the_deferred_message(
    platform, bot, ada, ben, art
):
    told = ada.starts("/imagine", art)
    await bot.callback(told, DEFERRED)

    await bot.follow_up(told, {"content": "meant for one", "flags": EPHEMERAL})
    await bot.follow_up(told, {"content": "really for one", "flags": EPHEMERAL})

    assert [one.text for one in ben.sees(art)] == ["meant for one"]
    assert [one.text for one in ada.sees(art)] == ["meant for one", "really for one"]


async def test_after_fifteen_minutes_only_the_bot_token_edits(platform, bot, ada, art):
    told = ada.starts("/imagine", art)
    await bot.callback(told, DEFERRED)
    platform.clock.advance(15 * 60)

    with_interaction = await bot.edit_original(told, {"content": "late"})
    with_bot = await bot.edits(art.id, told.original.id, {"content": "late"})

    assert with_interaction.refused == (401, 50027)
    assert with_bot.status == 200
    assert told.original.text == "late"


async def test_it_can_be_believed_that_the_bot_token_does_not_edit_either(platform, bot, ada, art):
    platform.beliefs.bot_token_edits_expired_response = False
    told = ada.starts("/imagine", art)
    await bot.callback(told, DEFERRED)
    platform.clock.advance(15 * 60)

    assert (await bot.edits(art.id, told.original.id, {"content": "x"})).refused == (403, 50005)


async def test_the_bot_token_never_reaches_an_ephemeral_message(platform, bot, ada, art):
    told = ada.starts("/imagine", art)
    await bot.callback(told, MESSAGE, {"content": "x", "flags": EPHEMERAL})

    assert (await bot.edits(art.id, told.original.id, {"content": "y"})).refused == (404, 10008)


async def test_a_deleted_answer_cannot_be_edited(platform, bot, ada, art):
    told = ada.starts("/imagine", art)
    await bot.callback(told, MESSAGE, {"content": "x"})
    art.deletes(told.original)

    assert (await bot.edit_original(told, {"content": "y"})).refused == (404, 10008)
    assert (await bot.edits(art.id, told.original.id, {"content": "y"})).refused == (404, 10008)


async def test_a_channel_that_is_gone_takes_no_answer(platform, bot, ada, art):
    told = ada.starts("/imagine", art)
    art.is_deleted()

    assert (await bot.callback(told, DEFERRED)).refused == (404, 10003)
    assert (await bot.sends(art.id, {"content": "x"})).refused == (404, 10003)


async def test_an_update_belongs_to_components(platform, bot, ada, art):
    told = ada.starts("/imagine", art)

    assert (await bot.callback(told, UPDATE, {"content": "x"})).refused == (400, 50035)
    assert (await bot.callback(told, DEFERRED_UPDATE)).refused == (400, 50035)


async def test_a_form_cannot_answer_a_form(platform, bot, ada, art):
    field = {"type": 4, "custom_id": "p", "style": 1}
    modal = {
        "custom_id": "f",
        "title": "T",
        "components": [{"type": 18, "label": "P", "component": field}],
    }
    opened = ada.starts("/imagine", art)
    await bot.callback(opened, MODAL, modal)
    sent = ada.starts_submit(opened.modal, p="x")

    assert (await bot.callback(sent, MODAL, modal)).refused == (400, 50035)
    assert (await bot.callback(sent, MESSAGE, {"content": "ok"})).status == 200


@pytest.mark.parametrize("checks_schema", [True, False])
async def test_a_bad_form_opens_nothing(platform, bot, ada, art, checks_schema):
    platform.checks_schema = checks_schema
    told = ada.starts("/imagine", art)

    answer = await bot.callback(told, MODAL, {"custom_id": "f", "title": "T", "components": []})

    assert answer.refused == (400, 50035)
    assert told.modal is None


@pytest.mark.parametrize("checks_schema", [True, False])
async def test_autocomplete_takes_twenty_five_choices(platform, bot, ada, art, checks_schema):
    platform.checks_schema = checks_schema
    platform.commands.overwrite(
        None,
        [{**IMAGINE, "options": [{**IMAGINE["options"][0], "autocomplete": True}]}],
    )
    choices = [{"name": str(n), "value": str(n)} for n in range(26)]
    asking = asyncio.ensure_future(ada.is_offered("/imagine", "prompt", "fo", art))
    await platform.until(lambda: platform.interactions)
    asked = next(iter(platform.interactions.values()))

    too_many = await bot.callback(asked, CHOICES, {"choices": choices})
    enough = await bot.callback(asked, CHOICES, {"choices": choices[:25]})

    assert too_many.refused == (400, 50035)
    assert enough.status == 200
    assert await asking == choices[:25]


async def test_a_deferred_update_keeps_the_message_and_original_means_it(platform, bot, ada, art):
    told = ada.starts("/imagine", art)
    await bot.callback(told, MESSAGE, {"content": "x", "components": [BUTTON]})
    click = ada.starts_click(told.original, "U1")

    await bot.callback(click, DEFERRED_UPDATE)
    await bot.edit_original(click, {"content": "y"})

    assert [one.text for one in art.messages()] == ["y"]


async def test_user_install_only_allows_five_followups(platform, bot, ada):
    elsewhere = _guild_without_bot(platform, ada)
    platform.commands.overwrite(
        None, [{"name": "imagine", "description": "Paint", "integration_types": [0, 1]}]
    )
    with pytest.raises(NotOffered, match="nor installed"):
        ada.starts("/imagine", elsewhere)
    ada.installs_app()
    told = ada.starts("/imagine", elsewhere)
    await bot.callback(told, MESSAGE, {"content": "x"})

    answers = [await bot.follow_up(told, {"content": str(n)}) for n in range(6)]

    assert [one.status for one in answers] == [200] * 5 + [400]
    assert answers[-1].code == 40094
    assert (await bot.sends(elsewhere.id, {"content": "x"})).refused == (403, 50001)


async def test_a_command_for_servers_is_not_offered_through_a_user_install(platform, bot, ada):
    elsewhere = _guild_without_bot(platform, ada)
    ada.installs_app()

    with pytest.raises(NotOffered, match="user install"):
        ada.starts("/imagine", elsewhere)


def _guild_without_bot(platform: Discord, ada):
    return add_channel(platform, add_guild(platform, "Elsewhere", ada.user, with_bot=False), "far")


async def test_the_answer_without_with_response_is_empty(platform, bot, ada, art):
    told = ada.starts("/imagine", art)

    answer = await bot.asks("POST", f"/interactions/{told.id}/{told.token}/callback", {"type": 5})

    assert answer.status == 204
