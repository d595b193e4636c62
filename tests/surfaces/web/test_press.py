"""Buttons and forms: each posts its packed action, and nothing else is needed."""

import re

from tests.browser.stage import paint

ACTION = re.compile(r'data-action="([^"]+)"')
ALL_BUTTONS = {
    *(f"i1:{verb}:{image}" for verb in ("upscale", "vary") for image in (101, 102, 103, 104)),
    *(
        f"i1:{verb}:{image}"
        for verb in ("details", "save", "edit", "remove_background", "outpaint", "report", "delete")
        for image in (101, 102, 103, 104)
    ),
    "i1:reroll:1",
    "i1:rate:101",
}


async def four_pictures(stage, visitor):
    await visitor.say("/imagine a fox --n 4")
    await stage.whole_life(stage.newest())


async def test_a_result_offers_every_button_of_its_card(stage, visit):
    async with visit() as ana:
        await four_pictures(stage, ana)

        html = await ana.page()

    saves = {f"i1:save:{image}" for image in (101, 102, 103, 104)}
    assert set(ACTION.findall(html)) == ALL_BUTTONS - saves
    # What saves a picture is a link to it.
    assert len(set(re.findall(r'href="([^"]+\?download=[^"]+)" download', html))) == len(saves)


async def test_every_button_is_answered_by_the_registry(stage, visit):
    async with visit() as ana:
        await four_pictures(stage, ana)
        del stage.answer.seen[:]

        answers = [await ana.press(action, thread=1) for action in sorted(ALL_BUTTONS)]

    assert [answer.status_code for answer in answers] == [200] * len(ALL_BUTTONS)
    assert {invocation.action.pack() for invocation in stage.answer.seen} == ALL_BUTTONS
    assert {invocation.place.thread for invocation in stage.answer.seen} == {"1"}
    assert all(answer.json()["html"] or answer.json()["form"] for answer in answers)


async def test_a_button_pressed_twice_with_one_key_makes_one_job(stage, visit):
    async with visit() as ana:
        await four_pictures(stage, ana)

        for _ in range(2):
            await ana.press("i1:reroll:1", thread=1, key="reroll-key-1")

    assert len(stage.queue.jobs) == 2


async def test_a_button_nobody_knows_any_more_is_answered_kindly(stage, visit):
    async with visit() as ana:
        answer = await ana.press("i0:teleport:7")

    assert "no longer does anything" in answer.json()["html"]
    assert stage.answer.seen == []


async def test_edit_opens_a_form_and_its_answers_come_back_by_name(stage, visit):
    mask = paint.encoded(paint.picture(1, width_px=96, height_px=96).convert("L"))
    async with visit() as ana:
        await four_pictures(stage, ana)
        form = (await ana.press("i1:edit:101", thread=1)).json()["form"]
        token = (await ana.http.post("/api/upload/mask", content=mask)).json()["token"]

        await ana.press(
            "i1:edit:101",
            thread=1,
            inputs={"prompt": "a hare", "strength": "0.5"},
            mask=token,
        )

    assert 'name="prompt"' in form
    assert "data-mask" in form
    sent = stage.answer.seen[-1]
    assert sent.inputs == {"prompt": "a hare", "strength": "0.5"}
    assert stage.blobs.data[sent.mask] == mask


async def test_a_field_longer_than_any_form_is_refused(visit):
    async with visit() as ana:
        answer = await ana.press("i1:edit:101", inputs={"prompt": "x" * 20_001})

    assert answer.status_code == 400


async def test_a_deleted_picture_is_gone_from_the_page(stage, visit):
    async with visit() as ana:
        await four_pictures(stage, ana)
        await ana.press("i1:delete:102", thread=1)

        html = await ana.page()

    assert "i1:upscale:102" not in html
    assert "i1:upscale:101" in html


async def test_others_may_not_delete(stage, visit):
    async with visit("ana") as ana, visit("ben") as ben:
        await four_pictures(stage, ana)

        answer = await ben.press("i1:delete:102", thread=1)

    assert "You may not do that" in answer.json()["html"]
    assert 102 in stage.gallery.stored
