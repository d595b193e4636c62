"""The payloads of commands, clicks, shortcuts and forms. Source: docs.slack.dev/reference/interaction-payloads, read 2026-05."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.simulators.slack.workspace import Channel, Message, User, View, Workspace

if TYPE_CHECKING:
    from tests.simulators.slack.slack import Slack

Json = dict[str, Any]


def slash_command(
    slack: Slack, workspace: Workspace, user: User, channel: Channel, *, command: str, text: str
) -> Json:
    """A command's form fields. It never carries a thread."""
    return {
        "token": slack.app.verification_token,
        "team_id": workspace.id,
        "team_domain": workspace.domain,
        "channel_id": channel.id,
        "channel_name": "privategroup" if channel.kind == "private" else channel.name,
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": slack.app.id,
        "is_enterprise_install": "false",
        "response_url": slack.response_urls.issue(workspace, channel, user.id),
        "trigger_id": slack.triggers.issue(workspace, user.id),
    }


def _interaction(slack: Slack, workspace: Workspace, user: User, kind: str) -> Json:
    return {
        "type": kind,
        "token": slack.app.verification_token,
        "api_app_id": slack.app.id,
        "team": {"id": workspace.id, "domain": workspace.domain},
        "enterprise": None,
        "is_enterprise_install": False,
        "user": {
            "id": user.id,
            "username": user.name,
            "name": user.name,
            "team_id": user.team,
        },
    }


def _place(channel: Channel) -> Json:
    return {"id": channel.id, "name": channel.name}


def block_action(
    slack: Slack,
    workspace: Workspace,
    user: User,
    where: Message | View,
    action: Json,
) -> Json:
    """A click, on a message or in a view."""
    payload = _interaction(slack, workspace, user, "block_actions")
    payload["trigger_id"] = slack.triggers.issue(workspace, user.id)
    payload["actions"] = [{**action, "action_ts": slack.new_ts()}]
    if isinstance(where, View):
        view = where.as_json(team=workspace.id, app_id=slack.app.id, bot_id=workspace.bot_id)
        return payload | {"container": {"type": "view", "view_id": where.id}, "view": view}
    channel = workspace.channels[where.channel]
    container = {
        "type": "message",
        "message_ts": where.ts,
        "channel_id": channel.id,
        "is_ephemeral": where.is_ephemeral,
    }
    if where.thread_ts:
        container["thread_ts"] = where.thread_ts
    payload |= {
        "container": container,
        "channel": _place(channel),
        "state": {"values": {}},
        "response_url": slack.response_urls.issue(workspace, channel, user.id, where),
    }
    if not where.is_ephemeral:
        # Source: docs.slack.dev, block_actions: the message of an ephemeral is not sent along.
        payload["message"] = where.as_json(now=slack.clock.now())
    return payload


def message_shortcut(
    slack: Slack, workspace: Workspace, user: User, message: Message, callback_id: str
) -> Json:
    channel = workspace.channels[message.channel]
    return _interaction(slack, workspace, user, "message_action") | {
        "callback_id": callback_id,
        "trigger_id": slack.triggers.issue(workspace, user.id),
        "message_ts": message.ts,
        "action_ts": slack.new_ts(),
        "channel": _place(channel),
        "message": message.as_json(now=slack.clock.now()),
        "response_url": slack.response_urls.issue(workspace, channel, user.id),
    }


def global_shortcut(slack: Slack, workspace: Workspace, user: User, callback_id: str) -> Json:
    """No channel and no response_url: it may come from anywhere."""
    return _interaction(slack, workspace, user, "shortcut") | {
        "callback_id": callback_id,
        "trigger_id": slack.triggers.issue(workspace, user.id),
        "action_ts": slack.new_ts(),
    }


def view_submission(
    slack: Slack, workspace: Workspace, user: User, view: View, *, response_urls: list[Json]
) -> Json:
    return _interaction(slack, workspace, user, "view_submission") | {
        "trigger_id": slack.triggers.issue(workspace, user.id),
        "view": view.as_json(team=workspace.id, app_id=slack.app.id, bot_id=workspace.bot_id),
        "response_urls": response_urls,
    }


def view_closed(
    slack: Slack, workspace: Workspace, user: User, view: View, *, cleared: bool
) -> Json:
    return _interaction(slack, workspace, user, "view_closed") | {
        "view": view.as_json(team=workspace.id, app_id=slack.app.id, bot_id=workspace.bot_id),
        "is_cleared": cleared,
    }
