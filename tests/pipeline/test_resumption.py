"""What the journal says after a crash: the whole of R4 in one pure function."""

from datetime import UTC, datetime

import pytest

from bot.domain.grammar import Ask
from bot.domain.identity import JobId, Person, Place
from bot.domain.job import Fence, Job, JobState, Order
from bot.pipeline.resumption import (
    CallAnew,
    Exhausted,
    Lost,
    Refused,
    Repeat,
    Resume,
    UseAnswer,
    key_root,
    next_call,
)
from bot.ports import Answer, JournalledCall
from providers import Operation

JOB = JobId(7)
FENCE = Fence(job=JOB, owner="me", attempt=2)
ANSWER = Answer(images=(), cost_microusd=0, notes=(), request_id=None)


def call(state: str, **changes: object) -> JournalledCall:
    values: dict[str, object] = {
        "id": 1,
        "job": JOB,
        "part": 0,
        "attempt": 2,
        "provider": "shop",
        "key": "job-7-part-0-call-1",
        "state": state,
        "remote_id": None,
        "answer": None,
    }
    return JournalledCall(**(values | changes))  # type: ignore[arg-type]


def decide(*calls: JournalledCall, repeatable: frozenset[str] = frozenset()) -> object:
    return next_call(FENCE, 0, calls, root="job-7", repeatable=repeatable)


def asked(key: str, *, second: int = 0) -> Job:
    return Job(
        id=JOB,
        key=key,
        person=Person(platform="chat", workspace="W", user="ada", name="Ada"),
        place=Place(channel="general"),
        order=Order(operation=Operation.TEXT_TO_IMAGE, ask=Ask(prompt="a fox")),
        state=JobState.RUNNING,
        plan=None,
        attempt=1,
        created_at=datetime(2026, 11, 25, second=second, tzinfo=UTC),
        started_at=None,
        finished_at=None,
        cancel_asked=False,
        ending=None,
        message=None,
    )


def test_the_first_call_gets_a_key_of_job_and_part() -> None:
    assert decide() == CallAnew(key="job-7-part-0-call-1", failed=frozenset())


def test_keys_of_a_job_stay_the_same_after_a_restart() -> None:
    assert key_root(asked("chat:1")) == key_root(asked("chat:1"))


def test_the_same_number_in_another_database_gives_other_keys() -> None:
    roots = {
        key_root(asked("chat:1")),
        key_root(asked("chat:2")),
        key_root(asked("chat:1", second=1)),
    }

    assert len(roots) == 3


def test_an_answered_call_is_not_made_again() -> None:
    assert decide(call("answered", answer=ANSWER)) == UseAnswer(answer=ANSWER)


def test_a_planned_call_was_never_sent_and_keeps_its_key() -> None:
    planned = call("planned")

    assert decide(planned) == Repeat(call=planned)


def test_a_call_the_provider_has_under_its_own_id_is_resumed() -> None:
    sent = call("sent", remote_id="r-1")

    assert decide(sent) == Resume(call=sent)


@pytest.mark.parametrize("state", ["sent", "unknown"])
def test_a_call_whose_answer_was_lost_is_never_repeated_blindly(state: str) -> None:
    lost = call(state)

    assert decide(lost) == Lost(call=lost)


@pytest.mark.parametrize("state", ["sent", "unknown"])
def test_a_lost_call_is_repeated_where_one_key_is_billed_once(state: str) -> None:
    lost = call(state)

    assert decide(lost, repeatable=frozenset({"shop"})) == Repeat(call=lost)


def test_a_failed_call_is_followed_by_another_provider() -> None:
    assert decide(call("failed")) == CallAnew(key="job-7-part-0-call-2", failed=frozenset({"shop"}))


def test_a_provider_that_failed_in_an_earlier_attempt_may_be_asked_again() -> None:
    assert decide(call("failed", attempt=1)) == CallAnew(
        key="job-7-part-0-call-2", failed=frozenset()
    )


def test_three_calls_are_enough() -> None:
    assert decide(*[call("failed", attempt=n) for n in (1, 1, 2)]) == Exhausted()


def test_other_parts_do_not_count() -> None:
    assert isinstance(decide(call("answered", answer=ANSWER, part=1)), CallAnew)


@pytest.mark.parametrize("state", ["blocked", "invalid"])
def test_what_was_refused_once_is_not_asked_again(state: str) -> None:
    refused = call(state, attempt=1)

    assert decide(refused) == Refused(call=refused)
