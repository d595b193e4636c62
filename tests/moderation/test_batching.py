import asyncio

import pytest

from moderation.batching import Batcher


class Slow:
    """Scores a text by its length; each batch waits until it is let go."""

    def __init__(self):
        self.batches = []
        self.gate = asyncio.Event()
        self.fault = None

    async def __call__(self, texts):
        self.batches.append(list(texts))
        await self.gate.wait()
        if self.fault:
            raise self.fault
        return [len(text) for text in texts]


async def started(*calls):
    tasks = [asyncio.ensure_future(call) for call in calls]
    await asyncio.wait(tasks, timeout=0.01)
    return tasks


async def test_what_comes_while_a_batch_runs_goes_together_in_the_next():
    slow = Slow()
    batcher = Batcher(slow)

    tasks = await started(batcher(["a"]), batcher(["bb", "ccc"]), batcher(["dddd"]))
    slow.gate.set()

    assert await asyncio.gather(*tasks) == [[1], [2, 3], [4]]
    assert slow.batches == [["a"], ["bb", "ccc", "dddd"]]


async def test_a_batch_is_bounded_but_one_long_call_goes_whole():
    slow = Slow()
    slow.gate.set()
    batcher = Batcher(slow, most_texts=3)

    await asyncio.gather(*(batcher(["x"] * size) for size in (2, 2, 5, 1)))

    assert max(map(len, slow.batches)) == 5
    assert sum(map(len, slow.batches)) == 10


async def test_when_the_first_in_line_is_cancelled_the_next_takes_over():
    slow = Slow()
    batcher = Batcher(slow)
    first, second, third = await started(batcher(["a"]), batcher(["bb"]), batcher(["ccc"]))

    first.cancel()
    slow.gate.set()

    assert await second == [2]
    assert await third == [3]
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_a_caller_that_left_costs_the_others_nothing():
    slow = Slow()
    batcher = Batcher(slow)
    first, second, third = await started(batcher(["a"]), batcher(["bb"]), batcher(["ccc"]))

    second.cancel()
    slow.gate.set()

    assert await first == [1]
    assert await third == [3]
    assert slow.batches == [["a"], ["ccc"]]


async def test_a_failed_batch_fails_for_everyone_in_it_and_the_next_one_works():
    slow = Slow()
    slow.fault = OSError("process gone")
    batcher = Batcher(slow)
    tasks = await started(batcher(["a"]), batcher(["bb"]))
    slow.gate.set()

    outcomes = await asyncio.gather(*tasks, return_exceptions=True)

    assert all(isinstance(outcome, OSError) for outcome in outcomes)
    slow.fault = None
    assert await batcher(["ccc"]) == [3]


async def test_nothing_to_score_is_no_trouble():
    slow = Slow()
    slow.gate.set()

    assert await Batcher(slow)([]) == []
