from bot.domain.job import FINAL, TRANSITIONS, JobState


def test_final_states_lead_nowhere_and_all_others_lead_somewhere() -> None:
    assert {state for state in JobState if not TRANSITIONS[state]} == FINAL


def test_every_job_can_end() -> None:
    for state in JobState:
        seen, todo = set(), [state]
        while todo:
            here = todo.pop()
            seen.add(here)
            todo += [there for there in TRANSITIONS[here] if there not in seen]
        assert seen & FINAL


def test_only_what_was_parked_is_received_again() -> None:
    assert [one for one in JobState if JobState.RECEIVED in TRANSITIONS[one]] == [JobState.PARKED]
