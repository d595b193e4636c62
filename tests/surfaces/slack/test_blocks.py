import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.action import Action, Verb
from bot.domain.card import Button, Card, Tone
from bot.surfaces.slack.blocks import PRESS, bar, render
from bot.surfaces.slack.home import home_view
from bot.surfaces.slack.payloads import read_press
from bot.surfaces.slack.views import Extras, FormContext, modal, sent, unpack_context
from tests.simulators.slack.block_rules import elements_with_block
from tests.surfaces.slack.cards import NASTY, actions, cards, forms, shown, texts
from tests.surfaces.slack.judges import complaints_about_blocks, complaints_about_view

often = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@often
@given(cards, shown)
def test_every_card_is_a_message_that_slack_takes(card, files):
    message = render(card, asker="U0000000001", files=files)

    assert complaints_about_blocks(message.blocks) == []
    assert len(message.text) <= 4_000


@often
@given(forms(), st.booleans())
def test_every_form_is_a_view_that_slack_takes(form, asks_channel):
    view = modal(
        form, FormContext(action=form.action), Extras(asks_channel=asks_channel, which=(1, 2))
    )

    assert complaints_about_view(view) == []


@often
@given(st.lists(cards, max_size=4), shown)
def test_every_home_tab_is_a_view_that_slack_takes(some, files):
    assert complaints_about_view(home_view(some, files)) == []


@pytest.mark.parametrize("nasty", NASTY)
def test_words_of_people_are_never_markup(nasty):
    card = Card(tone=Tone.DONE, headline=nasty, quote=nasty, lines=(nasty,), preformatted=nasty)

    message = render(card, asker="U0000000001")

    assert "<" not in message.text
    assert "mrkdwn" not in json.dumps(message.blocks)
    assert _mentioned(message.blocks) == {"U0000000001"}


def _mentioned(blocks):
    found = set()
    for block in blocks:
        for part in block.get("elements", ()):
            for element in part.get("elements", ()):
                if element["type"] in {"user", "broadcast", "usergroup", "channel", "link"}:
                    found.add(element.get("user_id"))
    return found


def test_a_status_keeps_its_text_beside_its_blocks():
    message = render(Card(tone=Tone.WORKING, headline="In line", quote="a fox & a hen"))

    assert message.text == "In line “a fox &amp; a hen”"


@given(actions)
def test_a_button_carries_its_action_through_slack(action):
    card = Card(
        tone=Tone.DONE, headline="x", rows=((Button(label="U1", action=action, says="Up"),),)
    )
    ((_, element),) = elements_with_block(render(card).blocks)

    pressed = read_press(_pressed(element), "T1")

    assert pressed.action == action
    assert element["action_id"].startswith(PRESS)


def _pressed(element):
    return {
        "trigger_id": "1.2.3",
        "user": {"id": "U1", "username": "ana"},
        "channel": {"id": "C1"},
        "container": {"type": "message", "channel_id": "C1", "message_ts": "1.1"},
        "message": {"ts": "1.1"},
        "actions": [element],
    }


def test_a_menu_entry_that_asks_first_says_so():
    action = Action(verb=Verb.DELETE, target=7)
    button = Button(label="Delete", action=action, says="Delete it", confirm="Really?")
    ((_, element),) = elements_with_block(
        render(Card(tone=Tone.DONE, headline="x", menu=(button,))).blocks
    )

    pressed = read_press(_pressed({"selected_option": element["options"][0]}), "T1")

    assert pressed.ask_first
    assert pressed.action == action


@given(actions, st.none() | st.just("C1"), st.none() | st.just("1.1"))
def test_a_form_remembers_where_it_was_opened(action, channel, thread):
    context = FormContext(action=action, channel=channel, thread=thread)

    assert unpack_context(context.pack()) == context


@given(texts)
def test_a_form_of_somebody_else_is_none_of_ours(text):
    assert unpack_context(text) is None


def test_what_was_filled_in_is_read_by_name():
    state = {
        "prompt": {"value": {"type": "plain_text_input", "value": "a fox"}},
        "seed": {"value": {"type": "number_input", "value": None}},
        "style": {"value": {"type": "static_select", "selected_option": {"value": "pencil"}}},
        "_channel": {"value": {"type": "conversations_select", "selected_conversation": "C1"}},
    }

    filled = sent(state)

    assert filled.inputs == {"prompt": "a fox", "seed": "", "style": "pencil"}
    assert filled.channel == "C1"


def test_a_bar_tells_its_share():
    assert bar(0.5) == "▓▓▓▓▓▓░░░░░░ 50 %"
    assert bar(7) == "▓▓▓▓▓▓▓▓▓▓▓▓ 100 %"
