"""Where a provider's answer says its picture lies is followed to the provider's own public hosts, and nowhere else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.domain.card import Card, Tone
from bot.net.clients import make_client
from bot.net.policy import OutboundPolicy, operator_host
from bot.pipeline.catalog import Stall
from providers import BadAnswer, Call, Done, ProviderConfig
from tests.scenarios.shops import open_street
from tests.simulators.providers.cases import workshop
from tests.simulators.providers.fault_cases import FAULT_CASES, FaultCase
from tests.simulators.providers.serving import serving
from tests.simulators.providers.spoiling import answer_of

LINKED = {
    "bfl": "delivery.eu2.bfl.ai",
    "replicate": "replicate.delivery",
    "fal": "v3.fal.media",
}
"""A host of each vendor's own."""
every_vendor = pytest.mark.parametrize(
    "case", [case for case in FAULT_CASES if case.name in LINKED], ids=lambda case: case.name
)


@dataclass
class Names:
    """A resolver that says every name is this machine, and remembers what it was asked."""

    asked: list[str] = field(default_factory=list)

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        return ("127.0.0.1",)


@dataclass
class Elsewhere:
    """A server nobody should reach."""

    seen: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.seen += 1
        await PlainTextResponse("secret")(scope, receive, send)


def linking(app: ASGIApp, start: str) -> ASGIApp:
    """The vendor, whose links begin differently."""

    async def changed(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/delivery/"):
            await app(scope, receive, send)
            return
        own = f"{Request(scope).base_url}delivery/".encode()
        good = await answer_of(app, scope, receive)
        response = good.with_body(good.body.replace(own, start.encode()))
        response.status_code = good.status
        await response(scope, receive, send)

    return changed


def redirecting(app: ASGIApp, target: str) -> ASGIApp:
    """The vendor, whose pictures are said to have moved."""

    async def moved(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/delivery/"):
            await RedirectResponse(target)(scope, receive, send)
            return
        await app(scope, receive, send)

    return moved


@dataclass
class Seen:
    card: Card
    names: list[str]
    paid: int


@asynccontextmanager
async def offered(case: FaultCase, base_url: str, names: Names) -> AsyncIterator[Stall]:
    """The vendor's stall behind the very client the pipeline has, with our resolver."""
    policy = OutboundPolicy(operator_hosts=frozenset({operator_host(base_url)}))
    table = {"api_key": "k", **case.table}
    async with make_client(policy, resolve=names) as http:
        config = ProviderConfig(name="house", kind=case.name, base_url=base_url, **table)
        provider = case.plugin(config, workshop(http))
        models = tuple(one for one in await provider.models() if one.id == case.request.model)
        yield Stall(provider=provider, models=models, timeout_s=2.0)


async def seen_of(folder: Path, case: FaultCase, change) -> Seen:
    """What became of a request whose picture's address was changed so."""
    simulator, names = case.simulator(), Names()
    async with (
        serving(change(simulator.app)) as url,
        offered(case, url + case.base_path, names) as shop,
        open_street(folder, shop, deadline_s=10.0) as street,
    ):
        ask = f"/imagine a red fox --model {case.request.model} --n 1"
        card = await street.actor("ana").gets(ask)
    return Seen(card=card, names=names.asked, paid=len(simulator.bill.entries))


@every_vendor
async def test_an_unchanged_link_is_fetched(tmp_path, case):
    seen = await seen_of(tmp_path, case, lambda app: app)

    assert seen.card.tone is Tone.DONE


@every_vendor
@pytest.mark.parametrize(
    "start",
    [
        "https://pictures.example/",
        "http://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "http://{own}/",
        "https://{own}.pictures.example/",
        "https://user@{own}/",
        "file:///etc/",
    ],
)
async def test_a_link_to_anywhere_else_is_not_even_looked_up(tmp_path, case, start):
    link = start.format(own=LINKED[case.name])
    seen = await seen_of(tmp_path, case, lambda app: linking(app, link))

    assert seen.card.tone is Tone.FAILED
    assert set(seen.names) <= {"127.0.0.1"}
    assert seen.paid == 1


@every_vendor
async def test_a_name_of_the_vendors_that_leads_into_the_house_is_refused_once_resolved(
    tmp_path, case
):
    own = LINKED[case.name]
    seen = await seen_of(tmp_path, case, lambda app: linking(app, f"https://{own}/"))

    assert seen.names.count(own) == 1, "asking again brings no other address"
    assert seen.card.tone is Tone.FAILED
    assert "may bill the house" in " ".join(seen.card.lines)
    assert seen.paid == 1


@every_vendor
async def test_a_job_whose_link_leads_into_the_house_ends_at_once_and_says_what_it_cost(case):
    simulator, own = case.simulator(), LINKED[case.name]
    async with (
        serving(linking(simulator.app, f"https://{own}/")) as url,
        offered(case, url + case.base_path, Names()) as shop,
        asyncio.timeout(10.0),
    ):
        with pytest.raises(BadAnswer, match="private") as ending:
            async for _ in shop.provider.generate(case.request, Call(key="k", timeout_s=60.0)):
                pass

    assert ending.value.billed
    assert (ending.value.cost_microusd is not None) == case.tells_cost


async def test_of_several_pictures_those_whose_links_are_good_are_kept():
    case = next(case for case in FAULT_CASES if case.name == "fal")
    simulator = case.simulator()

    def half(app: ASGIApp) -> ASGIApp:
        async def changed(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or scope["path"].startswith("/delivery/"):
                await app(scope, receive, send)
                return
            good = await answer_of(app, scope, receive)
            ours, theirs = f"{Request(scope).base_url}".encode(), b"https://v3.fal.media/"
            body = good.body
            for name in list(simulator.pictures)[:1]:
                link = f"delivery/{name}".encode()
                body = body.replace(ours + link, theirs + link)
            response = good.with_body(body)
            response.status_code = good.status
            await response(scope, receive, send)

        return changed

    async with (
        serving(half(simulator.app)) as url,
        offered(case, url + case.base_path, Names()) as shop,
    ):
        request = replace(case.request, count=2)
        events = [e async for e in shop.provider.generate(request, Call(key="k", timeout_s=20.0))]

    assert isinstance(events[-1], Done)
    assert len(events[-1].result.images) == 1


@every_vendor
async def test_a_redirect_is_not_followed(tmp_path, case):
    other = Elsewhere()
    async with serving(other) as url:
        seen = await seen_of(tmp_path, case, lambda app: redirecting(app, f"{url}/x.png"))

    assert seen.card.tone is Tone.FAILED
    assert other.seen == 0
    assert seen.paid == 1
