"""Calls that come at the same time become one: many texts scored together cost less than one by one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(slots=True, eq=False)
class _Waiting(Generic[Row]):
    texts: Sequence[str]
    answer: asyncio.Future[list[Row]] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Batcher(Generic[Row]):
    """Scores texts through `score`, one batch at a time; what arrives meanwhile goes into the next batch.

    There is no background task: the first caller in line runs the batch for those behind it. When that caller is
    cancelled, the next one takes over with nothing lost. When a batch fails, all in it get its exception.
    """

    def __init__(
        self, score: Callable[[list[str]], Awaitable[list[Row]]], *, most_texts: int = 64
    ) -> None:
        self._score = score
        self._most_texts = most_texts
        self._line: list[_Waiting[Row]] = []
        self._turn = asyncio.Lock()

    async def __call__(self, texts: Sequence[str]) -> list[Row]:
        """One row per text, in order. Raises what `score` raised."""
        mine = _Waiting[Row](texts)
        self._line.append(mine)
        try:
            async with self._turn:
                if not mine.answer.done():
                    await self._run(self._batch(mine))
        finally:
            if mine in self._line:
                self._line.remove(mine)
        return mine.answer.result()

    def _batch(self, mine: _Waiting[Row]) -> list[_Waiting[Row]]:
        batch = [mine]
        size = len(mine.texts)
        for waiting in self._line:
            if waiting is mine:
                continue
            size += len(waiting.texts)
            if size > self._most_texts:
                break
            batch.append(waiting)
        return batch

    async def _run(self, batch: list[_Waiting[Row]]) -> None:
        try:
            rows = await self._score([text for waiting in batch for text in waiting.texts])
        except Exception as fault:
            for waiting in self._leave(batch)[1:]:
                waiting.answer.set_exception(fault)
            raise
        answers = iter(rows)
        shares = [[next(answers) for _ in waiting.texts] for waiting in batch]
        here = self._leave(batch)
        for waiting, share in zip(batch, shares, strict=True):
            if waiting in here:
                waiting.answer.set_result(share)

    def _leave(self, batch: list[_Waiting[Row]]) -> list[_Waiting[Row]]:
        """Takes the batch out of the line; those of it that still wait, the caller first."""
        here = [waiting for waiting in batch if waiting in self._line]
        self._line = [waiting for waiting in self._line if waiting not in batch]
        return here
