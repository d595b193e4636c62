"""A `[[providers]]` table read with care: what is wrong is said in a sentence that names the table."""

from __future__ import annotations

import difflib

import httpx

from providers.protocol import ProviderConfig


def called(config: ProviderConfig) -> str:
    """How a sentence names the table."""
    return f"provider {config.name!r}"


def refuse_unknown(config: ProviderConfig, names: tuple[str, ...]) -> None:
    """ValueError for an option that the kind doesn't have, with the one that may have been meant."""
    for name in config.options:
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; there are: {', '.join(names)}"
            raise ValueError(f"{called(config)} has no option {name!r}{hint}")


def word(config: ProviderConfig, name: str, allowed: tuple[str, ...]) -> str:
    """The option's word, the first allowed one when it isn't written. ValueError for any other."""
    value = config.options.get(name, allowed[0])
    if not isinstance(value, str) or value not in allowed:
        raise ValueError(f"{called(config)}: {name} = {value!r} is not one of {', '.join(allowed)}")
    return value


def checked_key(config: ProviderConfig, *, is_needed: bool = True) -> str | None:
    """The key. ValueError when it is needed and missing, or can't be sent."""
    if not config.api_key and is_needed:
        raise ValueError(f"{called(config)} needs a key: write api_key_env or api_key_file")
    if config.api_key and not (config.api_key.isascii() and config.api_key.isprintable()):
        raise ValueError(f"{called(config)}: its key has characters that no header takes")
    return config.api_key


def checked_base_url(config: ProviderConfig, home_url: str) -> httpx.URL:
    """The base URL without a slash at its end. ValueError when it is none."""
    try:
        url = httpx.URL(config.base_url or home_url)
    except httpx.InvalidURL as error:
        raise ValueError(f"{called(config)}: base_url is no URL") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError(f"{called(config)}: base_url must start with http:// or https://")
    return url.copy_with(path=url.path.rstrip("/"))


def beneath(base_url: httpx.URL, path: str) -> httpx.URL:
    """The URL of a path beneath the base URL. An address without a path has "/" for one, which isn't doubled."""
    return base_url.copy_with(path=base_url.path.rstrip("/") + path)
