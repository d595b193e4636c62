"""Channels, threads and direct messages. Source: docs, resources/channel, resources/user, topics/threads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.simulators.discord.api import Answer, Call, Route, attachment_limit
from tests.simulators.discord.bodies import Body
from tests.simulators.discord.component_rules import length
from tests.simulators.discord.guild_payloads import channel_json, dm_json
from tests.simulators.discord.guild_state import THREAD_ONLY, Channel, ChannelType, ThreadState
from tests.simulators.discord.messages import Flag, message_json
from tests.simulators.discord.permissions import BITS
from tests.simulators.discord.posting import Sender, create
from tests.simulators.discord.refusals import Refused, Wrong, invalid_form
from tests.simulators.discord.thread_rules import thread_updated

if TYPE_CHECKING:
    from tests.simulators.discord.simulator import Discord

Json = dict[str, Any]
ARCHIVE_MINUTES = (60, 1440, 4320, 10080)
MAX_NAME = 100


async def get_channel(call: Call) -> Answer:
    channel = call.channel()
    if channel.recipient_id is not None:
        recipient = call.discord.world.users[channel.recipient_id]
        return Answer(data=dm_json(channel, recipient))
    return Answer(data=channel_json(channel))


async def change_channel(call: Call) -> Answer:
    """Of a thread: name, archived, locked, auto_archive_duration. docs: topics/threads, Editing Threads."""
    discord, channel, changes = call.discord, call.channel(), call.body.payload
    thread = channel.thread
    if thread is None:
        call.need(channel, "MANAGE_CHANNELS")
    else:
        manages = call.permissions(channel) & BITS["MANAGE_THREADS"]
        own = thread.owner_id == discord.bot.id
        if not manages and ("locked" in changes or not own):
            raise Refused(50013)
        if thread.archived and changes.get("archived", True):
            raise Refused(50083)
        thread.archived = changes.get("archived", thread.archived)
        thread.locked = changes.get("locked", thread.locked)
        thread.auto_archive_minutes = changes.get(
            "auto_archive_duration", thread.auto_archive_minutes
        )
        if "archived" in changes:
            thread.archive_changed_at = discord.clock.now()
    if "name" in changes:
        _check_name(changes)
        channel.name = changes["name"]
    if thread is not None:
        thread_updated(discord, channel)
    return Answer(data=channel_json(channel))


async def remove_channel(call: Call) -> Answer:
    channel = call.channel()
    call.need(channel, "MANAGE_THREADS" if channel.thread else "MANAGE_CHANNELS")
    close_channel(call.discord, channel)
    return Answer(data=channel_json(channel))


def close_channel(discord: Discord, channel: Channel) -> None:
    """Deletes it and tells the gateway."""
    discord.world.remove_channel(channel)
    for message in channel.messages.values():
        message.deleted = True
    event = "THREAD_DELETE" if channel.thread else "CHANNEL_DELETE"
    discord.gateway.dispatch(event, channel_json(channel), guild_id=channel.guild_id)
    discord.changed()


def _check_name(payload: Json) -> None:
    wrongs = length(payload.get("name") or "", ("name",), at_least=1, at_most=MAX_NAME)
    minutes = payload.get("auto_archive_duration")
    if minutes is not None and minutes not in ARCHIVE_MINUTES:
        sentence = f"Value must be one of {ARCHIVE_MINUTES}."
        wrongs.append(Wrong(("auto_archive_duration",), "BASE_TYPE_CHOICES", sentence))
    if wrongs:
        raise invalid_form(wrongs)


async def thread_from_message(call: Call) -> Answer:
    """Start Thread from Message: the thread's id is the message's, so there can be one only (160004)."""
    discord, channel = call.discord, call.channel()
    if channel.type not in (ChannelType.TEXT, ChannelType.ANNOUNCEMENT):
        raise Refused(50024)
    call.need(channel, "CREATE_PUBLIC_THREADS")
    message = call.message(channel)
    _check_name(call.body.payload)
    if message.thread_id is not None:
        raise Refused(160004)
    kind = ChannelType.PUBLIC_THREAD
    if channel.type is ChannelType.ANNOUNCEMENT:
        kind = ChannelType.ANNOUNCEMENT_THREAD
    message.thread_id = message.id
    message.flags |= Flag.HAS_THREAD
    thread = open_thread(
        discord,
        channel,
        kind=kind,
        thread_id=message.id,
        owner_id=discord.bot.id,
        payload=call.body.payload,
    )
    return Answer(data=channel_json(thread), status=201)


async def thread_without_message(call: Call) -> Answer:
    """A post in a forum, which brings its first message, or a thread of its own."""
    channel = call.channel()
    if channel.type in THREAD_ONLY:
        return _forum_post(call, channel)
    if channel.type not in (ChannelType.TEXT, ChannelType.ANNOUNCEMENT):
        raise Refused(50024)
    kind = ChannelType(call.body.payload.get("type") or ChannelType.PRIVATE_THREAD)
    private = kind is ChannelType.PRIVATE_THREAD
    call.need(channel, "CREATE_PRIVATE_THREADS" if private else "CREATE_PUBLIC_THREADS")
    _check_name(call.body.payload)
    thread = open_thread(
        call.discord,
        channel,
        kind=kind,
        thread_id=call.discord.ids.new(),
        owner_id=call.discord.bot.id,
        payload=call.body.payload,
    )
    return Answer(data=channel_json(thread), status=201)


def _forum_post(call: Call, forum: Channel) -> Answer:
    """SEND_MESSAGES suffices; CREATE_PUBLIC_THREADS is ignored. docs: Start Thread in Forum or Media Channel."""
    discord = call.discord
    call.need(forum, "SEND_MESSAGES")
    _check_name(call.body.payload)
    thread_id = discord.ids.new()
    thread = Channel(
        id=thread_id,
        type=ChannelType.PUBLIC_THREAD,
        name=call.body.payload["name"],
        guild_id=forum.guild_id,
        parent_id=forum.id,
    )
    body = Body(payload=call.body.payload.get("message") or {}, uploads=call.body.uploads)
    sender = Sender(
        author_id=discord.bot.id,
        attachment_bytes=attachment_limit(discord, discord.world.guild_of(forum)),
    )
    message = create(discord, thread, body, sender, message_id=thread_id)
    _announce_thread(discord, thread, owner_id=discord.bot.id, payload=call.body.payload)
    data = channel_json(thread) | {"message": message_json(discord, message)}
    return Answer(data=data, status=201)


def open_thread(
    discord: Discord,
    parent: Channel,
    *,
    kind: ChannelType,
    thread_id: str,
    owner_id: str,
    payload: Json,
) -> Channel:
    """A thread below this channel; THREAD_CREATE follows."""
    thread = Channel(
        id=thread_id,
        type=kind,
        name=payload["name"],
        guild_id=parent.guild_id,
        parent_id=parent.id,
    )
    _announce_thread(discord, thread, owner_id=owner_id, payload=payload)
    return thread


def _announce_thread(discord: Discord, thread: Channel, *, owner_id: str, payload: Json) -> None:
    thread.thread = ThreadState(
        owner_id=owner_id,
        made_at=discord.clock.now(),
        auto_archive_minutes=payload.get("auto_archive_duration") or 4320,
        members={owner_id},
    )
    discord.world.add_channel(thread)
    data = channel_json(thread) | {"newly_created": True}
    discord.gateway.dispatch("THREAD_CREATE", data, guild_id=thread.guild_id)
    discord.changed()


async def join_thread(call: Call) -> Answer:
    """Add Thread Member, of the bot itself or of somebody."""
    channel = call.channel()
    if channel.thread is None:
        raise Refused(50024)
    if channel.thread.archived:
        raise Refused(50083)
    wanted = call.path.get("user_id", "@me")
    channel.thread.members.add(call.discord.bot.id if wanted == "@me" else wanted)
    return Answer(status=204)


async def open_dm(call: Call) -> Answer:
    """Create DM: the same channel every time, whether or not its owner takes messages (50007 comes on sending)."""
    recipient = call.discord.world.users.get(str(call.body.payload.get("recipient_id")))
    if recipient is None:
        raise Refused(10013)
    channel = dm_channel(call.discord, recipient.id)
    return Answer(data=dm_json(channel, recipient))


def dm_channel(discord: Discord, user_id: str) -> Channel:
    """The direct messages between the bot and this user."""
    for channel in discord.world.channels.values():
        if channel.recipient_id == user_id:
            return channel
    channel = Channel(id=discord.ids.new(), type=ChannelType.DM, name="", recipient_id=user_id)
    return discord.world.add_channel(channel)


CHANNEL = "/channels/{channel_id}"
ROUTES = [
    Route(method="GET", template=CHANNEL, handler=get_channel),
    Route(method="PATCH", template=CHANNEL, handler=change_channel),
    Route(method="DELETE", template=CHANNEL, handler=remove_channel),
    Route(
        method="POST",
        template=f"{CHANNEL}/messages/{{message_id}}/threads",
        handler=thread_from_message,
    ),
    Route(method="POST", template=f"{CHANNEL}/threads", handler=thread_without_message),
    Route(method="PUT", template=f"{CHANNEL}/thread-members/@me", handler=join_thread),
    Route(method="PUT", template=f"{CHANNEL}/thread-members/{{user_id}}", handler=join_thread),
    Route(method="POST", template="/users/@me/channels", handler=open_dm),
]
