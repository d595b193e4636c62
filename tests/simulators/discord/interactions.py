"""What a person did and how the app answered it: the life of one interaction and its token.

Source: docs, interactions/receiving-and-responding.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Literal

from tests.simulators.discord.messages import Message

Json = dict[str, Any]


class InteractionType(IntEnum):
    APPLICATION_COMMAND = 2
    MESSAGE_COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL_SUBMIT = 5


class CallbackType(IntEnum):
    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    AUTOCOMPLETE_RESULT = 8
    MODAL = 9


C, Kind = CallbackType, InteractionType
ALLOWED = {
    Kind.APPLICATION_COMMAND: (C.MESSAGE, C.DEFERRED_MESSAGE, C.MODAL),
    Kind.MESSAGE_COMPONENT: (C.MESSAGE, C.DEFERRED_MESSAGE, C.DEFERRED_UPDATE, C.UPDATE, C.MODAL),
    Kind.AUTOCOMPLETE: (C.AUTOCOMPLETE_RESULT,),
    Kind.MODAL_SUBMIT: (C.MESSAGE, C.DEFERRED_MESSAGE, C.DEFERRED_UPDATE, C.UPDATE),
}
"""Source: docs, Interaction Callback Type, with its footnotes."""


@dataclass(slots=True, kw_only=True)
class Modal:
    """A form that a person sees; `origin` is what it answered."""

    custom_id: str
    title: str
    components: list[Json]
    origin: Interaction


@dataclass(slots=True, kw_only=True)
class Interaction:
    """One thing a person did. Everything from `first_response` on is the app's doing."""

    id: str
    token: str
    type: InteractionType
    user_id: str
    guild_id: str | None
    channel_id: str
    data: Json
    made_at: float
    attachment_bytes: int
    message: Message | None = None
    """The one that carried the component; a form opened from it knows it too."""
    only_user_installed: bool = False
    first_response: CallbackType | None = None
    answered_at: float | None = None
    is_ephemeral: bool = False
    """Fixed by the first response. docs: Create Followup Message."""
    original: Message | None = None
    followups: list[Message] = field(default_factory=list)
    modal: Modal | None = None
    choices: list[Json] = field(default_factory=list)
    delivered: int = 0
    """To how many gateway connections it was sent."""
    ack_refusals: list[int] = field(default_factory=list)
    """Codes of acks that came and were refused: 10062, 40060, 50035."""
    timed_out: bool = False
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by the first response."""

    @property
    def outcome(self) -> Literal["answered", "failed", "pending"]:
        if self.first_response is not None:
            return "answered"
        return "failed" if self.timed_out else "pending"

    @property
    def user_sees(self) -> str:
        """What stands under the command when nothing else does."""
        return "The application did not respond" if self.outcome == "failed" else ""

    @property
    def ack_s(self) -> float | None:
        """Seconds from the deed to the first response."""
        return None if self.answered_at is None else self.answered_at - self.made_at

    @property
    def messages(self) -> list[Message]:
        """The answers that are still there, first the original."""
        every = [*([self.original] if self.original else []), *self.followups]
        return [one for one in every if not one.deleted]
