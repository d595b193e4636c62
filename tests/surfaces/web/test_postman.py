"""Answers posted into the playground stand once, in the right place, before the right eyes."""

from dataclasses import replace

from bot.domain.card import Card, Tone
from bot.domain.identity import Place, WorkspaceId
from bot.domain.job import Ending, JobState, Reason
from bot.domain.live import Changed
from bot.ports import Letter, Posted, Saying, Undeliverable


def letter(job, *, final, nonce="n"):
    return Letter(id=1, job=job.id, final=final, attempt=1, nonce=nonce)


async def job_of(stage, visit, **body):
    async with visit() as ana:
        await ana.say("/imagine a fox --n 2", **body)
    return stage.queue.jobs[stage.newest()]


async def finished(stage, job):
    stage.queue.change(job.id, state=JobState.DELIVERED)
    for position in (1, 2):
        stage.queue.change(job.id, plan=None)
        await stage.store(job.id, position, position)
    return stage.queue.jobs[job.id]


async def test_the_same_letter_twice_shows_once(stage, visit):
    job = await job_of(stage, visit)
    card = await stage.cards(job.id)

    first = await stage.postman.post(letter(job, final=False), job, card)
    second = await stage.postman.post(letter(job, final=False), job, card)

    assert first == second == Posted(message="1")
    assert len(stage.channel.rows) == 1


async def test_an_answer_names_the_pictures_it_shows(stage, visit):
    job = await finished(stage, await job_of(stage, visit))

    posted = await stage.postman.post(letter(job, final=True), job, await stage.cards(job.id))

    assert posted.images == (1, 2)


async def test_an_answer_that_overtook_its_placeholder_still_stands_beneath_the_request(
    stage, visit
):
    job = await finished(stage, await job_of(stage, visit))

    await stage.postman.post(letter(job, final=True), job, await stage.cards(job.id))

    root, reply = stage.channel.rows.values()
    assert (root.thread, root.final) == (None, False)
    assert (reply.thread, reply.final) == (root.id, True)


async def test_an_answer_asked_for_in_a_thread_stays_in_it(stage, visit):
    job = await finished(stage, await job_of(stage, visit))
    job = replace(job, place=Place(channel="general", thread="7"))

    await stage.postman.post(letter(job, final=True), job, await stage.cards(job.id))

    assert [row.thread for row in stage.channel.rows.values()] == [7]


async def test_a_refusal_is_for_the_asker_only_and_leaves_nothing_public(stage, visit):
    job = await job_of(stage, visit)
    job = stage.queue.change(
        job.id, state=JobState.REFUSED, ending=Ending(reason=Reason.BLOCKED_PROMPT)
    )

    await stage.postman.post(letter(job, final=True), job, await stage.cards(job.id))

    (row,) = stage.channel.rows.values()
    assert row.only_for == "ana"


async def test_open_pages_are_told(stage, visit):
    job = await job_of(stage, visit)
    heard = []
    stage.signals.publish = heard.append

    await stage.postman.post(letter(job, final=False), job, await stage.cards(job.id))

    assert heard == [Changed(job=job.id)]


async def test_a_channel_that_does_not_exist_is_undeliverable(stage, visit):
    job = await job_of(stage, visit)
    job = replace(job, place=Place(channel="closed"))

    outcome = await stage.postman.post(letter(job, final=True), job, await stage.cards(job.id))

    assert isinstance(outcome, Undeliverable)


async def test_a_notice_is_a_message_of_the_bots_own_and_stands_once(stage):
    card = Card(tone=Tone.NOTICE, headline="50% is spent", lines=("$1 of $2.",))
    notice = Saying(
        workspace=WorkspaceId("web:playground"),
        channel="general",
        card=card,
        nonce="notice-1",
        again=False,
        since_s=0,
    )

    first = await stage.postman.say(notice)
    second = await stage.postman.say(replace(notice, again=True))
    nowhere = await stage.postman.say(replace(notice, channel="elsewhere"))

    assert first == second
    assert [row.text for row in stage.channel.rows.values()] == ["50% is spent\n$1 of $2."]
    assert isinstance(nowhere, Undeliverable)
