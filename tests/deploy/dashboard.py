"""The Grafana dashboard, made of its panels. `python -m tests.deploy.dashboard` writes it into deploy/.

Counters of processes are summed; what comes from the database is the same in each, so the largest is taken.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).parents[2] / "deploy" / "grafana-dashboard.json"
WIDTH, HEIGHT, ROW = 8, 7, 24
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}


@dataclass(frozen=True)
class Panel:
    """One picture: what is asked, by legend."""

    title: str
    unit: str
    queries: dict[str, str]
    kind: str = "timeseries"
    description: str = ""


def quantile(share: float, metric: str, by: str = "") -> str:
    labels = f"le, {by}" if by else "le"
    return f"histogram_quantile({share}, sum by ({labels}) (rate({metric}_bucket[5m])))"


PANELS = (
    Panel(
        "Images delivered, 24 h",
        "short",
        {"images": "sum(increase(impasto_images_delivered_total[24h]))"},
        kind="stat",
    ),
    Panel(
        "Spent at providers, 24 h",
        "currencyUSD",
        {"USD": "sum(increase(impasto_provider_cost_microusd_total[24h])) / 1e6"},
        kind="stat",
    ),
    Panel(
        "All costs per delivered image, 24 h",
        "currencyUSD",
        {
            "USD": (
                "sum(increase(impasto_provider_cost_microusd_total[24h])) / 1e6"
                " / sum(increase(impasto_images_delivered_total[24h]))"
            )
        },
        kind="stat",
        description="What nobody received is in it.",
    ),
    Panel(
        "Requests",
        "reqpm",
        {
            "accepted, {{surface}}": "sum by (surface) (rate(impasto_jobs_accepted_total[5m])) * 60",
            "turned away, {{reason}}": (
                "sum by (reason) (rate(impasto_requests_refused_total[5m])) * 60"
            ),
        },
    ),
    Panel(
        "Ends",
        "reqpm",
        {
            "{{outcome}} {{reason}}": (
                "sum by (outcome, reason) (rate(impasto_jobs_ended_total[5m])) * 60"
            )
        },
    ),
    Panel("Unfinished jobs", "short", {"{{state}}": "max by (state) (impasto_queue_jobs)"}),
    Panel(
        "How long people wait",
        "s",
        {
            "oldest in line": "max(impasto_queue_oldest_wait_seconds)",
            "wait p95": quantile(0.95, "impasto_job_wait_seconds"),
            "painting p95": quantile(0.95, "impasto_job_painting_seconds"),
            "whole p95, {{surface}}": quantile(0.95, "impasto_job_duration_seconds", "surface"),
        },
    ),
    Panel(
        "Outbox",
        "short",
        {
            "letters": "max(impasto_outbox_letters)",
            "oldest, s": "max(impasto_outbox_oldest_letter_seconds)",
        },
    ),
    Panel(
        "Calls of providers",
        "reqpm",
        {
            "{{provider}} {{outcome}}": (
                "sum by (provider, outcome) (rate(impasto_provider_calls_total[5m])) * 60"
            )
        },
    ),
    Panel(
        "How long calls take, p95",
        "s",
        {"{{provider}}": quantile(0.95, "impasto_provider_call_duration_seconds", "provider")},
    ),
    Panel(
        "Providers left alone",
        "short",
        {"{{provider}}": "max by (provider) (impasto_provider_breaker_open)"},
    ),
    Panel(
        "Spent, by model",
        "currencyUSD",
        {
            "{{provider}} {{model}}": (
                "sum by (provider, model) (increase(impasto_provider_cost_microusd_total[1h])) / 1e6"
            )
        },
        description="Each point is the hour before it.",
    ),
    Panel(
        "A delivered image costs, by model",
        "currencyUSD",
        {
            "{{model}}": (
                "sum by (model) (rate(impasto_image_cost_microusd_sum[1h]))"
                " / sum by (model) (rate(impasto_image_cost_microusd_count[1h])) / 1e6"
            )
        },
    ),
    Panel(
        "Spent on jobs, by how they ended",
        "currencyUSD",
        {"{{outcome}}": ("sum by (outcome) (increase(impasto_job_cost_microusd_total[1h])) / 1e6")},
    ),
    Panel(
        "What judges say",
        "reqpm",
        {
            "{{judge}} {{verdict}} {{category}}": (
                "sum by (judge, verdict, category)"
                ' (rate(impasto_moderation_verdicts_total{verdict!="allow"}[5m])) * 60'
            )
        },
    ),
    Panel(
        "Waiting for rate limits, p95",
        "s",
        {"{{limiter}}": quantile(0.95, "impasto_rate_limit_wait_seconds", "limiter")},
    ),
    Panel(
        "Event loops, worst p99",
        "s",
        {
            "{{instance}}": quantile(0.99, "impasto_event_loop_lag_seconds", "instance"),
        },
    ),
    Panel(
        "Processes",
        "short",
        {
            "{{part}} {{version}}": "count by (part, version) (impasto_build_info)",
            "reach the database": "sum(impasto_database_up)",
        },
    ),
)


def dashboard() -> dict[str, object]:
    """As Grafana imports it; it asks which Prometheus to read."""
    return {
        "title": "Impasto",
        "uid": "impasto",
        "schemaVersion": 39,
        "tags": ["impasto"],
        "time": {"from": "now-6h", "to": "now"},
        "refresh": "30s",
        "templating": {
            "list": [{"name": "datasource", "type": "datasource", "query": "prometheus"}]
        },
        "panels": [_panel(number, panel) for number, panel in enumerate(PANELS)],
    }


def _panel(number: int, panel: Panel) -> dict[str, object]:
    across = ROW // WIDTH
    return {
        "id": number + 1,
        "title": panel.title,
        "description": panel.description,
        "type": panel.kind,
        "datasource": DATASOURCE,
        "fieldConfig": {"defaults": {"unit": panel.unit}, "overrides": []},
        "gridPos": {
            "x": number % across * WIDTH,
            "y": number // across * HEIGHT,
            "w": WIDTH,
            "h": HEIGHT,
        },
        "targets": [
            {
                "refId": chr(ord("A") + place),
                "datasource": DATASOURCE,
                "expr": query,
                "legendFormat": legend,
            }
            for place, (legend, query) in enumerate(panel.queries.items())
        ],
    }


def text() -> str:
    """The file."""
    return json.dumps(dashboard(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
