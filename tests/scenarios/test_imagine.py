from bot.domain.card import Tone


async def test_words_become_pictures_with_seeds_and_buttons(ana):
    card = await ana.gets("/imagine a red fox --n 4 --seed 10")

    assert card.tone is Tone.DONE
    assert [picture.position for picture in card.pictures] == [1, 2, 3, 4]
    assert {field.name: field.value for field in card.fields}["Seeds"] == "10 · 11 · 12 · 13"
    rows = [[button.label for button in row] for row in card.rows]
    assert rows == [["U1", "U2", "U3", "U4", "Re-roll"], ["V1", "V2", "V3", "V4", "Edit"], ["Rate"]]


async def test_the_acknowledgement_repeats_nothing(ana):
    reply = await ana.says("/imagine a very secret fox")

    assert "secret" not in repr(reply.card)
    # On Discord the acknowledgement is the answer's own message; the wire tests see that it waits for the judges.
    assert reply.card is None or reply.card.only_asker


async def test_one_event_makes_one_job(ana, stage):
    await ana.says("/imagine a fox", key="the-same")
    again = await ana.says("/imagine a fox", key="the-same")

    assert again.card.headline == "This request is already here"
    await stage.newest_final(ana.person)
    assert len(stage.painter.requests) == 1


async def test_a_refused_prompt_is_named_private_and_costs_nothing(ana, stage):
    card = await ana.gets("/imagine something forbidden")

    assert card.tone is Tone.REFUSED
    assert card.only_asker
    assert "graphic violence" in " ".join(card.lines)
    assert stage.painter.requests == []
    assert (await used(ana)) == 0


async def test_a_prompt_nobody_could_check_is_not_painted(ana, stage):
    card = await ana.gets("/imagine something uncheckable")

    assert card.headline == "The request couldn't be checked"
    assert stage.painter.requests == []


async def test_a_picture_that_may_not_be_shown_is_not_and_costs_nothing(ana):
    card = await ana.gets("/imagine something ugly --n 2")

    assert card.headline == "The picture can't be shown"
    assert card.pictures == ()
    assert (await used(ana)) == 0


async def test_pictures_received_are_counted(ana):
    await ana.gets("/imagine a fox --n 3")

    assert (await used(ana)) == 3


async def test_every_mistake_is_told_at_once_and_nothing_is_submitted(ana, stage):
    reply = await ana.says("/imagine a fox --n 99 --ar 0:5 --seed banana --sed 1")

    text = " ".join(reply.card.lines)
    for part in (
        "--n 99",
        "--ar 0:5",
        "--seed banana",
        "did you mean --seed",
        "Nothing was submitted",
    ):
        assert part in text
    assert await stage.house.store.queue.jobs_of(ana.person.lane, unfinished=False, limit=1) == []


async def test_an_unknown_style_is_answered_with_the_nearest(ana):
    reply = await ana.says("/imagine a fox --style watercolour")

    assert "Did you mean watercolor?" in " ".join(reply.card.lines)


async def test_an_empty_prompt_and_an_endless_one_get_a_sentence(ana):
    empty = await ana.says("/imagine")
    endless = await ana.says(f"/imagine {'x ' * 50_000}")

    # A platform with forms offers one to whoever typed nothing.
    assert empty.form or empty.card.headline == "That needs a small change"
    assert endless.card.headline == "That needs a small change"


async def test_a_size_the_model_does_not_paint_is_said(ana):
    card = await ana.gets("/imagine a fox --size 101x203")

    assert any("101×203" in line for line in card.lines)


async def test_what_the_model_cannot_take_is_said(ana):
    card = await ana.gets("/imagine a fox --no text --steps 30")

    assert any("--no or --steps" in line for line in card.lines)


async def used(actor) -> int:
    house = actor.stage.house
    reply = await actor.says("/quota")
    value = reply.card.fields[0].value
    limit = house.desk.rules.images_per_day
    return limit - int(value.split()[0])
