"""Who may see a picture, once all judges have spoken: everybody, people in age-restricted places, or nobody."""

from __future__ import annotations

from enum import StrEnum

from moderation.floor import speaks_of_minors
from moderation.normaliser import views
from moderation.rulebook import rulebook
from moderation.terms import words_of
from moderation.verdict import Allow, Category, Decision, Gate, Opinion, Review, Unchecked


class Audience(StrEnum):
    """Who may see it."""

    EVERYBODY = "everybody"
    ADULTS = "adults"
    """In a place that is age-restricted, and covered there until somebody opens it."""
    NOBODY = "nobody"


def audience_of(decision: Decision, *, prompt: str, brought: bool) -> Audience:
    """Who may see the picture that was painted for `prompt`; `brought` says that it began with a picture of somebody's.

    Only a judge's doubt whether it is sexual leaves it to adults. What a judge blocks, a doubt of any other kind and a
    required judge that didn't answer leave it to nobody, in whatever place. So does a doubt where the words speak of
    minors at all, or where somebody brought the picture it began with: no judge here can tell an age or a real person.
    """
    if decision.allowed:
        return Audience.EVERYBODY
    if decision.gate is not Gate.IMAGE or not isinstance(decision.verdict, Review):
        return Audience.NOBODY
    readings = views(prompt, vocabulary=rulebook().vocabulary)
    if brought or any(speaks_of_minors(words_of(reading)) for reading in readings):
        return Audience.NOBODY
    return Audience.ADULTS if all(map(_leaves_it, decision.opinions)) else Audience.NOBODY


def _leaves_it(opinion: Opinion) -> bool:
    match opinion.verdict:
        case Allow():
            return True
        case Review(category=category):
            return category is Category.SEXUAL
        case Unchecked():
            return not opinion.required
        case _:
            return False
