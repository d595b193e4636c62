"""How the bot asks a judge, and what a judge is given to work with."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import httpx

from moderation.verdict import Gate, Verdict

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptCase:
    """Words to be judged: the prompt and what it is to avoid, as written."""

    prompt: str
    negative_prompt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageCase:
    """A picture to be judged: a JPEG of at most 512 px a side, made by us from safely decoded pixels, and its prompt."""

    preview_jpeg: bytes
    prompt: str = ""
    drawn_by_rules: bool = False
    """Whether a program with a fixed stock of shapes drew it and nobody's picture went in: such a program can't draw a
    naked person, but its flat brown shapes can look like skin to a network that learned from photographs."""


class Judge(Protocol):
    """One opinion. A judge answers only at its gates; it raises nothing: what fails is Unchecked."""

    @property
    def name(self) -> str:
        """The name from the configuration."""

    @property
    def version(self) -> str:
        """Stored with each decision: rules date, model version."""

    @property
    def gates(self) -> frozenset[Gate]:
        """Where this judge has an opinion."""

    async def judge_prompt(self, case: PromptCase) -> Verdict:
        """May this be made?"""

    async def judge_image(self, case: ImageCase) -> Verdict:
        """May this be shown?"""


class OffLoop(Protocol):
    """Runs a top-level function in a worker process, off the event loop."""

    async def __call__(self, function: Callable[..., T], *args: object, timeout_s: float) -> T:
        """The function's result. TimeoutError when it took longer; its process is then killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeConfig:
    """One `[[moderators]]` table, with the key already read."""

    name: str
    kind: str
    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    required: bool = True
    options: Mapping[str, str | int | float | bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a judge is given to work with."""

    http: httpx.AsyncClient
    off_loop: OffLoop
    log: logging.Logger


class JudgePlugin(Protocol):
    """An entry point of the group `impasto.moderators`: makes a judge from its table."""

    def __call__(self, config: JudgeConfig, bench: Bench) -> Judge:
        """The judge. ValueError with a sentence when the table is wrong."""
