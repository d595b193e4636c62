"""Everything one workspace has, asked for from another: by every word and every button that there is.

Both lists come from the registry, so a new word or button is in the matrix before anybody thinks of it.
"""

import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.commands.words import REGISTRY
from bot.domain.action import Action
from bot.domain.card import Reply
from bot.domain.identity import Role
from bot.domain.job import Job, StoredImage
from bot.telemetry.metric_names import METRICS
from tests.scenarios.metrics_port import open_port_of
from tests.scenarios.stage import Actor, Stage, open_stage

SECRET = "zanzibar"
"""In every text of the first workspace: it must stand in no answer to the other."""
HERS, STRANGERS = "W", "X"
ARGUMENTS = ("", "job", "left", "good", "shelf", "face")


@dataclass
class Two:
    """A workspace that has everything, and an owner of another one."""

    stage: Stage
    eve: Actor
    job: Job
    image: StoredImage
    folder: Path

    @property
    def hidden(self) -> set[str]:
        """What would betray the first workspace."""
        image = self.image
        keys = {image.key, image.view, image.thumbnail}
        return {SECRET, *keys, str(self.job.grid or image.key)}

    def state(self) -> dict[str, list[tuple[object, ...]]]:
        """Every row that is the first workspace's."""
        database = sqlite3.connect(self.folder / "impasto.db")
        rows = {
            "job": "SELECT * FROM job WHERE workspace = 'test:W' ORDER BY id",
            "image": "SELECT * FROM image WHERE workspace = 'test:W' ORDER BY id",
            "rule": "SELECT * FROM rule WHERE workspace = 'test:W' ORDER BY topic, subject",
            "audit_log": "SELECT * FROM audit_log WHERE workspace = 'test:W' ORDER BY number",
            "report": "SELECT * FROM report WHERE workspace = 'test:W'",
            "rating": "SELECT r.* FROM rating r JOIN image i ON i.id = r.image",
            "preference": "SELECT * FROM preference WHERE workspace = 'test:W'",
            "usage": "SELECT scope, period_key, used, held FROM usage WHERE scope LIKE '%:W%'",
            "offer": "SELECT * FROM offer WHERE lane LIKE 'test:W:%'",
            "template_job": "SELECT * FROM template_job WHERE workspace = 'test:W'",
        }
        found = {name: database.execute(sql).fetchall() for name, sql in rows.items()}
        database.close()
        return found

    def carried_over(self) -> list[tuple[object, ...]]:
        """Requests and pictures of the other workspace that come from the first one's."""
        database = sqlite3.connect(self.folder / "impasto.db")
        found = database.execute(
            "SELECT id, order_json FROM job WHERE workspace <> 'test:W' AND"
            " (order_json LIKE ? OR parent IN (SELECT id FROM image WHERE workspace = 'test:W'))",
            (f"%{SECRET}%",),
        ).fetchall()
        database.close()
        return found


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Two]:
    async with open_stage(folder) as stage:
        ana, ida = stage.actor("ana", workspace=HERS), stage.actor("ida", Role.ADMIN, HERS)
        for line in (
            f"/admin template add shelf Photo of {SECRET} and {{product}}",
            f"/admin style add noir {SECRET} still of {{prompt}}",
            "/admin channel set everywhere count 2",
            f"/admin user block @ben 2h {SECRET}",
            "/admin quota set @ana 40/day",
            "/admin notify set #general",
        ):
            reply = await ida.says(line)
            assert reply.card is not None
            assert not reply.correctable, reply.card
        await ana.gets("/imagine template:shelf product=tea --style noir --seed 5")
        job = await stage.ended(ana)
        image = (await stage.house.store.gallery.images_of(job.id))[0]
        reported = Action(
            verb=next(p.verb for p in REGISTRY.presses if p.verb == "report"), target=image.id + 1
        )
        await ana.presses(reported, reason="Violent", text=SECRET)
        yield Two(
            stage=stage,
            eve=stage.actor("eve", Role.OWNER, workspace=STRANGERS),
            job=job,
            image=image,
            folder=folder,
        )


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Two]:
    async with opened(tmp_path) as found:
        yield found


def leaks(reply: Reply, two: Two) -> list[str]:
    return [one for one in two.hidden if one in repr(reply)]


def lines_of(two: Two) -> list[str]:
    """Every word alone, and with each of the first workspace's names and numbers behind it."""
    image, job = two.image.id, two.job.id
    behind = (
        "",
        str(image),
        f"#{job}",
        "shelf",
        "shelf 1",
        "noir",
        "@ana",
        "@ben",
        "all",
        "template:shelf product=x",
        "a fox --style noir",
        "a fox --seed 5",
        "test:W",
    )
    return [f"/{guide.name} {text}".rstrip() for guide in REGISTRY.guides for text in behind]


async def test_no_word_tells_or_changes_anything_of_another_workspace(two: Two) -> None:
    before = two.state()

    told = {}
    for line in lines_of(two):
        if found := leaks(await two.eve.says(line), two):
            told[line] = found

    assert told == {}
    assert two.carried_over() == []
    assert two.state() == before


@pytest.mark.parametrize("press", REGISTRY.presses, ids=lambda press: press.verb.value)
async def test_no_button_tells_or_changes_anything_of_another_workspace(two: Two, press) -> None:
    before = two.state()

    told = []
    for target in {two.image.id, two.image.id + 1, two.job.id, 0}:
        for argument in ARGUMENTS:
            action = Action(verb=press.verb, target=target, argument=argument)
            for inputs in ({}, {"prompt": "a fox", "reason": "Violent", "text": "x"}):
                told += leaks(await two.eve.presses(action, **inputs), two)

    assert told == []
    assert two.carried_over() == []
    assert two.state() == before


async def test_the_same_words_and_seed_are_painted_anew_for_another_workspace(two: Two) -> None:
    words = two.job.order.ask.prompt

    await two.eve.gets(f"/imagine {words} --seed 5 --n 2")

    other = await two.stage.ended(two.eve)
    assert other.plan is not None
    assert other.plan.repeats is None


async def test_no_number_or_name_of_a_metric_tells_of_another_workspace(two: Two) -> None:
    reply = await two.eve.says("/admin stats")

    assert reply.card is not None
    assert re.match(r"0 images in 0 requests", reply.card.lines[0])


async def test_no_label_of_any_metric_names_a_workspace_a_person_a_channel_or_words(
    two: Two,
) -> None:
    words = two.job.order.ask.prompt
    await two.eve.gets(f"/imagine {words} --seed 6")
    await two.eve.says("/imagine a forbidden " + SECRET)
    await two.stage.ended(two.eve)

    async with open_port_of(two.stage.house) as port:
        found = await port.until(lambda one: one.total("impasto_jobs_ended_total") >= 3)

    ours = [one for one in found.samples if one.name.startswith("impasto_")]
    values = {value for one in ours for value in one.labels.values()}
    people = {"ana", "ben", "ida", "eve", HERS, STRANGERS, "test:W", "test:X"}
    private = {*people, *two.hidden, two.stage.place.channel, words, str(two.job.id), two.job.key}
    assert values
    assert not values & private
    assert not [one for one in values for secret in (SECRET, "test:", "event-") if secret in one]
    assert {label for one in ours for label in one.labels} <= {
        label for metric in METRICS for label in metric.labels
    } | {"le"}
