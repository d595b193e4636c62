"""What an interaction's token opens after the first response: @original and followups.

Source: docs, interactions/receiving-and-responding, Followup Messages; resources/webhook.
"""

from __future__ import annotations

from tests.simulators.discord.api import Answer, Call, Route
from tests.simulators.discord.interactions import CallbackType, Interaction
from tests.simulators.discord.messages import Flag, Message, message_json
from tests.simulators.discord.posting import create, delete, edit
from tests.simulators.discord.refusals import Refused
from tests.simulators.discord.rest_interactions import interaction_channel, response_sender
from tests.simulators.discord.thread_rules import check_editing, check_interaction_place

WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"


def _interaction(call: Call) -> Interaction:
    """The one whose token this is, while it lives.

    Unknown, or not answered (in time): 10015. After 15 minutes: 401/50027 (discord.py #9856).
    """
    discord = call.discord
    interaction = discord.by_token.get(call.path["webhook_token"])
    wrong_app = call.path["webhook_id"] != discord.application_id
    if interaction is None or wrong_app or interaction.first_response is None:
        raise Refused(10015)
    if discord.clock.now() - interaction.made_at > discord.limits.token_life_s:
        raise Refused(10015 if discord.beliefs.expired_token_is_unknown_webhook else 50027)
    return interaction


def _message(call: Call, interaction: Interaction) -> Message:
    """@original, or one that this token made."""
    wanted = call.path.get("message_id", "@original")
    if wanted == "@original":
        message = interaction.original
    else:
        mine = [*interaction.followups, interaction.original]
        message = next((one for one in mine if one is not None and one.id == wanted), None)
    if message is None or message.deleted:
        raise Refused(10008)
    return message


async def get_message(call: Call) -> Answer:
    message = _message(call, _interaction(call))
    return Answer(data=message_json(call.discord, message))


async def edit_message(call: Call) -> Answer:
    """Visibility stays what the first response made it: flags of an edit do not reach it."""
    interaction = _interaction(call)
    message = _message(call, interaction)
    channel = interaction_channel(call.discord, interaction)
    check_editing(call.discord, channel)
    edit(call.discord, channel, message, call.body, limit=interaction.attachment_bytes)
    return Answer(data=message_json(call.discord, message))


async def delete_message(call: Call) -> Answer:
    interaction = _interaction(call)
    message = _message(call, interaction)
    delete(call.discord, interaction_channel(call.discord, interaction), message)
    return Answer(status=204)


async def follow_up(call: Call) -> Answer:
    """A new message; right after a deferral it fills the deferred one instead. docs: Create Followup Message."""
    discord, interaction = call.discord, _interaction(call)
    channel = interaction_channel(discord, interaction)
    original = interaction.original
    deferred = interaction.first_response is CallbackType.DEFERRED_MESSAGE
    if deferred and original is not None and original.is_loading and not original.deleted:
        limit = interaction.attachment_bytes
        edit(discord, channel, original, call.body, limit=limit)
        return Answer(data=message_json(discord, original))
    most = discord.limits.user_install_followups
    if interaction.only_user_installed and len(interaction.followups) >= most:
        raise Refused(40094)
    check_interaction_place(discord, channel)
    ephemeral = bool((call.body.payload.get("flags") or 0) & Flag.EPHEMERAL)
    reply_to = original.id if original is not None else None
    sender = response_sender(discord, interaction, ephemeral=ephemeral, reply_to=reply_to)
    message = create(discord, channel, call.body, sender)
    interaction.followups.append(message)
    return Answer(data=message_json(discord, message))


def _routes() -> list[Route]:
    original, other = f"{WEBHOOK}/messages/@original", f"{WEBHOOK}/messages/{{message_id}}"
    table = [("POST", WEBHOOK, follow_up)]
    for template in (original, other):
        table += [
            ("GET", template, get_message),
            ("PATCH", template, edit_message),
            ("DELETE", template, delete_message),
        ]
    return [
        Route(
            method=method,
            template=template,
            handler=handler,
            needs_token=False,
            counts_globally=False,
        )
        for method, template, handler in table
    ]


ROUTES = _routes()
