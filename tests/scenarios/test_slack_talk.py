"""Mentions, direct messages, threads: where Slack's answers stand and who sees them."""

import io

from PIL import Image

from bot.domain.card import Tone
from providers import Operation
from tests.simulators.slack.rooms import words_of


def picture(colour="navy") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (80, 80), colour).save(buffer, "PNG")
    return buffer.getvalue()


async def test_the_request_is_a_message_and_everything_about_it_is_in_its_thread(slack_stage, ana):
    card = await ana.gets("/imagine a red fox --n 4 --seed 10")
    general = slack_stage.slack.room("general")

    parent = await general.message("4 images in the thread")
    (answer,) = general.history(thread=parent)
    assert card.tone is Tone.DONE
    assert "a red fox" in words_of(parent)
    assert parent.edits <= 3
    assert [block["type"] for block in answer.blocks].count("image") == 1


async def test_nobody_but_the_asker_is_pinged(slack_stage, ana):
    await ana.gets("/imagine <!channel> @everyone a fox for @ben & *friends* <http://x.example|y>")
    general = slack_stage.slack.room("general")

    for message in general.everything():
        assert message.pinged <= {ana.person.user}
        assert not message.unfurled


async def test_nothing_public_repeats_a_refused_prompt(slack_stage, ana):
    card = await ana.gets("/imagine something forbidden and secret")
    general = slack_stage.slack.room("general")

    assert card.only_asker
    assert general.history() == []
    assert "secret" not in str(slack_stage.slack.deliveries.last.response)


async def test_a_mention_in_a_thread_is_answered_in_that_thread(slack_stage, ana):
    general = slack_stage.slack.room("general")
    await ana.driver.types("what shall we draw?", general)
    question = await general.message("what shall we draw?")

    await ana.driver.mentions_bot("a red fox --seed 3", general, thread=question)

    answer = await general.message("1 image", thread=question)
    await slack_stage.slack.until(lambda: general.history(thread=question)[-1].blocks)
    assert words_of(answer)
    card = await slack_stage.newest_final(ana.person)
    assert card.quote == "a red fox"


async def test_a_mention_with_a_word_gets_the_words_answer_privately(slack_stage, ana):
    general = slack_stage.slack.room("general")

    await ana.driver.mentions_bot("queue", general)

    message = await general.ephemeral(ana.driver, "nothing in line")
    assert message.only_for == ana.person.user


async def test_an_empty_mention_is_told_what_can_be_typed(slack_stage, ana):
    general = slack_stage.slack.room("general")

    await ana.driver.mentions_bot("", general)

    await general.ephemeral(ana.driver, "What you can type")


async def test_show_me_something_is_a_picture_and_not_a_command(slack_stage, ana):
    await ana.driver.mentions_bot("show me a fox", slack_stage.slack.room("general"))

    await slack_stage.slack.until(lambda: slack_stage.painter.requests)
    assert slack_stage.painter.requests[0].prompt == "show me a fox"


async def test_a_direct_message_is_painted_and_answered_there(slack_stage, ana):
    await ana.driver.messages_bot("a red fox")

    card = await slack_stage.until_painted(ana)
    assert card.quote == "a red fox"
    assert slack_stage.slack.room("general").history() == []


async def test_a_picture_in_a_direct_message_is_what_it_starts_from(slack_stage, ana):
    direct = ana.driver.direct_messages()
    await ana.driver.uploads("cat.png", picture(), "make it night", direct)

    await slack_stage.until_painted(ana)
    request = slack_stage.painter.requests[-1]
    assert request.operation is Operation.IMAGE_TO_IMAGE
    assert request.source_image


async def test_a_file_that_is_no_picture_gets_a_sentence(slack_stage, ana):
    direct = ana.driver.direct_messages()
    sent = await ana.driver.uploads("cat.png", b"<html>not a cat</html>", "at night", direct)

    await direct.message("That picture can't be used", thread=sent)
    assert slack_stage.painter.requests == []


async def test_an_event_that_slack_repeats_is_done_once(slack_stage, ana):
    slack = slack_stage.slack
    slack.deliveries.duplicate_next = 1
    await ana.driver.mentions_bot("a red fox", slack.room("general"))

    await slack_stage.until_painted(ana)
    jobs = await slack_stage.house.store.queue.jobs_of(ana.person.lane, unfinished=False, limit=10)
    assert len(jobs) == 1
