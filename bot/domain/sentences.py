"""Every sentence a person reads about how a request went: what happened, what it cost, what to do next.

Written once, the same on every platform. No vendor names, no codes; those are for the log and the admin.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.job import Ending, Reason
from providers import DataTerms

NOTHING_CHARGED = "Nothing was charged."
AI_LABEL = "AI-generated image"
AI_LABEL_MANY = "AI-generated images"
SKETCH_LABEL = "Local sketch, drawn by rules: not by an AI model"
STYLED_SKETCH_LABEL = "Local sketch, drawn by rules; a small AI model gave it its style"
ANSWERED_ELSEWHERE = (
    "I can't write where you asked, so your answer is here. Its pictures are in your gallery there."
)
HELP_LINE = (
    "If this is about you or someone you know: you are not alone. Talk to a person you trust, or find a free "
    "helpline for your country at findahelpline.com."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A headline and the lines below it."""

    headline: str
    lines: tuple[str, ...]


CATEGORY_WORDS: Mapping[str, str] = {
    "sexual": "sexual content",
    "sexual_minors": "sexual content with minors",
    "violence": "graphic violence",
    "hate": "hate against a group of people",
    "harassment": "harassment of a person",
    "self_harm": "self-harm",
    "weapons": "weapons, drugs or other dangerous instructions",
    "extremism": "violent extremism",
    "deception": "deception with forged documents or events",
    "blocklist": "words this workspace doesn't allow",
    "other": "something the house rules don't allow",
}

_REPHRASE = "Change the words and try again."
_LATER = "Try again in a few minutes, or ask an admin if it goes on."

_ENDINGS: Mapping[Reason, tuple[str, tuple[str, ...]]] = {
    Reason.BLOCKED_PROMPT: (
        "This request can't be made here",
        ("It reads like {category}, which the house rules don't allow.", _REPHRASE),
    ),
    Reason.UNSURE_PROMPT: (
        "This request is too close to the line",
        (
            "It might be read as {category}, so it was not painted.",
            "Say more plainly what you mean and try again.",
        ),
    ),
    Reason.UNCHECKED_PROMPT: (
        "The request couldn't be checked",
        (
            "Nothing is painted here unchecked, and the check didn't answer. It says nothing about your words.",
            _LATER,
        ),
    ),
    Reason.BLOCKED_IMAGE: (
        "The picture can't be shown",
        (
            "It turned out to show {category}, which the house rules don't allow.",
            "Re-roll it or change the words.",
        ),
    ),
    Reason.UNSURE_IMAGE: (
        "The picture is too close to the line",
        ("It might show {category}, so it is not shown.", "Re-roll it or change the words."),
    ),
    Reason.UNCHECKED_IMAGE: (
        "The picture couldn't be checked",
        ("Nothing is shown here unchecked, and the check didn't answer.", _LATER),
    ),
    Reason.PROVIDER_BLOCKED: (
        "The image service declined this request",
        (
            "Its own rules said no{category_clause}. That can differ from one try to the next.",
            _REPHRASE,
        ),
    ),
    Reason.NO_MODEL: (
        "No model here can do that",
        ("{words}", "Type /models to see what each one can do."),
    ),
    Reason.BAD_REQUEST: (
        "The image service didn't accept this request",
        ("{words}", "Change the request and try again."),
    ),
    Reason.PROVIDER_DOWN: (
        "The image service can't be reached",
        ("It doesn't answer now.", _LATER),
    ),
    Reason.PROVIDER_ACCOUNT: (
        "The image service refused the house's account",
        ("This is nothing you did. An admin has to look at the key or the credit.",),
    ),
    Reason.BAD_ANSWER: (
        "The image service answered without a usable picture",
        (
            "It may bill the house for it all the same.",
            "Try again; if it goes on, tell an admin.",
        ),
    ),
    Reason.OUTCOME_UNKNOWN: (
        "The answer of the image service was lost",
        (
            "The picture may have been painted, but it never arrived here.",
            "Retry paints it anew; the image service may then bill the house twice.",
        ),
    ),
    Reason.DEADLINE: (
        "This took too long",
        ("The request was given up when its time was over.", _LATER),
    ),
    Reason.WORKER_DIED: (
        "This request was given up",
        (
            "The program painting it stopped unexpectedly, several times in a row.",
            "Tell an admin the number of this request.",
        ),
    ),
    Reason.UNDELIVERABLE: (
        "The answer couldn't be posted",
        ("The pictures are kept in your gallery.",),
    ),
    Reason.STORAGE: (
        "The disk for pictures failed",
        (
            "It is full, or can't be read or written.",
            "Ask an admin to look at it, then try again.",
        ),
    ),
    Reason.OVER_BUDGET: ("The budget doesn't reach for that", ("{words}",)),
    Reason.OVER_QUOTA: ("Your quota doesn't reach for that any more", ("{words}",)),
    Reason.NO_PRICE: (
        "Nobody knows what this would cost",
        (
            "A budget stands here, and {words} has no known price, so it can't be paid from it.",
            "Name another model, or ask an admin.",
        ),
    ),
    Reason.NOT_LET_IN: (
        "You may no longer use this here",
        ("When its turn came, the rules here didn't let it in.", "Ask an admin."),
    ),
    Reason.INTERNAL: (
        "Something went wrong here",
        (
            "This is our fault, not yours.",
            "Try again; if it goes on, tell an admin the number of this request.",
        ),
    ),
    Reason.CANCELLED: ("Cancelled", ()),
}


def explain(ending: Ending) -> Explanation:
    """What a person is told about `ending`; it always says what it cost."""
    headline, lines = _ENDINGS[ending.reason]
    category = CATEGORY_WORDS.get(ending.category or "other", CATEGORY_WORDS["other"])
    clause = f" ({category})" if ending.category else ""
    filled = tuple(
        line.format(category=category, category_clause=clause, words=ending.words) for line in lines
    )
    if ending.category == "self_harm":
        filled = (*filled, HELP_LINE)
    return Explanation(headline=headline, lines=(*filled, NOTHING_CHARGED))


def counted(count: int, noun: str) -> str:
    """`1 model`, `4 models`, `1,200 requests`: of nouns that take an s."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def images(count: int) -> str:
    """`1 image`, `4 images`."""
    return f"{count} image" if count == 1 else f"{count} images"


def not_shown_openly(positions: Sequence[int], *, of: int) -> str:
    """Of pictures that are covered, where a platform can cover none: how to see them."""
    if of == 1:
        return "This picture may be sensitive, so it is not shown openly. Choose Details to see it."
    numbers = ", ".join(str(position) for position in positions)
    return f"Not shown openly, since it may be sensitive: {numbers}. Choose its Details to see it."


def ordinal(place: int) -> str:
    """`1st`, `2nd`, `11th`."""
    suffix = (
        "th" if place % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    )
    return f"{place}{suffix}"


def duration(span: timedelta) -> str:
    """`0.8 s`, `42 s`, `3 min 5 s`."""
    seconds = max(0.0, span.total_seconds())
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def money(microusd: int) -> str:
    """`$0.04`, `$0.0021`: as many digits as the amount needs."""
    dollars = microusd / 1_000_000
    return f"${dollars:.2f}" if dollars >= 0.01 or microusd == 0 else f"${dollars:.4f}"


def until(moment: datetime, *, now: datetime) -> str:
    """`in 3 h 12 min`, for a moment still to come."""
    span = moment - now
    if span < timedelta(minutes=1):
        return "in less than a minute"
    minutes = timedelta(minutes=-(-span // timedelta(minutes=1)))
    return f"in {duration(minutes)}"


def data_terms(terms: DataTerms) -> str:
    """What becomes of prompts and pictures somewhere: `eu, kept 30 days, no training`; `?` where nobody says."""
    days = "?" if terms.retention_days is None else counted(terms.retention_days, "day")
    trains = {True: "trains on it", False: "no training", None: "training ?"}[terms.trains_on_data]
    return f"{terms.region or 'region ?'}, kept {days}, {trains}"
