"""A real house on a real database, and people who do things on one platform or another.

`direct` hands invocations straight to the commands; other platforms drive the house through a simulator of theirs. What
a person gets is read back into the same values on each, so that the same tests run on all.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from bot.config import load_settings
from bot.domain.action import Action, unpack
from bot.domain.card import Button, Card, Picture, Reply
from bot.domain.identity import BlobKey, ImageId, JobId, Person, Place, Role
from bot.domain.invocation import Invocation
from bot.domain.job import FINAL, Job
from bot.pipeline.catalog import Catalog, Stall
from bot.ports import Letter, Overtaken, Posted, Saying
from bot.wiring.fittings import Fittings
from bot.wiring.house import House, open_house
from moderation.panel import Panel
from tests.scenarios.painter import SquarePainter, WordJudge
from tests.servers.sqlite import lay_fresh_database

WAIT_S = 20.0


KNOWN_HERE = {
    **{f"@{user}": f"<@{user}|{user}>" for user in ("ana", "ben", "ida")},
    "#general": "<#general|general>",
    "role:designers": "<@&designers|designers>",
}


NOT_IN_THE_GALLERY = Picture(
    image=ImageId(0),
    position=1,
    alt="a chart",
    width_px=1,
    height_px=1,
    full=BlobKey(""),
    full_mime="image/png",
    view=BlobKey(""),
    thumbnail=BlobKey(""),
)
"""A chart that a platform showed."""


class Chat(Protocol):
    """What a platform shows."""

    async def final(self, job: JobId) -> Card:
        """The one final card of a job, once it is there."""


@dataclass
class ChatLog:
    """A platform that remembers every card posted for a job."""

    platform: str = "test"
    posts: list[tuple[Letter, Job, Card]] = field(default_factory=list)
    said: list[Saying] = field(default_factory=list)
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def post(self, letter: Letter, job: Job, card: Card) -> Posted:
        async with self.news:
            self.posts.append((letter, job, card))
            self.news.notify_all()
        return Posted(
            message=str(len(self.posts)), images=tuple(one.position for one in card.pictures)
        )

    async def put_right(self, overtaken: Overtaken) -> None:
        raise AssertionError("nobody stood still")

    async def say(self, notice: Saying) -> Posted:
        async with self.news:
            self.said.append(notice)
            self.news.notify_all()
        return Posted(message=notice.nonce)

    async def final(self, job: JobId) -> Card:
        def found() -> list[Card]:
            return [card for letter, its, card in self.posts if letter.final and its.id == job]

        async with asyncio.timeout(WAIT_S), self.news:
            await self.news.wait_for(found)
        cards = found()
        assert len(cards) == 1
        return cards[0]


@dataclass
class Actor:
    """A person, doing things."""

    stage: Stage
    person: Person

    async def says(
        self, line: str, *, reference: BlobKey | None = None, key: str | None = None
    ) -> Reply:
        """Types a command. The same `key` again is the same event, sent twice."""
        word, _, text = line.removeprefix("/").partition(" ")
        return await self.stage.house.dispatch(
            Invocation(
                key=key or self.stage.fresh_key(),
                person=self.person,
                place=self.stage.place,
                word=word,
                text=text,
                reference=reference,
                known=KNOWN_HERE,
            )
        )

    async def joins(self, group: str) -> None:
        """The person is in a role or user group of the platform from now on."""
        self.person = replace(self.person, groups=(group,))

    async def presses(
        self, button: Button | Action, *, mask: BlobKey | None = None, **inputs: str
    ) -> Reply:
        """Presses a button; with inputs, also fills in and sends the form it opens."""
        packed = (button.action if isinstance(button, Button) else button).pack()
        return await self.stage.house.dispatch(
            Invocation(
                key=self.stage.fresh_key(),
                person=self.person,
                place=self.stage.place,
                action=unpack(packed),
                inputs=inputs,
                mask=mask,
            )
        )

    async def gets(self, line: str) -> Card:
        """The final card of what `line` asked for."""
        return await self._final(await self.says(line))

    async def gets_by(self, button: Button, **inputs: str) -> Card:
        """The final card of what the button began."""
        return await self._final(await self.presses(button, **inputs))

    async def _final(self, reply: Reply) -> Card:
        # A form that was taken closes without a word.
        assert reply.card is None or reply.card.headline == "Got it", reply.card
        return await self.stage.newest_final(self.person)


@dataclass
class Stage:
    house: House
    chat: Chat
    painter: SquarePainter
    place: Place = field(default_factory=lambda: Place(channel="general"))
    _keys: itertools.count[int] = field(default_factory=itertools.count)

    def actor(self, user: str, role: Role = Role.MEMBER, workspace: str = "W") -> Actor:
        person = Person(platform="test", workspace=workspace, user=user, name=user, role=role)
        return Actor(self, person)

    async def restrict(self, *, restricted: bool = True) -> None:
        """An admin marks the channel as one for adults, or takes the mark away."""
        await mark_for_adults(self, self.place.channel, restricted=restricted)

    def fresh_key(self) -> str:
        return f"event-{next(self._keys)}"

    async def newest_job(self, person: Person) -> Job:
        (job,) = await self.house.store.queue.jobs_of(person.lane, unfinished=False, limit=1)
        return job

    async def newest_final(self, person: Person) -> Card:
        return await self.chat.final((await self.newest_job(person)).id)

    async def until(self, happened: Callable[[], object], job: JobId) -> None:
        """Returns once it has happened; looked at whenever something is heard of the job."""
        async with asyncio.timeout(20):
            while not happened():
                await self.house.job_changed(job, timeout_s=0.05)

    async def ended(self, actor: Actor) -> Job:
        """The actor's newest job once its answer is confirmed and all is settled."""
        async with asyncio.timeout(20):
            while (job := await self.newest_job(actor.person)).state not in FINAL:
                await self.house.job_changed(job.id, timeout_s=0.05)
        return job


async def mark_for_adults(stage: Stage, channel: str, *, restricted: bool) -> None:
    ida = stage.actor("ida", Role.ADMIN)
    state = "on" if restricted else "off"
    reply = await ida.says(f"/admin access adults <#{channel}|here> {state}")
    assert reply.card is not None
    assert "adults" in reply.card.headline, reply.card


@asynccontextmanager
async def open_stage_house(
    folder: Path,
    painter: SquarePainter,
    *,
    fittings: Fittings | None = None,
    environment: dict[str, str] | None = None,
    **rules: object,
) -> AsyncIterator[House]:
    """The house with the painter and the word judge in it; nobody works there yet."""
    settings = load_settings(
        {"IMPASTO_DATA_DIR": str(folder), "IMPASTO_CONFIG": ""} | (environment or {}),
        rules={"side_px": 64, **rules},
        moderators=[],
        image_processes=1,
    )
    if settings.postgres_url is None:
        lay_fresh_database(settings.database_path)
    stall = Stall(provider=painter, models=tuple(await painter.models()), max_concurrent=4)
    more = fittings or Fittings()
    parts = Fittings(
        postmen=more.postmen,
        boundary=more.boundary,
        clock=more.clock,
        catalog=lambda _: Catalog((stall,)),
        panel=lambda _: Panel([(WordJudge(), True)], policy_version="test", timeout_s=5),
    )
    async with open_house(settings, work=True, fittings=parts) as house:
        yield house


@asynccontextmanager
async def open_stage(
    folder: Path, *, database_url: str = "", **rules: object
) -> AsyncIterator[Stage]:
    """The stage on which commands are called directly."""
    environment = {"DATABASE_URL": database_url}
    painter, chat = SquarePainter(), ChatLog()
    fittings = Fittings(postmen={chat.platform: chat})
    opening = open_stage_house(folder, painter, fittings=fittings, environment=environment, **rules)
    async with opening as house:
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(house.work(stop=stop, drain_s=0))
            try:
                yield Stage(house, chat, painter)
            finally:
                stop.set()
                painter.gate.set()
