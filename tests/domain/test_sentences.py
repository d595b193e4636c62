from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.job import Ending, Reason
from bot.domain.sentences import (
    CATEGORY_WORDS,
    HELP_LINE,
    NOTHING_CHARGED,
    duration,
    explain,
    money,
    ordinal,
    until,
)
from moderation import Category


@pytest.mark.parametrize("reason", Reason)
def test_every_ending_has_words_and_says_what_it_cost(reason: Reason) -> None:
    explanation = explain(Ending(reason=reason, category="violence", words="It said so."))

    assert explanation.headline
    assert explanation.lines[-1] == NOTHING_CHARGED
    assert not any("{" in line for line in explanation.lines)


@pytest.mark.parametrize("category", Category)
def test_every_category_is_named_in_words(category: Category) -> None:
    ending = Ending(reason=Reason.BLOCKED_PROMPT, category=category.value)

    assert CATEGORY_WORDS[category.value] in " ".join(explain(ending).lines)


def test_a_refusal_about_self_harm_shows_where_help_is() -> None:
    ending = Ending(reason=Reason.BLOCKED_PROMPT, category="self_harm")

    assert HELP_LINE in explain(ending).lines


def test_braces_in_a_reason_are_only_text() -> None:
    ending = Ending(reason=Reason.BAD_REQUEST, words="{0.__class__}")

    assert "{0.__class__}" in explain(ending).lines


def test_details_for_admins_are_not_shown() -> None:
    ending = Ending(reason=Reason.INTERNAL, detail="Traceback at line 7")

    assert "Traceback" not in " ".join(explain(ending).lines)


@pytest.mark.parametrize(
    ("place", "words"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (112, "112th"), (121, "121st")],
)
def test_places_are_counted_in_words(place: int, words: str) -> None:
    assert ordinal(place) == words


def test_durations_are_as_exact_as_they_need_to_be() -> None:
    spans = [timedelta(seconds=s) for s in (0.84, 42, 185, 3600, 7380)]

    assert [duration(span) for span in spans] == ["0.8 s", "42 s", "3 min 5 s", "1 h", "2 h 3 min"]


def test_money_shows_the_digits_it_needs() -> None:
    assert [money(v) for v in (0, 2_100, 40_000, 1_230_000)] == [
        "$0.00",
        "$0.0021",
        "$0.04",
        "$1.23",
    ]


def test_a_moment_to_come_is_rounded_up() -> None:
    now = datetime(2026, 11, 25, tzinfo=UTC)

    assert until(now + timedelta(seconds=61), now=now) == "in 2 min"
    assert until(now + timedelta(seconds=5), now=now) == "in less than a minute"
