"""kill -9 at every boundary of a job's life, then a restart: nothing lost, nothing said or bought twice.

The 17 boundaries of the plan by the names they have here: received, committed, acked, moderating, queued,
placeholder_posting, placeholder_posted, leased, submitting, submitted (its two halves are `sent`, written before the
request leaves, and `submitted`, where the provider gives an id), fetched (and `answered`, once it is written down),
image_moderated, processed, stored (and `finished`, once it is written down), delivering, delivered, settled.
"""

from __future__ import annotations

import pytest

from tests.crash.judge import violations

pytestmark = pytest.mark.crash

BOUNDARIES = (
    "received",
    "committed",
    "acked",
    "moderating",
    "queued",
    "placeholder_posting",
    "placeholder_posted",
    "leased",
    "submitting",
    "sent",
    "submitted",
    "fetched",
    "answered",
    "image_moderated",
    "processed",
    "stored",
    "finished",
    "delivering",
    "delivered",
    "settled",
)
KINDS = ("sync", "polling", "keyed")
SWEEP = [
    (boundary, kind)
    for boundary in BOUNDARIES
    for kind in KINDS
    if (boundary, kind) != ("submitted", "sync")
]
SAMPLE = [(boundary, KINDS[number % 3]) for number, boundary in enumerate(BOUNDARIES)]


def died_and_came_back(scenario, boundary: str, kind: str, *, occurrence: int = 1) -> list[str]:
    story = scenario(kind)
    story.type("ada", "ada", "ben", images=2)
    story.crash(boundary, occurrence=occurrence)

    story.recover()

    return violations(story.evidence(), kind=kind)


@pytest.mark.parametrize(("boundary", "kind"), SAMPLE)
def test_a_death_at_any_boundary_loses_and_doubles_nothing(scenario, boundary, kind):
    assert died_and_came_back(scenario, boundary, kind) == []


@pytest.mark.proof
@pytest.mark.parametrize("occurrence", [1, 2, 3])
@pytest.mark.parametrize(("boundary", "kind"), SWEEP)
def test_a_death_at_every_boundary_with_every_provider(scenario, boundary, kind, occurrence):
    assert died_and_came_back(scenario, boundary, kind, occurrence=occurrence) == []


def test_a_start_removes_what_a_dead_writer_left(scenario):
    story = scenario("polling")
    story.type("ada")
    story.crash("opened")
    unfinished = story.data_dir / "pictures" / "unfinished"
    (unfinished / "0123456789abcdef").write_bytes(b"half a pict")

    story.recover()

    assert violations(story.evidence(), kind="polling") == []
