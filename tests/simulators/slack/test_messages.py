"""chat.* and conversations.*, driven by the official client."""

from __future__ import annotations

import pytest
from slack_sdk.errors import SlackApiError

from tests.simulators.slack.beliefs import Beliefs
from tests.simulators.slack.server import running
from tests.simulators.slack.slack import Slack

BUTTONS = [
    {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "action_id": "up",
                "value": "J1:1",
                "text": {"type": "plain_text", "text": "U1"},
            }
        ],
    }
]


async def error_of(call) -> str:
    with pytest.raises(SlackApiError) as no:
        await call
    return no.value.response["error"]


async def test_a_posted_message_is_seen_by_everybody(client, general):
    answer = await client.chat_postMessage(channel=general.id, text="hello")

    assert (await general.message("hello")).ts == answer["ts"]


async def test_an_unknown_method_is_refused(client):
    assert await error_of(client.api_call("chat.postTelegram")) == "unknown_method"


@pytest.mark.parametrize(("token", "error"), [("", "not_authed"), ("xoxb-nobody", "invalid_auth")])
async def test_a_wrong_token_is_refused(client, token, error):
    client.token = token

    assert await error_of(client.auth_test()) == error


async def test_a_revoked_token_is_refused(slack, client):
    slack.tokens[slack.bot_token].revoked = "token_revoked"

    assert await error_of(client.auth_test()) == "token_revoked"


async def test_a_missing_scope_says_what_is_needed_and_provided(slack, client, general):
    slack.tokens[slack.bot_token].scopes = frozenset({"commands"})

    with pytest.raises(SlackApiError) as no:
        await client.chat_postMessage(channel=general.id, text="hello")

    assert no.value.response["needed"] == "chat:write"
    assert no.value.response["provided"] == "commands"
    assert no.value.response.headers["x-oauth-scopes"] == "commands"


async def test_the_app_token_is_no_bot_token(slack, client):
    client.token = slack.app.app_token

    assert await error_of(client.auth_test()) == "not_allowed_token_type"


async def test_a_channel_that_is_not_joined_takes_posts_only_with_the_public_scope(slack, client):
    hall = slack.add_channel("hall", bot_in=False)
    await client.chat_postMessage(channel=hall.id, text="hello")

    slack.tokens[slack.bot_token].scopes -= {"chat:write.public"}

    assert await error_of(client.chat_postMessage(channel=hall.id, text="x")) == "not_in_channel"
    assert await error_of(client.conversations_history(channel=hall.id)) == "not_in_channel"


async def test_a_private_channel_without_the_bot_does_not_exist_for_it(slack, client):
    vault = slack.add_channel("vault", kind="private", bot_in=False)

    assert (
        await error_of(client.chat_postMessage(channel=vault.id, text="x")) == "channel_not_found"
    )


async def test_an_archived_channel_takes_no_message(client, general):
    general.channel.archived = True

    assert await error_of(client.chat_postMessage(channel=general.id, text="x")) == "is_archived"


async def test_a_message_without_words_is_refused(client, general):
    assert (
        await error_of(client.api_call("chat.postMessage", json={"channel": general.id}))
        == "no_text"
    )


async def test_a_long_text_is_cut_when_posted_and_refused_when_edited(client, general):
    posted = await client.chat_postMessage(channel=general.id, text="x" * 50_000)
    edit = client.chat_update(channel=general.id, ts=posted["ts"], text="x" * 4_001)

    assert len(posted["message"]["text"]) == 40_000
    assert await error_of(edit) == "msg_too_long"


async def test_an_edit_with_text_alone_takes_the_blocks_away(client, general):
    posted = await client.chat_postMessage(channel=general.id, text="a", blocks=BUTTONS)

    await client.chat_update(channel=general.id, ts=posted["ts"], text="b")

    (message,) = general.history()
    assert message.blocks == []
    assert message.edited is not None


async def test_an_edit_with_blocks_shows_no_edited_flag(client, general):
    posted = await client.chat_postMessage(channel=general.id, text="a")

    await client.chat_update(channel=general.id, ts=posted["ts"], text="b", blocks=BUTTONS)

    assert general.history()[0].edited is None


async def test_a_deleted_message_cannot_be_edited(client, general):
    posted = await client.chat_postMessage(channel=general.id, text="a")
    await client.chat_delete(channel=general.id, ts=posted["ts"])

    edit = client.chat_update(channel=general.id, ts=posted["ts"], text="b")

    assert await error_of(edit) == "message_not_found"


async def test_somebody_elses_message_is_not_ours_to_edit(client, general, ana):
    await ana.types("mine", general)

    edit = client.chat_update(channel=general.id, ts=general.history()[0].ts, text="b")

    assert await error_of(edit) == "cant_update_message"


async def test_metadata_comes_back_only_when_asked_for(client, general):
    tag = {"event_type": "impasto_job", "event_payload": {"job": "J1"}}
    posted = await client.chat_postMessage(channel=general.id, text="a", metadata=tag)
    await client.chat_update(channel=general.id, ts=posted["ts"], text="b")

    plain = await client.conversations_history(channel=general.id)
    full = await client.conversations_history(channel=general.id, include_all_metadata=True)

    assert "metadata" not in plain["messages"][0]
    assert full["messages"][0]["metadata"] == tag


async def test_history_is_newest_first_without_replies_and_comes_in_pages(client, general):
    first = await client.chat_postMessage(channel=general.id, text="one")
    await client.chat_postMessage(channel=general.id, text="two")
    await client.chat_postMessage(channel=general.id, text="reply", thread_ts=first["ts"])

    page = await client.conversations_history(channel=general.id, limit=1)
    rest = await client.conversations_history(
        channel=general.id, limit=1, cursor=page["response_metadata"]["next_cursor"]
    )

    assert [m["text"] for m in page["messages"] + rest["messages"]] == ["two", "one"]
    assert rest["messages"][0]["reply_count"] == 1


async def test_history_ends_at_the_given_times(client, general):
    stamps = [(await client.chat_postMessage(channel=general.id, text=w))["ts"] for w in "abc"]

    found = await client.conversations_history(channel=general.id, oldest=stamps[0])
    with_first = await client.conversations_history(
        channel=general.id, oldest=stamps[0], inclusive=True, latest=stamps[1]
    )

    assert [m["text"] for m in found["messages"]] == ["c", "b"]
    assert [m["text"] for m in with_first["messages"]] == ["b", "a"]


async def test_a_thread_is_read_from_its_parent_on(client, general):
    parent = await client.chat_postMessage(channel=general.id, text="parent")
    await client.chat_postMessage(channel=general.id, text="reply", thread_ts=parent["ts"])

    found = await client.conversations_replies(channel=general.id, ts=parent["ts"])

    assert [m["text"] for m in found["messages"]] == ["parent", "reply"]


async def test_a_reply_to_a_deleted_parent_lands_in_the_channel_without_a_word(client, general):
    parent = await client.chat_postMessage(channel=general.id, text="parent")
    await client.chat_delete(channel=general.id, ts=parent["ts"])

    reply = await client.chat_postMessage(channel=general.id, text="r", thread_ts=parent["ts"])

    assert "thread_ts" not in reply["message"]
    assert [m.text for m in general.history()] == ["r"]


async def test_a_deleted_parent_with_replies_keeps_its_thread(client, general):
    parent = await client.chat_postMessage(channel=general.id, text="parent")
    await client.chat_postMessage(channel=general.id, text="first", thread_ts=parent["ts"])
    await client.chat_delete(channel=general.id, ts=parent["ts"])

    reply = await client.chat_postMessage(channel=general.id, text="r", thread_ts=parent["ts"])
    history = await client.conversations_history(channel=general.id)

    assert reply["message"]["thread_ts"] == parent["ts"]
    assert history["messages"][0]["subtype"] == "tombstone"


async def test_a_missing_parent_may_also_be_an_error(session):
    from slack_sdk.web.async_client import AsyncWebClient

    beliefs = Beliefs(missing_parent="thread_not_found")
    async with running(Slack(beliefs=beliefs)) as slack:
        client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, session=session)
        call = client.chat_postMessage(channel=slack.room().id, text="r", thread_ts="1.000001")

        assert await error_of(call) == "thread_not_found"


async def test_the_ts_of_a_reply_is_no_thread(client, general):
    parent = await client.chat_postMessage(channel=general.id, text="p")
    reply = await client.chat_postMessage(channel=general.id, text="r", thread_ts=parent["ts"])

    call = client.chat_postMessage(channel=general.id, text="x", thread_ts=reply["ts"])

    assert await error_of(call) == "cannot_reply_to_message"


async def test_an_ephemeral_is_seen_by_one_person(client, general, ana, ben):
    await client.chat_postEphemeral(channel=general.id, user=ana.id, text="psst")

    assert [m.text for m in ana.sees(general)] == ["psst"]
    assert ben.sees(general) == []
    assert (await client.conversations_history(channel=general.id))["messages"] == []


async def test_an_ephemeral_in_a_quiet_thread_is_not_shown(client, general, ana):
    parent = await client.chat_postMessage(channel=general.id, text="p")
    thread = {"channel": general.id, "user": ana.id, "thread_ts": parent["ts"]}
    await client.chat_postEphemeral(text="unseen", **thread)
    await client.chat_postMessage(channel=general.id, text="r", thread_ts=parent["ts"])

    await client.chat_postEphemeral(text="seen", **thread)

    assert [m.text for m in ana.ephemerals(general)] == ["seen"]


async def test_an_ephemeral_for_somebody_outside_the_channel_is_refused(
    slack, client, general, ana
):
    general.channel.members.discard(ana.id)

    call = client.chat_postEphemeral(channel=general.id, user=ana.id, text="psst")

    assert await error_of(call) == "user_not_in_channel"


async def test_an_ephemeral_is_out_of_reach_of_edits(client, general, ana):
    posted = await client.chat_postEphemeral(channel=general.id, user=ana.id, text="psst")

    edit = client.chat_update(channel=general.id, ts=posted["message_ts"], text="b")

    assert await error_of(edit) == "message_not_found"


@pytest.mark.parametrize(
    ("text", "pinged"),
    [
        ("&lt;!channel&gt; @everyone", set()),
        ("<!channel>", {"channel"}),
        ("<!here|here>", {"here"}),
        ("<!subteam^S0001>", {"S0001"}),
        ("<@U0000000005|x>", {"U0000000005"}),
    ],
)
async def test_mentions_are_read_as_slack_reads_them(client, general, text, pinged):
    await client.chat_postMessage(channel=general.id, text=text)

    assert general.history()[0].pinged == pinged


async def test_plain_text_in_blocks_pings_nobody_and_mrkdwn_does(client, general):
    def section(kind):
        return [{"type": "section", "text": {"type": kind, "text": "<!channel>"}}]

    await client.chat_postMessage(channel=general.id, text="a", blocks=section("plain_text"))
    await client.chat_postMessage(channel=general.id, text="b", blocks=section("mrkdwn"))

    assert [m.pinged for m in general.history()] == [frozenset(), frozenset({"channel"})]


async def test_rich_text_pings_by_its_elements_and_never_by_its_words(client, general, ana):
    said = [
        {"type": "text", "text": "<!channel>"},
        {"type": "user", "user_id": ana.id},
        {"type": "broadcast", "range": "here"},
    ]
    section = {"type": "rich_text_section", "elements": said}
    blocks = [{"type": "rich_text", "elements": [section]}]

    await client.chat_postMessage(channel=general.id, text="a", blocks=blocks)

    assert general.history()[0].pinged == {ana.id, "here"}


async def test_link_names_turns_plain_names_into_mentions(client, general, ana):
    await client.chat_postMessage(channel=general.id, text="@ana @channel", link_names=True)

    assert general.history()[0].pinged == {ana.id, "channel"}


async def test_media_links_unfurl_unless_told_otherwise(client, general):
    text = "<https://a.example/x.png> https://b.example/page"
    await client.chat_postMessage(channel=general.id, text=text)
    await client.chat_postMessage(channel=general.id, text=text, unfurl_links=True)
    await client.chat_postMessage(channel=general.id, text=text, unfurl_media=False)

    assert [len(m.unfurled) for m in general.history()] == [1, 2, 0]


async def test_a_direct_message_is_opened_once(client, ana):
    opened = await client.conversations_open(users=ana.id)
    posted = await client.chat_postMessage(channel=ana.id, text="hi")

    assert posted["channel"] == opened["channel"]["id"] == ana.direct_messages().id


async def test_the_rest_of_the_reading_methods_answers(slack, client, general):
    ida = slack.person("ida")
    slack.workspace.usergroups["S0001"] = [ida.id]
    posted = await client.chat_postMessage(channel=general.id, text="a")
    await client.reactions_add(channel=general.id, timestamp=posted["ts"], name="eyes")

    assert (await client.users_info(user=ida.id))["user"]["is_admin"]
    assert (await client.usergroups_users_list(usergroup="S0001"))["users"] == [ida.id]
    assert (await client.conversations_info(channel=general.id))["channel"]["is_member"]
    link = await client.chat_getPermalink(channel=general.id, message_ts=posted["ts"])
    assert link["permalink"].endswith(posted["ts"].replace(".", ""))
    assert general.history()[0].reactions == {"eyes": [slack.workspace.bot.id]}
    assert await error_of(client.usergroups_users_list(usergroup="S9")) == "no_such_subteam"
