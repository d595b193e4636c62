"""The judges at one table: all concerned are asked at once, each within its time, and their opinions merged."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from moderation.merge import merge
from moderation.patience import within
from moderation.protocol import ImageCase, Judge, PromptCase
from moderation.verdict import Decision, Gate, Opinion, Unchecked, Verdict

_LOG = logging.getLogger(__name__)


class Panel:
    """Asks judges and decides. `judges` are pairs of a judge and whether its answer is required.

    `timeout_s` is what one judge may take; a judge that is slower counts as Unchecked.
    """

    def __init__(
        self,
        judges: Sequence[tuple[Judge, bool]],
        *,
        policy_version: str,
        timeout_s: float,
        log: logging.Logger = _LOG,
    ) -> None:
        self._judges = tuple(judges)
        self._policy_version = policy_version
        self._timeout_s = timeout_s
        self._log = log

    @property
    def seats(self) -> tuple[tuple[Judge, bool], ...]:
        """Every judge, and whether its answer is required."""
        return self._judges

    async def judge_prompt(self, case: PromptCase) -> Decision:
        """What all judges of prompts decide together. Raises nothing but CancelledError."""
        return await self._decide(Gate.PROMPT, lambda judge: judge.judge_prompt(case))

    async def judge_image(self, case: ImageCase) -> Decision:
        """What all judges of pictures decide together. Raises nothing but CancelledError."""
        return await self._decide(Gate.IMAGE, lambda judge: judge.judge_image(case))

    async def _decide(self, gate: Gate, ask: Callable[[Judge], Awaitable[Verdict]]) -> Decision:
        concerned = [(judge, required) for judge, required in self._judges if gate in judge.gates]
        verdicts = await self._verdicts([judge for judge, _ in concerned], ask)
        opinions = [
            Opinion(judge=judge.name, version=judge.version, required=required, verdict=verdict)
            for (judge, required), verdict in zip(concerned, verdicts, strict=True)
        ]
        return merge(gate, opinions, policy_version=self._policy_version)

    async def _verdicts(
        self, judges: Sequence[Judge], ask: Callable[[Judge], Awaitable[Verdict]]
    ) -> list[Verdict]:
        if len(judges) == 1:
            # Somebody waits for this: a task of its own would cost a judge who answers at once two turns of the loop.
            return [await self._verdict(judges[0], ask)]
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._verdict(judge, ask)) for judge in judges]
        return [task.result() for task in tasks]

    async def _verdict(self, judge: Judge, ask: Callable[[Judge], Awaitable[Verdict]]) -> Verdict:
        try:
            return await within(ask(judge), seconds=self._timeout_s)
        except TimeoutError:
            return Unchecked(detail=f"no answer within {self._timeout_s:g} s")
        except Exception as fault:  # noqa: BLE001 - judges may be strangers' plug-ins; whatever they throw means "unchecked", and one of them must not take down the others
            self._log.warning("judge %s raised %s", judge.name, type(fault).__name__, exc_info=True)
            return Unchecked(detail=f"raised {type(fault).__name__}")
