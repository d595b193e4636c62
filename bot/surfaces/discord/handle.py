"""What is kept of an interaction so that its answer can be given later, by any process: Place.callback."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.surfaces.discord.limits import UPLOAD_BYTES

_SHAPE = re.compile(r"d1:(\d{1,20}):(\d{1,12}):([a-z]*):(\d{0,20}):([^\s:]{1,400})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Handle:
    """The reply handle of one interaction.

    `token` is a secret for 15 minutes. `pressed` is the message whose button or select was used. `may_thread` says
    that the channel is one in which the bot may open threads; `in_guild` that it is no direct message.
    """

    application: int
    token: str = field(repr=False)
    upload_bytes: int = UPLOAD_BYTES
    may_thread: bool = False
    in_guild: bool = True
    pressed: int | None = None

    def pack(self) -> str:
        """The text kept with the job."""
        flags = ("t" if self.may_thread else "") + ("g" if self.in_guild else "")
        pressed = "" if self.pressed is None else str(self.pressed)
        return f"d1:{self.application}:{self.upload_bytes}:{flags}:{pressed}:{self.token}"


def unpack(text: str | None) -> Handle | None:
    """The handle in `text`, or None when there is none of ours."""
    found = _SHAPE.fullmatch(text or "")
    if found is None:
        return None
    application, upload_bytes, flags, pressed, token = found.groups()
    return Handle(
        application=int(application),
        token=token,
        upload_bytes=int(upload_bytes),
        may_thread="t" in flags,
        in_guild="g" in flags,
        pressed=int(pressed) if pressed else None,
    )
