"""Domain values as JSON text, and back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import assert_never

from pydantic import TypeAdapter
from pydantic_core import from_json, to_json

from bot.domain.budget import Purse
from bot.domain.identity import Person, Place
from bot.domain.job import Ending, Order, Plan, Reason
from bot.domain.quota import Counter
from bot.ports import Answer
from moderation import Allow, Block, Decision, Review, Unchecked, Verdict

# Of these three the serializer itself is asked: `dump_json` costs as much again for each (measured, 2026-11).
_PERSON = TypeAdapter(Person)
_PLACE = TypeAdapter(Place)
_ORDER = TypeAdapter(Order)
_PLAN = TypeAdapter(Plan)
_ENDING = TypeAdapter(Ending)
_ANSWER = TypeAdapter(Answer)
_TEXTS = TypeAdapter(tuple[str, ...])
_REASONS = frozenset(Reason)


def write_person(person: Person) -> str:
    """JSON."""
    return _PERSON.serializer.to_json(person).decode()


@lru_cache(maxsize=1024)
def read_person(text: str) -> Person:
    """Inverse of `write_person`."""
    return _PERSON.validate_json(text)


def write_place(place: Place) -> str:
    """JSON."""
    return _PLACE.serializer.to_json(place, exclude_none=True).decode()


@lru_cache(maxsize=1024)
def read_place(text: str) -> Place:
    """Inverse of `write_place`."""
    return _PLACE.validate_json(text)


def write_order(order: Order) -> str:
    """JSON."""
    return _ORDER.serializer.to_json(order, exclude_none=True).decode()


@lru_cache(maxsize=1024)
def read_order(text: str) -> Order:
    """Inverse of `write_order`."""
    return _ORDER.validate_json(text)


def write_plan(plan: Plan) -> str:
    """JSON."""
    return _PLAN.dump_json(plan).decode()


@lru_cache(maxsize=1024)
def read_plan(text: str) -> Plan:
    """Inverse of `write_plan`."""
    return _PLAN.validate_json(text)


def model_of_plan(text: str) -> str:
    """The model alone: for counting, where whole plans would be read for nothing else."""
    return str(from_json(text)["model"])


def write_ending(ending: Ending) -> str:
    """JSON."""
    return _ENDING.dump_json(ending).decode()


def read_ending(text: str) -> Ending:
    """Inverse of `write_ending`. A reason that only a later release knows is INTERNAL, and named in the detail."""
    said = from_json(text)
    reason = said["reason"]
    if reason not in _REASONS:
        # That release's sentence fills other words.
        return Ending(reason=Reason.INTERNAL, detail=f"{reason}: {said.get('detail', '')}")
    return _ENDING.validate_python(said)


def write_answer(answer: Answer) -> str:
    """JSON."""
    return _ANSWER.dump_json(answer).decode()


def read_answer(text: str) -> Answer:
    """Inverse of `write_answer`."""
    return _ANSWER.validate_json(text)


def write_texts(texts: Sequence[str]) -> str:
    """JSON."""
    return _TEXTS.dump_json(tuple(texts)).decode() if texts else "[]"


def read_texts(text: str) -> tuple[str, ...]:
    """Inverse of `write_texts`."""
    return _TEXTS.validate_json(text)


def write_counters(counters: Sequence[Counter]) -> str:
    """JSON: which usage rows a hold stands in."""
    return to_json([[counter.scope, counter.period_key] for counter in counters]).decode()


def write_purses(purses: Sequence[Purse]) -> str:
    """JSON: which spending rows a hold of money stands in; `read_counters` reads it."""
    return to_json([[purse.scope, purse.period_key] for purse in purses]).decode()


def read_counters(text: str) -> list[tuple[str, str]]:
    """Scope and period key of each usage row a hold stands in, sorted: the order rows are locked in."""
    return sorted((scope, period_key) for scope, period_key in from_json(text))


def verdict_name(verdict: Verdict) -> str:
    """The verdict in one word."""
    match verdict:
        case Allow():
            return "allow"
        case Review():
            return "review"
        case Block():
            return "block"
        case Unchecked():
            return "unchecked"
        case _:
            assert_never(verdict)


def verdict_category(verdict: Verdict) -> str | None:
    """Why it was not allowed, where a judge said so."""
    return verdict.category if isinstance(verdict, Review | Block) else None


def write_decision(decision: Decision) -> str:
    """JSON: the deciding verdict, and of each judge the name of its verdict with its opinion."""
    named = [(verdict_name(opinion.verdict), opinion) for opinion in decision.opinions]
    return to_json({"decided": decision.verdict, "opinions": named}).decode()
