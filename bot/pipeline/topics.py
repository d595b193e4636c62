"""What can be waited for. A lost wake-up costs at most the poll interval of whoever waits."""

READY = "ready"
"""A job may be claimed."""
LETTERS = "letters"
"""The outbox has something."""
CANCELS = "cancels"
"""Somebody asked for a running job to be cancelled."""
