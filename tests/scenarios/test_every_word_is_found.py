"""Every word there is, from the registry: in the help of exactly those who may use it, and found when it is misspelt."""

import re

import pytest

from bot.commands.words import REGISTRY
from bot.domain.identity import Role
from tests.scenarios.test_admin_words import all_of
from tests.scenarios.test_role_matrix import give


def misspelt(name: str) -> str:
    """The word without its second letter."""
    return name[:1] + name[2:]


def named_in(line: str) -> set[str]:
    """The words that a line of the help lists: one with its summary, or those of a group."""
    if not line.startswith("/"):
        return set()
    words = re.split(r"  +", line.removeprefix("/"))[0]
    words = words.removeprefix("impasto ").removeprefix("impasto-")
    admin = "admin " if words.startswith("admin ") else ""
    return {admin + name for name in words.removeprefix("admin ").split(", ")}


@pytest.mark.parametrize("role", Role)
async def test_help_lists_for_each_role_exactly_what_it_may_type(stage, ana, role):
    await give(stage, ana, role)

    cards = [(await ana.says(line)).card for line in ("/help", "/help admin")]
    shown = "\n".join(card.preformatted.replace("\u200b", "") for card in cards)

    listed = {name for line in shown.splitlines() for name in named_in(line)}
    assert listed == {one.name for one in REGISTRY.guides if role.includes(one.role)}


async def test_every_misspelt_word_is_answered_with_the_right_one(stage, ida):
    lost = []
    for guide in REGISTRY.guides:
        admin = "admin " if guide.is_admin_word else ""
        said = all_of(await ida.says(f"/{admin}{misspelt(guide.under_admin)}"))
        if not re.search(rf"Did you mean /(impasto )?{guide.name}\?", said):
            lost.append((guide.name, said))

    assert lost == []


async def test_nobody_is_led_to_a_word_that_is_not_for_them(stage, ana):
    await ana.says("/help")

    told = [
        guide.name
        for guide in REGISTRY.guides
        if guide.is_admin_word
        and guide.name in all_of(await ana.says(f"/admin {misspelt(guide.under_admin)}"))
    ]

    assert told == []
