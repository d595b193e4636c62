"""A word and a button added to the registry appear on Slack without anybody touching the surface."""

from dataclasses import replace

from bot.commands.registry import Gate, Press, Registry, Word
from bot.commands.words import REGISTRY
from bot.domain import answers
from bot.domain.action import Action, Verb
from bot.domain.card import Button, Card, Reply, Tone
from bot.domain.guide import Guide
from bot.domain.identity import Role

DANCE = Guide(name="dance", summary="Dances", role=Role.MEMBER)


async def dance(_desk, invocation):
    button = Button(label="Again", action=Action(verb=Verb.RETRY, target=7), says="Dance once more")
    card = Card(tone=Tone.NOTICE, headline=f"Dancing {invocation.text}", rows=((button,),))
    return Reply(card=replace(card, only_asker=True))


async def dance_again(_desk, _invocation, action):
    return answers.notice(f"Dancing again, {action.target} times")


async def test_a_word_and_a_button_added_later_work_on_slack(slack_stage, ana):
    presses = [press for press in REGISTRY.presses if press.verb is not Verb.RETRY]
    registry = Registry.of(
        words=(*REGISTRY.words, Word(guide=DANCE, handler=dance, gate=Gate.FREE)),
        presses=(
            *presses,
            Press(verb=Verb.RETRY, handler=dance_again, role=Role.MEMBER, gate=Gate.FREE),
        ),
    )
    reception = slack_stage.surface.reception
    reception.answer = replace(reception.answer, registry=registry)

    said = await ana.says("/dance a waltz")
    pressed = await ana.presses(said.card.rows[0][0])

    assert said.card.headline == "Dancing a waltz"
    assert pressed.card.headline == "Dancing again, 7 times"
