from hypothesis import given
from hypothesis import strategies as st

from bot.domain.fair import next_tag

numbers = st.floats(0, 1e6)
weights = st.floats(0.1, 100)
images = st.integers(1, 10)


@given(numbers, numbers, images, weights)
def test_a_lane_only_moves_forward(lane: float, virtual: float, n: int, weight: float) -> None:
    assert next_tag(lane_tag=lane, virtual_time=virtual, images=n, weight=weight) > lane


@given(numbers, images, weights)
def test_an_idle_lane_saves_no_credit(virtual: float, n: int, weight: float) -> None:
    fresh = next_tag(lane_tag=virtual, virtual_time=virtual, images=n, weight=weight)

    assert next_tag(lane_tag=0.0, virtual_time=virtual, images=n, weight=weight) == fresh


def test_equal_weights_take_turns() -> None:
    order = _served({"a": 1.0, "b": 1.0}, each=5)

    assert order in ("ab" * 5, "ba" * 5)


def test_a_weight_of_three_gets_three_turns_for_one() -> None:
    first = _served({"a": 3.0, "b": 1.0}, each=40)[:40]

    assert first.count("a") == 30


def _served(lanes: dict[str, float], *, each: int) -> str:
    jobs = []
    for lane, weight in lanes.items():
        tag = 0.0
        for _ in range(each):
            tag = next_tag(lane_tag=tag, virtual_time=0.0, images=1, weight=weight)
            jobs.append((tag, lane))
    return "".join(lane for _, lane in sorted(jobs, key=lambda job: (round(job[0], 9), job[1])))
