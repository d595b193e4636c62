"""Every role meets every word and button on every platform: exactly those it may do are not denied."""

import pytest

from bot.commands.words import REGISTRY
from bot.domain.action import Action
from bot.domain.identity import Role
from bot.domain.subject import Subject, SubjectKind
from tests.scenarios.discord_stage import DiscordActor
from tests.scenarios.roles import DENIED, give_role
from tests.simulators.discord.interactions import InteractionType


async def give(stage, actor, role) -> None:
    person = actor.person
    subject = Subject(kind=SubjectKind.PERSON, id=person.user, name=person.name)
    await give_role(stage.house, person.workspace_id, subject, role)


async def type_word(actor, guide):
    """The bare word: whoever may use it is told what is missing at worst."""
    if isinstance(actor, DiscordActor):
        return await type_on_discord(actor, guide)
    return await actor.says(f"/{guide.name}")


async def type_on_discord(actor, guide):
    """Also what the client would not offer: the check is ours."""
    words = guide.under_admin.split()
    name = "impasto-admin" if guide.is_admin_word else "imagine"
    if not guide.is_admin_word and guide.name != "imagine":
        name = "impasto"
    (command,) = [one for one in actor.platform.commands.of(None) if one["name"] == name]
    options = []
    if name != "imagine":
        for depth, word in enumerate(reversed(words)):
            kind = 1 if depth == 0 else 2
            options = [{"name": word, "type": kind, "options": options}]
    else:
        options = [{"name": "prompt", "type": 3, "value": "a fox"}]
    data = {"id": command["id"], "name": name, "type": 1, "options": options}
    typist = actor.driver._typist(actor.room)
    sent = actor.driver._does(InteractionType.APPLICATION_COMMAND, data, typist)
    return await actor._reply(await actor.platform.settled(sent))


def is_denied(reply) -> bool:
    return reply.card is not None and reply.card.headline == DENIED


@pytest.mark.parametrize("role", Role)
async def test_each_word_is_for_its_roles_and_no_others(stage, ana, role):
    await give(stage, ana, role)

    wrong = []
    for guide in REGISTRY.guides:
        denied = is_denied(await type_word(ana, guide))
        if denied == role.includes(guide.role):
            wrong.append((guide.name, denied))

    assert wrong == []


@pytest.mark.parametrize("role", Role)
async def test_each_button_is_for_its_roles_and_no_others(stage, ana, role):
    await give(stage, ana, role)
    await ana.says("/help")

    wrong = []
    for press in REGISTRY.presses:
        reply = await ana.presses(Action(verb=press.verb, target=0))
        denied = is_denied(reply)
        if denied == role.includes(press.role):
            wrong.append((press.verb, denied))

    assert wrong == []
