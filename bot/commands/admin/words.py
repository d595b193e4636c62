"""Every admin word there is."""

from __future__ import annotations

from bot.commands.admin import access, audit, budgets, quotas, roles

ADMIN_WORDS = (*roles.WORDS, *access.WORDS, *audit.WORDS, *quotas.WORDS, *budgets.WORDS)
