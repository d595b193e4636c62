"""A process that stood still past its lease, on each platform: it says nothing late, and what it said is taken back."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from types import SimpleNamespace

import pytest

from bot.domain.card import Card, Tone
from bot.domain.job import JobState
from bot.pipeline import post_by
from bot.pipeline.post_by import posting_until
from bot.pipeline.resumption import key_root
from bot.ports import FirstLook, FirstResponse, Letter, NotPosted, Overtaken
from bot.store.discord import SqlFirstResponses
from bot.surfaces.discord.components import message as discord_message
from bot.surfaces.discord.progress import Progress
from bot.surfaces.discord.rest import unpack_ref
from bot.surfaces.discord.writers import Writers
from bot.surfaces.slack.blocks import render
from bot.surfaces.slack.posting import Spot
from tests.scenarios.discord_stage import DiscordStage
from tests.scenarios.slack_stage import SlackStage
from tests.scenarios.stage import WAIT_S
from tests.scenarios.test_notices import posted, saying
from tests.simulators.slack.rooms import words_of

STALE = Card(tone=Tone.WORKING, headline="Painting 1 image")
LATE_S = 100.0


@pytest.fixture
def watch(monkeypatch) -> list[float]:
    """The time since the machine started, which can be moved."""
    times = [0.0]
    monkeypatch.setattr(post_by, "since_boot_s", lambda: times[0])
    return times


async def overtaken(stage, job, *, final: bool, written: str | None = None) -> Overtaken:
    """The job's letter as a late poster holds it."""
    nonce = f"{key_root(job)}-{'final' if final else 'status'}"
    letter = Letter(id=1, job=job.id, final=final, attempt=1, nonce=nonce)
    card = await stage.house.cards(job.id)
    return Overtaken(letter=letter, job=job, card=card, stands=job.message, written=written)


async def test_who_wakes_up_past_its_time_posts_nothing(stage, ana, watch):
    await ana.gets("/imagine a fox")
    job = await stage.newest_job(ana.person)
    if not isinstance(stage, SlackStage | DiscordStage):
        pytest.skip("nothing leaves the house")
    postman = stage.house.postmen[ana.person.platform]

    async with posting_until(WAIT_S):
        watch[0] = LATE_S
        with pytest.raises(NotPosted):
            await postman.say(saying(stage, job, again=False))

    assert not any("Told once" in text for text in posted(stage))


@pytest.mark.parametrize("final", [True, False])
async def test_a_second_message_on_slack_is_taken_back(slack_stage, ana, final):
    await ana.gets("/imagine a fox")
    job = await slack_stage.ended(ana)
    postman = slack_stage.house.postmen["slack"]
    late = await overtaken(slack_stage, job, final=final)
    known = {one.final: one for one in await postman.messages.of_job(job.id)}
    spot = Spot(channel=known[final].channel, thread=known[final].thread)
    ts = await postman.posting.post(
        job.person.workspace, spot, render(STALE), job=job.id, nonce=late.letter.nonce
    )
    first = await postman._remember(job, spot, ts, final=final)

    await postman.put_right(late)

    shown = [one for one in ana.driver.workspace.all_messages() if not one.deleted]
    assert first == known[final]
    assert ts not in {one.ts for one in shown}
    assert {one.message for one in known.values()} <= {one.ts for one in shown}
    assert not any(STALE.headline in words_of(one) for one in shown)


@pytest.mark.parametrize("known", [True, False])
async def test_what_a_late_process_did_on_discord_is_put_right(stage, ana, known):
    if not isinstance(stage, DiscordStage):
        pytest.skip("about Discord")
    await ana.gets("/imagine a fox")
    job = await stage.ended(ana)
    postman = stage.house.postmen["discord"]
    answer = unpack_ref(job.message)
    late = await overtaken(stage, job, final=True)
    await postman._rest.edit(answer, discord_message(STALE))
    if known:
        twin = await postman._rest.send(answer.channel, discord_message(STALE), nonce="forgotten")
        late = replace(late, written=twin.pack())

    await postman.put_right(late)

    assert shows_the_answer(stage)


@pytest.mark.parametrize("look", [FirstLook.LOST, FirstLook.SILENT])
async def test_a_late_answer_on_discord_stays_where_none_is_on_record(stage, ana, look):
    if not isinstance(stage, DiscordStage):
        pytest.skip("about Discord")
    await ana.gets("/imagine a fox")
    job = await stage.ended(ana)
    await SqlFirstResponses(stage.house.store.executor).put(job.id, FirstResponse(look=look))
    given_up = replace(job, state=JobState.FAILED, message=None)
    late = await overtaken(stage, given_up, final=True, written=job.message)
    assert late.stands is None

    await stage.house.postmen["discord"].put_right(late)

    assert shows_the_answer(stage)


async def test_an_edit_that_a_killed_gateway_left_over_an_answer_is_put_right_by_the_next(
    stage, ana
):
    if not isinstance(stage, DiscordStage):
        pytest.skip("about Discord")
    await ana.gets("/imagine a fox")
    job = await stage.ended(ana)
    house, postman = stage.house, stage.house.postmen["discord"]
    await postman._rest.edit(unpack_ref(job.message), discord_message(STALE))
    assert not shows_the_answer(stage)

    successor = Progress(
        queue=house.store.queue,
        cards=house.cards,
        postman=postman,
        writers=Writers(),
        turn=SimpleNamespace(held=True, lapsed_at=house.desk.clock.now().timestamp()),
        records=SqlFirstResponses(house.store.executor),
    )
    await successor.step(stop=asyncio.Event())

    assert shows_the_answer(stage)


async def test_a_picture_that_went_away_unheard_is_taken_out_on_discord_too(stage, ana):
    if not isinstance(stage, DiscordStage):
        pytest.skip("about Discord")
    card = await ana.gets("/imagine a fox --n 2")
    await stage.ended(ana)
    house = stage.house
    await house.store.gallery.delete(card.pictures[0].image, by=ana.person)

    successor = Progress(
        queue=house.store.queue,
        cards=house.cards,
        postman=house.postmen["discord"],
        writers=Writers(),
        turn=SimpleNamespace(held=True, lapsed_at=None),
        records=SqlFirstResponses(house.store.executor),
    )
    await successor.step(stop=asyncio.Event())

    (shown,) = [one for one in stage.platform.messages.values() if not one.deleted]
    assert len(shown.attachments) == 1


def shows_the_answer(stage) -> bool:
    (shown,) = [one for one in stage.platform.messages.values() if not one.deleted]
    text = str(shown.components)
    return "a fox" in text and STALE.headline not in text
