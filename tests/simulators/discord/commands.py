"""The application's commands as Discord keeps them, and what their registration cost.

Source: docs, interactions/application-commands, Registering a Command and Bulk Overwrite.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.simulators.clock import Clock
from tests.simulators.discord.command_rules import CHAT_INPUT, command_wrongs, commands_wrongs
from tests.simulators.discord.limits import Limits
from tests.simulators.discord.refusals import Refused, invalid_form
from tests.simulators.discord.snowflakes import Snowflakes

Json = dict[str, Any]
DAY_S = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One write of the app: how many commands it sent and how many of them were new."""

    how: str
    guild_id: str | None
    sent: int
    created: int
    at: float


class Commands:
    """Global commands under None, those of a guild under its id."""

    def __init__(self, application_id: str, clock: Clock, ids: Snowflakes, limits: Limits) -> None:
        self._application_id = application_id
        self._clock = clock
        self._ids = ids
        self._limits = limits
        self._known: dict[str | None, dict[str, Json]] = {}
        self.written: list[Written] = []

    @property
    def bulk_overwrites(self) -> int:
        return sum(one.how == "bulk overwrite" for one in self.written)

    def of(self, guild_id: str | None) -> list[Json]:
        return list(self._known.get(guild_id, {}).values())

    def offered_in(self, guild_id: str | None) -> Iterator[Json]:
        """What the picker shows: with a global and a guild copy of one command, both."""
        yield from self.of(None)
        if guild_id is not None:
            yield from self.of(guild_id)

    def get(self, guild_id: str | None, command_id: str) -> Json:
        try:
            return self._known[guild_id][command_id]
        except KeyError as error:
            raise Refused(10063) from error

    def overwrite(self, guild_id: str | None, commands: list[Json]) -> list[Json]:
        """All commands of this place are replaced; one of a known name and kind keeps its id and is no create."""
        if wrongs := commands_wrongs(commands):
            raise invalid_form(wrongs)
        old = {_key(one): one for one in self.of(guild_id)}
        created = sum(_key(one) not in old for one in commands)
        self._count("bulk overwrite", guild_id, len(commands), created)
        stored = [self._stored(guild_id, one, old.get(_key(one))) for one in commands]
        self._known[guild_id] = {one["id"]: one for one in stored}
        return stored

    def upsert(self, guild_id: str | None, command: Json) -> tuple[Json, bool]:
        """One command; True when it is new. A known name is overwritten."""
        if wrongs := command_wrongs(command):
            raise invalid_form(wrongs)
        old = next((one for one in self.of(guild_id) if _key(one) == _key(command)), None)
        self._count("create", guild_id, 1, int(old is None))
        stored = self._stored(guild_id, command, old)
        self._known.setdefault(guild_id, {})[stored["id"]] = stored
        return stored, old is None

    def change(self, guild_id: str | None, command_id: str, changes: Json) -> Json:
        old = self.get(guild_id, command_id)
        if wrongs := command_wrongs({**old, **changes}):
            raise invalid_form(wrongs)
        self._count("edit", guild_id, 1, 0)
        stored = self._stored(guild_id, {**old, **changes}, old)
        self._known[guild_id][command_id] = stored
        return stored

    def remove(self, guild_id: str | None, command_id: str) -> None:
        self.get(guild_id, command_id)
        self._count("delete", guild_id, 1, 0)
        del self._known[guild_id][command_id]

    def _count(self, how: str, guild_id: str | None, sent: int, created: int) -> None:
        now = self._clock.now()
        today = sum(
            one.created for one in self.written if one.guild_id == guild_id and one.at > now - DAY_S
        )
        if today + created > self._limits.command_creates_per_day and created:
            raise Refused(30034)
        self.written.append(Written(how=how, guild_id=guild_id, sent=sent, created=created, at=now))

    def _stored(self, guild_id: str | None, command: Json, old: Json | None) -> Json:
        stored = {
            "type": CHAT_INPUT,
            "description": "",
            "options": [],
            "default_member_permissions": None,
            "nsfw": False,
            "dm_permission": True,
            "contexts": None,
            "integration_types": [0],
            "name_localizations": None,
            "description_localizations": None,
            **{key: value for key, value in command.items() if value is not None},
            "id": old["id"] if old else self._ids.new(),
            "application_id": self._application_id,
            "version": self._ids.new(),
        }
        if guild_id is not None:
            stored["guild_id"] = guild_id
        return stored


def _key(command: Json) -> tuple[int, str]:
    return command.get("type", CHAT_INPUT), command["name"]
