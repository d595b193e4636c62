"""Deadlines, retries, signatures, and sockets that break in every way."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from tests.simulators.slack.beliefs import Beliefs
from tests.simulators.slack.bolt import BareBot
from tests.simulators.slack.server import running
from tests.simulators.slack.slack import Slack


class Listener:
    """The official Socket Mode client, answering only when told to."""

    def __init__(self, slack: Slack, client, *, answers: bool = True) -> None:
        self.requests = []
        self.answers = answers
        self.client = SocketModeClient(
            app_token=slack.app.app_token, web_client=client, ping_interval=0.2
        )
        self.client.socket_mode_request_listeners.append(self._take)

    async def _take(self, client, request) -> None:
        self.requests.append(request)
        if self.answers:
            answer = SocketModeResponse(envelope_id=request.envelope_id, payload={"text": "ok"})
            await client.send_socket_mode_response(answer)


@pytest.fixture
async def listen(slack, client):
    opened = []

    async def opener(**options) -> Listener:
        listener = Listener(slack, client, **options)
        opened.append(listener)
        await listener.client.connect()
        await slack.sockets.connected(len(opened))
        return listener

    yield opener
    for listener in opened:
        await listener.client.close()


@pytest.fixture
async def endpoint(slack):
    """A request URL that notes what comes and answers with what is in `answers`, the last one for ever."""
    seen, answers = [], [web.Response]

    async def take(request):
        seen.append((dict(request.headers), await request.text()))
        make = answers[0] if len(answers) == 1 else answers.pop(0)
        return make()

    app = web.Application()
    app.router.add_post("/slack/events", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.deliver_by_http("http://{}:{}/slack/events".format(*runner.addresses[0][:2]))
    yield seen, answers
    await runner.cleanup()


async def test_an_envelope_goes_to_exactly_one_connection(listen, ana, general):
    first, second = await listen(), await listen()

    for number in range(10):
        await ana.types(f"/imagine {number}", general)

    assert len(first.requests) + len(second.requests) == 10
    assert first.requests
    assert second.requests


async def test_what_is_not_acknowledged_in_three_seconds_failed(slack, listen, ana, general):
    listener = await listen(answers=False)
    typing = asyncio.ensure_future(ana.types("/imagine a fox", general))
    await slack.until(lambda: listener.requests)

    slack.clock.advance(3)

    assert (await typing).outcome == "timeout"
    assert ana.notices(general) == ['/imagine failed with the error "operation_timeout"']


async def test_without_a_connection_a_command_is_lost(slack, ana, general):
    delivery = await ana.types("/imagine a fox", general)

    assert delivery.outcome == "unreachable"
    assert ana.notices(general) == ['/imagine failed with the error "dispatch_failed"']


async def test_an_event_is_repeated_at_once_after_a_minute_and_after_five(slack, listen, ana):
    listener = await listen(answers=False)
    typing = asyncio.ensure_future(ana.messages_bot("a fox"))

    for number, wait_s in enumerate((3, 3 + 60, 3 + 300, 3), start=1):
        await slack.until(lambda number=number: len(listener.requests) == number or None)
        slack.clock.advance(3)
        await slack.until(lambda number=number: slack.deliveries.sent[number - 1].ended_at)
        slack.clock.advance(wait_s - 3)

    await typing
    attempts = [request.retry_attempt for request in listener.requests]
    assert attempts == [0, 1, 2, 3]
    assert {request.payload["event_id"] for request in listener.requests} == {
        listener.requests[0].payload["event_id"]
    }


async def test_a_disconnect_makes_the_client_come_back(slack, listen, ana, general):
    await listen()
    (old,) = slack.sockets.live()

    await old.warn()
    await old.refresh()
    (new,) = await slack.sockets.connected()

    assert new is not old
    assert (await ana.types("/imagine a fox", general)).acked


async def test_a_cut_connection_loses_what_it_had_and_comes_back(slack, listen, ana, general):
    listener = await listen(answers=False)
    typing = asyncio.ensure_future(ana.types("/imagine a fox", general))
    await slack.until(lambda: listener.requests)

    slack.sockets.live()[0].abort()

    assert (await typing).outcome == "lost"
    listener.answers = True
    await slack.sockets.connected()
    assert (await ana.types("/imagine a fox", general)).acked


async def test_an_envelope_may_be_acknowledged_on_the_next_connection(client, session):
    async with running(Slack(beliefs=Beliefs(ack_on_another_connection=True))) as slack:
        web_client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=session)
        listener = Listener(slack, web_client, answers=False)
        await listener.client.connect()
        typing = asyncio.ensure_future(slack.person("ana").types("/imagine a fox"))
        await slack.until(lambda: listener.requests)
        await slack.sockets.live()[0].refresh()
        await slack.sockets.connected()

        await listener.client.send_socket_mode_response(
            SocketModeResponse(envelope_id=listener.requests[0].envelope_id)
        )

        assert (await typing).acked
        await listener.client.close()


async def test_a_connection_that_answers_no_ping_is_left(slack, listen):
    await listen()
    (old,) = slack.sockets.live()

    old.pongs = False

    assert await slack.until(lambda: [c for c in slack.sockets.live() if c is not old])


async def test_a_connection_can_be_alive_and_deaf(slack, listen, ana, general):
    await listen()
    slack.sockets.live()[0].swallows = True
    typing = asyncio.ensure_future(ana.types("/imagine a fox", general))
    await slack.until(lambda: slack.deliveries.sent)

    slack.clock.advance(3)

    assert (await typing).outcome == "timeout"


async def test_a_ticket_works_once_and_ten_connections_are_all(slack, client, session):
    address = (await client.apps_connections_open(app_token=slack.app.app_token))["url"]
    async with session.ws_connect(address) as first:
        assert (await first.receive_json())["type"] == "hello"
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await session.ws_connect(address)

    sockets = []
    for _ in range(11):
        opened = await client.apps_connections_open(app_token=slack.app.app_token)
        sockets.append(await session.ws_connect(opened["url"]))
        last = await sockets[-1].receive_json()

    assert (last["type"], last["reason"]) == ("disconnect", "too_many_websockets")
    for socket in sockets:
        await socket.close()


async def test_the_bot_token_opens_no_connection(slack, client):
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        await client.apps_connections_open(app_token=slack.bot_token)


async def test_signed_http_carries_forms_and_json(endpoint, ana, general):
    seen, _ = endpoint
    await ana.types("/imagine a fox", general)
    await ana.messages_bot("hello")

    assert "command=%2Fimagine" in seen[0][1]
    assert json.loads(seen[1][1])["event"]["text"] == "hello"
    assert all(headers["X-Slack-Signature"].startswith("v0=") for headers, _ in seen)


async def test_an_app_that_hangs_over_http_has_three_seconds(slack, ana, general):
    hanging = asyncio.Event()

    async def hang(request):
        await hanging.wait()
        return web.Response()

    app = web.Application()
    app.router.add_post("/slow", hang)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.deliver_by_http("http://{}:{}/slow".format(*runner.addresses[0][:2]))
    typing = asyncio.ensure_future(ana.types("/imagine a fox", general))
    await slack.until(lambda: slack.deliveries.sent)

    slack.clock.advance(3)

    assert (await typing).outcome == "timeout"
    hanging.set()
    await runner.cleanup()


async def test_a_request_url_where_nobody_listens_is_unreachable(slack, ana, general):
    slack.deliver_by_http("http://127.0.0.1:1/slack/events")

    assert (await ana.types("/imagine a fox", general)).outcome == "unreachable"


async def test_a_wrong_secret_and_an_old_timestamp_are_refused_by_bolt(slack, client, ana, general):
    bot = BareBot(slack, client)
    runner = web.AppRunner(bot.app.web_app(path="/slack/events"), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.deliver_by_http("http://{}:{}/slack/events".format(*runner.addresses[0][:2]))

    good = await ana.types("/imagine a fox", general)
    slack.deliveries.http.age_s = 400
    old = await ana.types("/imagine a fox", general)
    slack.deliveries.http.age_s, slack.deliveries.http.secret = 0, "another"
    forged = await ana.types("/imagine a fox", general)

    assert [good.status, old.status, forged.status] == [200, 401, 401]
    await runner.cleanup()


async def test_http_retries_say_their_number_and_reason_and_stop_when_told(slack, endpoint, ana):
    seen, answers = endpoint
    answers[:] = [
        lambda: web.Response(status=500),
        lambda: web.Response(status=503, headers={"X-Slack-No-Retry": "1"}),
        web.Response,
    ]

    await ana.messages_bot("hello")
    await slack.until(lambda: len(slack.deliveries.sent) == 2)
    await slack.until(lambda: slack.deliveries.last.outcome == "refused")
    await ana.messages_bot("another")
    slack.clock.advance(1000)
    await ana.messages_bot("a third")

    assert [one.attempt for one in slack.deliveries.sent] == [0, 1, 0, 0]
    assert (seen[1][0]["X-Slack-Retry-Num"], seen[1][0]["X-Slack-Retry-Reason"]) == (
        "1",
        "http_error",
    )


async def test_the_body_of_a_commands_answer_is_shown(endpoint, ana, ben, general):
    _, answers = endpoint
    answers[:] = [
        lambda: web.Response(text="only you"),
        lambda: web.json_response({"text": "all", "response_type": "in_channel"}),
    ]

    await ana.types("/imagine a", general)
    await ana.types("/imagine b", general)

    assert [m.text for m in ana.ephemerals(general)] == ["only you"]
    assert [m.text for m in ben.sees(general)] == ["all"]


async def test_bolt_over_two_connections_answers_every_command(slack, client, ana, general):
    bot = BareBot(slack, client)
    handlers = [AsyncSocketModeHandler(bot.app, slack.app.app_token) for _ in range(2)]
    for handler in handlers:
        await handler.connect_async()
    await slack.sockets.connected(2)
    slack.limits.enforced = False

    typed = [ana.types(f"/imagine fox {number}", general) for number in range(50)]
    deliveries = await asyncio.gather(*typed)

    assert all(one.acked for one in deliveries)
    assert len({one.connection for one in deliveries}) == 2
    for handler in handlers:
        await handler.close_async()
