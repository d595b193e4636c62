"""Every admin word there is."""

from __future__ import annotations

from bot.commands.admin import access, adults, audit, budgets, offers, quotas, reports, roles

ADMIN_WORDS = (
    *roles.WORDS,
    *access.WORDS,
    *adults.WORDS,
    *audit.WORDS,
    *quotas.WORDS,
    *budgets.WORDS,
    *offers.WORDS,
    *reports.WORDS,
)
