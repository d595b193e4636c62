"""An admin word added to the registry is there on Slack, on Discord, in the playground and in the shell by itself."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cli import admin
from bot.commands.admin.typed import admin_word
from bot.commands.desk import Desk
from bot.commands.dispatch import Dispatch
from bot.commands.registry import Registry
from bot.commands.words import REGISTRY
from bot.config import load_settings
from bot.domain import answers
from bot.domain.arguments import Arguments
from bot.domain.card import Reply
from bot.domain.identity import Role
from bot.domain.invocation import Invocation
from bot.domain.parameter import EVERYBODY, Parameter, ParameterKind
from bot.wiring import house as wiring
from bot.wiring.house import House
from tests.scenarios.discord_stage import without_patience, working
from tests.scenarios.painter import SquarePainter
from tests.scenarios.stage import open_stage_house
from tests.scenarios.web_stage import visiting
from tests.simulators.discord.administration import add_member, add_role, add_user
from tests.simulators.discord.limits import Limits
from tests.simulators.discord.server import running
from tests.simulators.discord.simulator import Discord

PARAMETERS = (
    Parameter(
        name="who",
        kind=ParameterKind.WHO,
        help="Who dances",
        required=True,
        subjects=EVERYBODY,
    ),
    Parameter(name="steps", kind=ParameterKind.NUMBER, help="How many", per="minute", low=1),
    Parameter(name="tune", kind=ParameterKind.CHOICE, help="To what", choices=("waltz", "polka")),
    Parameter(name="length", kind=ParameterKind.DURATION, help="How long"),
    Parameter(name="loudly", kind=ParameterKind.FLAG, help="With stamping"),
)
LINE = "dance begin @ida 60/minute waltz 2h loudly"


async def dance(_desk: Desk, _invocation: Invocation, arguments: Arguments) -> Reply:
    length = arguments.values.get("length")
    assert isinstance(length, timedelta)
    return answers.notice(
        f"Dancing {arguments.text('tune')}",
        f"{arguments.number('steps')} steps, {length}, loudly: {arguments.flag('loudly')}",
    )


SAID = "60 steps, 2:00:00, loudly: True"
EXTENDED = Registry.of(
    words=(
        *REGISTRY.words,
        admin_word(
            "dance begin",
            dance,
            role=Role.ADMIN,
            summary="Begins a dance",
            examples=(LINE,),
            parameters=PARAMETERS,
        ),
    ),
    presses=REGISTRY.presses,
)


def extend(house: House) -> None:
    house.desk = replace(house.desk, guides=EXTENDED.guides)
    house.dispatch = Dispatch(house.desk, EXTENDED)


async def test_on_slack(slack_stage, ida) -> None:
    reception = slack_stage.surface.reception
    reception.answer = replace(reception.answer, registry=EXTENDED)

    said = await ida.says(f"/admin {LINE}")

    assert (said.card.headline, said.card.lines) == ("Dancing waltz", (SAID,))


async def test_on_discord_with_an_option_for_each_part(tmp_path) -> None:
    platform = Discord(limits=Limits(identify_window_s=0.0, bucket_requests=1000))
    async with running(platform):
        environment = {
            "DISCORD_TOKEN": platform.token,
            "IMPASTO_DISCORD_API_URL": platform.api_url,
            "IMPASTO_DISCORD_GATEWAY_URL": platform.gateway_url,
        }
        opening = open_stage_house(tmp_path, SquarePainter(), environment=environment)
        with without_patience():
            async with opening as house:
                extend(house)
                async with working(house, platform):
                    keepers = add_role(platform, platform.guild, "keepers", "MANAGE_GUILD")
                    keeper = add_member(
                        platform, platform.guild, add_user(platform, "kim"), keepers
                    )
                    said = await keeper.runs(
                        "/impasto-admin dance begin",
                        platform.room("art"),
                        user=keeper.id,
                        steps=60,
                        tune="waltz",
                        length="2h",
                        loudly=True,
                    )
    assert not platform.violations, platform.violations
    assert said.original is not None
    assert SAID in said.original.text.replace("\\", "")


async def test_in_the_playground_with_completion(tmp_path) -> None:
    async with open_stage_house(tmp_path, SquarePainter()) as house:
        extend(house)
        async with visiting(house, "ida") as ida:
            said, page = await ida.says(f"/admin {LINE}"), await ida.page()

    assert SAID in said
    assert "/admin dance begin" in page
    assert "polka" in page


async def test_in_the_shell(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "REGISTRY", EXTENDED)
    settings = load_settings({"IMPASTO_DATA_DIR": str(tmp_path), "IMPASTO_CONFIG": ""})

    said = await admin._answer(settings, LINE, "web:playground")

    assert not isinstance(said, str)
    assert said.reply.card is not None
    assert said.reply.card.lines == (SAID,)
