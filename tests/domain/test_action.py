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
