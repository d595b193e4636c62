import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation import Allow, Block, Category, Gate, Opinion, Review, Unchecked
from moderation.merge import NOBODY, merge

VERDICTS = st.one_of(
    st.just(Allow()),
    st.builds(Review, category=st.sampled_from(Category), score=st.floats(0, 1)),
    st.builds(Block, category=st.sampled_from(Category), score=st.floats(0, 1)),
    st.just(Unchecked(detail="silent")),
)
OPINIONS = st.lists(
    st.builds(Opinion, judge=st.text(), version=st.text(), required=st.booleans(), verdict=VERDICTS)
)


def opinion(verdict, *, judge="a", required=True):
    return Opinion(judge=judge, version="1", required=required, verdict=verdict)


def decide(*opinions):
    return merge(Gate.PROMPT, opinions, policy_version="p1")


BLOCK = Block(category=Category.VIOLENCE, score=0.9)
REVIEW = Review(category=Category.HATE, score=0.99)
SILENCE = Unchecked(detail="silent")


@pytest.mark.parametrize(
    ("verdicts", "strictest"),
    [
        ([Allow(), BLOCK, REVIEW, SILENCE], BLOCK),
        ([Allow(), REVIEW, SILENCE], REVIEW),
        ([Allow(), SILENCE], SILENCE),
        ([Allow(), Allow()], Allow()),
    ],
)
def test_the_strictest_opinion_wins(verdicts, strictest):
    assert decide(*map(opinion, verdicts)).verdict == strictest


def test_an_optional_judges_silence_is_passed_over():
    decision = decide(opinion(Allow(), judge="a"), opinion(SILENCE, judge="b", required=False))

    assert decision.allowed
    assert decision.judge == "a"
    assert len(decision.opinions) == 2


def test_an_optional_judges_no_counts():
    assert not decide(opinion(Allow()), opinion(BLOCK, required=False)).allowed


def test_without_a_judge_nothing_is_allowed():
    decision = decide()

    assert isinstance(decision.verdict, Unchecked)
    assert decision.judge == NOBODY


def test_when_only_optional_judges_stand_there_and_all_are_silent_nothing_is_allowed():
    assert isinstance(decide(opinion(SILENCE, required=False)).verdict, Unchecked)


def test_among_blocks_the_floor_is_named_first():
    mild = Block(category=Category.SELF_HARM, score=0.7)

    assert decide(opinion(BLOCK), opinion(mild, judge="b")).verdict == mild


def test_the_decision_tells_its_policy_and_gate():
    decision = decide(opinion(Allow()))

    assert (decision.policy_version, decision.gate) == ("p1", Gate.PROMPT)


@given(OPINIONS)
def test_nothing_is_allowed_unless_every_required_judge_allows_it(opinions):
    decision = decide(*opinions)

    expected = any(isinstance(one.verdict, Allow) for one in opinions) and all(
        isinstance(one.verdict, Allow) or (isinstance(one.verdict, Unchecked) and not one.required)
        for one in opinions
    )
    assert decision.allowed == expected
    assert decision.opinions == tuple(opinions)
