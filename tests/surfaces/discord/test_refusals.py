"""Whatever Discord refuses, at whatever step: one answer in the end, nothing lost, nothing held for ever.

Each test goes through its refusals one after another in one house, and says which one it was about when it fails.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.domain.job import Job, JobState
from bot.pipeline import deliver
from bot.ports import Rate
from bot.store.statement import Statement
from bot.store.tables import usage
from bot.store.transaction import Transaction
from bot.surfaces.discord import answering, pace
from tests.simulators.discord.faults import Fault
from tests.simulators.discord.interactions import Interaction
from tests.simulators.discord.limits import Beliefs, Limits
from tests.simulators.discord.messages import Message
from tests.simulators.discord.people import Person
from tests.simulators.discord.rooms import Room
from tests.simulators.discord.server import running
from tests.simulators.discord.simulator import Discord
from tests.surfaces.discord.wire import WAIT_S, Inn, assert_well_behaved, open_inn

BROKEN = {
    "500": Fault(status=500),
    "502, though it was done": Fault(status=502, after_effect=True),
    "no answer": Fault(cut=True),
    "no answer, though it was done": Fault(cut=True, after_effect=True),
    "429 with Via": Fault(status=429, retry_after_s=0.1, scope="shared"),
    "429 without Via": Fault(status=429, cloudflare=True, retry_after_s=0.5),
}
REFUSED = {
    "missing access": Fault(status=403, code=50001),
    "missing permissions": Fault(status=403, code=50013),
    "an archived thread": Fault(status=400, code=50083),
    "a locked thread": Fault(status=403, code=160005),
    "no such channel": Fault(status=404, code=10003),
}
TOKEN_OVER = {
    "an invalid token": Fault(status=401, code=50027),
    "an unknown webhook": Fault(status=404, code=10015),
}
GONE = {"no such message": Fault(status=404, code=10008)}
TOO_LARGE = {"a file too large": Fault(status=413, code=40005)}
_BALANCE = Statement(select(func.sum(usage.c.used), func.sum(usage.c.held)))


@pytest.fixture
async def platform() -> AsyncIterator[Discord]:
    limits = Limits(identify_window_s=0.0, bucket_requests=1000)
    async with running(Discord(limits=limits)) as served:
        yield served
        assert_well_behaved(served)


@pytest.fixture
async def inn(
    tmp_path: Path, platform: Discord, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Inn]:
    """One channel sees more here in a minute than it would in an hour, and what failed is tried again soon."""
    monkeypatch.setattr(pace, "CHANNEL", Rate(amount=1000, per_s=1.0))
    monkeypatch.setattr(deliver, "LOOK_S", 0.05)
    monkeypatch.setattr(deliver, "FIRST_WAIT_S", 0.1)
    monkeypatch.setattr(deliver, "SHORTEST_WAIT_S", 0.05)
    async with open_inn(tmp_path, platform) as opened:
        yield opened


@pytest.fixture
def ada(platform: Discord) -> Person:
    return platform.person("Ada")


@pytest.fixture
def art(platform: Discord) -> Room:
    return platform.room("art")


def balance(tx: Transaction) -> tuple[int, int]:
    used, held = tx.row(_BALANCE) or (0, 0)
    return int(used or 0), int(held or 0)


def standing(platform: Discord) -> list[Message]:
    return [one for one in platform.messages.values() if not one.deleted]


async def over(inn: Inn, about: str) -> tuple[Job, list[Message]]:
    """The newest job and the messages that show its pictures; what it held is settled or released."""
    used_before = getattr(inn, "used", 0)
    job = await inn.ended()
    images = await inn.house.store.gallery.images_of(job.id)
    names = {f"impasto-{image.id}-" for image in images}
    showing = [
        message
        for message in standing(inn.platform)
        if any(file.filename.startswith(name) for file in message.pictures for name in names)
    ]
    used, held = await inn.house.store.executor.read(balance)
    assert held == 0, about
    delivered = job.state is JobState.DELIVERED
    assert used - used_before == (job.order.images if delivered else 0), about
    inn.used = used  # type: ignore[attr-defined]
    return job, showing


async def answered_once(inn: Inn, about: str) -> Message:
    job, showing = await over(inn, about)
    assert job.state is JobState.DELIVERED, (about, job)
    assert len(showing) == 1, (about, [one.text for one in showing])
    return showing[0]


@pytest.mark.parametrize(
    ("route", "faults"),
    [
        ("edit response", {**BROKEN, **TOKEN_OVER, **GONE, **TOO_LARGE}),
        ("thread", {**BROKEN, **REFUSED, "a thread is there": Fault(status=400, code=160004)}),
    ],
)
async def test_a_picture_is_shown_once_whatever_happens_to(
    inn: Inn, platform: Discord, ada: Person, art: Room, route: str, faults: dict[str, Fault]
) -> None:
    for about, fault in faults.items():
        platform.faults.plan(route, fault)

        told = await ada.runs("/imagine", art, prompt="a red fox")
        shown = await answered_once(inn, about)

        assert told.outcome == "answered", about
        assert shown.channel_id == art.id, about
        platform.faults.clear()


async def test_a_press_is_answered_once_whatever_happens_to_its_answer(
    inn: Inn, platform: Discord, ada: Person, art: Room
) -> None:
    await ada.runs("/imagine", art, prompt="a red fox")
    first = await answered_once(inn, "the first")

    for about, fault in {**BROKEN, **REFUSED, **TOO_LARGE}.items():
        before = len(standing(platform))
        platform.faults.plan("send", fault)

        told = await ada.clicks(first, "Re-roll")
        shown = await answered_once(inn, about)
        assert len(standing(platform)) == before + 1, about

        assert told.outcome == "answered", about
        assert shown.visible_to is None, about
        assert shown.channel_id in {art.id, first.id}, about
        platform.faults.clear()


async def test_after_the_token_is_over_the_bots_own_edit_may_fail_too(
    inn: Inn, platform: Discord, ada: Person, art: Room
) -> None:
    refused = {**REFUSED, "not its own": Fault(status=403, code=50005)}
    too_often = {"an old message edited too often": Fault(status=429, code=30046)}
    for about, fault in {**BROKEN, **GONE, **refused, **too_often}.items():
        inn.painter.gate.clear()
        told = await ada.runs("/imagine", art, prompt="a red fox")
        platform.clock.advance(15 * 60 + 1)
        platform.faults.plan("edit", fault)
        inn.painter.gate.set()

        shown = await answered_once(inn, about)

        assert shown.channel_id == art.id, about
        assert told.outcome == "answered", about
        platform.faults.clear()


@pytest.mark.parametrize(
    "beliefs",
    [
        Beliefs(bot_token_edits_expired_response=False),
        Beliefs(expired_token_is_unknown_webhook=True),
        Beliefs(archived_thread_refuses_edits=False, locked_thread_refuses_responses=False),
    ],
)
async def test_what_nobody_has_checked_on_discord_may_be_either_way(
    inn: Inn, platform: Discord, ada: Person, art: Room, beliefs: Beliefs
) -> None:
    platform.beliefs = beliefs
    inn.painter.gate.clear()
    await ada.runs("/imagine", art, prompt="a red fox")
    platform.clock.advance(15 * 60 + 1)
    inn.painter.gate.set()

    first = await answered_once(inn, "after the token")
    (thread,) = art.threads()
    thread.locks()
    await ada.clicks(first, "Re-roll")
    second = await answered_once(inn, "beside a locked thread")

    assert first.channel_id == second.channel_id == art.id


async def taken(inn: Inn, interaction: Interaction) -> None:
    """Returns once it became a job."""
    async with asyncio.timeout(WAIT_S):
        while (await inn.job()).key != f"discord:{interaction.id}":
            await asyncio.wait({asyncio.ensure_future(asyncio.sleep(0.02))})


async def test_a_first_response_that_fails_loses_nothing(
    inn: Inn, platform: Discord, ada: Person, art: Room
) -> None:
    """Where Discord says that nobody can see it any more, it is called back; else the answer comes once."""
    broken = {**BROKEN, "answered before": Fault(status=400, code=40060)}
    for about, fault in broken.items():
        platform.faults.plan("callback", fault)
        await taken(inn, ada.starts("/imagine", art, prompt="a red fox"))
        await answered_once(inn, about)
        platform.faults.clear()

    for _ in range(2):
        platform.faults.once("callback", 404, 10062)
        await taken(inn, ada.starts("/imagine", art, prompt="a red fox"))
        job, showing = await over(inn, "10062")
        assert job.state is JobState.CANCELLED
        assert not showing


async def told_once(inn: Inn, person: Person, room: Room, about: str) -> Message:
    """The one message that tells why nothing came of it; only the asker sees it."""
    job, _ = await over(inn, about)
    assert job.state is JobState.REFUSED, about
    mark = f"Request {job.id}"
    told = [one for one in standing(inn.platform) if mark in one.text]
    assert len(told) == 1, (about, [one.text for one in told])
    private = told[0].visible_to == person.id or told[0].channel_id == person.dm.id
    assert private, about
    assert not [one for one in room.messages() if "forbidden" in one.text], about
    return told[0]


async def test_a_private_reason_is_told_once_whatever_happens_to_it(
    inn: Inn, platform: Discord, ada: Person, art: Room
) -> None:
    for about, fault in {**BROKEN, **TOKEN_OVER, **GONE}.items():
        platform.faults.plan("edit response", fault)

        told = await ada.runs("/imagine", art, prompt="a forbidden fox")
        await told_once(inn, ada, art, about)

        assert told.is_ephemeral, about
        platform.faults.clear()


async def test_a_neutral_message_goes_whatever_happens(
    inn: Inn, platform: Discord, ada: Person, art: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "JUDGED_WITHIN_S", 0.05)
    undone = {name: fault for name, fault in BROKEN.items() if not fault.after_effect}
    for route, faults in {
        "delete response": {**BROKEN, **TOKEN_OVER},
        "followup": {**undone, **TOKEN_OVER},
    }.items():
        for about, fault in faults.items():
            inn.judge.gate.clear()
            platform.faults.plan(route, fault)
            told = await ada.runs("/imagine", art, prompt="a forbidden fox")
            inn.judge.gate.set()

            await told_once(inn, ada, art, f"{route}: {about}")

            assert not told.is_ephemeral, about
            assert not art.messages(), about
            platform.faults.clear()


async def test_a_private_reason_that_may_have_been_told_is_told_again(
    inn: Inn, platform: Discord, ada: Person, art: Room
) -> None:
    """Discord takes no nonce there: twice, for one person's eyes, is better than never."""
    inn.judge.gate.clear()
    platform.faults.cut("followup", after_effect=True)
    told = await ada.runs("/imagine", art, prompt="a forbidden fox")
    inn.judge.gate.set()

    job, _ = await over(inn, "a lost confirmation")

    assert job.state is JobState.REFUSED
    assert {one.text for one in told.followups} == {told.followups[0].text}
    assert 1 <= len(told.followups) <= 2


async def test_nobody_who_takes_no_direct_messages_is_lost(
    inn: Inn, platform: Discord, ada: Person, art: Room
) -> None:
    closed: list[Callable[[], None]] = [
        lambda: platform.faults.once("open dm", 403, 50007),
        lambda: platform.faults.once("open dm", 404, 10013),
        ada.closes_dms,
    ]
    for close in closed:
        inn.judge.gate.clear()
        told = await ada.runs("/imagine", art, prompt="a forbidden fox")
        platform.clock.advance(15 * 60 + 1)
        close()
        inn.judge.gate.set()

        job, _ = await over(inn, "no direct messages")

        assert job.state is JobState.REFUSED
        assert told.original is not None
        assert "ended without a picture" in told.original.text
