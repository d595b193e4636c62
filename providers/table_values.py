"""The values of a `[[providers]]` table's options, each checked against what its option takes."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import httpx

from providers.protocol import ProviderConfig
from providers.table import called, checked_base_url, checked_key, refuse_unknown

Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One option of a table: whether it takes a value, and in words what it takes."""

    takes: Callable[[Scalar], bool]
    said: str


def word_of(*words: str) -> Setting:
    """One of some words."""
    return Setting(takes=lambda value: value in words, said=f"one of {', '.join(words)}")


def text() -> Setting:
    """Any text that isn't empty."""
    return Setting(takes=lambda value: isinstance(value, str) and value != "", said="a text")


def switch() -> Setting:
    """True or false."""
    return Setting(takes=lambda value: isinstance(value, bool), said="true or false")


def whole(low: int, high: int) -> Setting:
    """A whole number from one bound to the other."""
    return Setting(
        takes=lambda value: (
            isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        ),
        said=f"a whole number from {low} to {high}",
    )


def seconds(low: float, high: float) -> Setting:
    """A time in seconds."""
    return Setting(
        takes=lambda value: (
            isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high
        ),
        said=f"seconds from {low:g} to {high:g}",
    )


def checked_options(
    config: ProviderConfig, settings: Mapping[str, Setting]
) -> Mapping[str, Scalar]:
    """The table's options. ValueError naming the provider, the option and what is allowed."""
    refuse_unknown(config, tuple(settings))
    for name, value in config.options.items():
        if not settings[name].takes(value):
            raise ValueError(f"{called(config)}: {name} = {value!r} is not {settings[name].said}")
    return config.options


def own_base_url(config: ProviderConfig, *, example: str) -> httpx.URL:
    """The base URL of a server of the operator's own. ValueError when none is written: no address is guessed."""
    if not config.base_url:
        raise ValueError(f"{called(config)} needs a base_url, such as {example!r}")
    return checked_base_url(config, example)


def authorization(config: ProviderConfig, *, auth: str) -> str | None:
    """The Authorization header of the table's key, None without one. ValueError for a key no header takes.

    `auth` is "basic", where the key is "user:password", or "bearer".
    """
    key = checked_key(config, is_needed=False)
    if not key:
        return None
    if auth == "bearer":
        return f"Bearer {key}"
    if ":" not in key:
        raise ValueError(f'{called(config)}: with auth = "basic" its key is written user:password')
    return f"Basic {base64.b64encode(key.encode()).decode()}"
