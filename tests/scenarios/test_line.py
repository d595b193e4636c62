import asyncio

from bot.domain.card import Tone
from bot.domain.sentences import ordinal
from bot.pipeline import generate
from providers import Busy, OutcomeUnknown, Unavailable
from tests.scenarios.painter import SquarePainter
from tests.scenarios.stage import ChatLog, Stage, open_stage, open_stage_house


async def running(stage, actor) -> None:
    """Returns once the actor's newest job is being painted."""
    async with asyncio.timeout(10):
        while not stage.painter.requests:
            await stage.house.job_changed((await stage.newest_job(actor.person)).id, timeout_s=0.05)


async def test_a_waiting_request_can_be_called_back(ana, stage):
    stage.painter.gate.clear()
    for _ in range(3):
        await ana.says("/imagine a fox")
    await running(stage, ana)
    waiting = await stage.newest_job(ana.person)

    reply = await ana.says(f"/cancel {waiting.id}")

    assert reply.card.headline == "Cancelled"
    card = await stage.chat.final(waiting.id)
    assert card.headline == "Cancelled"


async def test_a_running_request_can_be_called_back(ana, stage):
    stage.painter.gate.clear()
    await ana.says("/imagine a fox")
    await running(stage, ana)

    reply = await ana.says("/cancel")

    assert reply.card.headline == "Cancelling"
    card = await stage.newest_final(ana.person)
    assert card.headline == "Cancelled"


async def test_a_stranger_cannot_cancel(ana, ben, stage):
    stage.painter.gate.clear()
    await ana.says("/imagine a fox")
    job = await stage.newest_job(ana.person)

    reply = await ben.says(f"/cancel {job.id}")

    assert reply.card.headline == "You may not do that"


async def test_the_queue_shows_places_and_buttons(ana, stage):
    stage.painter.gate.clear()
    for _ in range(3):
        await ana.says("/imagine a fox")
    await running(stage, ana)

    reply = await ana.says("/queue")

    assert reply.card.headline == "You have 3 in line"
    assert len(reply.card.rows[0]) == 3


async def test_requests_just_sent_are_said_to_be_checked(tmp_path):
    painter = SquarePainter()
    async with open_stage_house(tmp_path, painter) as nobody_works_in:
        ana = Stage(nobody_works_in, ChatLog(), painter).actor("ana")
        await ana.says("/imagine a fox")
        await ana.says("/imagine a hen")

        card = (await ana.says("/queue")).card

    assert card.headline == "You have 2 in line"
    assert card.footer == "2 of yours being checked."
    assert card.preformatted.count("being checked") == 2


async def test_a_provider_that_is_away_ends_in_an_explained_failure(ana, stage, monkeypatch):
    # 5 s and then 10 otherwise.
    monkeypatch.setattr(generate, "FIRST_BACKOFF_S", 0.1)
    stage.painter.faults = [Unavailable("gone"), Unavailable("gone"), Unavailable("gone")]
    waits_in_line = []
    delay = stage.house.store.queue.delay

    async def noted(fence, **until):
        waits_in_line.append(len(stage.painter.requests))
        return await delay(fence, **until)

    monkeypatch.setattr(stage.house.store.queue, "delay", noted)

    card = await ana.gets("/imagine a fox")

    assert len(stage.painter.requests) == 3
    assert waits_in_line == [1, 2]
    assert card.tone is Tone.FAILED
    assert card.headline == "The image service can't be reached"
    assert "Nothing was charged." in card.lines


async def test_a_busy_provider_is_asked_again(ana, stage):
    stage.painter.faults = [Busy("later", retry_after_s=0.0)]

    card = await ana.gets("/imagine a fox")

    assert card.tone is Tone.DONE
    assert len(stage.painter.requests) == 2


async def test_a_lost_answer_is_not_asked_for_twice(ana, stage):
    stage.painter.faults = [OutcomeUnknown("cut")]

    card = await ana.gets("/imagine a fox")

    assert card.headline == "The answer of the image service was lost"
    retry = card.rows[0][1]
    assert retry.label == "Retry"
    assert "bill" in retry.confirm
    assert len(stage.painter.requests) == 1


async def test_retry_asks_for_the_same_once_more(ana, stage):
    stage.painter.faults = [OutcomeUnknown("cut")]
    card = await ana.gets("/imagine a fox --seed 5")

    again = await ana.gets_by(card.rows[0][1])

    assert again.tone is Tone.DONE
    assert stage.painter.requests[-1].seed == 5


async def test_the_queue_tells_a_workspaces_own_number_and_ones_own_places(tmp_path):
    async with open_stage(tmp_path) as stage:
        stage.painter.gate.clear()
        queue = stage.house.store.queue
        for number in range(6):
            await stage.actor(f"p{number}", workspace="V").says("/imagine a cow")
        await in_line(stage, 2)
        ana, vic = stage.actor("ana"), stage.actor("vic", workspace="V")
        await ana.says("/imagine a fox")
        await in_line(stage, 3)
        await ana.says("/imagine a hen")
        await in_line(stage, 4)

        hers, theirs = (await ana.says("/queue")).card, (await vic.says("/queue")).card
        nobodys = (await stage.actor("zoe", workspace="Z").says("/queue")).card
        places = [
            await queue.place(job.id)
            for job in await queue.jobs_of(ana.person.lane, unfinished=True, limit=9)
        ]

    assert hers.headline == "You have 2 in line"
    assert hers.footer == "2 waiting here."
    listed = [ordinal(place) in hers.preformatted for place in places if place is not None]
    assert listed == [True, True]
    assert theirs.lines == ("2 waiting here.",)
    assert nobodys.lines == ("Nobody is waiting here.",)


async def in_line(stage, number) -> None:
    """Returns once that many are in line, whoever's they are."""
    async with asyncio.timeout(10):
        while len(await stage.house.store.queue.line()) != number:
            await stage.house.signals.wait("ready", timeout_s=0.02)
