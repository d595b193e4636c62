"""Every admin word there is."""

from __future__ import annotations

from bot.commands.admin import (
    access,
    adults,
    audit,
    budgets,
    channels,
    moderation,
    offers,
    quotas,
    reports,
    roles,
    stats,
    styles,
    templates,
)

ADMIN_WORDS = (
    *roles.WORDS,
    *access.WORDS,
    *adults.WORDS,
    *audit.WORDS,
    *quotas.WORDS,
    *budgets.WORDS,
    *offers.WORDS,
    *reports.WORDS,
    *moderation.WORDS,
    *templates.WORDS,
    *styles.WORDS,
    *channels.WORDS,
    *stats.WORDS,
)
