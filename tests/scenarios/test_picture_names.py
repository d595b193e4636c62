"""What a picture is called, and what a result says it comes from, on every surface."""

import pytest

from tests.scenarios.test_buttons import button


@pytest.fixture
async def four(ana):
    return await ana.gets("/imagine a red fox --n 4 --seed 10")


def second_of(four) -> str:
    return f"picture 2 · #{four.pictures[1].image}"


def facts_of(card) -> dict[str, str]:
    return {field.name: field.value for field in card.fields}


@pytest.mark.parametrize(
    ("label", "form", "made"),
    [
        ("U2", {}, "Upscaled from"),
        ("V2", {}, "Variations of"),
        ("Edit 2", {"prompt": "a blue fox", "strength": "0.5"}, "Repainted from"),
        ("Outpaint 2", {"side": "Left", "share": "A half", "prompt": "a field"}, "Extended from"),
        ("Remove background 2", {}, "Cut out from"),
    ],
)
async def test_a_result_says_which_picture_it_comes_from(ana, four, label, form, made):
    card = await ana.gets_by(button(four, label), **form)

    assert card.lines[0] == f"{made} {second_of(four)}."


async def test_what_comes_from_a_single_picture_names_it_by_its_number(ana):
    one = await ana.gets("/imagine a red fox")

    card = await ana.gets_by(button(one, "U1"))

    assert card.lines[0] == f"Upscaled from picture #{one.pictures[0].image}."


async def test_what_is_painted_from_words_alone_comes_from_no_picture(four):
    assert not [line for line in four.lines if "from" in line]


async def test_a_result_whose_picture_was_deleted_says_so(ana, four):
    upscaled = await ana.gets_by(button(four, "U2"))
    await ana.presses(button(four, "Delete 2"))

    details = await ana.presses(button(upscaled, "Details"))

    gone = f"picture #{four.pictures[1].image}, deleted since"
    assert facts_of(details.card)["Made from"] == gone


async def test_an_answer_tells_the_numbers_that_show_takes(ana, four):
    numbers = facts_of(four)["Numbers"].split(" · ")

    assert numbers == [f"#{picture.image}" for picture in four.pictures]
    assert (await ana.says(f"/show {numbers[1]}")).card.headline == second_of(four).capitalize()


async def test_details_name_place_and_number(ana, four):
    details = await ana.presses(button(four, "Details 2"))

    assert details.card.headline == second_of(four).capitalize()


@pytest.mark.parametrize("label", ["Edit", "Outpaint", "Report"])
async def test_a_form_says_which_picture_it_is_about(ana, four, label):
    form = (await ana.presses(button(four, f"{label} 2"))).form

    assert form.title == f"{label} 2 · #{four.pictures[1].image}"


async def test_a_number_without_a_picture_is_answered_with_that_number(ana):
    told = await ana.says("/show 999999")

    assert told.card.headline == "There is no picture #999999 here"


async def test_the_gallery_lists_the_numbers_as_show_takes_them(ana, four):
    told = await ana.says("/gallery")

    listed = " · ".join(f"#{picture.image}" for picture in reversed(four.pictures))
    assert told.card.lines[0].startswith(f"Numbers: {listed}.")
