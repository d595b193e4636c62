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


async def test_a_connection_that_slack_takes_back_is_replaced_without_a_lost_command(over_sockets):
    await connections(over_sockets, 2)
    ana = over_sockets.actor("ana")
    for connection in over_sockets.slack.sockets.live():
        await connection.refresh()

    replies = await asyncio.gather(*(ana.driver.types("/impasto queue") for _ in range(10)))

    assert all(delivery.acked for delivery in replies)
    await connections(over_sockets, 2)


async def test_an_envelope_that_comes_twice_is_one_job(over_sockets):
    ana = over_sockets.actor("ana")
    over_sockets.slack.deliveries.duplicate_next = 1

    await ana.gets("/imagine a fox")

    jobs = await over_sockets.house.store.queue.jobs_of(ana.person.lane, unfinished=False, limit=10)
    assert len(jobs) == 1
