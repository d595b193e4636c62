"""The judge of meaning: what a prompt says, whatever words it uses, scored by sentence embeddings and a trained head.

What it is: a multilingual encoder of 2019 and some four thousand mildly worded prompts written for this project, English
with a few in other languages, and three thousand everyday ones put together from lists. What it isn't: sure. It is measured per set with `python -m moderation.measure`; it misses
what its training prompts don't resemble, and other languages work only as far as the encoder brings them together.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from moderation.batching import Batcher
from moderation.encoder import VERSION, class_probabilities
from moderation.head import HARMLESS, facts
from moderation.negative_prompt import texts_to_judge
from moderation.passages import passages
from moderation.protocol import Bench, ImageCase, JudgeConfig, OffLoop, PromptCase
from moderation.rulebook import Rulebook, rulebook
from moderation.strictness import THRESHOLDS, Strictness, only_options, strictness, thresholds
from moderation.verdict import Allow, Category, Gate, Unchecked, Verdict

BLOCK_ABOVE = 0.9
"""Chosen by cross-validation over our own prompts: of the hard harmless ones about 1 in 200 is stopped.
It began at 0.6, which let too many harmless prompts of a set written by somebody else be refused."""
REVIEW_ABOVE = 0.85
"""Likewise. Below it a prompt passes."""
TIMEOUT_S = 20.0
"""What one batch may take, loading the model included: 1 s there, more on a busy machine."""
LONGEST_PROMPT = 20_000
"""Characters a judge reads, our own bound; a longer prompt is Unchecked."""
_LONG = 1_000  # characters; undisguising 4,000 takes some 40 ms, which the event loop can't spare


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorer:
    """Class probabilities of texts, computed in a worker process."""

    off_loop: OffLoop

    async def __call__(self, texts: list[str]) -> list[list[float]]:
        """One row per text. Raises what the worker process raised, or TimeoutError."""
        return await self.off_loop(class_probabilities, texts, timeout_s=TIMEOUT_S)


@dataclass(frozen=True, slots=True, kw_only=True)
class SemanticJudge:
    """Judges prompts by their meaning, in a worker process."""

    name: str
    labels: tuple[str, ...]
    head_version: str
    book: Rulebook
    strictness: Strictness
    batcher: Batcher[list[float]]
    log: logging.Logger
    block_above: float = BLOCK_ABOVE
    review_above: float = REVIEW_ABOVE

    @property
    def version(self) -> str:
        """The encoder, the head's hash and the phrases' date: with them an old decision can be made again."""
        return f"{VERSION}, head {self.head_version}, phrases {self.book.version}"

    @property
    def gates(self) -> frozenset[Gate]:
        """Words only."""
        return frozenset({Gate.PROMPT})

    async def judge_prompt(self, case: PromptCase) -> Verdict:
        """Block, Review or Allow by the worst passage's score; Unchecked when the model can't be asked."""
        length = len(case.prompt) + len(case.negative_prompt)
        if length > LONGEST_PROMPT:
            return Unchecked(detail=f"longer than the {LONGEST_PROMPT} characters that are read")
        texts = (
            await asyncio.to_thread(self._passages, case)
            if length > _LONG
            else self._passages(case)
        )
        if not texts:
            return Allow()
        try:
            rows = await self.batcher(texts)
        except ImportError:
            return self._unchecked("the extra `local-models` is not installed")
        except TimeoutError:
            return self._unchecked(f"no score within {TIMEOUT_S:g} s")
        except (OSError, RuntimeError, ValueError, MemoryError) as fault:
            return self._unchecked(f"the worker process failed: {type(fault).__name__}")
        return self._verdict(rows)

    async def judge_image(self, case: ImageCase) -> Verdict:
        """Unchecked: this judge reads, it doesn't see."""
        del case
        return Unchecked(detail="the semantic judge reads words, not pictures")

    def _passages(self, case: PromptCase) -> tuple[str, ...]:
        return tuple(
            dict.fromkeys(
                piece for text in texts_to_judge(case) for piece in passages(text, self.book)
            )
        )

    def _unchecked(self, detail: str) -> Unchecked:
        self.log.warning("judge %s: %s", self.name, detail)
        return Unchecked(detail=detail)

    def _verdict(self, rows: Sequence[Sequence[float]]) -> Verdict:
        worst = max(map(self._unsafe, rows), key=lambda scores: sum(scores.values()))
        score = sum(worst.values())
        shown = {category.value: round(part, 4) for category, part in worst.items()}
        if score <= self.review_above or not worst:
            return Allow(scores=shown)
        category = max(worst, key=lambda one: worst[one])
        return self.strictness.verdict(category, score, shown, sure=score > self.block_above)

    def _unsafe(self, row: Sequence[float]) -> dict[Category, float]:
        """A text's probability per category, those switched off left out."""
        return {
            Category(label): part
            for label, part in zip(self.labels, row, strict=True)
            if label != HARMLESS and self.strictness.most(Category(label)) != "off"
        }


def plugin(config: JudgeConfig, bench: Bench) -> SemanticJudge:
    """The semantic judge.

    Options: `block_above` and `review_above` (0 to 1), and a category = "block" (default), "review" or "off".
    """
    only_options(config, THRESHOLDS)
    block_above, review_above = thresholds(
        config, block_above=BLOCK_ABOVE, review_above=REVIEW_ABOVE
    )
    labels, head_version = facts()
    return SemanticJudge(
        name=config.name,
        labels=labels,
        head_version=head_version,
        book=rulebook(),
        strictness=strictness(config),
        batcher=Batcher(Scorer(off_loop=bench.off_loop)),
        log=bench.log,
        block_above=block_above,
        review_above=review_above,
    )
