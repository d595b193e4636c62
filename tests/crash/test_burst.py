"""A burst of requests while Redis dies, is emptied and loses its answers, or while Postgres is restarted.

A small burst runs with every test run, a thousand in ten seconds with `proof`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from statistics import median, quantiles

import pytest

from bot.benchmarks.postgres_server import NoServer, running_server
from tests.crash.broken_builds import NOT_ACCEPTED
from tests.crash.databases import Row
from tests.crash.evidence import Evidence
from tests.crash.fleet import Fleet, fleet
from tests.crash.judge import figures, final_messages, violations
from tests.servers.postgres import _memory
from tests.servers.proxy import WireThread

pytestmark = [pytest.mark.crash, pytest.mark.timeout(900)]

STEPS = 20
ACK_S = 3.0
"""What Slack and Discord wait for."""
LEASE_S = 15.0
"""The usual: nobody dies here, and a busy machine must not look like a dead one."""
SMALL = pytest.param(40, 2.0, id="small")
LARGE = pytest.param(1_000, 10.0, id="a thousand in ten seconds", marks=pytest.mark.proof)

KEEPS_COMMITS = {"fsync": "off", "full_page_writes": "off"}
"""What was committed outlives the server, if not the machine."""

Faults = dict[int, Callable[[], object]]


def burst(crew: Fleet, count: int, seconds: float, faults: Faults) -> None:
    """`count` people ask within `seconds`, while this and that happens at some of STEPS steps."""
    for step in range(STEPS):
        if step in faults:
            faults[step]()
        crew.type(count // STEPS)
        crew.drain_for(seconds / STEPS)


def slowest_acks_s(evidence: Evidence) -> float:
    """The 99th percentile."""
    return quantiles(waits_s(evidence.events), n=100)[98]


def waits_s(events: Sequence[Row]) -> list[float]:
    return [event["acked_s"] - event["said_s"] for event in events if event["acked"]]


def told_acks(evidence: Evidence) -> str:
    """How long people waited, by the steps at which they asked."""
    each = len(evidence.events) // STEPS
    medians = [
        f"{median(waits_s(evidence.events[step * each : (step + 1) * each])):.2f}"
        for step in range(STEPS)
    ]
    return f"acks: 99 % within {slowest_acks_s(evidence):.2f} s; medians by step {medians}"


@pytest.mark.parametrize(("count", "seconds"), [SMALL, LARGE])
def test_a_redis_that_fails_in_every_way_costs_no_request(
    scenario, postgres_url, mortal_redis, count, seconds
):
    wire = WireThread(mortal_redis.port)
    story = scenario(
        "polling",
        *("--redis-url", f"redis://127.0.0.1:{wire.port}/0"),
        database_url=postgres_url,
    )
    faults: Faults = {
        3: mortal_redis.kill,
        7: mortal_redis.start,
        10: mortal_redis.flush,
        12: wire.swallow,
        17: wire.mend,
    }

    with fleet(story) as crew:
        crew.fill()
        burst(crew, count, seconds, faults)
        crew.until_quiet(deadline_s=600)
        evidence = story.evidence()
    wire.close()

    assert violations(evidence, kind="polling") == []
    print(told_acks(evidence), figures(evidence))
    assert slowest_acks_s(evidence) < ACK_S


@pytest.mark.parametrize(("count", "seconds"), [SMALL, LARGE])
def test_a_postgres_that_is_restarted_loses_nobody(scenario, count, seconds):
    try:
        with running_server(within=_memory(), settings=KEEPS_COMMITS) as server:
            evidence = restarted_during_a_burst(scenario, server, count, seconds)
    except NoServer as error:
        pytest.skip(f"no Postgres here: {error}")

    told = [event for event in evidence.events if event["answer"].startswith(NOT_ACCEPTED)]
    assert len(told) < count, "some were accepted"
    assert serious(violations(evidence, kind="polling"), told) == []
    print(f"{len(told)} told no;", told_acks(evidence), figures(evidence))
    finals = final_messages(evidence)
    assert all(finals[job["id"]] == 1 for job in evidence.tables["job"])


def restarted_during_a_burst(scenario, server, count: int, seconds: float) -> Evidence:
    story = scenario("polling", build="telling", database_url=server.url)
    story.all_accepted = False
    restarting = threading.Thread(target=server.restart)
    with fleet(story) as crew:
        crew.fill()
        burst(crew, count, seconds, {8: restarting.start})
        restarting.join()
        crew.until_quiet(deadline_s=600)
        return story.evidence()


def serious(found: Sequence[str], told: Sequence[Row]) -> list[str]:
    """A loop that logs that the database is away does what it should; who was told no knows it."""
    fine = [f"event {event['id']} was" for event in told]
    return [one for one in found if not one.startswith(("logged:", *fine))]
