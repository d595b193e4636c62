"""What every judge must do, whoever wrote it: a suite to inherit from in a test file.

    class TestMyJudge(JudgeContract):
        config = JudgeConfig(name="mine", kind="mine")
        plugin = staticmethod(my_package.plugin)

Run it with pytest and pytest-asyncio (asyncio_mode = "auto"). The bench it gives has a runner that works in a thread, and
one that fails in the ways a worker process fails. Override `client` for a judge that talks over the network, so that it
meets a server of yours.
"""

# ruff: noqa: S101 - a test suite asserts; it is only run by pytest

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import ClassVar, TypeVar

import httpx

from moderation.protocol import (
    Bench,
    ImageCase,
    Judge,
    JudgeConfig,
    JudgePlugin,
    OffLoop,
    PromptCase,
)
from moderation.verdict import Allow, Block, Category, Gate, Review, Unchecked, Verdict

T = TypeVar("T")

_LOG = logging.getLogger(__name__)
_AWKWARD_PROMPTS = (
    "a red fox at dusk",
    "",
    "   \n\t ",
    "\x00\x1b[31m",
    "\u200b\u202e\U000e0041",
    "\ud800",
    "👩‍🎨🎨",
    "夕焼けの富士山",
    "a" * 5_000,
    "a fox, " * 2_000,
)


async def in_thread(function: Callable[..., T], *args: object, timeout_s: float) -> T:
    """The function's result, from a thread: what an OffLoop is, without a process."""
    async with asyncio.timeout(timeout_s):
        return await asyncio.to_thread(function, *args)


class Broken:
    """An OffLoop whose process never answers well: each call raises the next of these faults, then the last for ever."""

    def __init__(self, faults: Sequence[Exception]) -> None:
        self._faults = list(faults)

    async def __call__(self, function: Callable[..., T], *args: object, timeout_s: float) -> T:
        """Nothing: it raises."""
        del function, args, timeout_s
        raise self._faults.pop(0) if len(self._faults) > 1 else self._faults[0]


class JudgeContract:
    """The suite. `harmless_jpeg` is a picture nobody minds; override it when the judge needs a certain kind."""

    config: ClassVar[JudgeConfig]
    plugin: ClassVar[JudgePlugin]
    harmless_jpeg: ClassVar[bytes]

    def client(self) -> httpx.AsyncClient:
        """The client the judge is given."""
        return httpx.AsyncClient()

    def judge(self, off_loop: OffLoop = in_thread) -> Judge:
        """A judge with that runner."""
        return type(self).plugin(
            self.config, Bench(http=self.client(), off_loop=off_loop, log=_LOG)
        )

    def test_it_has_the_name_from_the_configuration(self) -> None:
        """Decisions and messages name the judge as the operator did."""
        assert self.judge().name == self.config.name

    def test_it_tells_its_version(self) -> None:
        """A decision can be made again only when it is known what made it."""
        assert self.judge().version

    def test_it_stands_at_a_gate(self) -> None:
        """A judge without a gate would never be asked."""
        gates = self.judge().gates

        assert gates
        assert gates <= set(Gate)

    async def test_it_says_nothing_where_it_has_no_opinion(self) -> None:
        """Asked at a gate that isn't its own, the answer is Unchecked, never a yes."""
        judge = self.judge()

        answers = await self._answers(judge, frozenset(Gate) - judge.gates)

        assert all(isinstance(verdict, Unchecked) for verdict in answers)

    async def test_every_prompt_gets_a_verdict(self) -> None:
        """Whatever people type, the judge answers and raises nothing."""
        judge = self.judge()

        for prompt in _AWKWARD_PROMPTS:
            check(await judge.judge_prompt(PromptCase(prompt=prompt, negative_prompt=prompt)))

    async def test_every_picture_gets_a_verdict(self) -> None:
        """Whatever bytes come, the judge answers and raises nothing."""
        judge = self.judge()

        for data in (self.harmless_jpeg, b"", b"GIF89a", self.harmless_jpeg[:200], b"\xff" * 1_000):
            check(await judge.judge_image(ImageCase(preview_jpeg=data, prompt="a fox")))

    async def test_bytes_that_are_no_picture_are_never_allowed(self) -> None:
        """What can't be looked at can't be shown."""
        judge = self.judge()

        if Gate.IMAGE in judge.gates:
            verdict = await judge.judge_image(ImageCase(preview_jpeg=b"not a picture"))

            assert not isinstance(verdict, Allow)

    async def test_the_same_question_gets_the_same_answer(self) -> None:
        """A refusal must not depend on luck."""
        judge = self.judge()

        assert await self._answers(judge, judge.gates) == await self._answers(judge, judge.gates)

    async def test_many_can_ask_at_once(self) -> None:
        """Prompts come together; each gets its own answer."""
        judge = self.judge()

        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(judge.judge_prompt(PromptCase(prompt=f"a fox and {n} hares")))
                for n in range(20)
            ]

        for task in tasks:
            check(task.result())

    async def test_a_broken_worker_never_raises_and_never_means_yes(self) -> None:
        """A judge whose process dies answers Unchecked; one that needs no process answers as ever."""
        whole = self.judge()

        for fault in (
            ImportError("no such library"),
            TimeoutError(),
            OSError("process gone"),
            RuntimeError("broken"),
            MemoryError(),
        ):
            broken = self.judge(Broken([fault]))
            for before, after in zip(
                await self._answers(whole, whole.gates),
                await self._answers(broken, broken.gates),
                strict=True,
            ):
                assert isinstance(after, Unchecked) or after == before

    async def _answers(self, judge: Judge, gates: frozenset[Gate]) -> list[Verdict]:
        verdicts: list[Verdict] = []
        if Gate.PROMPT in gates:
            verdicts.append(await judge.judge_prompt(PromptCase(prompt="a red fox at dusk")))
        if Gate.IMAGE in gates:
            verdicts.append(await judge.judge_image(ImageCase(preview_jpeg=self.harmless_jpeg)))
        return verdicts


def check(verdict: Verdict) -> None:
    """AssertionError when a verdict isn't well formed: categories known, scores from 0 to 1, a reason for silence."""
    match verdict:
        case Block() | Review():
            assert isinstance(verdict.category, Category)
            assert 0 <= verdict.score <= 1
            assert all(0 <= score <= 1 for score in verdict.scores.values())
        case Allow():
            assert all(0 <= score <= 1 for score in verdict.scores.values())
        case Unchecked():
            assert verdict.detail
