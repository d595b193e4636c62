"""Every word and every button in the hands of another workspace: what is not theirs might as well not exist.

Each probe is made twice: with numbers and names of the other workspace, and with ones that never were. Both must be
answered alike, without a word of what is kept there, and every row that stood in the database must stand there unchanged.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from bot.commands.words import REGISTRY
from bot.domain.action import Action, Verb
from bot.domain.identity import ImageId
from bot.domain.invocation import Invocation
from tests.scenarios.two_towns import (
    NAMES,
    NEVER_WAS,
    NO_NAMES,
    SEEDED,
    Towns,
    alike,
    two_towns,
)

ARGUMENTS = ("", "job", "good", "left", "quorra")


@dataclass(frozen=True, kw_only=True)
class Row:
    """How a verb is probed: `live` is what it does something to for those who live there, None when it takes nothing."""

    live: str | None
    argument: str = ""
    form: Mapping[str, str] = field(default_factory=dict)


VERBS = {
    Verb.IMAGINE: Row(live=None, form={"prompt": "a cow"}),
    Verb.UPSCALE: Row(live="picture"),
    Verb.FINISH: Row(live="picture"),
    Verb.VARY: Row(live="picture"),
    Verb.REMOVE_BACKGROUND: Row(live="picture"),
    Verb.OUTPAINT: Row(
        live="picture", form={"prompt": "more", "side": "Left", "share": "A quarter"}
    ),
    Verb.RATE: Row(live="picture", argument="good", form={"picture": "1", "rating": "Good"}),
    Verb.REROLL: Row(live="delivered"),
    Verb.EDIT: Row(live="picture", form={"prompt": "blue", "strength": "0.5"}),
    Verb.CANCEL: Row(live="parked"),
    Verb.DETAILS: Row(live="picture"),
    Verb.SAVE: Row(live="picture"),
    Verb.REPORT: Row(live="picture", form={"reason": "Violent", "text": "odd"}),
    Verb.DELETE: Row(live="picture"),
    Verb.RETRY: Row(live="refused"),
    Verb.WAIT: Row(live="offer"),
    Verb.APPROVE: Row(live="parked"),
    Verb.RESTORE: Row(live="reported"),
    Verb.REMOVE: Row(live="reported"),
    Verb.SETTINGS: Row(live=None, form={"n": "2"}),
}
"""A new verb has no row here, so it fails until it has one."""

WORDS: Mapping[str, tuple[str, ...]] = {
    "queue": (),
    "cancel": ("{parked}",),
    "quota": (),
    "gallery": ("", "all"),
    "show": ("{picture}",),
    "templates": ("{template}",),
    "styles": ("",),
    "models": (),
    "settings": ("",),
    "report": ("{picture}",),
    "privacy": (),
    "help": (),
    "admin role give": ("{person} moderator",),
    "admin role take": ("{person}",),
    "admin role show": ("{person}",),
    "admin access allow": ("{person}", "{channel}"),
    "admin access deny": ("{person}", "{channel}"),
    "admin access clear": ("{person}", "{channel}"),
    "admin access quiet": ("22:00-07:00 {channel}",),
    "admin access show": ("",),
    "admin access adults": ("{channel} on",),
    "admin access review": ("",),
    "admin user block": ("{person} 2h",),
    "admin user unblock": ("{person}",),
    "admin audit": ("", "{person}", "template.add", "count 50"),
    "admin quota set": ("{person} 5/day", "{channel} 5/day"),
    "admin quota show": ("", "{person}", "{channel}"),
    "admin quota grant": ("{person} 5 today", "{channel} 5 today"),
    "admin quota reset": ("{person}", "{channel}"),
    "admin quota zone": ("",),
    "admin budget set": ("{person} $5/day", "{channel} $5/day"),
    "admin budget show": ("", "{person}", "{channel}"),
    "admin notify set": ("", "{channel}"),
    "admin model allow": (),
    "admin model deny": (),
    "admin model canary": (),
    "admin model show": (),
    "admin provider on": (),
    "admin provider off": (),
    "admin provider show": (),
    "admin moderation reports": ("",),
    "admin moderation show": (),
    "admin moderation test": ("template:{template} thing=tea", "a hen --style {style}"),
    "admin template add": (),
    "admin template edit": ("{template} A {{thing}}",),
    "admin template remove": ("{template}",),
    "admin template show": ("", "{template}", "{template} 1"),
    "admin style add": (),
    "admin style remove": ("{style}",),
    "admin channel set": ("{channel} count 2", "everywhere style {style}"),
    "admin channel show": ("",),
    "admin stats": ("",),
    # Last: it gives eve requests of her own, and the numbers probed would be there, and hers.
    "imagine": ("template:{template} thing=tea", "a hen --style {style}"),
}
"""What follows each word when it asks for something that is kept; a new word has no row here, and fails until it has one."""


@pytest.fixture
async def towns(tmp_path: Path) -> AsyncIterator[Towns]:
    async with two_towns(tmp_path) as opened:
        yield opened


def asks_for(towns: Towns, text: str) -> tuple[str, str]:
    """The line that asks for what is there, and the one for what never was."""
    never = dict.fromkeys(towns.there, NEVER_WAS)
    return text.format(**NAMES, **towns.there), text.format(**NO_NAMES, **never)


def test_every_verb_and_word_has_its_row_and_every_row_its_own():
    assert {press.verb for press in REGISTRY.presses} == {*VERBS} == {*Verb}
    assert {guide.name for guide in REGISTRY.guides} == {*WORDS}


@pytest.mark.parametrize("verb", [verb for verb, row in VERBS.items() if row.live])
async def test_those_who_live_there_are_answered_otherwise_by_a_button(towns, verb):
    """Without this the matrix could be passing over targets that no button does anything to."""
    row = VERBS[verb]
    dead = Action(verb=verb, target=NEVER_WAS, argument=row.argument)

    gone = await towns.wilma.presses(dead)
    there = await towns.wilma.presses(replace(dead, target=towns.there[row.live]))

    assert alike(there) != alike(gone)


async def test_those_who_live_there_are_answered_otherwise_by_a_word(towns):
    same = []
    # What takes things away comes last.
    for name, texts in sorted(WORDS.items(), key=lambda word: word[0].endswith("remove")):
        for text in texts:
            there, never = asks_for(towns, text)
            if there == never:
                continue
            gone = alike(await towns.wilma.says(f"/{name} {never}"))
            if alike(await towns.wilma.says(f"/{name} {there}")) == gone:
                same.append((name, text))

    assert same == []


async def test_no_button_reaches_into_another_workspace(towns):
    before, wrong = towns.rows(), []

    # What gives eve requests of her own comes last: the numbers probed would be there, and hers.
    for verb, row in sorted(VERBS.items(), key=lambda one: one[0] is Verb.IMAGINE):
        for form in ({}, row.form) if row.form else ({},):
            for argument in ARGUMENTS:
                dead = Action(verb=verb, target=NEVER_WAS, argument=argument)
                gone = alike(await towns.eve.presses(dead, **form))
                for kind, number in towns.there.items():
                    reply = await towns.eve.presses(replace(dead, target=number), **form)
                    told = towns.told_in(reply, but=(argument,))
                    if (row.live and alike(reply) != gone) or told:
                        wrong.append((verb, kind, argument, form, reply))

    assert wrong == []
    assert before - towns.rows() == set()
    assert towns.borrowed() == []


async def test_no_word_reaches_into_another_workspace(towns):
    before, wrong = towns.rows(), []

    for name, texts in WORDS.items():
        for text in texts:
            there, never = asks_for(towns, text)
            gone = await towns.eve.says(f"/{name} {never}")
            reply = await towns.eve.says(f"/{name} {there}")
            typed = tuple(one.lstrip("@#") for one in NAMES.values() if one in there)
            if alike(reply) != alike(gone) or towns.told_in(reply, but=typed):
                wrong.append((name, there, reply, gone))

    assert wrong == []
    assert before - towns.rows() == set()
    assert towns.borrowed() == []


async def test_no_example_and_no_number_reaches_into_another_workspace(towns):
    before, wrong = towns.rows(), []

    guides = {guide.name: guide for guide in REGISTRY.guides}
    for name in WORDS:
        examples = (guides[name].example, *guides[name].more_examples)
        numbers = [f"{name} {number}" for number in towns.there.values()]
        for line in (name, *examples, *numbers):
            reply = await towns.eve.says(f"/{line}")
            if towns.told_in(reply):
                wrong.append((line, reply))

    assert wrong == []
    assert before - towns.rows() == set()
    assert towns.borrowed() == []


async def test_no_word_about_somebody_elsewhere_by_their_id_reaches_them(towns):
    """Eve's own workspace may keep rules about an id that a platform gave; nothing of wilma's changes."""
    before, wrong = towns.rows(), []

    for name, texts in WORDS.items():
        for text in texts:
            if "{person}" not in text:
                continue
            line = text.replace("{person}", "<@wilma|wilma>")
            reply = await towns.eve.says(f"/{name} {line}")
            if towns.told_in(reply, but=("wilma",)):
                wrong.append((line, reply))

    assert wrong == []
    assert before - towns.rows() == set()


@pytest.mark.parametrize("kind", ["picture", "reported"])
async def test_no_request_starts_from_a_picture_of_another_workspace(towns, kind):
    """As a message action would say it, whatever its message pointed at."""
    before = towns.rows()
    reply = await towns.stage.house.dispatch(
        Invocation(
            key=towns.stage.fresh_key(),
            person=towns.eve.person,
            place=towns.stage.place,
            word="imagine",
            text="a cow",
            reference_image=ImageId(towns.there[kind]),
        )
    )

    assert reply.card.headline.startswith("There is no picture #")
    assert before - towns.rows() == set()
    assert towns.borrowed() == []


async def test_the_same_words_and_seed_are_painted_anew_for_another_workspace(towns):
    await towns.eve.gets(f"/imagine {SEEDED}")

    job = await towns.stage.ended(towns.eve)
    assert job.plan.repeats is None
    assert job.order.images == 2


async def test_what_others_settled_fills_in_nothing_here(towns):
    """Neither their channels' defaults, nor their style, nor a person's own settings, whatever this process has kept."""
    await towns.wilma.says("/settings")

    card = await towns.eve.gets("/imagine a cow")

    ask = (await towns.stage.ended(towns.eve)).order.ask
    assert len(card.pictures) == 1
    assert (ask.prompt, ask.style, ask.aspect) == ("a cow", None, None)


async def test_deleting_an_identical_picture_leaves_the_others_file(towns):
    """Files lie under the hash of their content, whoever made them."""
    card = await towns.eve.gets(f"/imagine {SEEDED}")
    for picture in card.pictures:
        await towns.eve.presses(Action(verb=Verb.DELETE, target=picture.image))

    assert [key for key in towns.keys if not await towns.stage.house.blobs.exists(key)] == []


async def test_figures_count_no_other_workspace(towns):
    reply = await towns.eve.says("/admin stats")

    assert reply.card.lines[0].startswith("0 images in 0 requests")


async def test_a_spent_quota_or_budget_is_nobody_elses(towns):
    """Wilma's budget is spent, and her counters are of her workspace."""
    hers = (await towns.wilma.says("/quota")).card.fields
    mine = (await towns.eve.says("/quota")).card.fields

    assert [one.name for one in hers if one not in mine] != []
    assert "$" not in repr(mine)
    assert len((await towns.eve.gets("/imagine a cow")).pictures) == 1
