"""Times as Discord writes them."""

from datetime import UTC, datetime


def as_iso(epoch_s: float) -> str:
    """As every timestamp of the API: ISO 8601 with an offset."""
    return datetime.fromtimestamp(epoch_s, UTC).isoformat()
