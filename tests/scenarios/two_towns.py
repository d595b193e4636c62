"""Two workspaces in one house: wilma's, where there is something of every kind, and eve's, who runs hers."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.domain.action import Action, Verb
from bot.domain.identity import Role
from bot.domain.job import JobState, StoredImage
from bot.pipeline import notices
from tests.scenarios.stage import WAIT_S, Actor, Stage, open_stage
from tests.scenarios.test_budgets import button, until_state

SECRETS = ("vermilion", "cerulean", "quorra", "mordant", "vault", "wilma")
"""Of the workspace that is probed: in its prompts, reports and reasons, the names of its template, style and channel, who lives there."""
NEVER_WAS = 777_000_000
NAMES = {"template": "quorra", "style": "mordant", "channel": "#vault", "person": "@wilma"}
NO_NAMES = {"template": "zyxxar", "style": "plinthe", "channel": "#xyloo", "person": "@vilma"}
"""Of the same kinds; nobody anywhere has any."""
SHARED = {"clock", "line_count", "sqlite_sequence"}
"""Tables in which all workspaces stand in one line; they hold no id of a person or a picture."""
SEEDED = "a vermilion otter --n 2 --seed 5"


@dataclass(frozen=True, kw_only=True)
class Towns:
    """`there` holds a number of wilma's for each kind of thing that has one."""

    stage: Stage
    folder: Path
    wilma: Actor
    eve: Actor
    there: Mapping[str, int]
    images: tuple[StoredImage, ...]

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

    @property
    def keys(self) -> tuple[str, ...]:
        """Files of wilma's pictures."""
        return tuple(key for one in self.images for key in (one.key, one.view, one.thumbnail))

    def told_in(self, said: object, *, but: tuple[str, ...] = ()) -> list[str]:
        """What an answer tells of wilma's workspace, beside what was typed."""
        text = said if isinstance(said, str) else repr(said)
        return [one for one in (*SECRETS, *self.keys) if one in text and one not in but]

    def borrowed(self) -> list[object]:
        """Requests of one workspace that come from a picture of another, or speak with its words."""
        with sqlite3.connect(self.folder / "impasto.db") as db:
            return db.execute(
                "select job.id from job left join image on image.id = job.parent"
                " where job.workspace <> image.workspace"
                " or (job.workspace <> ? and job.order_json like '%cerulean%')",
                (self.wilma.person.workspace_id,),
            ).fetchall()


def alike(reply: object) -> str:
    """A reply without numbers and names: those of a probe, and of requests taken in the prober's own workspace."""
    text = re.sub(r"\d+", "#", reply if isinstance(reply, str) else repr(reply))
    for name in (*NAMES.values(), *NO_NAMES.values()):
        text = text.replace(name.lstrip("@#"), "NAME")
    return text


@asynccontextmanager
async def two_towns(folder: Path) -> AsyncIterator[Towns]:
    """Both, with nothing on its way in either: from here on nobody but whoever acts changes anything."""
    with pytest.MonkeyPatch.context() as patch:
        # Every one of these tests begins by waiting until the notices are posted.
        patch.setattr(notices, "LOOK_S", 0.05)
        async with _built(folder) as towns:
            yield towns


@asynccontextmanager
async def _built(folder: Path) -> AsyncIterator[Towns]:
    async with open_stage(folder) as stage:
        wilma = stage.actor("wilma", Role.ADMIN)
        for line in (
            "template add quorra Cerulean cerulean shelf of {thing}",
            "style add mordant cerulean still of {prompt}",
            "channel set <#vault|vault> count 3",
            "channel set everywhere style mordant",
            "user block <@ben|ben> 2h cerulean",
            "access deny <#vault|vault>",
            "notify set <#vault|vault>",
        ):
            reply = await wilma.says(f"/admin {line}")
            assert reply.card is not None
            assert not reply.correctable, (line, reply.card)
        there = await _requests(stage, wilma)
        pictures = await stage.house.store.gallery.recent(
            workspace=wilma.person.workspace_id, lane=wilma.person.lane, limit=9
        )
        hidden = await stage.house.store.gallery.image(
            there["reported"], workspace=wilma.person.workspace_id
        )
        assert hidden is not None
        await _all_posted(stage, folder, there["parked"])
        yield Towns(
            stage=stage,
            folder=folder,
            wilma=wilma,
            eve=stage.actor("eve", Role.ADMIN, workspace="X"),
            there=there,
            images=(*pictures, hidden),
        )


async def _requests(stage: Stage, wilma: Actor) -> dict[str, int]:
    """Requests in every state and pictures of every kind, by what they are."""
    await wilma.gets(f"/imagine {SEEDED}")
    await wilma.gets("/imagine template:quorra thing=tea")
    card = await wilma.gets("/imagine a vermilion fox --n 2")
    delivered = await stage.ended(wilma)
    picture, reported = (one.image for one in card.pictures)
    await wilma.presses(Action(verb=Verb.RATE, target=picture, argument="good"))
    await wilma.presses(Action(verb=Verb.SETTINGS, target=0), n="2", ar="3:1")
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
    return {
        "picture": picture,
        "reported": reported,
        "delivered": delivered.id,
        "refused": refused.id,
        "offer": button(offered, Verb.WAIT).action.target,
        "parked": parked.id,
    }


async def _all_posted(stage: Stage, folder: Path, job: int) -> None:
    """No letter is on its way any more."""
    pending = (
        "select (select count(*) from outbox where state = 'pending')"
        " + (select count(*) from notice where state = 'pending')"
    )
    async with asyncio.timeout(WAIT_S):
        with sqlite3.connect(folder / "impasto.db") as db:
            while db.execute(pending).fetchone() != (0,):
                await stage.house.job_changed(job, timeout_s=0.05)
