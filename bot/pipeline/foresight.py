"""What the judges say of a prompt before it is a job, for a platform that must know at once who may see the answer.

Nothing is decided here: admission decides. It only need not ask the judges the same thing twice.
"""

from __future__ import annotations

from collections import OrderedDict

from bot.domain.grammar import Ask
from bot.ports import Clock
from bot.telemetry.events import Recorder, unrecorded
from bot.telemetry.judging import record_decision
from moderation import Decision, PromptCase, Unchecked
from moderation.panel import Panel
from moderation.patience import within

REMEMBERED = 4096
REMEMBERED_S = 60.0
"""Longer than a received request waits for its admission; a judge's mind may change after that."""


class Foresight:
    """Asks the judges early and remembers what they said for a little while."""

    def __init__(self, panel: Panel, clock: Clock, *, record: Recorder = unrecorded) -> None:
        self._panel = panel
        self._record = record
        self._clock = clock
        self._said: OrderedDict[PromptCase, tuple[float, Decision]] = OrderedDict()

    async def look(self, ask: Ask, *, within_s: float) -> Decision | None:
        """What the judges say; None when they take longer than `within_s`."""
        case = case_of(ask)
        try:
            decision = await within(self.decide(case), seconds=within_s)
        except TimeoutError:
            return None
        if not isinstance(decision.verdict, Unchecked):
            # A judge that was away may be back when the request is admitted.
            self._said[case] = (self._clock.now().timestamp(), decision)
        if len(self._said) > REMEMBERED:
            self._said.popitem(last=False)
        return decision

    async def decide(self, case: PromptCase) -> Decision:
        """The judges' decision, remembered or asked for. It is remembered for one request."""
        said_at, decision = self._said.pop(case, (0.0, None))
        if decision is not None and self._clock.now().timestamp() - said_at < REMEMBERED_S:
            return decision
        decision = await self._panel.judge_prompt(case)
        record_decision(self._record, decision)
        return decision


def case_of(ask: Ask) -> PromptCase:
    """What of a request the judges of prompts see."""
    return PromptCase(prompt=ask.prompt, negative_prompt=ask.negative_prompt)
