"""How strict an operator wants each category: read from a judge's options, with a floor nobody gets under."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from moderation.floor import CATEGORIES as FLOOR
from moderation.protocol import JudgeConfig
from moderation.verdict import Allow, Block, Category, Review, Verdict

Treatment = Literal["block", "review", "off"]
_RANK: dict[Treatment, int] = {"off": 0, "review": 1, "block": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Strictness:
    """What a finding in each category leads to; what isn't listed blocks."""

    treatments: Mapping[Category, Treatment]

    def most(self, category: Category) -> Treatment:
        """The strongest answer a finding in this category may have."""
        return self.treatments.get(category, "block")

    def verdict(
        self, category: Category, score: float, scores: dict[str, float], *, sure: bool
    ) -> Verdict:
        """Block when sure and the category blocks, Review when unsure or it is only to be reviewed, Allow when off."""
        treatment = self.most(category)
        if treatment == "off":
            return Allow(scores=scores)
        if sure and treatment == "block":
            return Block(category=category, score=score, scores=scores)
        return Review(category=category, score=score, scores=scores)


def strictness(config: JudgeConfig) -> Strictness:
    """The treatments written as options, such as `violence = "review"`.

    ValueError with a sentence for an unknown treatment, and for any attempt to loosen the floor.
    """
    treatments: dict[Category, Treatment] = {}
    for category in Category:
        chosen = config.options.get(category.value)
        if chosen is None:
            continue
        if chosen not in _RANK:
            raise ValueError(
                f'moderator {config.name!r}: {category.value} is "block", "review" or "off", not {chosen!r}'
            )
        treatment: Treatment = chosen
        if category in FLOOR and treatment != "block":
            raise ValueError(
                f"moderator {config.name!r}: {category.value} always blocks and can't be set to {treatment!r}"
            )
        treatments[category] = treatment
    return Strictness(treatments=treatments)


THRESHOLDS = frozenset({"block_above", "review_above"})
"""The options of judges that give scores."""


def thresholds(
    config: JudgeConfig, *, block_above: float, review_above: float
) -> tuple[float, float]:
    """The scores above which is blocked and reviewed: the options, or these defaults.

    ValueError with a sentence when one isn't between 0 and 1, or when a review would need more than a block.
    """
    block = _share(config, "block_above", block_above)
    review = _share(config, "review_above", min(review_above, block))
    if review > block:
        raise ValueError(f"moderator {config.name!r}: review_above must not exceed block_above")
    return block, review


def _share(config: JudgeConfig, option: str, default: float) -> float:
    value = config.options.get(option, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1:
        raise ValueError(f"moderator {config.name!r}: {option} lies between 0 and 1, not {value!r}")
    return float(value)


def only_options(config: JudgeConfig, known: frozenset[str]) -> None:
    """ValueError naming an option that this kind of judge doesn't read: a typo must not loosen anything unseen."""
    strange = sorted(set(config.options) - known - {category.value for category in Category})
    if strange:
        raise ValueError(f"moderator {config.name!r} ({config.kind}) has no option {strange[0]!r}")
