"""What archived and locked threads allow. Source: docs, topics/threads, and beliefs where it says nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.simulators.discord.guild_payloads import channel_json
from tests.simulators.discord.guild_state import Channel
from tests.simulators.discord.permissions import BITS, channel_permissions
from tests.simulators.discord.refusals import Refused

if TYPE_CHECKING:
    from tests.simulators.discord.simulator import Discord

ARCHIVED = 50083


def check_sending(discord: Discord, channel: Channel, user_id: str) -> None:
    """May this user write here? Writing un-archives a thread unless it is locked."""
    thread = channel.thread
    if thread is None:
        return
    if thread.locked and not _manages(discord, channel, user_id):
        raise Refused(ARCHIVED if thread.archived else discord.beliefs.active_locked_thread_code)
    if thread.archived:
        set_archived(discord, channel, archived=False)


def check_editing(discord: Discord, channel: Channel) -> None:
    """May the bot edit a message here? "Users cannot edit messages in archived threads", nor in locked ones."""
    thread = channel.thread
    if thread is None:
        return
    if thread.archived and discord.beliefs.archived_thread_refuses_edits:
        raise Refused(ARCHIVED)
    if thread.locked and not _manages(discord, channel, discord.bot.id):
        raise Refused(discord.beliefs.active_locked_thread_code)


def check_deleting(channel: Channel) -> None:
    """Deleting works in archived threads, and in locked ones only while they are active."""
    if channel.thread is not None and channel.thread.locked and channel.thread.archived:
        raise Refused(ARCHIVED)


def check_interaction_place(discord: Discord, channel: Channel) -> None:
    """The response to an interaction in a thread."""
    if discord.beliefs.locked_thread_refuses_responses:
        check_sending(discord, channel, discord.bot.id)


def set_archived(discord: Discord, channel: Channel, *, archived: bool) -> None:
    """THREAD_UPDATE follows. docs: topics/threads, Unarchiving a Thread."""
    assert channel.thread is not None
    channel.thread.archived = archived
    channel.thread.archive_changed_at = discord.clock.now()
    thread_updated(discord, channel)


def thread_updated(discord: Discord, channel: Channel) -> None:
    discord.gateway.dispatch("THREAD_UPDATE", channel_json(channel), guild_id=channel.guild_id)
    discord.changed()


def _manages(discord: Discord, channel: Channel, user_id: str) -> bool:
    guild = discord.world.guild_of(channel)
    assert guild is not None
    return bool(channel_permissions(guild, channel, user_id) & BITS["MANAGE_THREADS"])
