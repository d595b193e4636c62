"""Messages come to be and change here, whichever way the body came: a channel route, an interaction, a webhook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.simulators.discord.bodies import Body
from tests.simulators.discord.cdn import Attachment, Upload
from tests.simulators.discord.components import with_ids
from tests.simulators.discord.guild_state import Channel
from tests.simulators.discord.mentions import INTERACTION_DEFAULT, REGULAR_DEFAULT, called_by
from tests.simulators.discord.message_rules import message_wrongs
from tests.simulators.discord.messages import DEFAULT, Flag, Message
from tests.simulators.discord.permissions import DM_PERMISSIONS, channel_permissions
from tests.simulators.discord.refusals import Refused, invalid_form

if TYPE_CHECKING:
    from tests.simulators.discord.simulator import Discord

Json = dict[str, Any]

SETTABLE_FLAGS = (
    Flag.SUPPRESS_EMBEDS
    | Flag.SUPPRESS_NOTIFICATIONS
    | Flag.IS_VOICE_MESSAGE
    | Flag.IS_COMPONENTS_V2
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """In whose name, and by which way, a message is written."""

    author_id: str
    attachment_bytes: int
    type: int = DEFAULT
    visible_to: str | None = None
    reply_to: str | None = None
    application_id: str | None = None
    interaction_metadata: Json | None = None

    @property
    def by_interaction(self) -> bool:
        return self.application_id is not None


def create(
    discord: Discord, channel: Channel, body: Body, sender: Sender, *, message_id: str = ""
) -> Message:
    """A new message in the channel, or a Refused with everything that is wrong with it."""
    payload = body.payload
    flags = Flag(payload.get("flags") or 0) & SETTABLE_FLAGS
    components = payload.get("components") or []
    _check_sizes(body.uploads, sender.attachment_bytes)
    wrongs = message_wrongs(
        payload,
        v2=bool(flags & Flag.IS_COMPONENTS_V2),
        components=components,
        filenames=[one.filename for one in _new_files(body)],
    )
    if wrongs:
        raise invalid_form(wrongs)
    said = (payload.get("content") or "").strip() or payload.get("embeds") or components
    if not said and not body.uploads:
        raise Refused(50006)
    message = Message(
        id=message_id or discord.ids.new(),
        channel_id=channel.id,
        author_id=sender.author_id,
        created_at=discord.clock.now(),
        type=sender.type,
        flags=flags | (Flag.EPHEMERAL if sender.visible_to else 0),
        content=payload.get("content") or "",
        components=with_ids(components),
        embeds=payload.get("embeds") or [],
        nonce=payload.get("nonce"),
        visible_to=sender.visible_to,
        reply_to=sender.reply_to,
        application_id=sender.application_id,
        interaction_metadata=sender.interaction_metadata,
    )
    message.attachments = _keep(discord, channel, body, ephemeral=message.is_ephemeral)
    _call(discord, channel, message, payload)
    add(discord, channel, message)
    return message


def add(discord: Discord, channel: Channel, message: Message) -> None:
    """Puts a message into its channel, and wakes who waits."""
    channel.messages[message.id] = message
    discord.messages[message.id] = message
    discord.changed()


def edit(discord: Discord, channel: Channel, message: Message, body: Body, *, limit: int) -> None:
    """Changes what the body names; the first edit of a deferred response makes it appear."""
    payload = body.payload
    flags = Flag(message.flags)
    if (payload.get("flags") or 0) & Flag.IS_COMPONENTS_V2:
        flags |= Flag.IS_COMPONENTS_V2  # it can only be set: docs, Edit Message
    if payload.get("flags") is not None:
        asked = payload["flags"] & Flag.SUPPRESS_EMBEDS
        flags = (flags & ~Flag.SUPPRESS_EMBEDS) | asked
    v2 = bool(flags & Flag.IS_COMPONENTS_V2)
    after = _after(message, payload)
    kept = _retained(message, body)
    _check_sizes(body.uploads, limit)
    wrongs = message_wrongs(
        {**payload, "content": after["content"], "embeds": after["embeds"]},
        v2=v2,
        components=after["components"],
        filenames=[one.filename for one in (*kept, *_new_files(body))],
    )
    if wrongs:
        raise invalid_form(wrongs)
    if not any(after.values()) and not kept and not body.uploads:
        raise Refused(50006)
    message.remember()
    for gone in message.attachments:
        gone.removed = gone not in kept
    message.content, message.embeds = after["content"], after["embeds"]
    message.components = with_ids(after["components"])
    message.attachments = kept + _keep(discord, channel, body, ephemeral=message.is_ephemeral)
    was_loading = message.is_loading
    message.flags = flags & ~Flag.LOADING
    message.edited_at = None if was_loading else discord.clock.now()
    if {"content", "components", "embeds"} & payload.keys():
        _call(discord, channel, message, payload)
    discord.changed()


def _after(message: Message, payload: Json) -> Json:
    """The three things one reads, as they will be: what the body leaves out stays, null empties."""
    return {
        "content": (payload["content"] or "") if "content" in payload else message.content,
        "embeds": (payload["embeds"] or []) if "embeds" in payload else message.embeds,
        "components": (payload["components"] or [])
        if "components" in payload
        else message.components,
    }


def _check_sizes(uploads: tuple[Upload, ...], limit: int) -> None:
    if any(len(one.data) > limit for one in uploads):
        raise Refused(40005)


def _listed(body: Body) -> dict[str, Json]:
    """The body's `attachments` by id: an old file's, or the n of `files[n]`."""
    return {str(one["id"]): one for one in body.payload.get("attachments") or [] if "id" in one}


def _new_files(body: Body) -> list[Upload]:
    """The uploads that the message will have. With an `attachments` list only those listed are appended.

    Source: docs, reference, Editing Message Attachments.
    """
    if body.payload.get("attachments") is None:
        return list(body.uploads)
    listed = _listed(body)
    return [one for one in body.uploads if one.index in listed]


def _retained(message: Message, body: Body) -> list[Attachment]:
    """What stays of the old files. Without an `attachments` list all of them do."""
    if "attachments" not in body.payload:
        return list(message.attachments)
    listed = _listed(body)
    kept = [one for one in message.attachments if one.id in listed]
    for one in kept:
        if "description" in listed[one.id]:
            one.description = listed[one.id]["description"]
    return kept


def _keep(discord: Discord, channel: Channel, body: Body, *, ephemeral: bool) -> list[Attachment]:
    listed = _listed(body)
    made = []
    for upload in _new_files(body):
        attachment = discord.cdn.keep(discord.ids.new(), channel.id, upload, ephemeral=ephemeral)
        about = listed.get(upload.index, {})
        attachment.description = about.get("description")
        attachment.spoiler = attachment.spoiler or bool(about.get("is_spoiler"))
        made.append(attachment)
    return made


def _call(discord: Discord, channel: Channel, message: Message, payload: Json) -> None:
    """Works out whom the message calls now. docs: the arrays are rebuilt from scratch by each edit."""
    guild = discord.world.guild_of(channel)
    author = message.author_id
    permissions = channel_permissions(guild, channel, author) if guild else DM_PERMISSIONS
    replied = channel.messages.get(message.reply_to or "")
    message.called = called_by(
        message.text,
        payload.get("allowed_mentions"),
        default=INTERACTION_DEFAULT if message.application_id else REGULAR_DEFAULT,
        guild=guild,
        permissions=permissions,
        replied_to=replied.author_id if replied and not message.application_id else None,
    )
    if message.called:
        message.ever_called.append(message.called)


def delete(discord: Discord, channel: Channel, message: Message) -> None:
    """Takes it away, with its files."""
    message.deleted = True
    channel.messages.pop(message.id, None)
    for one in message.attachments:
        one.removed = True
    discord.changed()
