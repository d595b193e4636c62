"""The house: every part connected, the loops that keep it going, and a clean way out."""

from __future__ import annotations

