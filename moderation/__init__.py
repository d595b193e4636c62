"""May it be made, may it be shown: the judges' protocol and what they say. Judges are loaded by name, never from here."""

from moderation.protocol import (
    Bench,
    ImageCase,
    Judge,
    JudgeConfig,
    JudgePlugin,
    OffLoop,
    PromptCase,
)
from moderation.verdict import (
    Allow,
    Block,
    Category,
    Decision,
    Gate,
    Opinion,
    Review,
    Unchecked,
    Verdict,
)

__all__ = [
    "Allow",
    "Bench",
    "Block",
    "Category",
    "Decision",
    "Gate",
    "ImageCase",
    "Judge",
    "JudgeConfig",
    "JudgePlugin",
    "OffLoop",
    "Opinion",
    "PromptCase",
    "Review",
    "Unchecked",
    "Verdict",
]
