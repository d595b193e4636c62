"""How the judges do on a set of prompts: `python -m moderation.measure --set FILE --prompt-column prompt`.

Reads CSV, TSV, JSON lines, or plain text with one prompt a line, from anywhere; prints counts and Wilson 95 % intervals,
never a prompt. Recall belongs to a set: no two sets' numbers may be added up or compared without saying which they are.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import logging
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

import httpx

from moderation import rules, semantic
from moderation.panel import Panel
from moderation.protocol import Bench, Judge, JudgeConfig, JudgePlugin, PromptCase
from moderation.verdict import Allow, Block, Decision, Review

T = TypeVar("T")

_JUDGES: dict[str, JudgePlugin] = {"rules": rules.plugin, "semantic": semantic.plugin}
_TOGETHER = 32  # prompts judged at once: enough to fill the semantic judge's batches
_TIMEOUT_S = 60.0
_Z = 1.959964  # normal quantile of a two-sided 95 % interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A prompt and what its set calls it; "" when the set has no labels."""

    prompt: str
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A count out of a total with its share and Wilson 95 % interval, all 0 to 1."""

    count: int
    total: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What was decided about the rows of one label. `stopped` is blocked, held for review, or unchecked."""

    label: str
    rows: int
    blocked: Share
    stopped: Share
    review: int
    unchecked: int
    categories: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A measurement: which set, which judges in which versions, and a tally per label."""

    set_name: str
    rows: int
    judges: tuple[str, ...]
    tallies: tuple[Tally, ...]


def wilson(count: int, total: int) -> Share:
    """The share with its Wilson 95 % interval; all zeros for an empty total."""
    if total == 0:
        return Share(count=0, total=0, share=0.0, low=0.0, high=0.0)
    share = count / total
    centre = share + _Z**2 / (2 * total)
    spread = _Z * (share * (1 - share) / total + _Z**2 / (4 * total**2)) ** 0.5
    scale = 1 + _Z**2 / total
    return Share(
        count=count,
        total=total,
        share=share,
        low=max(0.0, (centre - spread) / scale),
        high=min(1.0, (centre + spread) / scale),
    )


def read_set(path: Path, *, prompt_column: str, label_column: str | None) -> list[Row]:
    """The rows of a set; empty prompts are left out. ValueError with a sentence when a column isn't there."""
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix not in {".csv", ".tsv", ".jsonl"}:
        return [Row(prompt=line.strip()) for line in text.splitlines() if line.strip()]
    records = _records(text, path.suffix)
    wanted = [column for column in (prompt_column, label_column) if column]
    for column in wanted:
        if records and column not in records[0]:
            raise ValueError(
                f"{path.name} has no column {column!r}; there are: {', '.join(map(str, records[0]))}"
            )
    return [
        Row(
            prompt=str(record[prompt_column]),
            label=str(record.get(label_column, "")) if label_column else "",
        )
        for record in records
        if str(record[prompt_column] or "").strip()
    ]


def _records(text: str, suffix: str) -> list[dict[str, object]]:
    if suffix == ".jsonl":
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    reader = csv.DictReader(
        text.splitlines(keepends=True), delimiter="\t" if suffix == ".tsv" else ","
    )
    return [dict(record) for record in reader]


def cut(rows: Sequence[Row], *, unsafe_from: float | None, safe_to: float | None) -> list[Row]:
    """Rows with numeric labels relabelled "unsafe" (at least) or "safe" (at most); those between are left out."""
    kept = []
    for row in rows:
        share = float(row.label)
        if unsafe_from is not None and share >= unsafe_from:
            kept.append(Row(prompt=row.prompt, label="unsafe"))
        elif safe_to is not None and share <= safe_to:
            kept.append(Row(prompt=row.prompt, label="safe"))
    return kept


async def measure(
    panel: Panel, rows: Sequence[Row], *, set_name: str, judges: Sequence[Judge]
) -> Report:
    """What the panel decides about each row, tallied by label."""
    decisions: list[Decision] = []
    for start in range(0, len(rows), _TOGETHER):
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(panel.judge_prompt(PromptCase(prompt=row.prompt)))
                for row in rows[start : start + _TOGETHER]
            ]
        decisions.extend(task.result() for task in tasks)
    by_label: dict[str, list[Decision]] = {}
    for row, decision in zip(rows, decisions, strict=True):
        by_label.setdefault(row.label, []).append(decision)
    return Report(
        set_name=set_name,
        rows=len(rows),
        judges=tuple(f"{judge.name}: {judge.version}" for judge in judges),
        tallies=tuple(_tally(label, by_label[label]) for label in sorted(by_label)),
    )


def _tally(label: str, decisions: Sequence[Decision]) -> Tally:
    verdicts = [decision.verdict for decision in decisions]
    blocked = sum(isinstance(verdict, Block) for verdict in verdicts)
    review = sum(isinstance(verdict, Review) for verdict in verdicts)
    stopped = sum(not isinstance(verdict, Allow) for verdict in verdicts)
    categories = Counter(v.category.value for v in verdicts if isinstance(v, Block | Review))
    return Tally(
        label=label,
        rows=len(verdicts),
        blocked=wilson(blocked, len(verdicts)),
        stopped=wilson(stopped, len(verdicts)),
        review=review,
        unchecked=stopped - blocked - review,
        categories=dict(categories.most_common()),
    )


def as_text(report: Report) -> str:
    """The report for people."""
    lines = [f"set {report.set_name}, {report.rows} rows", *(f"  {one}" for one in report.judges)]
    for tally in report.tallies:
        lines.append(f"label {tally.label or '(none)'}: {tally.rows} rows")
        for name, part in (("blocked", tally.blocked), ("not allowed", tally.stopped)):
            lines.append(
                f"  {name:12} {part.count}/{part.total} = {part.share:.4f}"
                f"  (Wilson 95 %: {part.low:.4f} to {part.high:.4f})"
            )
        lines.append(f"  of these     review {tally.review}, unchecked {tally.unchecked}")
        found = ", ".join(f"{name} {count}" for name, count in tally.categories.items())
        lines.append(f"  categories   {found or 'none'}")
    return "\n".join(lines)


async def in_thread(function: Callable[..., T], *args: object, timeout_s: float) -> T:
    """The function's result from a thread of this process: enough for a command that serves nobody else."""
    async with asyncio.timeout(timeout_s):
        return await asyncio.to_thread(function, *args)


async def _run(chosen: argparse.Namespace) -> Report:
    rows = read_set(
        chosen.set, prompt_column=chosen.prompt_column, label_column=chosen.label_column
    )
    if chosen.unsafe_from is not None or chosen.safe_to is not None:
        rows = cut(rows, unsafe_from=chosen.unsafe_from, safe_to=chosen.safe_to)
    async with httpx.AsyncClient() as client:
        bench = Bench(http=client, off_loop=in_thread, log=logging.getLogger(__name__))
        judges: list[Judge] = [
            _JUDGES[name](JudgeConfig(name=name, kind=name), bench) for name in chosen.judges
        ]
        panel = Panel(
            [(judge, True) for judge in judges], policy_version="measure", timeout_s=_TIMEOUT_S
        )
        return await measure(panel, rows, set_name=chosen.set.name, judges=judges)


def _judge_names(text: str) -> list[str]:
    names = text.split(",")
    unknown = [name for name in names if name not in _JUDGES]
    if unknown:
        raise argparse.ArgumentTypeError(
            f"no judge {unknown[0]!r}; there are: {', '.join(_JUDGES)}"
        )
    return names


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when the report was printed, 2 with a sentence for a wrong file or column."""
    parser = argparse.ArgumentParser(prog="python -m moderation.measure", description=__doc__)
    parser.add_argument(
        "--set", type=Path, required=True, help=".csv, .tsv, .jsonl, or one prompt a line"
    )
    parser.add_argument("--prompt-column", default="prompt")
    parser.add_argument("--label-column", help="results are shown per value of this column")
    parser.add_argument(
        "--unsafe-from", type=float, help='numeric labels from here on count as "unsafe"'
    )
    parser.add_argument("--safe-to", type=float, help='numeric labels up to here count as "safe"')
    parser.add_argument(
        "--judges", type=_judge_names, default=list(_JUDGES), help="such as rules,semantic"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object")
    chosen = parser.parse_args(arguments)
    try:
        report = asyncio.run(_run(chosen))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    text = json.dumps(asdict(report), indent=2) if chosen.json else as_text(report)
    sys.stdout.write(text + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
