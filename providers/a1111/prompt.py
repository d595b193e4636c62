"""Words as the server reads them: people's angle brackets mean nothing, the request's LoRAs mean what they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from providers.errors import InvalidRequest
from providers.request import Lora

HARMLESS = str.maketrans({"<": "‹", ">": "›"})
"""`<lora:…>`, `<hypernet:…>` and `<sd_cpp_extra_args>` are commands to the server; words of people command nothing."""

FORBIDDEN = frozenset("<>:\r\n")
"""What would end a LoRA's own tag."""


def harmless(words: str) -> str:
    """The words with angle brackets that no server takes for its own. InvalidRequest for half a character."""
    try:
        words.encode()
    except UnicodeEncodeError as error:
        raise InvalidRequest("the prompt has half a character in it", param="prompt") from error
    return words.translate(HARMLESS)


def with_loras(words: str, loras: Sequence[Lora]) -> str:
    """Harmless words followed by a tag for each LoRA."""
    tags = "".join(f" <lora:{lora.name}:{lora.weight:g}>" for lora in loras)
    return harmless(words) + tags


def check_loras(loras: Sequence[Lora], known: Mapping[str, str], *, most: int) -> None:
    """InvalidRequest for too many, for one the server doesn't have, or whose name would break out of its tag."""
    if len(loras) > most:
        raise InvalidRequest(f"at most {most} LoRAs", param="loras")
    for lora in loras:
        if lora.name not in known:
            raise InvalidRequest(f"no LoRA {lora.name!r}", param="loras")
        if FORBIDDEN & set(lora.name):
            raise InvalidRequest(f"the LoRA's name {lora.name!r} can't be written", param="loras")
        if not -4 <= lora.weight <= 4:
            raise InvalidRequest("a LoRA's weight is from -4 to 4", param="loras")
