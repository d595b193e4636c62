"""Forms on Slack: a picture to start from, who may see which help, and the marks of channels."""

import io
from dataclasses import replace

import pytest
from PIL import Image

from bot.commands.registry import Gate, Registry, Word
from bot.commands.words import REGISTRY
from bot.domain import answers
from bot.domain.guide import Guide
from bot.domain.identity import Role
from bot.surfaces.slack import reception
from providers import Operation
from tests.simulators.slack.faults import slow


def png() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (80, 80), "navy").save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
async def form(ana):
    await ana.driver.uses_shortcut("imagine")
    return await ana.driver.form("Imagine")


def general(stage):
    return stage.slack.room("general")


async def test_a_picture_in_the_form_is_what_it_starts_from(slack_stage, ana, form):
    file = ana.driver.file("cat.png", png())

    await ana.driver.submits(
        form, prompt="at night", reference=file, _channel=general(slack_stage).id
    )

    assert not form.open
    await slack_stage.until_painted(ana, "at night")
    request = slack_stage.painter.requests[-1]
    assert request.operation is Operation.IMAGE_TO_IMAGE
    assert request.source_image


async def test_a_file_that_is_no_picture_keeps_the_form_open(slack_stage, ana, form):
    file = ana.driver.file("cat.png", b"<html>not a cat</html>")

    await ana.driver.submits(
        form, prompt="at night", reference=file, _channel=general(slack_stage).id
    )

    assert form.open
    assert "That picture can't be used" in str(form.payload["blocks"])
    await ana.driver.submits(form, prompt="a fox", _channel=general(slack_stage).id)
    assert not form.open


async def test_a_mistake_beside_a_picture_keeps_the_form_open(slack_stage, ana, form):
    file = ana.driver.file("cat.png", png())

    await ana.driver.submits(
        form, prompt="a fox --ar 0:5", reference=file, _channel=general(slack_stage).id
    )

    assert form.open
    assert "--ar 0:5" in str(form.payload["blocks"])


async def test_a_picture_that_takes_long_is_read_while_the_form_says_so(
    slack_stage, ana, form, monkeypatch
):
    monkeypatch.setattr(reception, "READ_IN_ACK_S", 0.05)
    slack_stage.slack.faults.once("download", slow(0.3))
    file = ana.driver.file("cat.png", png())

    delivery = await ana.driver.submits(
        form, prompt="at night", reference=file, _channel=general(slack_stage).id
    )

    assert "Reading the picture" in str(delivery.response)
    await slack_stage.until_painted(ana, "at night")
    await slack_stage.slack.until(lambda: "Got it" in str(form.payload["blocks"]))


async def do_nothing(_desk, _invocation):
    return answers.notice("Done")


@pytest.fixture
def with_admin_word(slack_stage):
    guide = Guide(name="sweep", summary="Sweeps the house", role=Role.ADMIN)
    registry = Registry.of(
        words=(*REGISTRY.words, Word(guide=guide, handler=do_nothing, gate=Gate.FREE)),
        presses=REGISTRY.presses,
    )
    desk = slack_stage.surface.reception.answer.desk
    dispatch = replace(
        slack_stage.surface.reception.answer,
        registry=registry,
        desk=replace(desk, guides=registry.guides),
    )
    slack_stage.surface.reception.answer = dispatch


async def test_help_shows_each_role_its_words(with_admin_word, ana, ida):
    member = (await ana.says("/help")).card.preformatted
    admin = (await ida.says("/help")).card.preformatted

    assert "sweep" not in member
    assert "sweep" in admin


async def test_a_word_for_admins_is_denied_to_members_and_done_for_admins(
    with_admin_word, ana, ida
):
    assert (await ana.says("/sweep")).card.headline == "You may not do that"
    assert (await ida.says("/sweep")).card.headline == "Done"
