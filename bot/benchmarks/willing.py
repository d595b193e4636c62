"""The judge of measurements that are about something else."""

from __future__ import annotations

from moderation import Allow, Gate, ImageCase, PromptCase, Verdict


class Willing:
    """Allows everything at once: how long judges take is measured elsewhere."""

    name = "willing"
    version = "1"
    gates = frozenset(Gate)

    async def judge_prompt(self, case: PromptCase) -> Verdict:
        """Yes."""
        del case
        return Allow()

    async def judge_image(self, case: ImageCase) -> Verdict:
        """Yes."""
        del case
        return Allow()
