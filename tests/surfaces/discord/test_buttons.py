"""Buttons, selects, forms and message commands; nothing about a message is kept in memory."""

import discord

from tests.surfaces.discord.conftest import Server, raw, texts, walk


def option(message, label: str) -> str:
    """The value of the option so named in a message's select."""
    return next(
        one["value"]
        for menu in walk(raw(message))
        if menu["type"] == 3
        for one in menu["options"]
        if one["label"] == label
    )


async def imagined(server: Server, person, prompt: str = "a red fox", count: int = 2):
    await person.slash(server.channel, "imagine", prompt=prompt, count=count)
    await server.ended()
    return server.posts()[0]


async def test_the_answer_has_its_rows(server: Server) -> None:
    message = await imagined(server, server.person("ana"))

    assert server.labels(message) == ["U1", "U2", "Re-roll", "V1", "V2", "Edit", "Rate"]


async def test_upscale_answers_in_the_thread_with_one_larger_picture(server: Server) -> None:
    ana = server.person("ana")
    message = await imagined(server, ana)

    await ana.click(message, label="U2")
    job = await server.ended()

    (answer,) = server.posts(server.channel.threads[0])
    assert job.order.operation == "upscale"
    assert len(answer.attachments) == 1
    assert ana.mention in texts(answer)


async def test_details_from_the_menu_are_private(server: Server) -> None:
    ana = server.person("ana")
    message = await imagined(server, ana)

    told = await ana.select(message, [option(message, "Details 2")])

    assert told.ephemeral
    assert "Seed" in texts(told.response)
    assert len(told.response.attachments) == 1


async def test_delete_asks_first_and_then_the_picture_goes_from_the_message(
    server: Server,
) -> None:
    ana = server.person("ana")
    message = await imagined(server, ana)

    asked = await ana.select(message, [option(message, "Delete 1")])
    assert "can't be brought back" in texts(asked.response)
    assert len(server.posts()[0].attachments) == 2
    await ana.click(asked.response, label="Delete")

    await server.until(lambda: len(server.posts()[0].attachments) == 1)


async def test_report_opens_a_form_and_hides_the_picture(server: Server) -> None:
    ana, ben = server.person("ana"), server.person("ben")
    message = await imagined(server, ana)

    form = await ben.select(message, [option(message, "Report 2")])
    told = await ben.submit_modal(form, {"reason": ["Hateful"], "text": "look at it"})

    assert told.ephemeral
    assert "reported" in texts(told.response)
    await server.until(lambda: len(server.posts()[0].attachments) == 1)


async def test_edit_opens_a_form_with_the_words_and_answers_in_the_thread(
    server: Server,
) -> None:
    ana = server.person("ana")
    message = await imagined(server, ana)

    form = await ana.click(message, label="Edit")
    fields = {
        one["component"]["custom_id"]: one["component"].get("value")
        for one in form.modal["components"]
    }
    await ana.submit_modal(form, {"prompt": "a blue fox", "strength": "0.4"})
    job = await server.ended()

    assert fields == {"prompt": "a red fox", "strength": "0.6"}
    assert job.order.ask.prompt == "a blue fox"
    assert job.order.ask.strength == 0.4
    assert len(server.posts(server.channel.threads[0])) == 1


async def test_buttons_and_forms_from_before_a_restart_work(server: Server) -> None:
    ana = server.person("ana")
    message = await imagined(server, ana)
    form = await ana.click(message, label="Edit")

    await server.restart()
    pressed = await ana.click(message, label="Re-roll")
    await server.ended()
    await ana.submit_modal(form, {"prompt": "a blue fox", "strength": "0.4"})
    job = await server.ended()

    assert pressed.acknowledged
    assert job.order.ask.prompt == "a blue fox"
    assert job.state == "delivered"


async def test_commands_are_registered_once(server: Server) -> None:
    await server.restart()

    puts = [one for one in server.env.http_requests if one.method == "PUT"]

    assert len(puts) == 1


async def test_reimagine_opens_the_edit_form_of_our_own_picture(server: Server) -> None:
    ana, ben = server.person("ana"), server.person("ben")
    message = await imagined(server, ana)

    form = await ben.context_menu(server.channel, "Reimagine this image", message)
    await ben.submit_modal(form, {"prompt": "a blue fox", "strength": "0.3"})
    job = await server.ended()

    assert job.order.operation == "image_to_image"
    assert job.order.parent_image == 1
    assert job.person.name == "ben"


async def test_our_own_picture_is_used_as_reference(server: Server) -> None:
    ana = server.person("ana")
    message = await imagined(server, ana)

    form = await ana.context_menu(server.channel, "Use as reference", message)
    await ana.submit_modal(form, {"prompt": "an owl", "strength": "0.3"})
    job = await server.ended()

    assert job.order.parent_image == 1
    assert job.order.ask.prompt == "an owl"


async def test_a_strangers_picture_is_used_as_reference(server: Server, png: bytes) -> None:
    ana, ben = server.person("ana"), server.person("ben")
    theirs = await ben.send(server.channel, "look", attachments=[("cat.png", png)])

    form = await ana.context_menu(server.channel, "Use as reference", theirs)
    await ana.submit_modal(form, {"prompt": "the same in snow", "strength": "0.3"})
    job = await server.ended()

    assert job.order.operation == "image_to_image"
    assert job.order.source is not None
    assert job.order.ask.strength == 0.3


async def test_a_message_without_a_picture_is_no_reference(server: Server) -> None:
    ana = server.person("ana")
    words = await ana.send(server.channel, "no picture")

    for name in ("Use as reference", "Reimagine this image", "Image details", "Report image"):
        told = await ana.context_menu(server.channel, name, words)
        assert told.ephemeral
        assert "no picture" in texts(told.response)


async def test_image_details_of_our_own_picture(server: Server) -> None:
    ana = server.person("ana")
    message = await imagined(server, ana, count=1)

    told = await ana.context_menu(server.channel, "Image details", message)

    assert told.ephemeral
    assert "square" in texts(told.response)


async def test_every_word_is_answered_privately(server: Server) -> None:
    ana = server.person("ana")

    for word, options in (
        ("queue", {}),
        ("quota", {}),
        ("gallery", {}),
        ("styles", {}),
        ("models", {}),
        ("help", {"command": "imagine"}),
        ("privacy", {}),
        ("show", {"number": "1"}),
        ("cancel", {}),
    ):
        told = await ana.slash(server.channel, f"impasto {word}", **options)
        assert told.ephemeral, word
        assert texts(told.response), word


async def test_the_gallery_shows_pictures(server: Server) -> None:
    ana = server.person("ana")
    await imagined(server, ana, count=4)

    told = await ana.slash(server.channel, "impasto gallery")

    assert told.ephemeral
    assert len(told.response.attachments) == 4


async def test_styles_and_models_are_suggested_while_typed(server: Server) -> None:
    ana = server.person("ana")

    styles = await ana.autocomplete(server.channel, "imagine", "style", "WATER", prompt="x")
    models = await ana.autocomplete(server.channel, "imagine", "model", "", prompt="x")
    shapes = await ana.autocomplete(server.channel, "imagine", "aspect", "16", prompt="x")

    assert [one["value"] for one in styles] == ["watercolor"]
    assert [one["value"] for one in models] == ["square-1"]
    assert [one["value"] for one in shapes] == ["16:9", "9:16"]


async def test_one_click_is_answered_once(server: Server) -> None:
    ana = server.person("ana")
    message = await imagined(server, ana)
    before = len(server.env.http_requests)

    await ana.click(message, label="Re-roll")

    callbacks = [one for one in server.env.http_requests[before:] if one.path.endswith("/callback")]
    assert len(callbacks) == 1
    assert isinstance(message, discord.Message)
