from hypothesis import given
from hypothesis import strategies as st

from bot.domain.action import MAX_LENGTH, Action, Verb, unpack

actions = st.builds(
    Action,
    verb=st.sampled_from(Verb),
    target=st.integers(0, 10**18 - 1),
    argument=st.text("abcXYZ019_.-", max_size=40),
)


@given(actions)
def test_a_packed_action_unpacks_to_itself(action: Action) -> None:
    assert unpack(action.pack()) == action


@given(actions)
def test_a_packed_action_fits_the_smallest_platform(action: Action) -> None:
    assert len(action.pack()) <= MAX_LENGTH


@given(st.text(max_size=200))
def test_foreign_text_is_no_action_and_no_error(text: str) -> None:
    action = unpack(text)

    assert action is None or action.pack() == text.removesuffix(":")


def test_a_verb_nobody_knows_is_no_action() -> None:
    assert unpack("i1:explode:12") is None
    assert unpack("i2:upscale:12") is None


POSTED = {
    "i1:upscale:12": Action(verb=Verb.UPSCALE, target=12),
    "i1:vary:12": Action(verb=Verb.VARY, target=12),
    "i1:reroll:3": Action(verb=Verb.REROLL, target=3),
    "i1:edit:12": Action(verb=Verb.EDIT, target=12),
    "i1:edit:3:job": Action(verb=Verb.EDIT, target=3, argument="job"),
    "i1:cancel:3": Action(verb=Verb.CANCEL, target=3),
    "i1:details:12": Action(verb=Verb.DETAILS, target=12),
    "i1:save:12": Action(verb=Verb.SAVE, target=12),
    "i1:report:12": Action(verb=Verb.REPORT, target=12),
    "i1:delete:12": Action(verb=Verb.DELETE, target=12),
    "i1:retry:3": Action(verb=Verb.RETRY, target=3),
    "i1:wait:9": Action(verb=Verb.WAIT, target=9),
    "i1:wait:3:job": Action(verb=Verb.WAIT, target=3, argument="job"),
    "i1:approve:3": Action(verb=Verb.APPROVE, target=3),
    "i1:imagine:0": Action(verb=Verb.IMAGINE, target=0),
    "i1:outpaint:12": Action(verb=Verb.OUTPAINT, target=12),
    "i1:remove_background:12": Action(verb=Verb.REMOVE_BACKGROUND, target=12),
    "i1:rate:12": Action(verb=Verb.RATE, target=12),
    "i1:rate:12:good": Action(verb=Verb.RATE, target=12, argument="good"),
    "i1:finish:12": Action(verb=Verb.FINISH, target=12),
    "i1:restore:12": Action(verb=Verb.RESTORE, target=12),
    "i1:remove:12": Action(verb=Verb.REMOVE, target=12),
    "i1:settings:0": Action(verb=Verb.SETTINGS, target=0),
}
"""Buttons as they stand on messages in people's channels: whatever comes after i1, these are read for ever."""


def test_what_stands_on_posted_messages_is_read_for_ever() -> None:
    assert {text: unpack(text) for text in POSTED} == POSTED
    assert {action.verb for action in POSTED.values()} == {*Verb}
