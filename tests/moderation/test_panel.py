import asyncio
from dataclasses import dataclass, field

import pytest

from moderation import Allow, Block, Category, Gate, ImageCase, PromptCase, Unchecked, Verdict
from moderation.panel import Panel

BLOCK = Block(category=Category.VIOLENCE, score=1.0)


@dataclass
class Plain:
    """A judge that says what it was told to, or raises it, or never answers."""

    says: Verdict | Exception | None
    name: str = "plain"
    version: str = "1"
    gates: frozenset[Gate] = frozenset(Gate)
    asked: list[object] = field(default_factory=list)

    async def judge_prompt(self, case):
        return await self._answer(case)

    async def judge_image(self, case):
        return await self._answer(case)

    async def _answer(self, case):
        self.asked.append(case)
        if self.says is None:
            await asyncio.Event().wait()
        if isinstance(self.says, Exception):
            raise self.says
        return self.says


def panel(*judges, timeout_s=5.0):
    return Panel(judges, policy_version="p7", timeout_s=timeout_s)


async def test_all_judges_are_asked_and_kept_on_record():
    decision = await panel(
        (Plain(Allow(), name="a"), True), (Plain(BLOCK, name="b"), True)
    ).judge_prompt(PromptCase(prompt="x"))

    assert decision.verdict == BLOCK
    assert decision.judge == "b"
    assert [one.judge for one in decision.opinions] == ["a", "b"]
    assert decision.policy_version == "p7"


async def test_only_judges_of_the_gate_are_asked():
    eyes = Plain(BLOCK, gates=frozenset({Gate.IMAGE}))
    reader = Plain(Allow(), gates=frozenset({Gate.PROMPT}))

    assert (await panel((eyes, True), (reader, True)).judge_prompt(PromptCase(prompt="x"))).allowed
    assert not (
        await panel((eyes, True), (reader, True)).judge_image(ImageCase(preview_jpeg=b""))
    ).allowed
    assert len(eyes.asked) == len(reader.asked) == 1


async def test_a_gate_without_a_judge_lets_nothing_through():
    reader = Plain(Allow(), gates=frozenset({Gate.PROMPT}))

    decision = await panel((reader, True)).judge_image(ImageCase(preview_jpeg=b""))

    assert isinstance(decision.verdict, Unchecked)
    assert not decision.allowed


async def test_a_judge_that_never_answers_is_unchecked_in_time():
    decision = await panel(
        (Plain(None), True), (Plain(Allow()), True), timeout_s=0.01
    ).judge_prompt(PromptCase(prompt="x"))

    assert isinstance(decision.verdict, Unchecked)


async def test_an_optional_judge_that_never_answers_stops_nobody():
    decision = await panel(
        (Plain(None), False), (Plain(Allow()), True), timeout_s=0.01
    ).judge_prompt(PromptCase(prompt="x"))

    assert decision.allowed


@pytest.mark.parametrize(
    "fault", [ValueError("bad"), KeyError("x"), ZeroDivisionError(), TimeoutError()]
)
async def test_a_strangers_judge_that_raises_is_unchecked(fault):
    decision = await panel(
        (Plain(fault, name="stranger"), True), (Plain(Allow()), True)
    ).judge_prompt(PromptCase(prompt="x"))

    assert isinstance(decision.verdict, Unchecked)
    assert decision.judge == "stranger"


async def test_cancelling_the_question_is_not_swallowed():
    task = asyncio.ensure_future(panel((Plain(None), True)).judge_prompt(PromptCase(prompt="x")))
    await asyncio.wait([task], timeout=0.01)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
