"""LoRAs as people write them: `add-detail:0.8,ink`."""

from __future__ import annotations

import re

from providers import Lora

MOST = 8
"""Ours; each costs memory on the machine that paints."""
_ONE = re.compile(r"([\w.+-][\w.+ -]{0,79}?)(?::(\d(?:\.\d{1,3})?))?")


def read_loras(text: str) -> tuple[Lora, ...] | None:
    """The LoRAs in their order; None when the text isn't names with weights from 0 to 2, each once."""
    found = [_ONE.fullmatch(part.strip()) for part in text.split(",")]
    loras = [
        Lora(name=one[1], weight=1.0 if one[2] is None else float(one[2])) for one in found if one
    ]
    sound = len(loras) == len(found) <= MOST and all(one.weight <= 2 for one in loras)
    return tuple(loras) if sound and len({one.name for one in loras}) == len(loras) else None
