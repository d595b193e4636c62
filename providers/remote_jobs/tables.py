"""What an operator wrote into a `[[providers]]` table, checked with sentences that say what is allowed."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from providers.protocol import ProviderConfig
from providers.remote_jobs.links import Hosts

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
    table = f"provider {config.name!r}"
    for name, value in config.options.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(known)}"
            raise ValueError(f"{table} has no option {name!r}; {hint}")
        if not known[name].fits(value):
            raise ValueError(f"{table}: {name} = {value!r} is not {known[name].said()}")
    return {name: config.options.get(name, option.default) for name, option in known.items()}


def checked_key(config: ProviderConfig) -> str:
    """The key. ValueError when there is none or no header takes it."""
    if not config.api_key:
        raise ValueError(f"provider {config.name!r} needs a key: write api_key_env or api_key_file")
    if not (config.api_key.isascii() and config.api_key.isprintable()):
        raise ValueError(f"provider {config.name!r}: its key has characters that no header takes")
    return config.api_key


def checked_base_url(config: ProviderConfig, home: str) -> httpx.URL:
    """The base URL without a slash at its end."""
    table = f"provider {config.name!r}"
    try:
        url = httpx.URL(config.base_url or home)
    except httpx.InvalidURL as error:
        raise ValueError(f"{table}: base_url is no URL") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError(f"{table}: base_url must start with http:// or https://")
    return url.copy_with(path=url.path.rstrip("/"))


def picture_hosts(base_url: httpx.URL, vendors: tuple[str, ...], more: Scalar) -> Hosts:
    """Where pictures may be fetched from: the vendor's hosts, the operator's, and the very host of `base_url`."""
    own = [host.strip().lower().lstrip(".") for host in str(more).split(",")]
    return Hosts(home=base_url, suffixes=(*vendors, *(f".{host}" for host in own if host)))


def below(base_url: httpx.URL, path: str) -> httpx.URL:
    """The base URL with a path after its own."""
    return base_url.copy_with(path=base_url.path.rstrip("/") + path)
