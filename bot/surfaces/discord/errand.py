"""One answer on its way: what is to be said of which job, and by which ways it can be said."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.job import Job, JobState
from bot.ports import FirstLook, FirstResponse
from bot.surfaces.discord.handle import Handle, unpack
from bot.surfaces.discord.limits import NONCE_CHARS, TOKEN_USED_S, UPLOAD_BYTES
from bot.surfaces.discord.rest import Ref, unpack_ref


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What is known when an answer is to be given."""

    job: Job
    handle: Handle | None
    first: FirstResponse
    now: datetime

    @classmethod
    def of(cls, job: Job, first: FirstResponse, *, now: datetime) -> Errand:
        """The errand of `job`."""
        return cls(job=job, handle=unpack(job.place.callback), first=first, now=now)

    @property
    def token(self) -> Handle | None:
        """The interaction's handle while its token may be used."""
        fresh = self.now - self.job.created_at < timedelta(seconds=TOKEN_USED_S)
        return self.handle if fresh else None

    @property
    def message(self) -> Ref | None:
        """The message everybody sees that stands for the job so far."""
        if posted := unpack_ref(self.job.message):
            return posted
        return self.original

    @property
    def original(self) -> Ref | None:
        """The first response, where everybody sees it."""
        if self.first.look in {FirstLook.PUBLIC, FirstLook.SHOWN}:
            return unpack_ref(self.first.message)
        return None

    @property
    def channels(self) -> tuple[int, ...]:
        """Where it may be posted, best first."""
        place = self.job.place
        found = [place.thread, place.channel]
        return tuple(int(one) for one in found if one and one.isdecimal())

    @property
    def upload_bytes(self) -> int:
        """The largest file that may be sent."""
        return self.handle.upload_bytes if self.handle else UPLOAD_BYTES

    @property
    def nonce(self) -> str:
        """The same for whatever is posted of this job: a second post finds the first, even if its answer was lost."""
        return hashlib.sha256(self.job.key.encode()).hexdigest()[:NONCE_CHARS]

    @property
    def unseen(self) -> bool:
        """Called back before anybody saw anything of it: there is nothing to correct."""
        return self.job.state is JobState.CANCELLED and self.message is None

    def reply_to(self, channel: int) -> int | None:
        """The message that was pressed, when it stands in `channel`."""
        pressed = self.handle.pressed if self.handle else None
        threaded = self.job.place.thread
        if pressed is None or str(pressed) == threaded:
            return None
        return pressed if str(channel) == (threaded or self.job.place.channel) else None
