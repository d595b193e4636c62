"""A job to reason about, without a database."""

from datetime import UTC, datetime

from bot.domain.grammar import Ask
from bot.domain.identity import JobId, Person, Place
from bot.domain.job import Job, JobState, Order
from providers import Operation


def a_job(**changes) -> Job:
    values = {
        "id": JobId(7),
        "key": "event-1",
        "person": Person(platform="test", workspace="W", user="ana", name="Ana"),
        "place": Place(channel="general"),
        "order": Order(operation=Operation.TEXT_TO_IMAGE, ask=Ask(prompt="a fox", count=1)),
        "state": JobState.RUNNING,
        "plan": None,
        "attempt": 1,
        "created_at": datetime(2026, 11, 25, tzinfo=UTC),
        "started_at": None,
        "finished_at": None,
        "cancel_asked": False,
        "ending": None,
        "message": None,
    }
    return Job(**(values | changes))
