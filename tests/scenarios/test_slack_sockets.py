"""Connections that are cut, refreshed, silenced: no command lost, none done twice."""

import asyncio

import pytest

from tests.scenarios.slack_stage import open_slack_stage


@pytest.fixture
async def over_sockets(tmp_path):
    async with open_slack_stage(tmp_path, transport="socket") as stage:
        yield stage


async def connections(stage, count):
    slack = stage.slack
    await slack.until(lambda: len(slack.sockets.live()) == count, what=f"{count} connections")


async def test_two_connections_are_open(over_sockets):
    await connections(over_sockets, 2)


async def test_a_cut_connection_is_replaced_and_the_other_takes_commands_meanwhile(over_sockets):
    await connections(over_sockets, 2)
    ana = over_sockets.actor("ana")
    over_sockets.slack.sockets.live()[0].abort()

    await ana.gets("/imagine a fox")
    await connections(over_sockets, 2)


async def test_a_connection_that_slack_takes_back_is_replaced(over_sockets):
    await connections(over_sockets, 2)
    ana = over_sockets.actor("ana")
    await over_sockets.slack.sockets.live()[0].refresh()

    replies = await asyncio.gather(*(ana.driver.types("/impasto queue") for _ in range(10)))

    assert all(delivery.acked for delivery in replies)
    await connections(over_sockets, 2)


async def test_connections_that_slack_warns_about_are_replaced_before_they_end(over_sockets):
    await connections(over_sockets, 2)
    ana = over_sockets.actor("ana")
    warned = list(over_sockets.slack.sockets.live())
    for connection in warned:
        await connection.warn()

    replies = []
    async with asyncio.timeout(10):
        while len(over_sockets.slack.sockets.live()) < 4:
            replies.append(await ana.driver.types("/impasto queue"))
    for connection in warned:
        await connection.refresh()
    replies += [await ana.driver.types("/impasto queue") for _ in range(5)]

    assert all(delivery.acked for delivery in replies)


async def test_an_envelope_that_comes_twice_is_one_job(over_sockets):
    ana = over_sockets.actor("ana")
    over_sockets.slack.deliveries.duplicate_next = 1

    await ana.gets("/imagine a fox")

    jobs = await over_sockets.house.store.queue.jobs_of(ana.person.lane, unfinished=False, limit=10)
    assert len(jobs) == 1
