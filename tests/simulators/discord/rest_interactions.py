"""POST /interactions/{id}/{token}/callback: the first response.

Source: docs, interactions/receiving-and-responding, Create Interaction Response.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.simulators.discord.api import Answer, Call, Route
from tests.simulators.discord.bodies import Body
from tests.simulators.discord.command_rules import choice_wrongs
from tests.simulators.discord.guild_payloads import user_json
from tests.simulators.discord.guild_state import Channel
from tests.simulators.discord.interactions import (
    ALLOWED,
    CallbackType,
    Interaction,
    InteractionType,
    Modal,
)
from tests.simulators.discord.message_rules import deferred_wrongs
from tests.simulators.discord.messages import (
    CHAT_INPUT_COMMAND,
    CONTEXT_MENU_COMMAND,
    DEFAULT,
    REPLY,
    Flag,
    Message,
    message_json,
)
from tests.simulators.discord.modal_rules import modal_wrongs
from tests.simulators.discord.posting import Sender, add, create, edit
from tests.simulators.discord.refusals import Refused, Wrong, invalid_form
from tests.simulators.discord.thread_rules import check_interaction_place

if TYPE_CHECKING:
    from tests.simulators.discord.simulator import Discord

Json = dict[str, Any]
C = CallbackType


async def respond(call: Call) -> Answer:
    """The callback. 10062 when it comes late or for nothing known, 40060 when one came before."""
    discord = call.discord
    interaction = discord.interactions.get(call.path["interaction_id"])
    if interaction is None or interaction.token != call.path["interaction_token"]:
        raise Refused(10062)
    try:
        kind = _accepted_kind(discord, interaction, call.body)
        _ACTIONS[kind](
            discord, interaction, interaction_channel(discord, interaction), _data(call.body)
        )
    except Refused as refused:
        interaction.ack_refusals.append(refused.code)
        raise
    interaction.first_response = kind
    interaction.answered_at = discord.clock.now()
    interaction.settled.set()
    discord.changed()
    if call.query.get("with_response", "").lower() not in ("1", "true"):
        return Answer(status=204)
    return Answer(data=callback_json(discord, interaction, kind))


def interaction_channel(discord: Discord, interaction: Interaction) -> Channel:
    """Where it happened; 10003 when that is gone."""
    channel = discord.world.channels.get(interaction.channel_id)
    if channel is None:
        raise Refused(10003)
    return channel


def _data(body: Body) -> Body:
    return Body(payload=body.payload.get("data") or {}, uploads=body.uploads)


def _accepted_kind(discord: Discord, interaction: Interaction, body: Body) -> CallbackType:
    if interaction.first_response is not None:
        raise Refused(40060)
    if discord.clock.now() - interaction.made_at > discord.limits.first_response_s:
        raise Refused(10062)
    kind = body.payload.get("type")
    allowed = ALLOWED[interaction.type]
    if interaction.type is InteractionType.MODAL_SUBMIT and interaction.message is None:
        allowed = (C.MESSAGE, C.DEFERRED_MESSAGE)
    if kind not in allowed:
        sentence = f"Value must be one of {{{', '.join(str(int(one)) for one in allowed)}}}."
        raise invalid_form([Wrong(("type",), "BASE_TYPE_CHOICES", sentence)])
    return CallbackType(kind)


def response_sender(
    discord: Discord, interaction: Interaction, *, ephemeral: bool, reply_to: str | None = None
) -> Sender:
    """Responses come from the application's webhook, and tell which interaction they answer."""
    return Sender(
        author_id=discord.bot.id,
        attachment_bytes=interaction.attachment_bytes,
        type=_message_type(interaction),
        visible_to=interaction.user_id if ephemeral else None,
        reply_to=reply_to or (interaction.message.id if interaction.message else None),
        application_id=discord.application_id,
        interaction_metadata=metadata_json(discord, interaction),
    )


def _message_type(interaction: Interaction) -> int:
    if interaction.message is not None:
        return REPLY
    if interaction.type is InteractionType.APPLICATION_COMMAND:
        return CHAT_INPUT_COMMAND if interaction.data.get("type") == 1 else CONTEXT_MENU_COMMAND
    return DEFAULT


def metadata_json(discord: Discord, interaction: Interaction) -> Json:
    return {
        "id": interaction.id,
        "type": int(interaction.type),
        "user": user_json(discord.world.users[interaction.user_id]),
        "authorizing_integration_owners": owners_json(interaction),
    }


def owners_json(interaction: Interaction) -> Json:
    """Who installed the app: the guild under "0", the user under "1". docs: Authorizing Integration Owners."""
    if interaction.only_user_installed:
        return {"1": interaction.user_id}
    return {"0": interaction.guild_id or "0"}


def _message(discord: Discord, interaction: Interaction, channel: Channel, data: Body) -> None:
    check_interaction_place(discord, channel)
    ephemeral = bool((data.payload.get("flags") or 0) & Flag.EPHEMERAL)
    sender = response_sender(discord, interaction, ephemeral=ephemeral)
    interaction.original = _under_data(create, discord, channel, data, sender)
    interaction.is_ephemeral = ephemeral


def _under_data(make: Any, *arguments: Any) -> Any:
    """A refusal's paths start at the callback's body, where the message stands under `data`."""
    try:
        return make(*arguments)
    except Refused as refused:
        if refused.errors:
            refused.errors = {"data": refused.errors}
        raise


def _deferred(discord: Discord, interaction: Interaction, channel: Channel, data: Body) -> None:
    """A "thinking…" message that the first edit fills. docs: type 5 may carry only EPHEMERAL."""
    check_interaction_place(discord, channel)
    if wrongs := deferred_wrongs(data.payload):
        raise invalid_form(wrongs)
    ephemeral = bool((data.payload.get("flags") or 0) & Flag.EPHEMERAL)
    sender = response_sender(discord, interaction, ephemeral=ephemeral)
    message = Message(
        id=discord.ids.new(),
        channel_id=channel.id,
        author_id=sender.author_id,
        created_at=discord.clock.now(),
        type=sender.type,
        flags=Flag.LOADING | (Flag.EPHEMERAL if ephemeral else 0),
        visible_to=sender.visible_to,
        reply_to=sender.reply_to,
        application_id=sender.application_id,
        interaction_metadata=sender.interaction_metadata,
    )
    add(discord, channel, message)
    interaction.original = message
    interaction.is_ephemeral = ephemeral


def _deferred_update(
    _discord: Discord, interaction: Interaction, _channel: Channel, _data: Body
) -> None:
    """@original is then the message with the component."""
    interaction.original = interaction.message


def _update(discord: Discord, interaction: Interaction, channel: Channel, data: Body) -> None:
    message = interaction.message
    if message is None or message.deleted:
        raise Refused(10008)
    check_interaction_place(discord, channel)
    limit = interaction.attachment_bytes
    _under_data(lambda: edit(discord, channel, message, data, limit=limit))
    interaction.original = message


def _choices(_discord: Discord, interaction: Interaction, _channel: Channel, data: Body) -> None:
    choices = data.payload.get("choices") or []
    if wrongs := choice_wrongs(choices, ("data", "choices")):
        raise invalid_form(wrongs)
    interaction.choices = choices


def _modal(_discord: Discord, interaction: Interaction, _channel: Channel, data: Body) -> None:
    if wrongs := modal_wrongs(data.payload):
        raise invalid_form(wrongs)
    interaction.modal = Modal(
        custom_id=data.payload["custom_id"],
        title=data.payload["title"],
        components=data.payload["components"],
        origin=interaction,
    )


_ACTIONS = {
    C.MESSAGE: _message,
    C.DEFERRED_MESSAGE: _deferred,
    C.DEFERRED_UPDATE: _deferred_update,
    C.UPDATE: _update,
    C.AUTOCOMPLETE_RESULT: _choices,
    C.MODAL: _modal,
}


def callback_json(discord: Discord, interaction: Interaction, kind: CallbackType) -> Json:
    """What `with_response` gives; the message itself only for types 4 and 7. docs: Interaction Callback Response."""
    about: Json = {"id": interaction.id, "type": int(interaction.type)}
    resource: Json = {"type": int(kind)}
    if interaction.original is not None and kind is not C.DEFERRED_UPDATE:
        about |= {
            "response_message_id": interaction.original.id,
            "response_message_loading": interaction.original.is_loading,
            "response_message_ephemeral": interaction.original.is_ephemeral,
        }
    if kind in (C.MESSAGE, C.UPDATE) and interaction.original is not None:
        resource["message"] = message_json(discord, interaction.original)
    return {"interaction": about, "resource": resource}


ROUTES = [
    Route(
        method="POST",
        template="/interactions/{interaction_id}/{interaction_token}/callback",
        handler=respond,
        needs_token=False,
        counts_globally=False,
    )
]
