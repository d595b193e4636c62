"""Admin words in the playground's box: the same words, rights and sentences as in chat, and completion for them."""

import html
import json
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.commands.words import REGISTRY
from bot.domain.action import Action
from bot.domain.identity import Role
from bot.domain.subject import Subject, SubjectKind
from bot.wiring.house import House
from tests.scenarios.painter import SquarePainter
from tests.scenarios.roles import DENIED, give_role
from tests.scenarios.stage import open_stage_house
from tests.scenarios.web_stage import Visitor, visiting

ANA = Subject(kind=SubjectKind.PERSON, id="ana", name="Ana")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_stage_house(tmp_path, SquarePainter()) as opened:
        yield opened


@pytest.fixture
async def visitors(house: House) -> AsyncIterator[dict[str, Visitor]]:
    async with AsyncExitStack() as stack:
        yield {
            user: await stack.enter_async_context(visiting(house, user)) for user in ("ana", "ida")
        }


def completions_on(page: str) -> dict[str, object]:
    found = re.search(r'data-completions="([^"]*)"', page)
    assert found is not None
    return json.loads(html.unescape(found[1]))


async def test_what_an_admin_types_in_the_box_holds_with_the_next_request(visitors) -> None:
    said = await visitors["ida"].says("/admin access deny @ana")

    assert "@Ana may not use this" in said
    assert "You may not use this here" in await visitors["ana"].says("/imagine a fox")
    assert "@Ana may use this" in await visitors["ida"].says("/impasto admin access allow @ana")
    assert "Got it" in await visitors["ana"].says("/imagine a fox")


async def test_people_groups_and_channels_go_by_their_names(visitors) -> None:
    ida = visitors["ida"]

    assert "role:designers: trusted" in await ida.says("/admin role give role:designers trusted")
    assert "#design: deny" in await ida.says("/admin access deny #design")
    assert "Did you mean @ana?" in await ida.says("/admin role give @anna trusted")


async def test_completion_offers_each_person_only_what_they_may_do(house, visitors) -> None:
    anas = completions_on(await visitors["ana"].page())
    idas = completions_on(await visitors["ida"].page())

    assert not [one for one in anas["commands"] if one["name"].startswith("/admin")]
    role_give = next(one for one in idas["commands"] if one["name"] == "/admin role give")
    assert {"moderator", "trusted"} <= {one["value"] for one in role_give["arguments"]}
    assert role_give["takesSubject"]
    assert {"@ana", "#general", "role:designers"} <= set(idas["subjects"])

    await give_role(house, "web:playground", ANA, Role.MODERATOR)
    after = completions_on(await visitors["ana"].page())
    names = {one["name"] for one in after["commands"]}
    assert "/admin user block" in names
    assert "/admin role give" not in names


@pytest.mark.parametrize("role", Role)
async def test_each_word_is_for_its_roles_and_no_others(house, visitors, role: Role) -> None:
    await give_role(house, "web:playground", ANA, role)

    wrong = []
    for guide in REGISTRY.guides:
        denied = DENIED in await visitors["ana"].says(f"/{guide.name}")
        if denied == role.includes(guide.role):
            wrong.append((guide.name, denied))

    assert wrong == []


@pytest.mark.parametrize("role", Role)
async def test_each_button_is_for_its_roles_and_no_others(house, visitors, role: Role) -> None:
    await give_role(house, "web:playground", ANA, role)

    wrong = []
    for press in REGISTRY.presses:
        shown = await visitors["ana"].presses(Action(verb=press.verb, target=0))
        if (DENIED in shown) == role.includes(press.role):
            wrong.append((press.verb, shown))

    assert wrong == []
