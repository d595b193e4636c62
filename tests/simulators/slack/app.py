"""The app as Slack has it registered: from its manifest come the commands, shortcuts, events and scopes it may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

BOT_SCOPES = frozenset(
    [
        "commands",
        "chat:write",
        "chat:write.public",
        "files:read",
        "files:write",
        "app_mentions:read",
        "im:history",
        "im:write",
        "users:read",
        "usergroups:read",
        "channels:read",
        "channels:history",
        "groups:read",
        "groups:history",
        "reactions:write",
    ]
)
"""The least scopes that the product's manifest asks for."""

ROTATED_TOKEN_LIFE_S = 12 * 3600
"""Source: docs.slack.dev, token rotation: an access token lives 12 h."""


@dataclass(kw_only=True)
class App:
    """Fill it by hand, or with `App.from_manifest`; then what the manifest forgot does not exist here either."""

    id: str = "A0IMPASTO"
    client_id: str = "1111.2222"
    client_secret: str = "client-secret-of-impasto"
    signing_secret: str = "signing-secret-of-impasto"
    app_token: str = "xapp-1-A0IMPASTO-1-abc"
    verification_token: str = "verification-token"
    scopes: frozenset[str] = BOT_SCOPES
    commands: dict[str, bool] = field(default_factory=lambda: {"/imagine": True, "/impasto": True})
    """Command to `should_escape`."""
    global_shortcuts: frozenset[str] = frozenset({"imagine"})
    message_shortcuts: frozenset[str] = frozenset(
        {"reimagine", "use_as_reference", "image_details", "report_image"}
    )
    events: frozenset[str] = frozenset(
        {"app_mention", "app_home_opened", "message.im", "app_uninstalled", "tokens_revoked"}
    )
    redirect_urls: tuple[str, ...] = ()
    home_tab: bool = True
    messages_tab: bool = True
    socket_mode: bool = True
    request_url: str = ""
    """Where signed HTTP goes when `socket_mode` is False."""
    token_rotation: bool = False

    @classmethod
    def from_manifest(cls, manifest: Mapping[str, Any], **more: Any) -> App:
        """The app that a workspace would install from this manifest (a mapping, as read from YAML or JSON)."""
        features, settings = manifest.get("features", {}), manifest.get("settings", {})
        shortcuts = features.get("shortcuts", [])
        events = settings.get("event_subscriptions", {})
        return cls(
            scopes=frozenset(manifest["oauth_config"]["scopes"]["bot"]),
            commands={
                one["command"]: one.get("should_escape", False)
                for one in features.get("slash_commands", [])
            },
            global_shortcuts=frozenset(_ids(shortcuts, "global")),
            message_shortcuts=frozenset(_ids(shortcuts, "message")),
            events=frozenset(events.get("bot_events", ())),
            redirect_urls=tuple(manifest["oauth_config"].get("redirect_urls", ())),
            home_tab=features.get("app_home", {}).get("home_tab_enabled", False),
            messages_tab=features.get("app_home", {}).get("messages_tab_enabled", False),
            token_rotation=settings.get("token_rotation_enabled", False),
            **{"socket_mode": settings.get("socket_mode_enabled", False), **more},
        )


def _ids(shortcuts: list[dict[str, Any]], kind: str) -> list[str]:
    return [one["callback_id"] for one in shortcuts if one["type"] == kind]


@dataclass(kw_only=True)
class Token:
    """A credential of one workspace (or of the app itself, when `team` is empty)."""

    value: str
    kind: Literal["bot", "user", "app"]
    team: str
    user: str = ""
    scopes: frozenset[str] = frozenset()
    revoked: Literal["", "token_revoked", "account_inactive"] = ""
    expires_at: float = float("inf")
    refresh_token: str = ""
