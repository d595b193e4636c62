"""A scrape read back into values, as Prometheus would read it."""

from __future__ import annotations

from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families


@dataclass(frozen=True)
class Sample:
    name: str
    labels: dict[str, str]
    value: float


@dataclass(frozen=True)
class Scrape:
    """All samples of one answer."""

    samples: tuple[Sample, ...]

    def total(self, name: str, **labels: str) -> float:
        """The sum over all series of that name with these labels; 0 when there is none."""
        return sum(
            one.value
            for one in self.samples
            if one.name == name and labels.items() <= one.labels.items()
        )

    def of(self, name: str) -> list[dict[str, str]]:
        """The labels of every series of that name."""
        return [one.labels for one in self.samples if one.name == name]


def scraped(text: str) -> Scrape:
    return Scrape(
        tuple(
            Sample(sample.name, dict(sample.labels), sample.value)
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        )
    )
