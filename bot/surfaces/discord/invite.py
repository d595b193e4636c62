"""The link that adds the bot to a server, with exactly the rights it uses."""

from __future__ import annotations

from urllib.parse import urlencode

SCOPES = ("bot", "applications.commands")

RIGHTS = {
    "View Channels": 1 << 10,
    "Send Messages": 1 << 11,
    "Attach Files": 1 << 15,
    "Read Message History": 1 << 16,
    "Create Public Threads": 1 << 35,
    "Send Messages in Threads": 1 << 38,
}
"""By the names Discord shows: discord-api-docs, topics/permissions, read 2026-11. Reading the history is what a reply to an
older message takes."""


def permissions() -> int:
    """All of them in one number."""
    return sum(RIGHTS.values())


def invite_link(application: str) -> str:
    """The link for the application of that id."""
    asked = {"client_id": application, "scope": " ".join(SCOPES), "permissions": permissions()}
    return f"https://discord.com/oauth2/authorize?{urlencode(asked)}"
