"""What the wire does to a request: each time one final answer or one clear private one, and no job lost."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from bot.ports import StoreUnavailable, Unavailable
from tests.simulators.discord.limits import Limits
from tests.simulators.discord.people import Person, picture
from tests.simulators.discord.raw_bot import RawBot
from tests.simulators.discord.rooms import Room
from tests.simulators.discord.server import running
from tests.simulators.discord.simulator import Discord
from tests.surfaces.discord.wire import Inn, assert_well_behaved, open_inn


@pytest.fixture
async def platform() -> AsyncIterator[Discord]:
    async with running(
        Discord(limits=Limits(identify_window_s=0.0, bucket_requests=1000))
    ) as served:
        yield served
        assert_well_behaved(served)


@pytest.fixture
async def inn(tmp_path: Path, platform: Discord) -> AsyncIterator[Inn]:
    async with open_inn(tmp_path, platform) as opened:
        yield opened


@pytest.fixture
def ada(platform: Discord) -> Person:
    return platform.person("Ada")


@pytest.fixture
def art(platform: Discord) -> Room:
    return platform.room("art")


async def test_a_command_becomes_one_message_with_pictures_and_a_thread(
    inn: Inn, ada: Person, art: Room
) -> None:
    told = await ada.runs("/imagine", art, prompt="a red fox", count=4)
    await inn.ended()

    (message,) = art.messages()
    assert told.original is message
    assert len(message.pictures) == 4
    assert (await art.thread("a red fox")).id == message.id


async def test_a_slow_judge_is_met_with_a_neutral_message(inn: Inn, ada: Person, art: Room) -> None:
    inn.judge.gate.clear()

    told = await ada.runs("/imagine", art, prompt="a forbidden fox")
    assert told.original is not None
    first = told.original.text
    inn.judge.gate.set()
    await inn.ended()

    assert "fox" not in first
    assert not art.messages()
    (reason,) = told.followups
    assert reason.visible_to == ada.id
    assert "can't be made here" in reason.text


async def test_a_refusal_is_private_from_the_first(inn: Inn, ada: Person, art: Room) -> None:
    told = await ada.runs("/imagine", art, prompt="a forbidden fox")
    await inn.ended()

    assert told.is_ephemeral
    assert not art.messages()
    assert "can't be made here" in (await art.message("", visible_to=ada)).text


async def test_a_reference_picture_is_fetched_and_taken_in(
    inn: Inn, ada: Person, art: Room, png: bytes
) -> None:
    await ada.runs("/imagine", art, prompt="in snow", reference=picture("me.png", png))
    job = await inn.ended()

    assert job.order.source is not None
    assert job.state == "delivered"


async def test_what_is_asked_while_the_gateway_is_cut_is_answered(
    inn: Inn, platform: Discord, ada: Person, art: Room
) -> None:
    platform.gateway.cut()
    await platform.until(lambda: not platform.gateway.is_connected)

    told = await ada.runs("/imagine", art, prompt="a red fox")
    await inn.ended()

    assert told.outcome == "answered"
    assert len(art.messages()) == 1
    assert len(platform.gateway.identifies) == 1


async def test_a_forgotten_session_is_begun_anew(
    inn: Inn, platform: Discord, ada: Person, art: Room
) -> None:
    platform.gateway.forgets_sessions()
    platform.gateway.cut()
    await platform.until(lambda: len(platform.gateway.identifies) == 2)

    told = await ada.runs("/imagine", art, prompt="a red fox")
    await inn.ended()

    assert told.outcome == "answered"


async def test_an_interaction_that_comes_too_late_is_called_back(
    inn: Inn, platform: Discord, ada: Person, art: Room
) -> None:
    inn.painter.gate.clear()
    platform.gateway.goes_down()
    await platform.until(lambda: not platform.gateway.is_connected)
    told = ada.starts("/imagine", art, prompt="a red fox")
    platform.clock.advance(4)
    platform.gateway.comes_up()
    await platform.until(lambda: told.ack_refusals, what="a late ack")
    job = await inn.ended()

    assert told.ack_refusals == [10062]
    assert job.state == "cancelled"
    assert not art.messages()


async def test_a_doubled_interaction_is_one_job_and_one_answer(
    inn: Inn, platform: Discord, ada: Person, art: Room
) -> None:
    platform.gateway.doubles_next_interaction()

    told = await ada.runs("/imagine", art, prompt="a red fox")
    job = await inn.ended()

    assert job.id == 1
    assert told.outcome == "answered"
    assert len(art.messages()) == 1


async def test_a_broken_callback_is_tried_again(
    inn: Inn, platform: Discord, ada: Person, art: Room
) -> None:
    platform.faults.once("callback", 503)

    told = await ada.runs("/imagine", art, prompt="a red fox")
    await inn.ended()

    assert told.outcome == "answered"
    assert len(art.messages()) == 1


async def test_a_callback_that_was_done_and_says_it_was_not_gives_one_answer(
    inn: Inn, platform: Discord, ada: Person, art: Room
) -> None:
    platform.faults.once("callback", 503, after_effect=True)

    await ada.runs("/imagine", art, prompt="a red fox")
    job = await inn.ended()

    assert job.state == "delivered"
    answers = [one for one in art.messages() if one.pictures]
    assert len(answers) == 1


@pytest.mark.parametrize("expired", ["before_painting", "before_the_answer"])
async def test_after_fifteen_minutes_the_answer_still_comes(
    inn: Inn, platform: Discord, ada: Person, art: Room, expired: str
) -> None:
    inn.judge.gate.clear()
    told = await ada.runs("/imagine", art, prompt="a red fox")
    if expired == "before_painting":
        # More than the token lives, in line.
        platform.clock.advance(15 * 60 + 1)
    inn.painter.gate.clear()
    inn.judge.gate.set()
    await platform.until(lambda: inn.painter.requests, what="painting")
    if expired == "before_the_answer":
        platform.clock.advance(15 * 60 + 1)
    edits = platform.count("edit", status=200)
    inn.painter.gate.set()
    job = await inn.ended()

    (message,) = art.messages()
    assert message is told.original
    assert job.state == "delivered"
    assert len(message.pictures) == 1
    assert platform.count("edit", status=200) > edits
    assert not platform.count("edit response", status=401)


async def test_a_refusal_after_fifteen_minutes_comes_as_direct_message(
    inn: Inn, platform: Discord, ada: Person, art: Room
) -> None:
    inn.judge.gate.clear()
    await ada.runs("/imagine", art, prompt="a forbidden fox")
    platform.clock.advance(15 * 60 + 1)

    inn.judge.gate.set()
    await inn.ended()

    assert not art.messages()
    assert "can't be made here" in (await ada.dm.message("")).text


async def test_where_the_bot_sees_nothing_and_the_token_is_over_it_comes_by_direct_message(
    inn: Inn, platform: Discord, ada: Person, art: Room
) -> None:
    art.denies_bot("VIEW_CHANNEL", "SEND_MESSAGES")
    inn.painter.gate.clear()
    await ada.runs("/imagine", art, prompt="a red fox")
    platform.clock.advance(15 * 60 + 1)
    inn.painter.gate.set()

    job = await inn.ended()

    assert job.state == "delivered"
    assert len((await ada.dm.message("can't write where you asked")).pictures) == 1


async def test_a_press_whose_token_is_over_is_answered_by_the_bot(
    inn: Inn, platform: Discord, ada: Person, art: Room
) -> None:
    await ada.runs("/imagine", art, prompt="a red fox")
    await inn.ended()
    inn.painter.gate.clear()
    await ada.clicks(art.messages()[0], "Re-roll")
    platform.clock.advance(15 * 60 + 1)
    inn.painter.gate.set()

    job = await inn.ended()

    (thread,) = art.threads()
    assert job.state == "delivered"
    assert [len(one.pictures) for one in thread.messages()] == [1]


async def test_a_thread_locked_while_painting_is_left_for_the_channel(
    inn: Inn, ada: Person, art: Room
) -> None:
    await ada.runs("/imagine", art, prompt="a red fox")
    await inn.ended()
    (thread,) = art.threads()
    inn.painter.gate.clear()
    told = await ada.runs("/imagine", thread, prompt="a blue fox")
    thread.locks()
    inn.painter.gate.set()

    job = await inn.ended()

    assert told.outcome == "answered"
    assert job.state == "delivered"
    everywhere = [*thread.messages(), *art.messages()]
    assert sum("a blue fox" in one.text and bool(one.pictures) for one in everywhere) == 1


async def test_what_is_typed_is_completed_from_memory(
    inn: Inn, ada: Person, art: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise StoreUnavailable(Unavailable.UNREACHABLE, "away")

    for how in ("read", "write"):
        monkeypatch.setattr(inn.house.store.executor, how, gone)

    models = await ada.is_offered("/imagine", "model", "squ", art, prompt="x")
    styles = await ada.is_offered("/imagine", "style", "WATER", art, prompt="x")
    monkeypatch.undo()

    assert [one["value"] for one in models] == ["square-1"]
    assert [one["value"] for one in styles] == ["watercolor"]


async def test_whoever_was_heard_before_the_stop_is_answered(
    tmp_path: Path, platform: Discord, ada: Person, art: Room
) -> None:
    platform.faults.slow("callback", 0.5)
    async with open_inn(tmp_path, platform):
        told = ada.starts("/imagine", art, prompt="a red fox")
        await platform.until(lambda: platform.faults.happened, what="a first response")

    assert told.outcome == "answered"
    assert told.ack_refusals == []


async def test_a_429_with_via_is_waited_for(
    inn: Inn, platform: Discord, ada: Person, art: Room
) -> None:
    platform.faults.rate_limited("edit response", retry_after_s=0.2, scope="shared")

    await ada.runs("/imagine", art, prompt="a red fox")
    await inn.ended()

    assert len(art.messages()[0].pictures) == 1


async def test_a_429_without_via_is_tried_again_later(
    inn: Inn, platform: Discord, ada: Person, art: Room
) -> None:
    platform.faults.cloudflare("edit response", retry_after_s=1.0)

    await ada.runs("/imagine", art, prompt="a red fox")
    await inn.ended()

    assert len(art.messages()[0].pictures) == 1


async def test_a_broken_edit_is_tried_again_and_shows_once(
    inn: Inn, platform: Discord, ada: Person, art: Room
) -> None:
    platform.faults.times(2, "edit response", 502)

    await ada.runs("/imagine", art, prompt="a red fox")
    await inn.ended()

    (message,) = art.messages()
    assert len(message.pictures) == 1


async def test_a_cut_after_posting_shows_once(
    inn: Inn, platform: Discord, ada: Person, art: Room
) -> None:
    await ada.runs("/imagine", art, prompt="a red fox")
    await inn.ended()
    platform.faults.cut("send", after_effect=True)

    await ada.clicks(art.messages()[0], "Re-roll")
    await inn.ended()

    (thread,) = art.threads()
    assert len([one for one in thread.messages() if one.pictures]) == 1
    assert len(thread.messages()) == 1


async def test_a_deleted_message_is_posted_anew(
    inn: Inn, platform: Discord, ada: Person, art: Room
) -> None:
    inn.painter.gate.clear()
    told = await ada.runs("/imagine", art, prompt="a red fox")
    assert told.original is not None
    art.deletes(told.original)

    inn.painter.gate.set()
    job = await inn.ended()

    assert job.state == "delivered"
    (message,) = art.messages()
    assert len(message.pictures) == 1


async def test_a_channel_that_is_gone_is_answered_by_direct_message(
    inn: Inn, ada: Person, art: Room
) -> None:
    inn.painter.gate.clear()
    await ada.runs("/imagine", art, prompt="a red fox")
    art.is_deleted()

    inn.painter.gate.set()
    await inn.ended()

    assert len((await ada.dm.message("can't write")).pictures) == 1


async def test_where_nothing_can_be_told_the_job_fails_and_nothing_is_charged(
    inn: Inn, ada: Person, art: Room
) -> None:
    inn.painter.gate.clear()
    ada.closes_dms()
    await ada.runs("/imagine", art, prompt="a red fox")
    art.is_deleted()

    inn.painter.gate.set()
    job = await inn.ended()

    assert job.state == "failed"
    assert job.ending is not None
    assert job.ending.reason == "undeliverable"


async def test_a_locked_thread_is_left_for_the_channel(inn: Inn, ada: Person, art: Room) -> None:
    await ada.runs("/imagine", art, prompt="a red fox")
    await inn.ended()
    (thread,) = art.threads()
    thread.locks()

    await ada.clicks(art.messages()[0], "Re-roll")
    job = await inn.ended()

    assert job.state == "delivered"
    assert len(art.messages()) == 2


async def test_without_the_right_to_open_threads_it_answers_in_place(
    inn: Inn, ada: Person, art: Room
) -> None:
    art.denies_bot("CREATE_PUBLIC_THREADS")

    await ada.runs("/imagine", art, prompt="a red fox")
    await inn.ended()
    await ada.clicks(art.messages()[0], "Re-roll")
    await inn.ended()

    assert not art.threads()
    assert len(art.messages()) == 2


async def test_where_the_bot_sees_nothing_it_answers_through_the_interaction(
    inn: Inn, ada: Person, art: Room
) -> None:
    art.denies_bot("VIEW_CHANNEL", "SEND_MESSAGES")

    await ada.runs("/imagine", art, prompt="a red fox")
    await inn.ended()
    await ada.clicks(art.messages()[0], "Re-roll")
    await inn.ended()

    assert [len(one.pictures) for one in art.messages()] == [1, 1]


async def test_in_a_forum_post_it_answers_in_the_post(
    inn: Inn, platform: Discord, ada: Person
) -> None:
    ideas = platform.room("ideas")
    async with aiohttp.ClientSession() as session:
        await RawBot(platform, session).asks(
            "POST",
            f"/channels/{ideas.id}/threads",
            {"name": "foxes", "message": {"content": "first"}},
        )
    posts = ideas.threads()

    await ada.runs("/imagine", posts[0], prompt="a red fox")
    job = await inn.ended()

    assert job.place.thread == posts[0].id
    assert any(one.pictures for one in posts[0].messages())


async def test_in_direct_messages_it_answers_in_place(inn: Inn, ada: Person) -> None:
    await ada.runs("/imagine", ada.dm, prompt="a red fox")
    await inn.ended()

    assert len((await ada.dm.message("")).pictures) == 1


async def test_buttons_and_a_form_from_before_a_restart_work(
    tmp_path: Path, platform: Discord, ada: Person, art: Room
) -> None:
    async with open_inn(tmp_path, platform) as before:
        await ada.runs("/imagine", art, prompt="a red fox")
        await before.ended()
        form = await ada.clicks(art.messages()[0], "Edit")

    async with open_inn(tmp_path, platform) as after:
        sent = await ada.submits(form.modal, prompt="a blue fox")
        await after.ended()
        pressed = await ada.clicks(art.messages()[0], "V1")
        job = await after.ended()

    assert sent.outcome == pressed.outcome == "answered"
    assert job.id == 3
    (thread,) = art.threads()
    assert len(thread.messages()) == 2
    assert platform.count("commands") == 1


async def test_a_job_from_before_a_restart_is_answered_in_its_message(
    tmp_path: Path, platform: Discord, ada: Person, art: Room
) -> None:
    async with open_inn(tmp_path, platform) as before:
        before.painter.gate.clear()
        told = await ada.runs("/imagine", art, prompt="a red fox")

    async with open_inn(tmp_path, platform) as after:
        await after.ended()

    (message,) = art.messages()
    assert message is told.original
    assert len(message.pictures) == 1


async def test_a_revoked_token_ends_the_surface_and_not_the_house(
    inn: Inn, platform: Discord
) -> None:
    platform.gateway.refuses_next_identify(4004)
    platform.gateway.invalidates_sessions(resumable=False)

    await inn.serving

    assert await inn.house.check_database() is None


async def test_a_strangers_message_is_used_as_reference(
    inn: Inn, platform: Discord, ada: Person, art: Room, png: bytes
) -> None:
    ben = platform.person("Ben")
    theirs = ben.posts("look", art, files=[picture("cat.png", png)])

    form = await ada.uses_message_command("Use as reference", theirs)
    await ada.submits(form.modal, prompt="the same in snow", strength="0.3")
    job = await inn.ended()

    assert job.order.operation == "image_to_image"
    assert job.state == "delivered"


async def test_the_age_restriction_is_read_from_the_channel_and_its_parent(
    inn: Inn, ada: Person, art: Room
) -> None:
    await ada.runs("/imagine", art, prompt="a red fox")
    open_to_all = await inn.ended()
    art.becomes_age_restricted()

    await ada.runs("/imagine", art, prompt="a red fox")
    restricted = await inn.ended()
    await ada.runs("/imagine", art.threads()[0], prompt="a red fox")
    in_thread = await inn.ended()

    assert not open_to_all.place.age_restricted
    assert restricted.place.age_restricted
    assert in_thread.place.age_restricted
