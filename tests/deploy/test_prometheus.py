"""What Prometheus and Grafana are given asks for what there is, and adds up processes as it must be."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.config import load_settings
from bot.telemetry.metric_names import METRICS, Kind, Metric, Source
from tests.deploy.dashboard import FILE, PANELS, text

DEPLOY = Path(__file__).parents[2] / "deploy"
RULES: list[dict[str, Any]] = yaml.safe_load((DEPLOY / "prometheus-rules.yaml").read_text())[
    "groups"
][0]["rules"]
SERIES: dict[str, Metric] = {name: metric for metric in METRICS for name in metric.series}
ADDED_BY_PROMETHEUS = {"instance", "job", "le"}


def queries() -> dict[str, str]:
    dashboard = json.loads(FILE.read_text(encoding="utf-8"))
    found = {
        f"{panel['title']}: {target['legendFormat']}": target["expr"]
        for panel in dashboard["panels"]
        for target in panel["targets"]
    }
    return found | {rule["alert"]: rule["expr"] for rule in RULES}


QUERIES = queries()


def names_in(query: str) -> set[str]:
    return set(re.findall(r"\bimpasto_[a-z_]+", query))


def labels_in(query: str) -> set[str]:
    """Labels it groups by or looks for."""
    grouped = re.findall(r"\bby \(([^)]*)\)", query)
    matched = re.findall(r"\{([^}]*)\}", query)
    return {label.strip() for group in grouped for label in group.split(",")} | {
        label for one in matched for label in re.findall(r"(\w+)\s*(?:=|!=|=~|!~)", one)
    }


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_asks_for_metrics_and_labels_that_exist(name: str) -> None:
    query = QUERIES[name]

    assert names_in(query), query
    assert names_in(query) <= set(SERIES)
    known = {label for one in names_in(query) for label in SERIES[one].labels}
    assert labels_in(query) <= known | ADDED_BY_PROMETHEUS
    assert query.count("(") == query.count(")")


@pytest.mark.parametrize("name", QUERIES)
def test_what_comes_from_the_database_is_not_added_up_over_processes(name: str) -> None:
    query = QUERIES[name]

    for series in names_in(query):
        metric = SERIES[series]
        if metric.source is Source.DATABASE:
            assert re.search(rf"max(?: by \([^)]*\) )?\({series}\)", query), query
        if metric.kind in {Kind.COUNTER, Kind.HISTOGRAM}:
            assert re.search(rf"(rate|increase)\({series}[{{\[]", query), query
            assert re.search(r"\bsum\b", query), query


@pytest.mark.parametrize("name", QUERIES)
def test_a_legend_names_labels_that_the_query_keeps(name: str) -> None:
    shown = set(re.findall(r"\{\{(\w+)\}\}", name))

    assert shown <= labels_in(QUERIES[name])


def test_every_metric_is_somewhere_to_be_seen() -> None:
    seen = {SERIES[series].name for query in QUERIES.values() for series in names_in(query)}

    assert seen == {metric.name for metric in METRICS}


def test_the_dashboard_is_the_one_that_is_drawn() -> None:
    assert FILE.read_text(encoding="utf-8") == text(), "python -m tests.deploy.dashboard writes it"
    assert len({panel.title for panel in PANELS}) == len(PANELS)


def test_an_alert_says_what_is_wrong_and_where_to_look() -> None:
    assert len(RULES) == 3
    for rule in RULES:
        assert re.fullmatch(r"Impasto[A-Za-z]+", rule["alert"])
        assert rule["labels"]["severity"] in {"critical", "warning"}
        assert re.fullmatch(r"\d+m", rule["for"])
        assert rule["annotations"]["summary"]
        assert rule["annotations"]["description"]


def test_prometheus_looks_where_compose_listens_and_loads_the_rules() -> None:
    config = yaml.safe_load((DEPLOY / "prometheus.yaml").read_text())
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    (job,) = config["scrape_configs"]
    (found,) = job["dns_sd_configs"]

    ours = {name for name, one in compose["services"].items() if one.get("image") == "impasto"}
    assert set(found["names"]) == ours
    port = compose["x-impasto"]["environment"]["IMPASTO_HTTP_PORT"]
    assert found["port"] == int(port)
    assert job["authorization"]["type"] == "Bearer"
    for rules in config["rule_files"]:
        assert (DEPLOY / rules).exists()
    assert load_settings({"METRICS_TOKEN": "x"}).secret("METRICS_TOKEN") == "x"
