"""The options an operator wrote into a `[[providers]]` table, checked with sentences that say what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from providers.protocol import ProviderConfig
from providers.remote_jobs.links import Hosts
from providers.table import called, refuse_unknown

Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """What an option takes: a whole number from `low` to `high`, one of `words`, true or false, or any text."""

    default: Scalar
    low: int = 0
    high: int = 0
    words: tuple[str, ...] = ()

    def fits(self, value: Scalar) -> bool:
        """Whether it takes the value."""
        if isinstance(self.default, bool) or isinstance(value, bool):
            return isinstance(self.default, bool) and isinstance(value, bool)
        if isinstance(self.default, int):
            return isinstance(value, int) and self.low <= value <= self.high
        return isinstance(value, str) and (not self.words or value in self.words)

    def said(self) -> str:
        """What it takes, in words."""
        if isinstance(self.default, bool):
            return "true or false"
        if isinstance(self.default, int):
            return f"a whole number from {self.low} to {self.high}"
        return f"one of {', '.join(self.words)}" if self.words else "a text"


PICTURE_HOSTS = Option(default="")
"""More hosts that results may lie on, separated by commas, for the day a vendor moves its files."""


def checked_options(config: ProviderConfig, known: Mapping[str, Option]) -> dict[str, Scalar]:
    """Every known option with its value. ValueError with a sentence that names the provider and what is allowed."""
    refuse_unknown(config, tuple(known))
    for name, value in config.options.items():
        if not known[name].fits(value):
            raise ValueError(f"{called(config)}: {name} = {value!r} is not {known[name].said()}")
    return {name: config.options.get(name, option.default) for name, option in known.items()}


def picture_hosts(base_url: httpx.URL, vendors: tuple[str, ...], more: Scalar) -> Hosts:
    """Where pictures may be fetched from: the vendor's hosts, the operator's, and the very host of `base_url`."""
    own = [host.strip().lower().lstrip(".") for host in str(more).split(",")]
    return Hosts(home=base_url, suffixes=(*vendors, *(f".{host}" for host in own if host)))
