"""A success body as typed values: pictures, links, usage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from providers.openai.catalog import TokenPrices
from providers.wire.picture_json import PictureJson, parsed_pictures


@dataclass(frozen=True, slots=True, kw_only=True)
class Painting:
    """One entry of `data`: bytes, or a link to them, or neither when it can't be used."""

    data: bytes | None = None
    url: str | None = None
    seed: int | None = None
    revised_prompt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one call."""

    text_input_tokens: int
    image_input_tokens: int
    output_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(PictureJson):
    """A JSON object of the images protocol."""

    def entries(self) -> Sequence[object]:
        """The entries of `data`, unusable ones included so that they can be counted."""
        data = self.fields.get("data")
        return data if isinstance(data, list) else ()

    def painting(self, entry: object) -> Painting:
        """One entry of `data`, or the object itself for an event of a stream. Decodes: some ms for each MB."""
        if not isinstance(entry, Mapping):
            return Painting()
        url, revised, seed = entry.get("url"), entry.get("revised_prompt"), entry.get("seed")
        return Painting(
            data=self.picture(entry.get("b64_json")),
            url=url if isinstance(url, str) else None,
            seed=seed if isinstance(seed, int) and not isinstance(seed, bool) else None,
            revised_prompt=revised if isinstance(revised, str) else None,
        )


def parsed(body: bytes | bytearray, *, request_id: str | None = None) -> Answer:
    """The JSON object of a body. BadAnswer for HTML, cut text, other JSON, or one built to eat memory."""
    found = parsed_pictures(body, key="b64_json", request_id=request_id)
    return Answer(fields=found.fields, texts=found.texts)


def usage_of(answer: Answer) -> Usage | None:
    """The tokens of a call, None when the server doesn't count them."""
    usage = answer.fields.get("usage")
    if not isinstance(usage, dict):
        return None
    total, out = tokens(usage, "input_tokens"), tokens(usage, "output_tokens")
    if total is None or out is None:
        return None
    details = usage.get("input_tokens_details")
    pictures = tokens(details, "image_tokens") if isinstance(details, dict) else 0
    pictures = min(pictures or 0, total)
    return Usage(text_input_tokens=total - pictures, image_input_tokens=pictures, output_tokens=out)


def tokens(counts: Mapping[str, Any], name: str) -> int | None:
    """A token count that can be true, or None."""
    value = counts.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 100_000_000:
        return None
    return value


def cost_microusd(usage: Usage | None, prices: TokenPrices | None) -> int | None:
    """The call's cost in millionths of a US dollar, rounded up; None without counts or prices."""
    if usage is None or prices is None:
        return None
    cost = (
        usage.text_input_tokens * prices.text_input_microusd
        + usage.image_input_tokens * prices.image_input_microusd
        + usage.output_tokens * prices.output_microusd
    )
    return -int(-cost // 1)
