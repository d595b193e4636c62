"""Start-time fair queueing in one number: who waits behind whom."""

from __future__ import annotations


def next_tag(*, lane_tag: float, virtual_time: float, images: int, weight: float) -> float:
    """The tag of a lane's next job: it is served in order of tag, smallest first.

    An idle lane re-enters at the virtual time, so neither credit nor debt grows while a person is away.
    """
    return max(lane_tag, virtual_time) + images / weight
