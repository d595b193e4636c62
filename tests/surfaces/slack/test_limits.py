import time

import pytest

from bot.net.buckets import MemoryBuckets
from bot.surfaces.slack.faults import NoAccess, NoPlace, SaidNo, TooFast, Unclear, fault_of
from bot.surfaces.slack.limits import Pace


async def test_a_channel_takes_a_short_burst_and_then_a_message_a_second():
    pace = Pace(MemoryBuckets())

    waits = [await pace.wait_s("chat.postMessage", workspace="T1", channel="C1") for _ in range(4)]

    assert waits[:3] == [0, 0, 0]
    assert 0.5 < waits[3] <= 1.0


async def test_channels_and_workspaces_do_not_wait_for_each_other():
    pace = Pace(MemoryBuckets())
    for _ in range(4):
        await pace.wait_s("chat.postMessage", workspace="T1", channel="C1")

    assert await pace.wait_s("chat.postMessage", workspace="T1", channel="C2") == 0
    assert await pace.wait_s("chat.postMessage", workspace="T2", channel="C1") == 0


async def test_what_slack_asked_for_is_kept():
    pace = Pace(MemoryBuckets())
    await pace.close("chat.update", workspace="T1", for_s=30)

    assert await pace.wait_s("chat.update", workspace="T1") == pytest.approx(30, abs=1)
    assert await pace.wait_s("chat.update", workspace="T2") == 0


async def test_a_call_that_would_wait_too_long_is_put_off():
    pace = Pace(MemoryBuckets())
    await pace.close("chat.update", workspace="T1", for_s=60)
    began_s = time.monotonic()

    with pytest.raises(TooFast):
        await pace.wait_turn("chat.update", workspace="T1")
    assert time.monotonic() - began_s < 1


@pytest.mark.parametrize(
    ("status", "answer", "kind"),
    [
        (200, {"ok": True}, type(None)),
        (429, {"ok": False, "error": "ratelimited"}, TooFast),
        (200, {"ok": False, "error": "ratelimited"}, TooFast),
        (200, {"ok": False, "error": "is_archived"}, NoPlace),
        (200, {"ok": False, "error": "token_revoked"}, NoAccess),
        (200, {"ok": False, "error": "msg_too_long"}, SaidNo),
        (200, {"ok": False, "error": "internal_error"}, Unclear),
        (200, {"ok": False, "error": "fatal_error"}, Unclear),
        (503, {}, Unclear),
        (200, {}, Unclear),
    ],
)
def test_an_answer_means(status, answer, kind):
    fault = fault_of("chat.postMessage", status=status, headers={"Retry-After": "7"}, answer=answer)

    assert type(fault) is kind
    if isinstance(fault, TooFast):
        assert fault.retry_after_s == 7
