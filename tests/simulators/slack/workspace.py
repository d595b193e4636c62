"""What a workspace holds: people, channels, messages, views. Plain state that a test may read and set."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.simulators.slack.stored_file import StoredFile

Json = dict[str, Any]
SLACKBOT = "USLACKBOT"


@dataclass(kw_only=True)
class User:
    id: str
    name: str
    team: str
    is_admin: bool = False
    is_owner: bool = False
    is_primary_owner: bool = False
    is_bot: bool = False
    deleted: bool = False
    locale: str = "en-US"

    def as_json(self) -> Json:
        """The user object of users.info. Source: docs.slack.dev/reference/objects/user-object."""
        return {
            "id": self.id,
            "team_id": self.team,
            "name": self.name,
            "real_name": self.name.title(),
            "deleted": self.deleted,
            "is_admin": self.is_admin,
            "is_owner": self.is_owner,
            "is_primary_owner": self.is_primary_owner,
            "is_restricted": False,
            "is_ultra_restricted": False,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "locale": self.locale,
            "tz": "Etc/UTC",
            "tz_offset": 0,
            "profile": {"display_name": self.name, "real_name": self.name.title()},
        }


@dataclass(kw_only=True)
class Message:
    """One message. `only_for` makes it ephemeral; `shown` is False for one that Slack keeps from sight."""

    ts: str
    channel: str
    user: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    bot_id: str | None = None
    app_id: str | None = None
    subtype: str | None = None
    metadata: Json | None = None
    edited: Json | None = None
    files: list[StoredFile] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    pinged: frozenset[str] = frozenset()
    unfurled: tuple[str, ...] = ()
    only_for: str | None = None
    shown: bool = True
    deleted: bool = False
    edits: int = 0
    past: list[Json] = field(default_factory=list)
    streaming: bool = False
    chunks: list[Json] = field(default_factory=list)
    stopped_by_user: bool = False

    @property
    def is_ephemeral(self) -> bool:
        return self.only_for is not None

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    def as_json(self, *, with_metadata: bool = True, now: float | None = None) -> Json:
        found: Json = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text}
        optional = {
            "subtype": self.subtype,
            "bot_id": self.bot_id,
            "app_id": self.app_id,
            "thread_ts": self.thread_ts,
            "edited": self.edited,
            "blocks": copy.deepcopy(self.blocks),
            "metadata": self.metadata if with_metadata else None,
            "files": [one.as_json(now=now) for one in self.files],
            "reactions": [
                {"name": name, "users": users, "count": len(users)}
                for name, users in self.reactions.items()
            ],
        }
        return found | {name: value for name, value in optional.items() if value}


@dataclass(kw_only=True)
class Channel:
    id: str
    name: str
    kind: Literal["public", "private", "im"] = "public"
    members: set[str] = field(default_factory=set)
    archived: bool = False
    shared_with_other_teams: bool = False
    messages: dict[str, Message] = field(default_factory=dict)
    ephemerals: list[Message] = field(default_factory=list)

    def visible(self) -> list[Message]:
        """The messages everybody sees, oldest first, replies included."""
        return [one for one in self.messages.values() if not one.deleted]

    def replies(self, thread_ts: str) -> list[Message]:
        return [one for one in self.visible() if one.thread_ts == thread_ts and one.is_reply]

    def top_level(self) -> list[Message]:
        return [one for one in self.visible() if not one.is_reply]

    def as_json(self) -> Json:
        return {
            "id": self.id,
            "name": self.name,
            "is_channel": self.kind == "public",
            "is_group": self.kind == "private",
            "is_im": self.kind == "im",
            "is_mpim": False,
            "is_private": self.kind != "public",
            "is_archived": self.archived,
            "is_shared": self.shared_with_other_teams,
            "is_ext_shared": self.shared_with_other_teams,
            "num_members": len(self.members),
        }


@dataclass(kw_only=True)
class View:
    """An open form or a home tab. `errors` is what the person was told about their last submission."""

    id: str
    hash: str
    user: str
    payload: Json
    root_id: str
    previous_id: str | None = None
    open: bool = True
    values: dict[str, dict[str, Json]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return str(self.payload.get("title", {}).get("text", ""))

    def as_json(self, *, team: str, app_id: str, bot_id: str) -> Json:
        return copy.deepcopy(self.payload) | {
            "id": self.id,
            "team_id": team,
            "app_id": app_id,
            "app_installed_team_id": team,
            "bot_id": bot_id,
            "hash": self.hash,
            "root_view_id": self.root_id,
            "previous_view_id": self.previous_id,
            "state": {"values": copy.deepcopy(self.values)},
            "private_metadata": self.payload.get("private_metadata", ""),
            "callback_id": self.payload.get("callback_id", ""),
            "external_id": self.payload.get("external_id", ""),
            "clear_on_close": self.payload.get("clear_on_close", False),
            "notify_on_close": self.payload.get("notify_on_close", False),
        }


@dataclass(kw_only=True)
class Workspace:
    """One team with the app in it. `bot` is the app's user here; it joins channels like everybody else."""

    id: str
    domain: str
    bot: User
    bot_id: str
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    files: dict[str, StoredFile] = field(default_factory=dict)
    usergroups: dict[str, list[str]] = field(default_factory=dict)
    usergroup_handles: dict[str, str] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)
    statuses: dict[tuple[str, str], tuple[str, float]] = field(default_factory=dict)
    """(channel, thread) to the status line and when Slack removes it."""
    max_file_bytes: int = 1_073_741_824
    """Source: Slack help centre, file size limit 1 GB; an admin can set less."""
    files_forbidden: Literal["", "all", "all_but_images"] = ""

    def all_messages(self) -> Iterator[Message]:
        for channel in self.channels.values():
            yield from channel.visible()

    def im_with(self, user: str) -> Channel | None:
        return next(
            (c for c in self.channels.values() if c.kind == "im" and user in c.members), None
        )

    def user_named(self, name: str) -> User:
        return next(user for user in self.users.values() if user.name == name)

    def channel_named(self, name: str) -> Channel:
        return next(channel for channel in self.channels.values() if channel.name == name)
