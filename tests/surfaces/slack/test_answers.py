"""Every answer a job can have, over every outcome and up to ten pictures, is a message that Slack takes."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.commands.words import REGISTRY
from bot.domain import answers
from bot.domain.card import Reply
from bot.domain.grammar import MAX_PROMPT_CHARS, Ask
from bot.domain.identity import Role
from bot.domain.job import Ending, JobState, Reason
from bot.domain.job_cards import Surroundings, card_of
from bot.domain.status_cards import answered
from bot.surfaces.slack.blocks import ShownFile, render
from bot.surfaces.slack.home import home_view
from bot.surfaces.slack.postman import answer_message, pictures_of
from providers import Operation
from tests.domain.test_job_cards import done, pictures
from tests.surfaces.slack.cards import NASTY
from tests.surfaces.slack.judges import complaints_about_blocks, complaints_about_view

often = settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
prompts = st.one_of(
    st.sampled_from(NASTY).map(lambda part: (part * MAX_PROMPT_CHARS)[:MAX_PROMPT_CHARS]),
    st.text(max_size=80),
)
endings = st.builds(
    Ending,
    reason=st.sampled_from(Reason),
    category=st.none() | st.sampled_from(["sexual", "self_harm", "violence", "nonsense"]),
    words=prompts,
)


@st.composite
def jobs(draw: st.DrawFn):
    """A job in any state, and what is around it."""
    job = replace(
        done(draw(st.sampled_from(Operation))),
        state=draw(st.sampled_from(JobState)),
        ending=draw(st.none() | endings),
        cost_microusd=draw(st.none() | st.integers(0, 10**9)),
        notes=tuple(draw(st.lists(prompts, max_size=3))),
    )
    job = replace(job, order=replace(job.order, ask=Ask(prompt=draw(prompts), count=10)))
    covered = draw(st.booleans())
    shown = tuple(
        replace(one, id=10**15 + one.id, alt=job.order.ask.prompt, sensitive=covered)
        for one in pictures(draw(st.integers(0, 10)))
    )
    able = draw(st.sets(st.sampled_from(Operation)))
    place = draw(st.none() | st.integers(1, 10**6))
    return job, Surroundings(images=shown, made=len(shown), place=place, able=frozenset(able))


@often
@given(jobs())
def test_every_outcome_is_a_message_that_slack_takes(drawn):
    job, around = drawn
    card = card_of(job, around)
    files = [
        ShownFile(file="F0000000001", alt=one.alt, title=one.title)
        for one in pictures_of(job, card)
    ]

    for message in (
        answer_message(card, asker="U0000000001", files=files),
        render(answered(job, card), asker="U0000000001"),
    ):
        assert complaints_about_blocks(message.blocks) == []
        assert len(message.text) <= 4_000


@often
@given(st.lists(jobs(), max_size=3))
def test_a_home_tab_of_any_answers_is_a_view_that_slack_takes(drawn):
    cards = [card_of(job, around) for job, around in drawn]

    assert complaints_about_view(home_view(cards, ())) == []


def test_no_button_of_ten_pictures_is_left_out():
    around = Surroundings(images=pictures(10), made=10, able=frozenset(Operation))
    card = card_of(done(), around)

    (menu,) = [one for one in render(card).blocks if one["block_id"] == "menu"]
    groups = menu["elements"][0]["option_groups"]

    assert [one["label"]["text"] for one in groups] == [f"Picture {n}" for n in range(1, 11)]
    assert sum(len(one["options"]) for one in groups) == len(card.menu)
    assert complaints_about_blocks(render(card).blocks) == []


@pytest.mark.parametrize(
    "reply",
    [
        answers.dead_button(),
        answers.no_picture(12),
        answers.not_allowed(Role.ADMIN),
        answers.not_yours("picture"),
        answers.unknown_word("x" * 3_000, None),
        answers.not_kept(no_room=True),
        answers.broke(),
        answers.unfit("x" * 3_000),
        answers.reading_picture(),
        answers.taken_from_form(),
        answers.listing("Commands", "\n".join(guide.name for guide in REGISTRY.guides) * 100),
    ],
)
def test_what_is_said_at_once_is_a_message_that_slack_takes(reply: Reply):
    assert reply.card is not None
    assert complaints_about_blocks(render(reply.card).blocks) == []
