"""The pages of a house in which another workspace has something of every kind: not a word, a number or a link of it.

Whoever sits at the playground is in a workspace of its own, however many platforms the house serves.
"""

import itertools
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.routing import Route

from bot.commands.words import REGISTRY
from bot.domain.action import Action, Verb
from bot.domain.identity import WorkspaceId
from bot.surfaces.web.webhooks import PATH, Webhooks
from bot.telemetry.metric_names import METRICS
from bot.wiring.links import SignedLinks
from bot.wiring.web import _site
from tests.scenarios.metrics_port import open_port_of
from tests.scenarios.test_tenant_matrix import VERBS, WORDS
from tests.scenarios.two_towns import NAMES, Towns, two_towns
from tests.scenarios.web_stage import ORIGIN

SECRET = "only for these pages"
LINK = re.compile(r"/i/([\w-]+)")
CHANNEL = {"channel": "general"}

PAGES = {
    "/livez": ("GET", {}),
    "/readyz": ("GET", {}),
    "/": ("GET", CHANNEL),
    "/api/messages": ("GET", CHANNEL | {"ids": ",".join(map(str, range(1, 60)))}),
    "/static/{version}/{name:path}": None,
    "/i/{signed}": None,
    "/api/events": None,
    "/api/say": None,
    "/api/press": None,
    "/api/upload/{kind}": None,
    "/api/be": None,
}
"""How each page is asked; None where a test of its own does, or where it shows nothing that is kept."""


@pytest.fixture
async def towns(tmp_path: Path) -> AsyncIterator[Towns]:
    async with two_towns(tmp_path) as opened:
        yield opened


@pytest.fixture
async def page(towns: Towns) -> AsyncIterator[httpx.AsyncClient]:
    """The page of somebody who may do everything in the playground."""
    built = _site(towns.stage.house, secret=SECRET, playground=True, checks={})
    headers = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}
    transport = httpx.ASGITransport(built.app)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers) as client:
        assert (await client.post("/api/be", json={"user": "ida"})).status_code == 200
        yield client


_keys = itertools.count()


async def shown(page: httpx.AsyncClient, path: str, **body: object) -> str:
    """All that the page is told."""
    whole = CHANNEL | {"as_user": "ida", "key": f"tenant-key-{next(_keys):06}"} | body
    answer = await page.post(path, json=whole)
    assert answer.status_code == 200, answer.text
    return answer.text


def linked(towns: Towns, text: str) -> set[str]:
    """Workspaces of which the text has links to pictures."""
    links = SignedLinks(SECRET, clock=towns.stage.house.desk.clock)
    found = [links.open(token) for token in LINK.findall(text)]
    return {one.workspace for one in found if one is not None}


def test_every_page_has_its_row(towns: Towns):
    built = _site(towns.stage.house, secret=SECRET, playground=True, checks={})
    app = built.app
    while not hasattr(app, "routes"):
        app = next(one for one in vars(app).values() if callable(one))

    assert {route.path for route in app.routes if isinstance(route, Route)} == {*PAGES}


@pytest.mark.parametrize("path", [path for path, how in PAGES.items() if how])
async def test_no_page_tells_of_another_workspace(towns, page, path):
    method, query = PAGES[path]

    answer = await page.request(method, path, params=query)

    assert towns.told_in(answer.text) == []
    assert linked(towns, answer.text) <= {"web:playground"}


async def test_no_button_on_the_page_reaches_into_another_workspace(towns, page):
    before, wrong = towns.rows(), []

    for verb, row in sorted(VERBS.items(), key=lambda one: one[0] is Verb.IMAGINE):
        for number in towns.there.values():
            action = Action(verb=verb, target=number, argument=row.argument).pack()
            for inputs in ({}, row.form) if row.form else ({},):
                text = await shown(page, "/api/press", action=action, inputs=inputs)
                if towns.told_in(text) or linked(towns, text) - {"web:playground"}:
                    wrong.append((verb, number, text))

    assert wrong == []
    assert before - towns.rows() == set()
    assert towns.borrowed() == []


async def test_no_word_in_the_box_reaches_into_another_workspace(towns, page):
    before, wrong = towns.rows(), []

    assert {guide.name for guide in REGISTRY.guides} == {*WORDS}
    for name, texts in WORDS.items():
        for text in (*texts, "", *(str(number) for number in towns.there.values())):
            line = f"/{name} {text.format(**NAMES, **towns.there)}"
            typed = tuple(one.lstrip("@#") for one in NAMES.values() if one in line)
            said = await shown(page, "/api/say", text=line)
            if towns.told_in(said, but=typed) or linked(towns, said) - {"web:playground"}:
                wrong.append((line, said))

    assert wrong == []
    assert before - towns.rows() == set()
    assert towns.borrowed() == []


async def test_a_link_to_a_deleted_picture_leads_nowhere(towns, page):
    links = SignedLinks(SECRET, clock=towns.stage.house.desk.clock)
    shown_once = next(one for one in towns.images if one.id == towns.there["picture"])
    link = f"/i/{links.link(WorkspaceId('test:W'), shown_once.key)}"
    assert (await page.get(link)).status_code == 200

    await towns.wilma.presses(Action(verb=Verb.DELETE, target=shown_once.id))

    assert (await page.get(link)).status_code == 404


async def test_no_link_can_be_made_from_a_files_name(towns, page):
    """Who knows another workspace's hash, from Details say, still has no link to it."""
    links = SignedLinks(SECRET, clock=towns.stage.house.desk.clock)
    mine, theirs = [
        links.link(WorkspaceId("web:playground"), key) for key in ("0" * 64, towns.images[0].key)
    ]
    swapped = theirs[:-43] + mine[-43:]
    tried = [towns.images[0].key, swapped, theirs[:-2] + "AA"]

    assert {(await page.get(f"/i/{token}")).status_code for token in tried} == {404}


async def test_a_ring_tells_nobody_which_jobs_there_are(towns):
    """Of a provider that can't ring there is no page; nothing else is asked by the names of jobs."""
    house = towns.stage.house
    rung = Webhooks(
        catalog=house.desk.catalog,
        journal=house.store.journal,
        signals=house.signals,
        clock=house.desk.clock,
    )
    assert rung.route().path == PATH
    app = httpx.ASGITransport(rung.route())
    async with httpx.AsyncClient(transport=app, base_url=ORIGIN) as client:
        answers = [
            await client.post(f"/webhooks/{name}", json={"id": str(job)})
            for name in ("squares", "nobody")
            for job in (towns.there["delivered"], 777)
        ]

    assert {(one.status_code, one.text) for one in answers} == {(404, "There is nothing here.\n")}


async def test_no_label_of_any_metric_names_a_workspace_a_person_a_channel_or_words(towns):
    house, eve = towns.stage.house, towns.eve
    await eve.gets("/imagine a vermilion otter --seed 6")
    await eve.says("/imagine a forbidden vermilion")
    job = await towns.stage.ended(eve)

    async with open_port_of(house) as port:
        found = await port.until(lambda one: one.total("impasto_jobs_ended_total") >= 3)

    ours = [one for one in found.samples if one.name.startswith("impasto_")]
    values = {value for one in ours for value in one.labels.values()}
    private = {"eve", "test:W", "test:X", towns.stage.place.channel, str(job.id), job.key}
    assert values
    assert not values & (private | {str(number) for number in towns.there.values()})
    assert towns.told_in(" ".join(values)) == []
    assert {label for one in ours for label in one.labels} <= {
        label for metric in METRICS for label in metric.labels
    } | {"le"}
