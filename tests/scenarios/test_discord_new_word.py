"""A word and a button added to the registry appear on Discord without anybody touching the surface."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from bot.commands.desk import Desk
from bot.commands.dispatch import Dispatch
from bot.commands.registry import Gate, Press, Registry, Word
from bot.commands.words import REGISTRY
from bot.domain import answers
from bot.domain.action import Action, Verb
from bot.domain.card import Button, Card, Reply, Tone
from bot.domain.guide import Guide
from bot.domain.identity import Role
from bot.domain.invocation import Invocation
from tests.scenarios.discord_stage import without_patience, working
from tests.scenarios.painter import SquarePainter
from tests.scenarios.stage import open_stage_house
from tests.simulators.discord.limits import Limits
from tests.simulators.discord.server import running
from tests.simulators.discord.simulator import Discord


async def dance(_desk: Desk, invocation: Invocation) -> Reply:
    again = Button(label="Again", action=Action(verb=Verb.RETRY, target=7), says="Once more")
    headline = f"Dancing {invocation.text}"
    return Reply(card=Card(tone=Tone.NOTICE, headline=headline, rows=((again,),), only_asker=True))


async def dance_again(_desk: Desk, _invocation: Invocation, action: Action) -> Reply:
    return answers.notice(f"Dancing again, {action.target} times")


def extended() -> Registry:
    return Registry.of(
        words=(
            *REGISTRY.words,
            Word(
                guide=Guide(name="dance", summary="Dances", role=Role.MEMBER, usage="STEP"),
                handler=dance,
                gate=Gate.USE,
            ),
        ),
        presses=(
            *(press for press in REGISTRY.presses if press.verb is not Verb.RETRY),
            Press(verb=Verb.RETRY, handler=dance_again, role=Role.MEMBER, gate=Gate.USE),
        ),
    )


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Discord]:
    platform = Discord(limits=Limits(identify_window_s=0.0, bucket_requests=1000))
    async with running(platform):
        environment = {
            "DISCORD_TOKEN": platform.token,
            "IMPASTO_DISCORD_API_URL": platform.api_url,
            "IMPASTO_DISCORD_GATEWAY_URL": platform.gateway_url,
        }
        opening = open_stage_house(folder, SquarePainter(), environment=environment)
        with without_patience():
            async with opening as house:
                registry = extended()
                house.desk = replace(house.desk, guides=registry.guides)
                house.dispatch = Dispatch(house.desk, registry)
                async with working(house, platform):
                    yield platform
        assert not platform.violations, platform.violations


async def test_a_word_and_a_button_added_later_work_on_discord(tmp_path: Path) -> None:
    async with opened(tmp_path) as platform:
        ada, room = platform.person("Ada"), platform.room("art")

        said = await ada.runs("/impasto dance", room, step="a waltz")
        assert said.original is not None
        pressed = await ada.clicks(said.original, "Again")

    assert "Dancing a waltz" in said.original.text
    assert pressed.original is not None
    assert "Dancing again, 7 times" in pressed.original.text
