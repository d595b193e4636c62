"""Who may see a picture: doubt about sexual content leaves it to adults, everything else to nobody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation import Allow, Block, Category, Gate, Opinion, Review, Unchecked
from moderation.audience import Audience
from moderation.audience import audience_of as audience_of_picture
from moderation.merge import merge


def decision(*verdicts, gate=Gate.IMAGE, required=True):
    opinions = [
        Opinion(judge=f"j{number}", version="1", required=required, verdict=verdict)
        for number, verdict in enumerate(verdicts)
    ]
    return merge(gate, opinions, policy_version="1")


def audience_of(decided, *, prompt="a fox", brought=False):
    return audience_of_picture(decided, prompt=prompt, brought=brought)


DOUBT = Review(category=Category.SEXUAL, score=0.5)
ALLOW = Allow()
verdicts = st.one_of(
    st.just(ALLOW),
    st.just(Unchecked(detail="away")),
    st.builds(Review, category=st.sampled_from(Category), score=st.floats(0, 1)),
    st.builds(Block, category=st.sampled_from(Category), score=st.floats(0, 1)),
)


def test_what_is_allowed_is_for_everybody():
    assert audience_of(decision(ALLOW)) is Audience.EVERYBODY


def test_a_doubt_whether_it_is_sexual_leaves_it_to_adults():
    assert audience_of(decision(ALLOW, DOUBT)) is Audience.ADULTS


@pytest.mark.parametrize("category", [one for one in Category if one is not Category.SEXUAL])
def test_no_other_doubt_does(category):
    other = Review(category=category, score=0.5)

    assert audience_of(decision(DOUBT, other)) is Audience.NOBODY


@pytest.mark.parametrize(
    "prompt", ["a boy at the sea", "a t33n at the beach", "somebody, 15yo", "her daughter"]
)
def test_a_doubt_about_words_that_speak_of_minors_leaves_it_to_nobody(prompt):
    assert audience_of(decision(DOUBT), prompt=prompt) is Audience.NOBODY
    assert audience_of(decision(ALLOW), prompt=prompt) is Audience.EVERYBODY


def test_a_doubt_about_a_picture_that_somebody_brought_leaves_it_to_nobody():
    assert audience_of(decision(DOUBT), brought=True) is Audience.NOBODY


def test_a_prompt_is_never_for_adults_only():
    assert audience_of(decision(DOUBT, gate=Gate.PROMPT)) is Audience.NOBODY


def test_a_required_judge_that_did_not_answer_leaves_it_to_nobody():
    silent = Unchecked(detail="away")

    assert audience_of(decision(DOUBT, silent)) is Audience.NOBODY
    assert audience_of(decision(DOUBT, silent, required=False)) is Audience.ADULTS


@given(st.lists(verdicts, min_size=1, max_size=5), st.sampled_from(Gate))
def test_only_allow_and_sexual_doubt_ever_open_anything(found, gate):
    audience = audience_of(decision(*found, gate=gate))

    harmless = all(
        isinstance(one, Allow) or (isinstance(one, Review) and one.category is Category.SEXUAL)
        for one in found
    )
    if audience is not Audience.NOBODY:
        assert harmless
