"""Small checkers from which the grammar of blocks is put together. Each adds its complaints in Slack's own form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(kw_only=True)
class Report:
    """Complaints so far, and what a checker needs to know of the workspace."""

    file_problem: Callable[[Json], str | None] = lambda _: None
    modern_blocks: bool = True
    problems: list[str] = field(default_factory=list)

    def add(self, problem: str, pointer: str) -> None:
        """Format seen in public threads: `no more than 50 items allowed [max_items] [json-pointer:/blocks]`."""
        self.problems.append(f"{problem} [json-pointer:{pointer}]")


Check = Callable[[Any, str, Report], None]


def string(most: int = 3000, *, least: int = 0) -> Check:
    def check(value: Any, at: str, report: Report) -> None:
        if not isinstance(value, str):
            report.add("must provide a string", at)
        elif len(value) > most:
            report.add(f"must be less than {most + 1} characters", at)
        elif len(value) < least:
            report.add(f"must be more than {least - 1} characters", at)

    return check


def flag(value: Any, at: str, report: Report) -> None:
    if not isinstance(value, bool):
        report.add("must provide a boolean", at)


def whole(least: int, most: int) -> Check:
    def check(value: Any, at: str, report: Report) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            report.add("must provide an integer", at)
        elif not least <= value <= most:
            report.add(f"must be between {least} and {most}", at)

    return check


def choice(*allowed: str) -> Check:
    def check(value: Any, at: str, report: Report) -> None:
        if value not in allowed:
            report.add(f"must be one of {', '.join(allowed)} [enum]", at)

    return check


def listed(check_item: Check, *, least: int = 0, most: int = 1000) -> Check:
    def check(value: Any, at: str, report: Report) -> None:
        if not isinstance(value, list):
            report.add("must provide an array", at)
            return
        if len(value) > most:
            report.add(f"no more than {most} items allowed [max_items]", at)
        if len(value) < least:
            report.add(f"no fewer than {least} items allowed [min_items]", at)
        for number, item in enumerate(value):
            check_item(item, f"{at}/{number}", report)

    return check


def record(
    fields: Mapping[str, Check], *, needs: Iterable[str] = (), also: Check | None = None
) -> Check:
    """An object with these keys and no others; Slack refuses a misspelt key."""
    needed = tuple(needs)

    def check(value: Any, at: str, report: Report) -> None:
        if not isinstance(value, dict):
            report.add("must provide an object", at)
            return
        for key in needed:
            if value.get(key) is None:
                report.add(f"missing required field: {key}", at)
        for key, inner in value.items():
            if key == "type":
                continue
            if key not in fields:
                report.add(f"invalid additional property: {key}", at)
            elif inner is not None:
                fields[key](inner, f"{at}/{key}", report)
        if also is not None:
            also(value, at, report)

    return check


def one_of(kinds: Mapping[str, Check]) -> Check:
    """An object told apart by its `type`."""

    def check(value: Any, at: str, report: Report) -> None:
        if not isinstance(value, dict):
            report.add("must provide an object", at)
        elif (kind := str(value.get("type"))) not in kinds:
            report.add(f"unsupported type: {kind}", f"{at}/type")
        else:
            kinds[kind](value, at, report)

    return check


def text(most: int = 3000, *, kind: str = "any") -> Check:
    """A text object. Source: docs.slack.dev, composition objects, text: 1 to 3000 characters; each place may allow less."""
    plain = record({"text": string(most, least=1), "emoji": flag}, needs=["text"])
    mrkdwn = record({"text": string(most, least=1), "verbatim": flag}, needs=["text"])
    kinds = {"plain_text": plain, "mrkdwn": mrkdwn}
    return one_of(kinds if kind == "any" else {kind: kinds[kind]})


def either(*keys: str) -> Check:
    """Exactly one of the keys is there."""

    def check(value: Json, at: str, report: Report) -> None:
        if sum(value.get(key) is not None for key in keys) != 1:
            report.add(f"must provide exactly one of {', '.join(keys)}", at)

    return check


def anything(value: Any, at: str, report: Report) -> None:
    """No rule of ours."""
