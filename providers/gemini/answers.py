"""A success body as typed values: the picture, what was said beside it, the cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from providers.errors import ProviderError
from providers.gemini.catalog import TokenPrices
from providers.gemini.errors import entries, no_image, told_in_answer, words
from providers.wire.picture_json import PictureJson, parsed_pictures


@dataclass(frozen=True, slots=True, kw_only=True)
class Painted:
    """The pictures of one answer, and its cost in millionths of a US dollar where it can be told."""

    pictures: tuple[bytes, ...]
    cost_microusd: int | None
    request_id: str | None


def painted(
    body: bytearray, prices: TokenPrices | None, *, request_id: str | None = None
) -> Painted:
    """What an answer brings. The typed error when it was blocked, or brings no picture that can be used."""
    answer = parsed_pictures(body, key="data", request_id=request_id)
    told_id = words(answer.fields.get("responseId")) or request_id
    told = told_in_answer(answer.fields, told_id)
    if told is not None:
        raise told if "error" in answer.fields else charged(told, answer.fields, prices)
    pictures = tuple(pictures_of(answer))
    if not pictures:
        told = no_image(answer.fields, tuple(texts_of(answer)), told_id)
        raise charged(told, answer.fields, prices)
    return Painted(
        pictures=pictures,
        cost_microusd=cost_microusd(answer.fields.get("usageMetadata"), prices),
        request_id=told_id,
    )


def charged(
    told: ProviderError, fields: Mapping[str, Any], prices: TokenPrices | None
) -> ProviderError:
    """The error with what the answer's tokens cost: tokens are billed unless the request fails with a 400 or 500.

    Source: ai.google.dev/gemini-api/docs/billing, read 2026-11-25. Where the answer counts none, nothing is known.
    """
    usage = fields.get("usageMetadata")
    if not isinstance(usage, dict):
        return told
    # A count of zero is left out.
    cost = cost_microusd({"candidatesTokenCount": 0, **usage}, prices)
    return told if cost is None else told.charging(cost)


def parts_of(answer: PictureJson) -> Iterator[Mapping[str, Any]]:
    """The parts of all candidates, without the drafts a model thought with."""
    for candidate in entries(answer.fields.get("candidates")):
        content = candidate.get("content")
        for part in entries(content.get("parts") if isinstance(content, dict) else None):
            if part.get("thought") is not True:
                yield part


def pictures_of(answer: PictureJson) -> Iterator[bytes]:
    """The pictures that begin like ones, whatever type they claim."""
    for part in parts_of(answer):
        blob = part.get("inlineData")
        data = answer.picture(blob.get("data")) if isinstance(blob, dict) else None
        if data is not None:
            yield data


def texts_of(answer: PictureJson) -> Iterator[str]:
    """What the model said instead of painting."""
    for part in parts_of(answer):
        if isinstance(part.get("text"), str):
            yield words(part["text"])


def cost_microusd(usage: object, prices: TokenPrices | None) -> int | None:
    """The call's cost in millionths of a US dollar, rounded up; None without counts or prices."""
    if prices is None or not isinstance(usage, dict):
        return None
    given = tokens(usage, "promptTokenCount")
    made = tokens(usage, "candidatesTokenCount")
    if given is None or made is None:
        return None
    thought = tokens(usage, "thoughtsTokenCount") or 0
    pictures = [
        tokens(entry, "tokenCount") or 0
        for entry in entries(usage.get("candidatesTokensDetails"))
        if entry.get("modality") == "IMAGE"
    ]
    # Without details all of an image answer is image: the dearer kind, so that a budget isn't overrun.
    image = min(sum(pictures), made) if pictures else made
    cost = (
        given * prices.input_microusd
        + image * prices.image_output_microusd
        + (made - image + thought) * prices.text_output_microusd
    )
    return -int(-cost // 1)


def tokens(counts: Mapping[str, Any], name: str) -> int | None:
    """A token count that can be true, or None."""
    value = counts.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 100_000_000:
        return None
    return value
