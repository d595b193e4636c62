"""How often, for how long, and what goes wrong on purpose."""

from __future__ import annotations

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.simulators.slack.faults import (
    accepted_then,
    accepted_then_cut,
    cut,
    html_page,
    http_error,
    ratelimited,
    refused,
)

MODAL = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Form"},
    "blocks": [{"type": "divider"}],
}


async def error_of(call) -> str:
    with pytest.raises(SlackApiError) as no:
        await call
    return no.value.response["error"]


async def test_a_channel_takes_a_burst_and_then_one_message_a_second(slack, client, general):
    for _ in range(slack.beliefs.post_burst):
        await client.chat_postMessage(channel=general.id, text="x")
    with pytest.raises(SlackApiError) as no:
        await client.chat_postMessage(channel=general.id, text="x")

    slack.clock.advance(1)
    await client.chat_postMessage(channel=general.id, text="x")

    assert no.value.response.status_code == 429
    assert no.value.response.headers["Retry-After"] == "1"
    assert no.value.response["error"] == "ratelimited"


async def test_another_channel_has_its_own_pace(slack, client, general):
    hall = slack.add_channel("hall")
    for _ in range(slack.beliefs.post_burst):
        await client.chat_postMessage(channel=general.id, text="x")

    assert (await client.chat_postMessage(channel=hall.id, text="x"))["ok"]


async def test_edits_are_fifty_a_minute_for_the_whole_workspace(slack, client, general):
    posted = await client.chat_postMessage(channel=general.id, text="x")
    edit = {"channel": general.id, "ts": posted["ts"], "text": "y"}
    for _ in range(50):
        await client.chat_update(**edit)

    assert await error_of(client.chat_update(**edit)) == "ratelimited"
    slack.clock.advance(60)
    assert (await client.chat_update(**edit))["ok"]


async def test_limits_can_be_switched_off(slack, client, general):
    slack.limits.enforced = False

    for _ in range(slack.beliefs.post_burst * 3):
        await client.chat_postMessage(channel=general.id, text="x")


async def test_the_official_retry_handler_waits_as_told(slack, client, general):
    slack.faults.once("chat.postMessage", ratelimited(retry_after_s=0))
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))

    assert (await client.chat_postMessage(channel=general.id, text="x"))["ok"]
    assert len(slack.calls_of("chat.postMessage")) == 2


@pytest.mark.parametrize("fault", [cut(), http_error(503), html_page()], ids=["cut", "503", "html"])
async def test_a_call_that_fails_outright_did_nothing(slack, client, general, fault):
    slack.faults.once("chat.postMessage", fault)
    client.retry_handlers.clear()

    with pytest.raises((SlackApiError, aiohttp.ClientError)):
        await client.chat_postMessage(channel=general.id, text="x")

    assert general.history() == []


@pytest.mark.parametrize("fault", [accepted_then_cut(), accepted_then("fatal_error")])
async def test_a_call_may_be_done_although_it_seems_to_have_failed(slack, client, general, fault):
    slack.faults.once("chat.postMessage", fault)
    client.retry_handlers.clear()

    with pytest.raises((SlackApiError, aiohttp.ClientError)):
        await client.chat_postMessage(channel=general.id, text="x")

    assert [m.text for m in general.history()] == ["x"]


async def test_the_official_client_as_it_comes_posts_twice_when_an_answer_is_lost(
    slack, client, general
):
    slack.faults.once("chat.postMessage", accepted_then_cut())

    await client.chat_postMessage(channel=general.id, text="x")

    assert [m.text for m in general.history()] == ["x", "x"]


async def test_faults_are_used_up_and_may_be_chosen_by_arguments(slack, client, general):
    hall = slack.add_channel("hall")
    slack.faults.once(
        "chat.postMessage", refused("is_archived"), when=lambda a: a["channel"] == hall.id
    )

    assert (await client.chat_postMessage(channel=general.id, text="x"))["ok"]
    assert await error_of(client.chat_postMessage(channel=hall.id, text="x")) == "is_archived"
    assert (await client.chat_postMessage(channel=hall.id, text="x"))["ok"]


async def test_a_trigger_works_once_and_for_three_seconds(slack, client, ana):
    def opened(trigger: str):
        return client.views_open(trigger_id=trigger, view=MODAL)

    used = slack.triggers.issue(slack.workspace, ana.id)
    late = slack.triggers.issue(slack.workspace, ana.id)

    assert (await opened(used))["ok"]
    assert await error_of(opened(used)) == "exchanged_trigger_id"
    slack.clock.advance(3.1)
    assert await error_of(opened(late)) == "expired_trigger_id"
    assert await error_of(opened("nonsense")) == "invalid_trigger_id"


async def test_views_have_hashes_and_a_stack_of_three(slack, client, ana):
    def trigger() -> str:
        return slack.triggers.issue(slack.workspace, ana.id)

    first = (await client.views_open(trigger_id=trigger(), view=MODAL))["view"]
    await client.views_update(view_id=first["id"], view=MODAL, hash=first["hash"])
    conflict = client.views_update(view_id=first["id"], view=MODAL, hash=first["hash"])

    assert await error_of(conflict) == "hash_conflict"
    pushed = (await client.views_push(trigger_id=trigger(), view=MODAL))["view"]
    assert pushed["root_view_id"] == first["id"]
    await client.views_push(trigger_id=trigger(), view=MODAL)
    assert await error_of(client.views_push(trigger_id=trigger(), view=MODAL)) == (
        "push_limit_reached"
    )


async def test_a_response_url_works_five_times_in_half_an_hour(slack, ana, general):
    def webhook():
        url = slack.response_urls.issue(slack.workspace, general.channel, ana.id)
        return AsyncWebhookClient(url)

    used, late = webhook(), webhook()
    for number in range(5):
        assert (await used.send(text=str(number))).status_code == 200
    sixth = await used.send(text="6")
    slack.clock.advance(30 * 60 + 1)
    too_late = await late.send(text="x")

    assert (sixth.status_code, "used_url" in sixth.body) == (404, True)
    assert (too_late.status_code, "expired_url" in too_late.body) == (404, True)
    assert len(ana.ephemerals(general)) == 5


async def test_a_response_url_replaces_and_deletes_also_an_ephemeral(slack, client, ana, general):
    await client.chat_postEphemeral(channel=general.id, user=ana.id, text="one")
    (message,) = ana.ephemerals(general)
    url = slack.response_urls.issue(slack.workspace, general.channel, ana.id, message)
    webhook = AsyncWebhookClient(url)

    await webhook.send(text="two", replace_original=True)
    replaced = [m.text for m in ana.ephemerals(general)]
    await webhook.send(delete_original=True)

    assert replaced == ["two"]
    assert ana.ephemerals(general) == []


async def test_a_response_url_posts_publicly_and_into_threads_when_asked(
    slack, client, ana, general
):
    parent = await client.chat_postMessage(channel=general.id, text="parent")
    url = slack.response_urls.issue(slack.workspace, general.channel, ana.id)

    await AsyncWebhookClient(url).send_dict(
        {"text": "all", "response_type": "in_channel", "thread_ts": parent["ts"]}
    )

    assert [m.text for m in general.history(thread=general.history()[0])] == ["all"]


async def test_streams_grow_and_stop_when_the_person_says_so(slack, client, ana, general):
    parent = await client.chat_postMessage(channel=general.id, text="parent")
    start = {"channel": general.id, "thread_ts": parent["ts"]}
    missing = await error_of(client.chat_startStream(**start))
    stream = await client.chat_startStream(
        **start, recipient_user_id=ana.id, recipient_team_id=slack.workspace.id
    )
    at = {"channel": general.id, "ts": stream["ts"]}
    await client.chat_appendStream(**at, markdown_text="Painting")
    general.channel.messages[stream["ts"]].stopped_by_user = True

    assert missing == "missing_recipient_user_id"
    assert general.channel.messages[stream["ts"]].text == "Painting"
    assert await error_of(client.chat_appendStream(**at, markdown_text="…")) == "stopped_by_user"


async def test_a_status_line_is_set_and_cleared(slack, client, general):
    parent = await client.chat_postMessage(channel=general.id, text="parent")
    at = {"channel_id": general.id, "thread_ts": parent["ts"]}

    await client.assistant_threads_setStatus(**at, status="is painting…")
    set_line = dict(slack.workspace.statuses)
    await client.assistant_threads_setStatus(**at, status="")

    assert [status for status, _ in set_line.values()] == ["is painting…"]
    assert slack.workspace.statuses == {}
