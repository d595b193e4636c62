"""One writer for each message at a time, and what was shown last."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from weakref import WeakValueDictionary

from bot.domain.card import Card
from bot.domain.identity import ImageId, JobId

REMEMBERED = 10_000

Pictures = tuple[ImageId, ...]


class Writers:
    """Held while a job's message is written: progress must not overtake the answer."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[JobId, asyncio.Lock] = WeakValueDictionary()
        self._answered: OrderedDict[JobId, Pictures] = OrderedDict()

    def of(self, job: JobId) -> asyncio.Lock:
        """The lock of a job's message."""
        lock = self._locks.get(job)
        if lock is None:
            lock = self._locks[job] = asyncio.Lock()
        return lock

    def answered(self, job: JobId, card: Card) -> None:
        """The final answer is there, with these pictures."""
        self._answered[job] = pictures_of(card)
        self._answered.move_to_end(job)
        if len(self._answered) > REMEMBERED:
            self._answered.popitem(last=False)

    def shows(self, job: JobId) -> Pictures | None:
        """The pictures in the final answer; None when it isn't known here."""
        return self._answered.get(job)


def pictures_of(card: Card) -> Pictures:
    """The pictures a card shows."""
    return tuple(picture.image for picture in card.pictures)
