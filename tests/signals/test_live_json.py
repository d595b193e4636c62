"""Live updates on their way between processes."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.identity import JobId
from bot.domain.live import Changed, Painting
from bot.signals.live_json import read_updates, write_updates

jobs = st.integers(1, 2**63 - 1).map(JobId)
thousandths = st.integers(0, 1000).map(lambda number: number / 1000)
updates = st.one_of(
    st.builds(Painting, job=jobs, fraction=st.none() | thousandths),
    st.builds(Changed, job=jobs),
)


@given(st.lists(updates), st.integers(64, 500))
def test_what_is_written_is_read_and_fits(said, most_bytes: int) -> None:
    texts = list(write_updates(said, most_bytes=most_bytes))

    assert [update for text in texts for update in read_updates(text)] == said
    assert all(len(text.encode()) <= most_bytes for text in texts)


@given(st.text() | st.lists(st.lists(st.integers() | st.text())).map(str))
def test_nothing_foreign_does_harm(text: str) -> None:
    assert all(isinstance(one, Painting | Changed) for one in read_updates(text))


def test_what_another_release_says_is_left_out() -> None:
    assert read_updates('[["x", 1, 2, 3], ["c", 5], {"new": 1}]') == [Changed(job=JobId(5))]
