"""The judge of plain words: hard rules over every reading of a prompt. A trip-wire, not a moderation of its own.

Words miss paraphrase: rules written with care still let most of what people call unsafe pass when it is said in other
words. They are here for what leaves no doubt, for disguised spelling, and for the floor that nothing switches off.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

from moderation import floor
from moderation.negative_prompt import texts_to_judge
from moderation.protocol import Bench, ImageCase, JudgeConfig, PromptCase
from moderation.rulebook import Rulebook, rulebook
from moderation.strictness import Strictness, only_options, strictness
from moderation.verdict import Allow, Block, Category, Gate, Review, Unchecked, Verdict

LONGEST_PROMPT = 20_000
"""Characters a judge reads, our own bound: a longer prompt is Unchecked, because reading it would hold everyone up."""
_LONG = 1_000  # characters; beyond it reading takes milliseconds, which the event loop can't spare


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesJudge:
    """Judges prompts by the rulebook. Quick, without network, always at hand."""

    name: str
    book: Rulebook
    strictness: Strictness

    @property
    def version(self) -> str:
        """The rules' date."""
        return f"rules {self.book.version}"

    @property
    def gates(self) -> frozenset[Gate]:
        """Words only."""
        return frozenset({Gate.PROMPT})

    async def judge_prompt(self, case: PromptCase) -> Verdict:
        """Block with the category of the first rule that fires, the floor first; Allow when none does."""
        if len(case.prompt) + len(case.negative_prompt) > LONGEST_PROMPT:
            return Unchecked(detail=f"longer than the {LONGEST_PROMPT} characters that are read")
        if len(case.prompt) + len(case.negative_prompt) > _LONG:
            return await asyncio.to_thread(self._verdict, case)
        return self._verdict(case)

    async def judge_image(self, case: ImageCase) -> Verdict:
        """Unchecked: rules can't see."""
        del case
        return Unchecked(detail="rules judge words, not pictures")

    def _verdict(self, case: PromptCase) -> Verdict:
        verdicts = [
            self.strictness.verdict(category, 1.0, {category.value: 1.0}, sure=True)
            for category in dict.fromkeys(self._findings(case))
        ]
        blocks = [verdict for verdict in verdicts if isinstance(verdict, Block)]
        reviews = [verdict for verdict in verdicts if isinstance(verdict, Review)]
        strictest: list[Verdict] = [*blocks, *reviews, Allow()]
        return strictest[0]

    def _findings(self, case: PromptCase) -> Iterator[Category]:
        readings = dict.fromkeys(
            reading for text in texts_to_judge(case) for reading in self.book.readings(text)
        )
        for words in readings:
            if (category := floor.breach(words)) is not None:
                yield category
        places = [self.book.lists.places(words) for words in readings]
        avoided = self.book.lists.places(self.book.readings(case.negative_prompt)[-1])
        for rule in self.book.rules:
            if any(rule.fires(there, avoided) for there in places):
                yield rule.category


def plugin(config: JudgeConfig, bench: Bench) -> RulesJudge:
    """The rules judge. Options: a category = "block" (default), "review" or "off"; the floor stays."""
    del bench
    only_options(config, frozenset())
    return RulesJudge(name=config.name, book=rulebook(), strictness=strictness(config))
