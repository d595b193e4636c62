"""`admin stats` as text and picture, and what the judges say without a request."""

from dataclasses import replace

from bot.domain.identity import Role
from bot.domain.invocation import Invocation
from bot.images.safe_decode import check_bytes
from tests.scenarios.test_templates import all_of


async def test_figures_are_told_and_drawn(stage, ana, ben, ida):
    await ana.gets("/imagine a fox --n 2")
    await ben.gets("/imagine a hen")
    await ben.says("/imagine a forbidden thing")
    await stage.ended(ben)

    card = (await ida.says("/admin stats 7d")).card

    text = "\n".join([*card.lines, card.preformatted]).replace("\u200b", "")
    assert "3 images in 3 requests" in text
    assert "1 refused (33%), 0 failed" in text
    assert "0 cancelled; 0 not over yet" in text
    assert "before it was taken is not counted" in text
    assert "half within" in text
    assert text.index("ana") < text.index("ben")
    assert len(card.pictures) == 1


async def test_the_picture_is_one_that_everybody_can_open(stage, ana, ida):
    reply = await stage.house.dispatch(
        Invocation(
            key="looked-at",
            person=replace(ida.person, role=Role.ADMIN),
            place=stage.place,
            word="admin stats",
        )
    )

    (picture,) = reply.card.pictures
    data = await stage.house.blobs.get(picture.full)
    check_bytes(data)
    assert data.startswith(b"\x89PNG")
    assert "0 images" in picture.alt
    assert await stage.house.store.blob_use.unused([picture.full]) == []


async def test_a_span_without_end_is_cut_to_a_year(stage, ana, ida):
    assert "0 images" in all_of(await ida.says("/admin stats 3000d"))


async def test_the_judges_are_named(ida):
    assert "prompts" in all_of(await ida.says("/admin moderation show"))


async def test_a_prompt_is_judged_without_a_request(stage, ida):
    refused = all_of(await ida.says("/admin moderation test a forbidden thing"))
    painted = all_of(await ida.says("/admin moderation test template:icon thing=kite"))

    assert "This would be refused by" in refused
    assert "This would be painted" in painted
    assert "Flat app icon of kite" in painted
    lane = ida.person.lane
    assert await stage.house.store.queue.jobs_of(lane, unfinished=False, limit=9) == []


async def test_another_workspaces_figures_are_not_counted(stage, ana, ida):
    await ana.gets("/imagine a fox")
    eve = stage.actor("eve", Role.ADMIN, workspace="X")

    assert "0 images in 0 requests" in all_of(await eve.says("/admin stats"))
