"""What the app hears of its own doings: in a direct message, its messages, edits and deletions come back as events.

Source: docs.slack.dev, message.im and the message subtypes message_changed and message_deleted. An edit carries no `user` or
`bot_id` at its top, so a filter for "my own messages" may let it through.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.simulators.slack.workspace import Channel, Message, Workspace

if TYPE_CHECKING:
    from tests.simulators.slack.slack import Slack

Json = dict[str, Any]


def posted(slack: Slack, workspace: Workspace, channel: Channel, message: Message) -> None:
    _tell(slack, workspace, channel, message.as_json(now=slack.clock.now()))


def changed(
    slack: Slack, workspace: Workspace, channel: Channel, message: Message, before: Json
) -> None:
    event = {
        "type": "message",
        "subtype": "message_changed",
        "message": message.as_json(),
        "previous_message": before,
        "hidden": True,
        "ts": slack.new_ts(),
    }
    _tell(slack, workspace, channel, event)


def deleted(slack: Slack, workspace: Workspace, channel: Channel, message: Message) -> None:
    event = {
        "type": "message",
        "subtype": "message_deleted",
        "deleted_ts": message.ts,
        "previous_message": message.as_json(),
        "hidden": True,
        "ts": slack.new_ts(),
    }
    _tell(slack, workspace, channel, event)


def _tell(slack: Slack, workspace: Workspace, channel: Channel, event: Json) -> None:
    wanted = channel.kind == "im" and slack.beliefs.own_dm_messages_come_back
    if not wanted or "message.im" not in slack.app.events or not slack.deliveries.has_listener:
        return
    event = {**event, "channel": channel.id, "channel_type": "im", "event_ts": event["ts"]}
    slack.spawn(slack.deliveries.event(workspace, event))
