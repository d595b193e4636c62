"""A channel, thread, forum or direct message, as people and moderators see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.simulators.discord.guild_payloads import channel_json
from tests.simulators.discord.guild_state import Channel, Overwrite
from tests.simulators.discord.messages import Message
from tests.simulators.discord.permissions import bits
from tests.simulators.discord.posting import delete
from tests.simulators.discord.rest_channels import close_channel
from tests.simulators.discord.thread_rules import set_archived, thread_updated

if TYPE_CHECKING:
    from tests.simulators.discord.people import Person
    from tests.simulators.discord.simulator import Discord


class Room:
    """What stands in one channel, and what a moderator can do to it."""

    def __init__(self, discord: Discord, channel: Channel) -> None:
        self._discord = discord
        self.channel = channel

    @property
    def id(self) -> str:
        return self.channel.id

    @property
    def name(self) -> str:
        return self.channel.name

    # ---- looking

    def messages(self, *, visible_to: Person | None = None) -> list[Message]:
        """What stands here now, oldest first; without a person only what everybody sees."""
        viewer = visible_to.id if visible_to else None
        return [one for one in self.channel.messages.values() if one.visible_to in (None, viewer)]

    async def message(
        self, words: str = "", *, visible_to: Person | None = None, within_s: float = 10.0
    ) -> Message:
        """The newest message that says `words`, once there is one; one that still "thinks" says nothing yet."""

        def look() -> Message | None:
            seen = reversed(self.messages(visible_to=visible_to))
            return next((one for one in seen if not one.is_loading and words in one.text), None)

        return await self._discord.until(
            look, within_s=within_s, what=f"a message {words!r} in {self.name!r}"
        )

    def threads(self) -> list[Room]:
        """Threads and forum posts below it."""
        every = self._discord.world.channels.values()
        return [Room(self._discord, one) for one in every if one.parent_id == self.id]

    async def thread(self, words: str = "", *, within_s: float = 10.0) -> Room:
        """A thread below with these words in its name, once there is one."""
        return await self._discord.until(
            lambda: next((one for one in self.threads() if words in one.name), None),
            within_s=within_s,
            what=f"a thread {words!r} below {self.name!r}",
        )

    # ---- what a moderator does

    def archives(self) -> None:
        set_archived(self._discord, self.channel, archived=True)

    def locks(self) -> None:
        """Locks and archives the thread, as a moderator's "Lock" does."""
        assert self.channel.thread is not None
        self.channel.thread.locked = True
        self.archives()

    def locks_only(self) -> None:
        """Locks the thread and leaves it active."""
        assert self.channel.thread is not None
        self.channel.thread.locked = True
        thread_updated(self._discord, self.channel)

    def unlocks(self) -> None:
        assert self.channel.thread is not None
        self.channel.thread.locked = False
        set_archived(self._discord, self.channel, archived=False)

    def denies_bot(self, *permissions: str) -> None:
        """The bot loses these here, such as "VIEW_CHANNEL" or "CREATE_PUBLIC_THREADS"."""
        self.denies(self._discord.bot.id, *permissions)

    def denies(self, user_id: str, *permissions: str) -> None:
        own = self.channel.overwrites.setdefault(user_id, Overwrite(is_member=True))
        own.deny |= bits(*permissions)
        own.allow &= ~bits(*permissions)
        self._updated()

    def allows_bot(self, *permissions: str) -> None:
        own = self.channel.overwrites.setdefault(self._discord.bot.id, Overwrite(is_member=True))
        own.allow |= bits(*permissions)
        own.deny &= ~bits(*permissions)
        self._updated()

    def becomes_age_restricted(self) -> None:
        self.channel.nsfw = True
        self._updated()

    def _updated(self) -> None:
        self._discord.gateway.dispatch(
            "CHANNEL_UPDATE", channel_json(self.channel), guild_id=self.channel.guild_id
        )
        self._discord.changed()

    def deletes(self, message: Message) -> None:
        """A moderator takes a message away."""
        delete(self._discord, self.channel, message)

    def is_deleted(self) -> None:
        """The whole channel goes, with its threads."""
        close_channel(self._discord, self.channel)
