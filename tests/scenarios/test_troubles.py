"""What goes wrong at a joint costs nobody a picture that was paid."""

import asyncio

from bot.domain.card import Tone
from providers import ContentBlocked, ModelGone


async def test_what_was_painted_before_a_later_call_failed_is_delivered(ana, stage):
    """Five pictures take two calls of four and one; the second is declined."""
    painter = stage.painter
    painter.faults_at = {2: ContentBlocked("declined")}

    card = await ana.gets("/imagine a red fox --n 5")

    assert card.tone is Tone.DONE
    assert len(card.pictures) == 4


async def test_a_provider_that_breaks_when_called_off_takes_nobody_with_it(ana, ben, stage):
    stage.painter.gate.clear()
    stage.painter.gives_ids = True
    stage.painter.cancel_fault = RuntimeError("a bug in a plug-in")
    await ana.says("/imagine a fox")
    async with asyncio.timeout(10):
        while not stage.painter.requests:
            await stage.house.job_changed((await stage.newest_job(ana.person)).id, timeout_s=0.05)
    await ana.says("/cancel")
    stage.painter.gate.set()

    card = await ben.gets("/imagine a hen")

    assert card.tone is Tone.DONE


async def test_money_spent_on_pictures_that_may_not_be_shown_is_recorded(ana, stage):
    await ana.gets("/imagine something ugly --n 2")

    job = await stage.newest_job(ana.person)

    assert job.cost_microusd == 2000


async def test_a_model_that_is_gone_ends_in_an_answer(ana, stage):
    stage.painter.faults = [ModelGone("retired") for _ in range(3)]

    card = await ana.gets("/imagine a fox")

    assert card.tone is Tone.FAILED
    assert "Nothing was charged." in card.lines
