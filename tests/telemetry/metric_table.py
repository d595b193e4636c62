"""The table of docs/metrics.md, drawn from the names in the code.

`python -m tests.telemetry.metric_table` writes it into the page.
"""

from __future__ import annotations

from pathlib import Path

from bot.telemetry.metric_names import METRICS

PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"
BEGIN, END = "<!-- metrics -->", "<!-- end of metrics -->"


def table() -> str:
    """One line for each family."""
    lines = ["| name | kind | labels | from | says |", "|---|---|---|---|---|"]
    for metric in METRICS:
        labels = ", ".join(f"`{label}`" for label in metric.labels) or "–"
        lines.append(
            f"| `{metric.name}` | {metric.kind} | {labels} | {metric.source} | {metric.says} |"
        )
    return "\n".join(lines)


def page_with(drawn: str) -> str:
    """The page with this table in its place."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{drawn}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page_with(table()), encoding="utf-8")
