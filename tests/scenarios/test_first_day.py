"""The first page that an admin reads: each line of it, typed as it stands where everybody can try it."""

import asyncio
import re
from pathlib import Path

from bot.commands.words import REGISTRY
from tests.scenarios.painter import SquarePainter
from tests.scenarios.stage import open_stage_house
from tests.scenarios.web_stage import visiting

PAGE = Path(__file__).parents[2] / "docs" / "admins.md"
WRONG = ("needs a small change", "There is no", "What about", "You may not", "Which admin word")


def lines() -> list[str]:
    """What is set in type on the page; what is no word of its own, as a name in an explanation, is left out."""
    chapter = PAGE.read_text().partition("## The first day")[2].partition("\n## ")[0]
    found = [" ".join(one.split()) for one in re.findall(r"`([^`]+)`", chapter)]
    return [one for one in found if one.startswith("/") or REGISTRY.admin_word(one)]


async def test_every_line_of_the_first_day_works_in_this_order(tmp_path: Path) -> None:
    wrong = {}
    async with open_stage_house(tmp_path, SquarePainter()) as house, visiting(house, "ida") as ida:
        for line in lines():
            said = await ida.says(line if line.startswith("/") else f"/admin {line}")
            if not said or any(one in said for one in WRONG):
                wrong[line] = said
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group, visiting(house, "ana") as ana:
            group.create_task(house.work(stop=stop, drain_s=0))
            closed = await ana.says("/imagine a fox")
            stop.set()

    assert wrong == {}
    assert len(lines()) >= 15
    assert "Not in this channel" in closed
