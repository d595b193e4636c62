"""Opening the database, with every known trouble in a sentence."""

from __future__ import annotations

