"""How messages look to a person: drawn from where the job stands."""

from bot.domain.job import Reason
from bot.surfaces.web.people import PEOPLE
from bot.surfaces.web.timeline import ENDED_WITHOUT, Timeline


def timeline(stage, user="ana"):
    return Timeline(
        stage.parts.playground, stage.parts.links, viewer=PEOPLE[user], channel="general"
    )


async def asked(stage, visit, words="/imagine a fox --n 2", **body):
    async with visit() as ana:
        await ana.say(words, **body)
    return stage.newest()


async def test_a_request_is_unseen_until_it_is_admitted(stage, visit):
    await asked(stage, visit)
    seen = timeline(stage, "ben")

    await seen.look()

    assert seen.views == ()


async def test_place_in_line_and_cancel_stand_in_the_channel(stage, visit):
    job = await asked(stage, visit)
    stage.queue.busy = 2
    await stage.admit(job)
    seen = timeline(stage)

    await seen.look()

    (view,) = seen.views
    assert view.card.headline == "3rd in line"
    assert view.card.rows[0][0].action == f"i1:cancel:{job}"
    assert view.asker.name == "Ana"


async def test_the_answer_stands_beneath_the_words_it_answers(stage, visit):
    job = await asked(stage, visit)
    await stage.whole_life(job)
    seen = timeline(stage)

    await seen.look()

    (thread,) = seen.threads
    assert thread.root.card.quote == "a fox"
    assert thread.root.card.rows == ()
    (reply,) = thread.replies
    assert reply.card.quote == ""
    assert len(reply.card.pictures) == 2


async def test_inside_a_thread_the_answer_takes_the_place_of_what_waited(stage, visit):
    first = await asked(stage, visit)
    await stage.whole_life(first)
    second = await asked(stage, visit, "/imagine a hare", thread=1)
    await stage.admit(second)
    seen = timeline(stage)
    await seen.look()
    assert len(seen.threads[0].replies) == 2
    waiting = seen.threads[0].replies[1].id
    await stage.start(second)
    await stage.finish(second)

    change = await seen.look({second})

    assert change.gone == (waiting,)
    assert seen.threads[0].replies[1].card.quote == "a hare"


async def test_a_refusal_is_seen_by_nobody_else(stage, visit):
    job = await asked(stage, visit, "/imagine something unkind")
    await stage.refuse(job)
    ana, ben = timeline(stage, "ana"), timeline(stage, "ben")

    await ana.look()
    await ben.look()

    assert [view.private for view in ana.views] == [True]
    assert "can't be made here" in ana.views[0].card.headline
    assert ben.views == ()


async def test_a_picture_refused_late_leaves_no_blame_in_the_channel(stage, visit):
    job = await asked(stage, visit)
    await stage.admit(job)
    await stage.start(job)
    await stage.refuse(job, Reason.BLOCKED_IMAGE)
    ana, ben = timeline(stage, "ana"), timeline(stage, "ben")

    await ana.look()
    await ben.look()

    assert [view.card.headline for view in ben.views] == [ENDED_WITHOUT]
    assert [view.private for view in ana.views] == [False, True]


async def test_only_what_changed_is_drawn_anew(stage, visit):
    first = await asked(stage, visit)
    second = await asked(stage, visit, "/imagine a hare")
    await stage.admit(first)
    await stage.admit(second)
    seen = timeline(stage)
    await seen.look()

    unchanged = await seen.look()
    await stage.start(second)
    change = await seen.look({second})

    assert (unchanged.shown, unchanged.gone) == ((), ())
    assert [view.job for view in change.shown] == [second]


async def test_an_answer_whose_root_is_too_old_stands_for_itself(stage, visit):
    job = await asked(stage, visit)
    await stage.whole_life(job)
    await stage.channel.remove(1)
    seen = timeline(stage)

    await seen.look()

    (thread,) = seen.threads
    assert thread.root.card.quote == "a fox"


async def test_a_message_of_a_job_that_is_gone_is_left_out(stage, visit):
    job = await asked(stage, visit)
    await stage.whole_life(job)
    del stage.queue.jobs[job]
    seen = timeline(stage)

    await seen.look()

    assert seen.views == ()


async def test_a_stranger_in_the_database_is_shown_by_id(stage, visit):
    async with visit("ben") as ben:
        await ben.say("hello")
    message = stage.channel.rows[1]
    stage.channel.rows[1] = type(message)(
        **{name: getattr(message, name) for name in message.__slots__ if name != "author"},
        author="left-long-ago",
    )
    seen = timeline(stage)

    await seen.look()

    assert seen.views[0].author.name == "left-long-ago"
