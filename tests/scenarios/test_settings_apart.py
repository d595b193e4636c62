"""Two processes on one Postgres: what was set in one fills in the very next request in the other, and costs it no read."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.domain.identity import Role
from bot.domain.job import Job
from bot.store import preferences, rules
from bot.store.sqlite_executor import SqliteExecutor
from tests.scenarios.stage import Stage, open_stage
from tests.scenarios.test_templates import all_of

SET = {
    "a channel's count": ("/admin channel set #general count 3", lambda job: job.order.images == 3),
    "everywhere's shape": (
        "/admin channel set everywhere aspect 3:1",
        lambda job: job.order.ask.aspect is not None and job.order.ask.aspect.written == "3:1",
    ),
    "a style that the channel wants": (
        "/admin style add noir film noir",
        lambda job: job.order.ask.prompt == "a hen, film noir",
    ),
    "threads off": ("/admin channel set #general threads off", lambda job: not job.place.threads),
}


@asynccontextmanager
async def two_houses(folder: Path, url: str) -> AsyncIterator[tuple[Stage, Stage]]:
    async with (
        open_stage(folder, database_url=url) as one,
        open_stage(folder, database_url=url) as two,
    ):
        yield one, two


async def newest(stage: Stage, user: str) -> Job:
    return await stage.newest_job(stage.actor(user).person)


@pytest.mark.parametrize("what", SET)
async def test_what_an_admin_set_elsewhere_holds_for_the_next_request(postgres_url, tmp_path, what):
    line, holds = SET[what]
    async with two_houses(tmp_path, postgres_url) as (one, two):
        ida, ana = one.actor("ida", Role.ADMIN), two.actor("ana")
        await ida.says("/admin style add noir old words")
        await ida.says("/admin channel set #general style noir")
        await ana.says("/imagine a fox")

        await ida.says(line)
        await ana.says("/imagine a hen")

        assert holds(await newest(two, "ana"))


async def test_a_template_changed_elsewhere_holds_for_the_next_request(postgres_url, tmp_path):
    async with two_houses(tmp_path, postgres_url) as (one, two):
        ida, ana = one.actor("ida", Role.ADMIN), two.actor("ana")
        await ida.says("/admin template add shelf Old shelf of {product}")
        await ana.says("/imagine template:shelf product=tea")

        await ida.says("/admin template edit shelf New shelf of {product}")
        await ana.says("/imagine template:shelf product=tea")

        job = await newest(two, "ana")
        assert (job.order.ask.prompt, job.order.template.version) == ("New shelf of tea", 2)


async def test_what_a_person_set_elsewhere_holds_for_their_next_request(postgres_url, tmp_path):
    async with two_houses(tmp_path, postgres_url) as (one, two):
        here, there = one.actor("ana"), two.actor("ana")
        await there.says("/imagine a fox")
        change = (await here.says("/settings")).card.rows[0][0]

        await here.presses(change, n="2", ar="16:9")
        await there.says("/imagine a hen")

        ask = (await newest(two, "ana")).order.ask
        assert (ask.count, ask.aspect.written) == (2, "16:9")
        assert "16:9" in repr((await there.says("/settings")).card)


async def test_a_word_that_no_longer_fits_is_judged_by_what_holds_now(postgres_url, tmp_path):
    async with two_houses(tmp_path, postgres_url) as (one, two):
        ida, ana = one.actor("ida", Role.ADMIN), two.actor("ana")
        await ida.says(f"/admin style add long {'long ' * 80}")
        await ida.says("/admin channel set #general style long")
        words = "word " * 780
        assert "longer than" in all_of(await ana.says(f"/imagine {words}"))

        await ida.says("/admin channel set #general style none")

        assert (await ana.says(f"/imagine {words}")).card.headline == "Got it"


async def test_a_request_reads_no_settings_while_nobody_changes_any(tmp_path, monkeypatch):
    async with open_stage(tmp_path) as stage:
        ida, ana = stage.actor("ida", Role.ADMIN), stage.actor("ana")
        await ida.says("/admin channel set everywhere count 2")
        await ana.says("/imagine a fox")
        asked = []
        read = SqliteExecutor.read

        async def noted(self, operation, *args, **kwargs):
            asked.append(operation)
            return await read(self, operation, *args, **kwargs)

        monkeypatch.setattr(SqliteExecutor, "read", noted)
        reply = await ana.says("/imagine a hen")
        during = list(asked)

        assert reply.card.headline == "Got it"
        assert [one for one in during if one in {rules.newer, preferences.of_workspace}] == []
