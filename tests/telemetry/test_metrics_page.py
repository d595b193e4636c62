"""The page about metrics says what the code says."""

import re

from bot.telemetry.metric_names import METRICS
from tests.telemetry.metric_table import PAGE, page_with, table


def test_the_pages_table_is_drawn_from_the_code() -> None:
    assert PAGE.read_text(encoding="utf-8") == page_with(table()), (
        "python -m tests.telemetry.metric_table writes it anew"
    )


def test_the_page_speaks_of_no_other_metric() -> None:
    known = {series for metric in METRICS for series in (metric.name, *metric.series)}
    known.add("impasto_default")  # compose's network

    assert set(re.findall(r"\bimpasto_[a-z_]+\b", PAGE.read_text(encoding="utf-8"))) <= known
