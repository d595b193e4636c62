"""Names of settings: which one somebody meant, and where in the file it is written."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from bot.domain.nearest import nearest

PREFIX = "IMPASTO_"
NOT_SETTINGS = frozenset({"IMPASTO_CONFIG", "IMPASTO_SPECS"})
"""Where the file is, and where the tests find published descriptions: read elsewhere, so they may be set."""

_SERVICE_LINK = re.compile(
    r"IMPASTO_(\w+_)?(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)"
)
"""What Kubernetes sets in every container for a service named impasto or impasto-web.
Source: kubernetes.io/docs/concepts/services-networking/service, Environment variables, read 2026-11."""
_SERVICE_ADDRESS = re.compile(r"(tcp|udp|sctp)://")
"""Such a service's IMPASTO_PORT is an address; somebody's port is a number."""

Location = Sequence[str | int]


def tables_of(values: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The tables of providers and judges; what else stands in their place is refused where values are checked."""
    for tables in (values.get("providers"), values.get("moderators")):
        if isinstance(tables, list | tuple):
            yield from (table for table in tables if isinstance(table, dict))


def key_names(values: Mapping[str, Any]) -> tuple[str, ...]:
    """The variables in which tables say that their keys are."""
    return tuple(str(name) for table in tables_of(values) if (name := table.get("api_key_env")))


def is_not_a_setting(name: str, known: Iterable[str]) -> str:
    """The sentence about a name that there is none of, with the nearest that there is."""
    meant = nearest(name, known)
    hint = f" Did you mean {meant}?" if meant else ""
    return f"is not a setting.{hint}"


def unknown_variables(
    environment: Mapping[str, str], *, known: Collection[str], also: Collection[str]
) -> Iterator[str]:
    """A sentence for each variable that looks like a slip of one of ours. `also` are the keys' names that the file gives.

    Others may use our prefix too: links between containers, scripts around the bot. What resembles no setting is theirs.
    """
    words = [one.removeprefix(PREFIX) for one in known if one.startswith(PREFIX)]
    for name, value in sorted(environment.items()):
        if not name.startswith(PREFIX) or name in known or name in NOT_SETTINGS:
            continue
        if name.removesuffix("_FILE") in also or _is_of_a_cluster(name, value):
            continue
        if meant := nearest(name.removeprefix(PREFIX), words):
            yield f"{name} in the environment is not a setting. Did you mean {PREFIX}{meant}?"


def _is_of_a_cluster(name: str, value: str) -> bool:
    if _SERVICE_LINK.fullmatch(name):
        return True
    return name.endswith("_PORT") and _SERVICE_ADDRESS.match(value) is not None


_HEADER = re.compile(r"\s*(\[\[?)\s*([\w.\"'-]+)\s*\]\]?")
_KEY = re.compile(r"\s*([\w.\"'-]+)\s*=")


def line_of(location: Location, toml: str) -> int | None:
    """The line, from 1, where what a fault speaks of is written; None where it can't be told."""
    wanted = tuple(str(part) for part in location)
    for number, written in _names(toml):
        if written == wanted or (wanted[: len(written)] == written and _is_plain(wanted, written)):
            return number
    return None


def _names(toml: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Each line that names something, with its whole name; a table of several has its number in it."""
    table: tuple[str, ...] = ()
    seen: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(toml.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = _parts(header[2])
            if header[1] == "[[":
                seen[table] = seen.get(table, -1) + 1
                table = (*table, str(seen[table]))
            elif table[:1] in seen:
                table = (*table[:1], str(seen[table[:1]]), *table[1:])
            yield number, table
        elif key := _KEY.match(line):
            yield number, (*table, *_parts(key[1]))


def _is_plain(wanted: tuple[str, ...], written: tuple[str, ...]) -> bool:
    """Whether what is written holds the wanted thing within its value, as `admins.0` in `admins = […]`."""
    return len(written) > 0 and all(part.isdigit() for part in wanted[len(written) :])


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in dotted.split("."))
