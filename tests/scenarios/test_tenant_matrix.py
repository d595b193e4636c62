"""Every word and every button in the hands of another workspace: what is not theirs might as well not exist.

Each probe is made twice: at numbers and names of the other workspace, and at ones that never were. Both must be answered
alike, without a word of what is kept there, and every row that stood in the database must stand there unchanged.
"""

import asyncio
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest

from bot.commands.words import REGISTRY
from bot.domain.action import Action, Verb
from bot.domain.identity import ImageId, Role
from bot.domain.invocation import Invocation
from bot.domain.job import JobState
from tests.scenarios.stage import WAIT_S, open_stage
from tests.scenarios.test_budgets import button, until_state

SECRETS = ("vermilion", "cerulean", "wilma")
"""Of the workspace that is probed: in its prompts, in its reports, and who lives there."""
NEVER_WAS = 777_000_000
SHARED = {"clock", "line_count", "sqlite_sequence"}
"""Tables in which all workspaces stand in one line; they hold no id of a person or a picture."""
ARGUMENTS = ("", "job", "good")
NUMBERED = {"show", "report", "cancel"}
"""Words that take the number of a picture or a request; to the others a number is an amount, or nothing."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """How a verb is probed: `live` is what it does something to for those who live there, None when it takes nothing."""

    live: str | None
    argument: str = ""
    form: Mapping[str, str] = field(default_factory=dict)


ROWS = {
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


@dataclass(frozen=True, kw_only=True)
class Town:
    """Two workspaces in one house: wilma's, where there is something of every kind, and eve's, who runs hers."""

    stage: object
    folder: object
    wilma: object
    eve: object
    there: Mapping[str, int]
    keys: tuple[str, ...]

    def rows(self) -> set[tuple[object, ...]]:
        """Every row of every table, as the file holds it."""
        with sqlite3.connect(self.folder / "impasto.db") as db:
            tables = [
                name for (name,) in db.execute("select name from sqlite_master where type='table'")
            ]
            return {
                (table, *row)
                for table in tables
                if table not in SHARED
                for row in db.execute(f'select * from "{table}"')
            }

    def tells(self, reply) -> list[str]:
        """What a reply says of wilma's workspace."""
        said = repr(reply)
        return [one for one in (*SECRETS, *self.keys) if one in said]


@pytest.fixture
async def town(tmp_path):
    async with open_stage(tmp_path) as stage:
        wilma = stage.actor("wilma", Role.ADMIN)
        card = await wilma.gets("/imagine a vermilion fox --n 2")
        delivered = await stage.ended(wilma)
        picture, reported = (one.image for one in card.pictures)
        images = await stage.house.store.gallery.images_of(delivered.id)
        await wilma.presses(
            Action(verb=Verb.REPORT, target=reported), reason="Violent", text="cerulean"
        )
        await wilma.gets("/imagine a forbidden vermilion")
        refused = await stage.ended(wilma)
        me = "<@wilma|wilma>"
        await wilma.says(f"/admin quota set {me} 3/day")
        offered = (await wilma.says("/imagine a vermilion hen --n 3")).card
        await wilma.says(f"/admin quota set {me} default")
        await wilma.says("/admin budget set workspace $0/day ask")
        await wilma.says("/imagine a vermilion cow")
        parked = await until_state(stage, wilma, JobState.PARKED)
        await all_posted(stage, tmp_path, parked.id)
        yield Town(
            stage=stage,
            folder=tmp_path,
            wilma=wilma,
            eve=stage.actor("eve", Role.ADMIN, workspace="X"),
            there={
                "picture": picture,
                "reported": reported,
                "delivered": delivered.id,
                "refused": refused.id,
                "offer": button(offered, Verb.WAIT).action.target,
                "parked": parked.id,
            },
            keys=tuple(key for one in images for key in (one.key, one.view, one.thumbnail)),
        )


async def all_posted(stage, folder, job) -> None:
    """No letter is on its way any more: from here on nobody but eve changes anything."""
    pending = "select count(*) from outbox where state = 'pending'"
    async with asyncio.timeout(WAIT_S):
        with sqlite3.connect(folder / "impasto.db") as db:
            while db.execute(pending).fetchone() != (0,):
                await stage.house.job_changed(job, timeout_s=0.05)


def alike(reply) -> str:
    """A reply without its numbers: those of a probe, and of requests taken in the prober's own workspace."""
    return re.sub(r"\d+", "#", repr(reply))


def test_every_verb_has_its_row_and_every_row_its_verb():
    assert {press.verb for press in REGISTRY.presses} == {*ROWS} == {*Verb}


@pytest.mark.parametrize("verb", [verb for verb, row in ROWS.items() if row.live])
async def test_those_who_live_there_are_answered_otherwise(town, verb):
    """Without this the matrix could be passing over targets that no button does anything to."""
    row = ROWS[verb]
    dead = Action(verb=verb, target=NEVER_WAS, argument=row.argument)

    gone = await town.wilma.presses(dead)
    there = await town.wilma.presses(replace(dead, target=town.there[row.live]))

    assert alike(there) != alike(gone)


async def test_no_button_reaches_into_another_workspace(town):
    before, wrong = town.rows(), []

    # What gives eve requests of her own comes last: the numbers probed would be there, and hers.
    for verb, row in sorted(ROWS.items(), key=lambda one: one[0] is Verb.IMAGINE):
        for form in ({}, row.form) if row.form else ({},):
            for argument in ARGUMENTS:
                dead = Action(verb=verb, target=NEVER_WAS, argument=argument)
                gone = alike(await town.eve.presses(dead, **form))
                for kind, number in town.there.items():
                    reply = await town.eve.presses(replace(dead, target=number), **form)
                    if (row.live and alike(reply) != gone) or town.tells(reply):
                        wrong.append((verb, kind, argument, form, reply))

    assert wrong == []
    assert before - town.rows() == set()
    assert borrowed(town) == []


async def test_no_word_reaches_into_another_workspace(town):
    before, wrong = town.rows(), []

    for guide in WORDS:
        for line in (guide.name, guide.example, *guide.more_examples):
            reply = await town.eve.says(f"/{line}")
            if told := town.tells(reply):
                wrong.append((line, told, reply))
        gone = alike(await town.eve.says(f"/{guide.name} {NEVER_WAS}"))
        for kind, number in town.there.items():
            reply = await town.eve.says(f"/{guide.name} {number}")
            differs = guide.name in NUMBERED and alike(reply) != gone
            if differs or town.tells(reply):
                wrong.append((guide.name, kind, reply))

    assert wrong == []
    assert before - town.rows() == set()
    assert borrowed(town) == []


async def test_no_word_about_somebody_elsewhere_reaches_them(town):
    """Named, and by the id that a platform would give; eve's own workspace may keep rules about either."""
    before, wrong = town.rows(), []

    for guide in WORDS:
        for example in ("gallery all", guide.example, *guide.more_examples):
            named = re.sub(r"@(ana|ben)", "@wilma", example)
            for line in (named, named.replace("@wilma", "<@wilma|wilma>")):
                reply = await town.eve.says(f"/{line}")
                if told := set(town.tells(reply)) - {"wilma"}:
                    wrong.append((line, told, reply))

    assert wrong == []
    assert before - town.rows() == set()


WORDS = sorted(REGISTRY.guides, key=lambda guide: guide.name == "imagine")
"""Every word; the one that gives eve requests of her own last, or its numbers would be there, and hers."""


async def test_a_name_of_another_workspace_is_not_known_by_its_name(town):
    reply = await town.eve.says("/admin quota show @wilma")

    assert "@wilma is not known here" in "".join(reply.card.lines)


@pytest.mark.parametrize("kind", ["picture", "reported"])
async def test_no_request_starts_from_a_picture_of_another_workspace(town, kind):
    """As a message action would say it, whatever its message pointed at."""
    eve, before = town.eve.person, town.rows()
    reply = await town.stage.house.dispatch(
        Invocation(
            key=town.stage.fresh_key(),
            person=eve,
            place=town.stage.place,
            word="imagine",
            text="a cow",
            reference_image=ImageId(town.there[kind]),
        )
    )

    assert reply.card.headline.startswith("There is no picture #")
    assert before - town.rows() == set()
    assert borrowed(town) == []


def borrowed(town) -> list[object]:
    """Requests of one workspace that come from a picture of another."""
    with sqlite3.connect(town.folder / "impasto.db") as db:
        return db.execute(
            "select job.id from job join image on image.id = job.parent"
            " where job.workspace <> image.workspace"
        ).fetchall()
