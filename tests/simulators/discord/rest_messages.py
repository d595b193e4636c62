"""Messages of a channel, written and read with the bot token. Source: docs, resources/message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.simulators.discord.api import Answer, Call, Route, attachment_limit
from tests.simulators.discord.guild_state import THREAD_ONLY, Channel, ChannelType
from tests.simulators.discord.messages import DEFAULT, REPLY, Message, message_json
from tests.simulators.discord.posting import Sender, create, delete, edit
from tests.simulators.discord.refusals import Refused, Wrong, invalid_form
from tests.simulators.discord.thread_rules import check_deleting, check_editing, check_sending

if TYPE_CHECKING:
    from tests.simulators.discord.simulator import Discord

OLD_S = 3600.0


async def create_message(call: Call) -> Answer:
    """Create Message, with `enforce_nonce`: the same nonce gives the message that exists."""
    discord, channel = call.discord, call.channel()
    check_writable(call, channel)
    repeated = _same_nonce(discord, channel, call.body.payload)
    if repeated is not None:
        return Answer(data=message_json(discord, repeated))
    reply_to = _reply_target(call, channel)
    sender = Sender(
        author_id=discord.bot.id,
        attachment_bytes=attachment_limit(discord, discord.world.guild_of(channel)),
        type=REPLY if reply_to else DEFAULT,
        reply_to=reply_to,
    )
    message = create(discord, channel, call.body, sender)
    return Answer(data=message_json(discord, message))


def check_writable(call: Call, channel: Channel) -> None:
    """Everything that stands between the bot and a message in this channel."""
    discord = call.discord
    if channel.type in THREAD_ONLY:
        raise Refused(40058)
    if channel.type is ChannelType.CATEGORY:
        raise Refused(50008)
    if channel.type is ChannelType.DM:
        if not discord.world.users[channel.recipient_id or ""].accepts_dms:
            raise Refused(50007)
        return
    call.need(channel, "SEND_MESSAGES_IN_THREADS" if channel.thread else "SEND_MESSAGES")
    if call.body.uploads:
        call.need(channel, "ATTACH_FILES")
    check_sending(discord, channel, discord.bot.id)


def _same_nonce(discord: Discord, channel: Channel, payload: dict) -> Message | None:
    """docs: "checked for uniqueness in the past few minutes ... by the same author"."""
    nonce = payload.get("nonce")
    if nonce is None or not payload.get("enforce_nonce"):
        return None
    oldest = discord.clock.now() - discord.limits.nonce_memory_s
    return next(
        (
            one
            for one in channel.messages.values()
            if one.author_id == discord.bot.id
            and str(one.nonce) == str(nonce)
            and one.created_at >= oldest
        ),
        None,
    )


def _reply_target(call: Call, channel: Channel) -> str | None:
    reference = call.body.payload.get("message_reference")
    if not reference:
        return None
    call.need(channel, "READ_MESSAGE_HISTORY", code=160002)
    wanted = str(reference.get("message_id"))
    if wanted in channel.messages:
        return wanted
    if reference.get("fail_if_not_exists", True):
        sentence = "Unknown message"
        raise invalid_form(
            [Wrong(("message_reference",), "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", sentence)]
        )
    return None


async def get_message(call: Call) -> Answer:
    channel = call.channel()
    call.need(channel, "READ_MESSAGE_HISTORY")
    return Answer(data=message_json(call.discord, call.message(channel)))


async def list_messages(call: Call) -> Answer:
    """Newest first; none without the right to read history. docs: Get Channel Messages."""
    channel = call.channel()
    count = int(call.query.get("limit", 50))
    before, after = call.query.get("before"), call.query.get("after")
    seen = [one for one in channel.messages.values() if not one.is_ephemeral]
    if before:
        seen = [one for one in seen if int(one.id) < int(before)]
    if after:
        seen = [one for one in seen if int(one.id) > int(after)]
    if not call.permissions(channel) & (1 << 16):
        seen = []
    return Answer(data=[message_json(call.discord, one) for one in reversed(seen[-count:])])


async def edit_message(call: Call) -> Answer:
    """Edit Message: only one's own, and a response to an interaction that is no longer loading."""
    discord, channel = call.discord, call.channel()
    message = call.message(channel)
    if message.author_id != discord.bot.id:
        raise Refused(50005)
    check_editing(discord, channel)
    if _is_expired_response(discord, message):
        raise Refused(50005)
    if _too_many_old_edits(discord, message):
        raise Refused(30046)
    limit = attachment_limit(discord, discord.world.guild_of(channel))
    edit(discord, channel, message, call.body, limit=limit)
    return Answer(data=message_json(discord, message))


def _is_expired_response(discord: Discord, message: Message) -> bool:
    """An answer to an interaction whose token has expired, where that is believed to end its edits."""
    age_s = discord.clock.now() - message.created_at
    expired = message.application_id is not None and age_s > discord.limits.token_life_s
    return expired and not discord.beliefs.bot_token_edits_expired_response


def _too_many_old_edits(discord: Discord, message: Message) -> bool:
    now = discord.clock.now()
    return (
        now - message.created_at > OLD_S and len(message.past) >= discord.limits.old_message_edits
    )


async def delete_message(call: Call) -> Answer:
    discord, channel = call.discord, call.channel()
    message = call.message(channel)
    if message.author_id != discord.bot.id:
        call.need(channel, "MANAGE_MESSAGES")
    check_deleting(channel)
    delete(discord, channel, message)
    return Answer(status=204)


async def typing(call: Call) -> Answer:
    channel = call.channel()
    call.need(channel, "SEND_MESSAGES_IN_THREADS" if channel.thread else "SEND_MESSAGES")
    return Answer(status=204)


MESSAGES = "/channels/{channel_id}/messages"
MESSAGE = f"{MESSAGES}/{{message_id}}"
ROUTES = [
    Route(method="POST", template=MESSAGES, handler=create_message),
    Route(method="GET", template=MESSAGES, handler=list_messages),
    Route(method="GET", template=MESSAGE, handler=get_message),
    Route(method="PATCH", template=MESSAGE, handler=edit_message),
    Route(method="DELETE", template=MESSAGE, handler=delete_message),
    Route(method="POST", template="/channels/{channel_id}/typing", handler=typing),
]
