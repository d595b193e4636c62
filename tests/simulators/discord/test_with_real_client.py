"""The simulator as the real discord.py sees it: interactions, messages, forms, files, threads."""

from __future__ import annotations

import io

import discord
import pytest
from discord import app_commands, ui
from PIL import Image

from tests.simulators.discord.forms import CannotSubmit
from tests.simulators.discord.messages import Message
from tests.simulators.discord.people import picture
from tests.simulators.discord.real_client import Bot, connected
from tests.simulators.discord.slash import NotOffered


def png(colour: str = "orange") -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (8, 6), colour).save(kept, "PNG")
    return kept.getvalue()


class Result(ui.LayoutView):
    """Two pictures with alt text, a row of buttons."""

    def __init__(self, words: str) -> None:
        super().__init__(timeout=None)
        gallery = ui.MediaGallery(
            discord.MediaGalleryItem("attachment://0.png", description="a fox, first"),
            discord.MediaGalleryItem(
                "attachment://1.png", description="a fox, second", spoiler=True
            ),
        )
        row = ui.ActionRow(
            ui.Button(label="U1", custom_id="j1:U1:abc"),
            ui.Button(label="Edit", custom_id="j1:edit:abc"),
            ui.Button(label="Wait", custom_id="j1:wait:abc", disabled=True),
        )
        self.add_item(ui.Container(ui.TextDisplay(words), gallery, row))


class EditForm(ui.Modal, title="Edit and remix"):
    prompt = ui.Label(text="Prompt", component=ui.TextInput(custom_id="prompt", max_length=50))
    strength = ui.Label(
        text="Strength",
        component=ui.RadioGroup(
            custom_id="strength",
            options=[
                discord.RadioGroupOption(label="A little", value="0.2"),
                discord.RadioGroupOption(label="A lot", value="0.8"),
            ],
        ),
    )
    reference = ui.Label(
        text="Reference", component=ui.FileUpload(custom_id="reference", required=False)
    )


class Painter(Bot):
    """A bot with one of everything. Clicks and forms are told by their custom id, so they outlive a restart."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict] = []
        self.seen: list[bytes] = []
        self.tree.command(name="imagine", description="Paint")(self.imagine)
        self.tree.command(name="secret", description="Whisper")(self.secret)
        self.tree.add_command(
            app_commands.ContextMenu(name="Use as reference", callback=self.use_as_reference)
        )

    async def setup_hook(self) -> None:
        await self.tree.sync()

    async def imagine(
        self,
        interaction: discord.Interaction,
        prompt: str,
        count: app_commands.Range[int, 1, 4] = 1,
        model: str = "sdxl",
        reference: discord.Attachment | None = None,
    ) -> None:
        await interaction.response.defer()
        if reference is not None:
            self.seen.append(await reference.read())
        files = [discord.File(io.BytesIO(png()), f"{place}.png") for place in range(2)]
        await interaction.edit_original_response(
            view=Result(f"{prompt} x{count} by {model}"), attachments=files
        )

    async def secret(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message("only you", ephemeral=True)
        await interaction.followup.send("all of you", ephemeral=False)

    async def use_as_reference(
        self, interaction: discord.Interaction, message: discord.Message
    ) -> None:
        gallery = next(
            one
            for one in message.components[0].children
            if isinstance(one, discord.MediaGalleryComponent)
        )
        assert message.attachments == []
        async with interaction.client.http._HTTPClient__session.get(
            gallery.items[0].media.url
        ) as got:
            self.seen.append(await got.read())
        await interaction.response.send_message(f"will use {message.id}", ephemeral=True)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        custom_id = (interaction.data or {}).get("custom_id")
        if interaction.type is discord.InteractionType.modal_submit:
            self.forms.append(interaction.data)
            await interaction.response.send_message("form taken")
        elif custom_id == "j1:U1:abc":
            await interaction.response.edit_message(view=Result("upscaled"))
        elif custom_id == "j1:edit:abc":
            form = EditForm(custom_id="j1:form:abc")
            await interaction.response.send_modal(form)


for_model = [
    app_commands.Choice(name="SDXL", value="sdxl"),
    app_commands.Choice(name="Flux", value="flux"),
]


async def painted(platform, ada, art) -> Message:
    await ada.runs("/imagine", art, prompt="a fox", count=4)
    return await art.message("a fox")


async def test_a_command_becomes_one_message_with_pictures_and_buttons(platform, ada, ben, art):
    async with connected(platform, Painter()):
        told = await ada.runs("/imagine", art, prompt="a fox", count=4)
        message = await art.message("a fox x4 by sdxl", visible_to=ben)

    assert message is told.original
    assert [one.data for one in message.pictures] == [png(), png()]
    assert message.alt_texts == ["a fox, first", "a fox, second"]
    assert message.spoilers == [False, True]
    assert ben.labels(message) == ["U1", "Edit"]
    assert message.past[0].content == ""
    assert platform.violations == []
    assert platform.called_anybody == []


async def test_a_chosen_file_reaches_the_bot(platform, ada, art):
    bot = Painter()

    async with connected(platform, bot):
        await ada.runs("/imagine", art, prompt="x", reference=picture("r.png", png("red")))
        await art.message("x x1")

    assert bot.seen == [png("red")]


async def test_autocomplete_gives_its_choices(platform, ada, art):
    bot = Bot()

    @bot.tree.command(name="imagine", description="Paint")
    async def imagine(interaction: discord.Interaction, model: str) -> None: ...

    @imagine.autocomplete("model")
    async def models(
        interaction: discord.Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        return [one for one in for_model if typed in one.value]

    async with connected(platform, bot):
        await bot.tree.sync()
        choices = await ada.is_offered("/imagine", "model", "fl", art)

    assert [one["value"] for one in choices] == ["flux"]


async def test_an_ephemeral_answer_is_seen_by_one_and_a_public_followup_by_all(
    platform, ada, ben, art
):
    async with connected(platform, Painter()):
        told = await ada.runs("/secret", art)
        await art.message("all of you")

    assert told.is_ephemeral
    assert [one.text for one in ada.sees(art)] == ["only you", "all of you"]
    assert [one.text for one in ben.sees(art)] == ["all of you"]


async def test_a_message_command_brings_the_pictures_without_message_intents(platform, ada, art):
    bot = Painter()

    async with connected(platform, bot):
        message = await painted(platform, ada, art)
        told = await ada.uses_message_command("Use as reference", message)

    assert told.original is not None
    assert told.original.text == f"will use {message.id}"
    assert bot.seen == [png()]


async def test_a_click_changes_the_message_it_was_on(platform, ada, art):
    async with connected(platform, Painter()):
        message = await painted(platform, ada, art)
        click = await ada.clicks(message, "U1")

    assert click.original is message
    assert message.text == "upscaled"
    assert len(message.pictures) == 2


async def test_a_form_opens_is_filled_in_and_taken(platform, ada, art):
    bot = Painter()

    async with connected(platform, bot):
        message = await painted(platform, ada, art)
        click = await ada.clicks(message, "Edit")
        sent = await ada.submits(
            click.modal, prompt="an owl", strength="A lot", reference=picture("o.png", png())
        )

    fields = [one["component"] for one in bot.forms[0]["components"]]
    assert [one.get("value") for one in fields[:2]] == ["an owl", "0.8"]
    assert list(bot.forms[0]["resolved"]["attachments"]) == fields[2]["values"]
    assert sent.outcome == "answered"
    assert platform.violations == []


async def test_a_form_opened_before_a_restart_is_taken_after_it(platform, ada, art):
    async with connected(platform, Painter()):
        message = await painted(platform, ada, art)
        click = await ada.clicks(message, "Edit")
    after = Painter()
    async with connected(platform, after):
        sent = await ada.submits(click.modal, prompt="an owl", strength="A lot")

    assert sent.outcome == "answered"
    assert after.forms[0]["custom_id"] == "j1:form:abc"


async def test_the_client_holds_people_to_what_the_command_and_form_offer(platform, ada, art):
    async with connected(platform, Painter()):
        with pytest.raises(NotOffered, match="at most 4"):
            ada.starts("/imagine", art, prompt="a fox", count=9)
        with pytest.raises(NotOffered, match="needs"):
            ada.starts("/imagine", art)
        with pytest.raises(NotOffered, match="no command"):
            ada.starts("/paint", art)
        message = await painted(platform, ada, art)
        click = await ada.clicks(message, "Edit")
        with pytest.raises(CannotSubmit, match="characters"):
            ada.starts_submit(click.modal, prompt="x" * 51, strength="A lot")


async def test_the_first_result_opens_a_thread_and_the_client_learns_of_it(platform, ada, art):
    bot = Painter()

    async with connected(platform, bot):
        message = await painted(platform, ada, art)
        place = bot.get_partial_messageable(int(art.id), guild_id=int(platform.guild.id))
        thread = await place.get_partial_message(int(message.id)).create_thread(name="a fox")
        await thread.send("in here")
        with pytest.raises(discord.HTTPException) as again:
            await place.get_partial_message(int(message.id)).create_thread(name="again")
        room = await art.thread("fox")
        known = bot.get_guild(int(platform.guild.id)).get_thread(int(message.id))

    assert room.id == message.id
    assert known is not None
    assert [one.text for one in room.messages()] == ["in here"]
    assert again.value.code == 160004


async def test_a_forum_post_brings_its_first_message(platform):
    bot = Painter()

    async with connected(platform, bot):
        forum = bot.get_channel(int(platform.room("ideas").id))
        await forum.create_thread(name="a fox", content="first")
        post = await platform.room("ideas").thread("fox")

    assert [one.text for one in post.messages()] == ["first"]


async def test_a_direct_message_arrives_or_is_refused(platform, ada, ben):
    bot = Painter()
    ben.closes_dms()

    async with connected(platform, bot):
        await (await bot.fetch_user(int(ada.id))).send("done")
        with pytest.raises(discord.Forbidden) as refused:
            await (await bot.fetch_user(int(ben.id))).send("done")
        told = await ada.runs("/secret", ada.dm)

    assert refused.value.code == 50007
    assert [one.text for one in ada.sees(ada.dm)][:2] == ["done", "only you"]
    assert told.guild_id is None
