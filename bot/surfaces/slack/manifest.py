"""The app as Slack registers it: its commands from the registry, its scopes the least that the code calls for."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.guide import Guide
from bot.surfaces.slack.http import PATH
from bot.surfaces.slack.oauth import REDIRECT_PATH
from bot.surfaces.slack.shortcuts import (
    IMAGE_DETAILS,
    IMAGINE,
    REIMAGINE,
    REPORT_IMAGE,
    USE_AS_REFERENCE,
)
from bot.surfaces.slack.text import Json, shorten

SCOPES = {
    "app_mentions:read": "hears when it is mentioned",
    "channels:history": "looks for its own post after an answer was lost, in public channels",
    "chat:write": "posts",
    "chat:write.public": "posts in public channels it was not invited to",
    "commands": "has commands and shortcuts",
    "files:read": "reads pictures that people bring, and whether its own are ready",
    "files:write": "uploads pictures, and deletes them again",
    "groups:history": "looks for its own post in private channels",
    "im:history": "hears direct messages",
    "im:write": "opens direct messages when a channel is closed to it",
    "users:read": "sees who is an admin of the workspace",
    "usergroups:read": "sees who is in the admins' user group",
}
"""Each scope with what it is needed for. Source of the names: each method's page on docs.slack.dev, read 2026-11."""

EVENTS = ("app_home_opened", "app_mention", "app_uninstalled", "message.im", "tokens_revoked")
_MAX_HINT_CHARS = 1_000
_MAX_DESCRIPTION_CHARS = 150


def manifest(guides: Sequence[Guide], *, public_url: str | None = None) -> Json:
    """The manifest; with a public address for HTTP, else for Socket Mode."""
    names = [guide.name for guide in guides if guide.name != IMAGINE and not guide.is_admin_word]
    words = " | ".join([*names, "admin WORD"])
    imagine = next(guide for guide in guides if guide.name == IMAGINE)
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Impasto",
            "description": "Makes images from words",
            "background_color": "#2b2d42",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Impasto", "always_online": True},
            "slash_commands": [
                _command("/imagine", imagine.summary, imagine.usage, public_url),
                _command("/impasto", "Everything else", words, public_url),
            ],
            "shortcuts": _SHORTCUTS,
        },
        "oauth_config": _oauth(public_url),
        "settings": _settings(public_url),
    }


_SHORTCUTS = [
    {"name": name, "type": kind, "callback_id": callback_id, "description": description}
    for name, kind, callback_id, description in (
        ("Imagine …", "global", IMAGINE, "Opens the image form"),
        ("Reimagine this image", "message", REIMAGINE, "New images from this one"),
        ("Use as reference", "message", USE_AS_REFERENCE, "Starts a new image from this one"),
        ("Image details", "message", IMAGE_DETAILS, "Seed, model, size and cost"),
        ("Report this image", "message", REPORT_IMAGE, "Hides it and tells the moderators"),
    )
]


def _command(name: str, summary: str, usage: str, public_url: str | None) -> Json:
    command: Json = {
        "command": name,
        "description": shorten(summary, _MAX_DESCRIPTION_CHARS),
        "usage_hint": shorten(usage, _MAX_HINT_CHARS),
        "should_escape": True,
    }
    return command | ({"url": f"{public_url}{PATH}"} if public_url else {})


def _oauth(public_url: str | None) -> Json:
    scopes: Json = {"scopes": {"bot": sorted(SCOPES)}}
    return scopes | ({"redirect_urls": [f"{public_url}{REDIRECT_PATH}"]} if public_url else {})


def _settings(public_url: str | None) -> Json:
    events: Json = {"bot_events": list(EVENTS)}
    interactivity: Json = {"is_enabled": True}
    if public_url:
        events["request_url"] = interactivity["request_url"] = f"{public_url}{PATH}"
    return {
        "event_subscriptions": events,
        "interactivity": interactivity,
        "org_deploy_enabled": False,
        "socket_mode_enabled": public_url is None,
        "token_rotation_enabled": False,
    }
