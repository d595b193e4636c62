"""A provider whose calls fail one after another is left alone, and one call at a time may try again."""

from bot.net.breaker import MOST_FAILURES, SHUT_S, MemoryBreakers


class Seconds:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def shut_one(clock: Seconds) -> MemoryBreakers:
    breakers = MemoryBreakers(now_s=clock)
    for _ in range(MOST_FAILURES):
        assert await breakers.admit("dead") == 0
        await breakers.failed("dead")
    return breakers


async def test_the_third_failure_in_a_row_shuts_it_for_half_a_minute():
    breakers = await shut_one(Seconds())

    assert await breakers.admit("dead") == SHUT_S
    assert await breakers.shut(["dead", "other"]) == {"dead": SHUT_S}
    assert await breakers.admit("other") == 0


async def test_failures_with_an_answer_between_them_shut_nothing():
    breakers = MemoryBreakers(now_s=Seconds())
    for _ in range(10):
        await breakers.failed("shaky")
        await breakers.failed("shaky")
        await breakers.succeeded("shaky")

    assert await breakers.admit("shaky") == 0


async def test_one_call_may_try_again_after_the_time_and_no_second():
    clock = Seconds()
    breakers = await shut_one(clock)
    clock.now += SHUT_S

    assert await breakers.shut(["dead"]) == {"dead": 0.0}
    assert await breakers.admit("dead") == 0
    assert await breakers.admit("dead") == SHUT_S


async def test_a_trial_that_fails_shuts_it_again_and_one_that_succeeds_opens_it():
    clock = Seconds()
    breakers = await shut_one(clock)
    clock.now += SHUT_S
    await breakers.admit("dead")
    await breakers.failed("dead")
    assert await breakers.admit("dead") == SHUT_S

    clock.now += SHUT_S
    await breakers.admit("dead")
    await breakers.succeeded("dead")

    assert [await breakers.admit("dead") for _ in range(5)] == [0.0] * 5


async def test_a_trial_that_never_reports_back_holds_nobody_up_for_long():
    clock = Seconds()
    breakers = await shut_one(clock)
    clock.now += SHUT_S
    await breakers.admit("dead")
    clock.now += SHUT_S

    assert await breakers.admit("dead") == 0


async def test_at_most_one_trial_in_half_a_minute_however_often_it_is_asked():
    clock = Seconds()
    breakers = await shut_one(clock)
    admitted = 0
    for _ in range(600):
        clock.now += 1
        if await breakers.admit("dead") == 0:
            admitted += 1
            await breakers.failed("dead")

    assert admitted <= 600 / SHUT_S
