import io

import pytest
from PIL import Image

from bot.domain.action import Action, Verb
from bot.domain.card import Tone
from providers import Operation


def button(card, label):
    everything = [*card.menu, *(one for row in card.rows for one in row)]
    return next(one for one in everything if one.label == label)


@pytest.fixture
async def four(ana):
    return await ana.gets("/imagine a red fox --n 4 --seed 10")


async def test_u2_gives_the_second_picture_twice_as_large(ana, stage, four):
    card = await ana.gets_by(button(four, "U2"))

    (picture,) = card.pictures
    assert (picture.width_px, picture.height_px) == (128, 128)
    request = stage.painter.requests[-1]
    assert request.operation is Operation.UPSCALE
    assert request.source_image is not None
    assert request.seed == 11


async def test_v3_moves_the_third_picture(ana, stage, four):
    card = await ana.gets_by(button(four, "V3"))

    assert len(card.pictures) == 4
    request = stage.painter.requests[-1]
    assert request.operation is Operation.VARY
    assert request.seed == 12
    assert request.extra["vary_seed"] != 12
    assert request.strength == pytest.approx(0.4)


async def test_lineage_is_kept(ana, four):
    varied = await ana.gets_by(button(four, "V1"))
    details = await ana.presses(button(varied, "Details 1"))

    facts = {field.name: field.value for field in details.card.fields}
    assert facts["Made from"] == f"picture 1 · #{four.pictures[0].image}"


async def test_reroll_paints_the_same_words_with_new_seeds(ana, stage, four):
    await ana.gets_by(button(four, "Re-roll"))

    assert stage.painter.requests[-1].prompt == "a red fox"
    assert stage.painter.requests[-1].seed != 10


async def test_anybody_may_build_on_a_picture(ben, four):
    card = await ben.gets_by(button(four, "U1"))

    assert card.tone is Tone.DONE


async def test_edit_opens_a_form_with_the_words_and_the_picture(ana, four):
    reply = await ana.presses(button(four, "Edit"))

    assert reply.form.inputs[0].value == "a red fox"
    assert reply.form.action.target == four.pictures[0].image


async def test_an_edit_repaints_the_picture(ana, stage, four):
    card = await ana.gets_by(button(four, "Edit"), prompt="a blue fox", strength="0.7")

    assert len(card.pictures) == 1
    request = stage.painter.requests[-1]
    assert request.operation is Operation.IMAGE_TO_IMAGE
    assert (request.prompt, request.strength) == ("a blue fox", 0.7)


async def test_an_edit_with_a_painted_region_changes_only_that(ana, stage, four):
    buffer = io.BytesIO()
    mask = Image.new("L", (128, 128), 0)
    mask.paste(255, (0, 0, 64, 64))
    mask.save(buffer, "PNG")
    key = await stage.house.desk.blobs.put(buffer.getvalue())

    await ana.presses(button(four, "Edit"), mask=key, prompt="a hat", strength="0.9")
    await stage.newest_final(ana.person)

    request = stage.painter.requests[-1]
    assert request.operation is Operation.INPAINT
    with Image.open(io.BytesIO(request.mask)) as fitted:
        assert (fitted.size, fitted.mode) == ((64, 64), "L")


async def test_an_edited_prompt_is_judged_again(ana, four):
    card = await ana.gets_by(button(four, "Edit"), prompt="something forbidden")

    assert card.tone is Tone.REFUSED


async def test_details_tell_what_is_known(ana, four):
    reply = await ana.presses(button(four, "Details 2"))

    facts = {field.name: field.value for field in reply.card.fields}
    assert facts["Seed"] == "11"
    assert facts["Asked by"] == "ana"
    assert facts["SHA-256"] == four.pictures[1].full


async def test_save_gives_a_private_copy(ben, four):
    reply = await ben.presses(button(four, "Save 1"))

    assert reply.card.only_asker
    assert reply.card.pictures[0].image == four.pictures[0].image


async def test_a_report_hides_the_picture_at_once(ana, ben, four):
    report = button(four, "Report 1")
    form = (await ben.presses(report)).form
    await ben.presses(report, reason=form.inputs[0].choices[0], text="please look")

    gone = await ana.presses(button(four, "U1"))
    assert gone.card.headline.startswith("There is no picture #")


async def test_a_report_has_no_reason_until_one_is_chosen(ben, four):
    form = (await ben.presses(button(four, "Report 1"))).form

    assert (form.inputs[0].value, form.inputs[0].required) == ("", True)


async def test_a_stranger_may_not_delete(ben, four):
    reply = await ben.presses(button(four, "Delete 1"))

    assert reply.card.headline == "You may not do that"


async def test_a_deleted_picture_and_its_files_are_gone(ana, stage, four):
    picture = four.pictures[0]
    await ana.presses(button(four, "Delete 1"))

    reply = await ana.presses(button(four, "Details 1"))
    assert reply.card.headline.startswith("There is no picture #")
    assert not await stage.house.desk.blobs.exists(picture.full)


async def test_a_card_with_a_picture_deleted_does_not_call_it_uncharged(ana, stage, four):
    await ana.presses(button(four, "Delete 1"))

    later = await stage.house.cards((await stage.newest_job(ana.person)).id)
    assert later.headline == "3 images"
    assert "charged" not in " ".join(later.lines)


async def test_a_moderator_may_delete(ida, four):
    reply = await ida.presses(button(four, "Delete 1"))

    assert reply.card.headline == "Deleted"


@pytest.mark.parametrize(
    "verb", [Verb.UPSCALE, Verb.VARY, Verb.EDIT, Verb.DETAILS, Verb.SAVE, Verb.REPORT, Verb.DELETE]
)
async def test_a_picture_of_another_workspace_does_not_exist(stage, four, verb):
    eve = stage.actor("eve", workspace="X")
    reply = await eve.presses(Action(verb=verb, target=four.pictures[0].image))

    assert reply.card.headline.startswith("There is no picture #")


@pytest.mark.parametrize("verb", [Verb.REROLL, Verb.RETRY, Verb.CANCEL])
async def test_a_request_of_another_workspace_does_not_exist(stage, four, verb):
    eve = stage.actor("eve", workspace="X")
    job = await stage.newest_job(stage.actor("ana").person)
    reply = await eve.presses(Action(verb=verb, target=job.id))

    assert reply.card.headline.startswith("There is no request ")
