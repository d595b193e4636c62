"""Prompt templates, typed by admins and used by everybody, on every platform."""

import re

import pytest

from bot.domain.identity import Role


def all_of(reply) -> str:
    card = reply.card
    text = "\n".join([card.headline, *card.lines, card.preformatted, card.footer])
    return text.replace("\u200b", "")


async def newest(stage, actor):
    (job,) = await stage.house.store.queue.jobs_of(actor.person.lane, unfinished=False, limit=1)
    return job


def field(card, name) -> str | None:
    return next((one.value for one in card.fields if one.name == name), None)


SHELF = (
    "/admin template add shelf Photo of {product}, {mood:warm|cold=warm} light --ar 16:9 --seed 7"
)


async def test_a_template_is_filled_in_and_its_flags_hold(stage, ana, ida):
    await ida.says(SHELF)

    card = await ana.gets('/imagine template:shelf product="red earbuds" mood=cold --n 2')

    job = await newest(stage, ana)
    assert job.order.ask.prompt == "Photo of red earbuds, cold light"
    assert job.order.ask.aspect.written == "16:9"
    assert job.order.ask.seed == 7
    assert len(card.pictures) == 2
    assert field(card, "Template") == "shelf, version 1"


async def test_what_is_typed_behind_the_values_is_added(stage, ana, ida):
    await ana.gets('/imagine template:scene place="a mountain hut" time=dusk two ravens')

    job = await newest(stage, ana)
    assert job.order.ask.prompt.startswith("a mountain hut at dusk, clear, summer")
    assert job.order.ask.prompt.endswith("natural colours, two ravens")
    assert job.order.ask.negative_prompt == "text, watermark"


@pytest.mark.parametrize(
    ("typed", "brought"),
    [
        ("template:scene place=town", "what the template scene sets there"),
        ("template:scene place=town --no birds", "that"),
        ("a town --style bare", "what the style bare sets there"),
        ("a town --style bare --no birds", "that"),
        ("template:scene place=town --style bare", "what the template scene sets there"),
    ],
)
async def test_a_flag_that_nobody_typed_is_left_out_in_the_name_of_who_set_it(
    stage, ana, ida, typed, brought
):
    await ida.says("/admin style add bare pen drawing of {prompt} --no colour")

    await ana.gets(f"/imagine {typed}")

    (note,) = (await newest(stage, ana)).plan.notes
    assert note.endswith(f" takes no --no, so {brought} was left out.")


@pytest.mark.parametrize(
    "value",
    [
        "{0.__class__}",
        "{{7*7}}",
        "${HOME}",
        "$product",
        "x --n 9 --seed 3",
        "{mood}",
        "%(mood)s",
        "{{",
    ],
)
async def test_what_people_type_never_becomes_template_syntax(stage, ana, ida, value):
    await ida.says(SHELF)

    await ana.gets(f'/imagine template:shelf product="{value}"')

    ask = (await newest(stage, ana)).order.ask
    assert ask.prompt == f"Photo of {value}, warm light"
    assert (ask.count, ask.seed) == (1, 7)


async def test_the_filled_prompt_is_what_is_judged(stage, ana, ida):
    await ida.says("/admin template add risky A {word:kind|forbidden} thing")

    refused = await ana.gets("/imagine template:risky word=forbidden")

    assert not refused.pictures


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("template:shelf", "product is missing: it takes some words, as your product."),
        ("template:shelf prodct=x", "Did you mean product?"),
        ("template:shelf product=x mood=wram", "Did you mean warm?"),
        ("template:shelf product=x --seed 9", "--seed: the template shelf sets it; leave it out."),
        ("template:shelf product=x --size 512x512", "The template shelf sets the shape"),
        ("template:shlf product=x", "Did you mean template:shelf?"),
        ("template:shelf product=", "product: it is empty."),
    ],
)
async def test_what_does_not_fit_is_named_and_nothing_is_held(stage, ana, ida, line, said):
    await ida.says(SHELF)

    reply = await ana.says(f"/imagine {line}")

    assert said in all_of(reply)
    lane = ana.person.lane
    assert await stage.house.store.queue.jobs_of(lane, unfinished=False, limit=9) == []


async def test_an_edit_is_a_version_and_the_earlier_one_can_be_read(stage, ana, ida):
    await ida.says(SHELF)
    await ana.gets("/imagine template:shelf product=earbuds")

    edited = await ida.says("/admin template edit shelf Drawing of {product}")
    card = await ana.gets("/imagine template:shelf product=earbuds")

    assert "Template shelf, version 2" in all_of(edited)
    assert field(card, "Template") == "shelf, version 2"
    assert (await newest(stage, ana)).order.ask.prompt == "Drawing of earbuds"
    first = all_of(await ida.says("/admin template show shelf 1"))
    assert "Photo of {product}, {mood:warm|cold=warm} light --ar 16:9 --seed 7" in first
    assert "ida" in first


async def test_a_removed_template_is_gone_and_never_shares_a_version(stage, ana, ida):
    await ida.says(SHELF)
    await ida.says("/admin template remove shelf")

    gone = await ana.says("/imagine template:shelf product=x")
    again = await ida.says(SHELF)

    assert "There is no template 'shelf' here." in all_of(gone)
    assert "version 2" in all_of(again)


async def test_starters_are_there_and_can_be_edited_and_removed(stage, ana, ida):
    listed = all_of(await ana.says("/templates"))

    assert len(re.findall(r"template:\w+", listed)) >= 12
    await ida.says("/admin template edit hero A hero of {product}")
    card = await ana.gets("/imagine template:hero product=tea")
    assert field(card, "Template") == "hero, version 2"
    await ida.says("/admin template remove icon")
    assert "template:icon" not in all_of(await ana.says("/templates"))


async def test_a_template_is_shown_by_the_last_picture_made_with_it(stage, ana, ben, ida):
    await ida.says(SHELF)
    before = await ben.says("/templates shelf")

    await ana.gets("/imagine template:shelf product=earbuds")
    after = await ben.says("/templates shelf")

    assert before.card.pictures == ()
    assert len(after.card.pictures) == 1
    assert "template:shelf product=" in all_of(after)
    assert field(after.card, "mood") == "warm, cold; warm unless said"


async def test_the_button_of_a_template_opens_the_form_with_an_example(ana, ida):
    await ida.says(SHELF)
    card = (await ana.says("/templates shelf")).card
    (use,) = [button for row in card.rows for button in row]

    form = (await ana.presses(use)).form

    (prompt,) = [one for one in form.inputs if one.name == "prompt"]
    assert prompt.value == 'template:shelf product="your product" mood=warm'


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("shelf Photo of {product", "{ stands alone"),
        ("shelf Photo of {1x}", "a variable is a name"),
        ("shelf {mood:warm} light", "warm is no kind"),
        ("shelf {mood:warm|cold=hot}", "hot can't be chosen"),
        ("shelf {a} {a=b}", "a is declared twice"),
        ("shelf template:hero product=x", "can't be made of another"),
        ("shelf a --model nobody", "there is no such model here"),
        ("Sh!elf a fox", "a template's name has small letters"),
        ("hero a fox", "There is a template hero already."),
    ],
)
async def test_a_template_that_could_not_be_used_is_refused(ida, line, said):
    reply = await ida.says(f"/admin template add {line}")

    assert said in all_of(reply)
    assert "Nothing was changed." in all_of(reply)


async def test_another_workspace_has_none_of_it(stage, ana, ida):
    await ida.says(SHELF)
    await ana.gets("/imagine template:shelf product=earbuds")
    eve = stage.actor("eve", Role.MEMBER, workspace="X")

    assert "shelf" not in all_of(await eve.says("/templates"))
    assert "There is no template" in all_of(await eve.says("/imagine template:shelf product=x"))
