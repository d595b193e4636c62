"""What every command has at hand."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.guide import Guide
from bot.domain.house import HouseRules
from bot.pipeline.catalog import Catalog
from bot.pipeline.charts import Charts
from bot.pipeline.entitlement import Entitlements
from bot.pipeline.parking import Parking
from bot.pipeline.rulebook import Rulebook
from bot.pipeline.submit import Intake
from bot.ports import (
    Audit,
    Blobs,
    Budgets,
    Clock,
    Gallery,
    Offers,
    PreferenceBook,
    Queue,
    Quotas,
    Reports,
    Rules,
    Signals,
    Statistics,
    TemplatePictures,
)
from moderation.panel import Panel


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Ports and rules; commands hold nothing of their own."""

    intake: Intake
    queue: Queue
    gallery: Gallery
    quotas: Quotas
    budgets: Budgets
    offers: Offers
    parking: Parking
    preferences: PreferenceBook
    template_pictures: TemplatePictures
    workspace_rules: Rules
    rulebook: Rulebook
    entitlements: Entitlements
    audit: Audit
    statistics: Statistics
    charts: Charts
    panel: Panel
    reports: Reports
    blobs: Blobs
    signals: Signals
    catalog: Catalog
    rules: HouseRules
    clock: Clock
    guides: tuple[Guide, ...]
