"""The menu of a message, the global shortcut, and the home tab."""

import io

import pytest
from PIL import Image

from providers import Operation
from tests.simulators.slack.rooms import words_of


@pytest.fixture
async def answer(slack_stage, ana):
    await ana.gets("/imagine a red fox --n 4 --seed 10")
    general = slack_stage.slack.room("general")
    parent = await general.message("4 images")
    return await general.message("Re-roll", thread=parent)


async def test_imagine_opens_the_form_and_posts_where_it_was_told(slack_stage, ana):
    await ana.driver.uses_shortcut("imagine")
    form = await ana.driver.form("Imagine")

    await ana.driver.submits(
        form, prompt="a red fox", n="2", _channel=slack_stage.slack.room("general").id
    )

    card = await slack_stage.until_painted(ana)
    assert len(card.pictures) == 2
    await slack_stage.slack.room("general").message("2 images in the thread")


async def test_a_form_filled_in_wrongly_stays_open_with_the_reason(slack_stage, ana):
    await ana.driver.uses_shortcut("imagine")
    form = await ana.driver.form("Imagine")

    await ana.driver.submits(
        form, prompt="a fox --ar 0:5", _channel=slack_stage.slack.room("general").id
    )

    assert form.open
    assert "--ar 0:5" in str(form.payload["blocks"])
    await ana.driver.submits(form, prompt="a fox", _channel=slack_stage.slack.room("general").id)
    assert not form.open


async def test_reimagine_changes_the_chosen_picture_in_its_thread(slack_stage, ana, answer):
    await ana.driver.uses_shortcut("reimagine", answer)
    form = await ana.driver.form("Edit")

    await ana.driver.submits(form, prompt="a blue fox", _which="Picture 2")

    card = await slack_stage.until_painted(ana, "a blue fox")
    assert slack_stage.painter.requests[-1].operation is Operation.IMAGE_TO_IMAGE
    job = await slack_stage.newest_job(ana.person)
    first = (await slack_stage.house.store.gallery.images_of(1))[1]
    assert job.order.parent_image == first.id
    assert job.place.thread == answer.thread_ts
    assert card.quote == "a blue fox"


async def test_reimagine_takes_a_picture_that_a_person_posted(slack_stage, ana):
    buffer = io.BytesIO()
    Image.new("RGB", (80, 80), "navy").save(buffer, "PNG")
    general = slack_stage.slack.room("general")
    message = await ana.driver.uploads("cat.png", buffer.getvalue(), "my cat", general)

    await ana.driver.uses_shortcut("reimagine", message)
    form = await ana.driver.form("Imagine")
    await ana.driver.submits(form, prompt="at night")

    await slack_stage.until_painted(ana, "at night")
    assert slack_stage.painter.requests[-1].operation is Operation.IMAGE_TO_IMAGE


async def test_use_as_reference_starts_a_new_picture_from_it(slack_stage, ana, answer):
    await ana.driver.uses_shortcut("use_as_reference", answer)
    form = await ana.driver.form("Imagine")

    await ana.driver.submits(form, prompt="a hen", _which="Picture 3")

    await slack_stage.until_painted(ana, "a hen")
    job = await slack_stage.newest_job(ana.person)
    third = (await slack_stage.house.store.gallery.images_of(1))[2]
    assert job.order.parent_image == third.id


async def test_details_ask_which_picture_and_tell_of_it(slack_stage, ana, answer):
    await ana.driver.uses_shortcut("image_details", answer)
    form = await ana.driver.form("Details")

    await ana.driver.submits(form, _which="Picture 2")

    assert "11" in str(form.payload["blocks"])


async def test_report_hides_the_picture_and_its_message_shows_the_rest(
    slack_stage, ana, ben, answer
):
    await ben.driver.uses_shortcut("report_image", answer)
    form = await ben.driver.form("Report")

    await ben.driver.submits(form, reason="Violent", _which="Picture 1")

    assert "it is reported" in str(form.payload["blocks"])
    await slack_stage.slack.until(lambda: "U1" not in words_of(answer), what="the edit")
    assert [block["type"] for block in answer.blocks].count("image") == 3


async def test_a_message_without_a_picture_is_said_to_have_none(slack_stage, ana):
    general = slack_stage.slack.room("general")
    await ana.driver.types("no picture here", general)
    message = await general.message("no picture here")

    await ana.driver.uses_shortcut("use_as_reference", message)

    await general.ephemeral(ana.driver, "There is no picture on that message")


async def test_home_shows_quota_queue_and_pictures(slack_stage, ana, answer):
    await slack_stage.ended(ana)
    await ana.driver.opens_home()

    home = await ana.driver.home("Your quota")
    words = str(home.payload["blocks"])
    assert "You have nothing in line" in words
    assert "Your last 4 images" in words
    assert sum(block["type"] == "image" for block in home.payload["blocks"]) == 4


async def test_home_opens_the_form(slack_stage, ana):
    await ana.driver.opens_home()
    home = await ana.driver.home("Imagine")

    await ana.driver.clicks(home, "Imagine …")

    assert await ana.driver.form("Imagine")


async def test_an_admin_of_the_workspace_is_known_though_never_seen_before(
    slack_stage, ana, ida, answer
):
    await ida.driver.clicks(answer, "Delete 1")
    form = await ida.driver.form("Delete 1")
    await ida.driver.submits(form)

    await slack_stage.slack.room("general").ephemeral(ida.driver, "Deleted")


async def test_a_form_opened_too_late_says_so(slack_stage, ana, answer):
    from tests.simulators.slack.faults import refused

    slack_stage.slack.faults.once("views.open", refused("expired_trigger_id"))
    await ana.driver.clicks(answer, "Edit")

    await slack_stage.slack.room("general").ephemeral(ana.driver, "That took too long")
