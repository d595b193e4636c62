"""What happens to the app from outside: installed by OAuth, uninstalled, its tokens taken away.

Source: docs.slack.dev, events app_uninstalled and tokens_revoked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from tests.simulators.slack.delivery import Delivery
from tests.simulators.slack.methods_oauth import agreed
from tests.simulators.slack.workspace import Workspace

if TYPE_CHECKING:
    from tests.simulators.slack.slack import Slack


def allow(slack: Slack, authorize_url: str, workspace: Workspace) -> str:
    """An admin presses Allow on the page behind `authorize_url`; gives the address their browser is sent to."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(authorize_url).query).items()}
    redirect = query.get("redirect_uri") or next(iter(slack.app.redirect_urls), "")
    return agreed(slack, workspace.id, redirect, query.get("state", ""), query.get("scope", ""))


async def uninstall(slack: Slack, workspace: Workspace) -> Delivery | None:
    """Every token of the workspace ends as account_inactive, then the app is told."""
    for token in slack.tokens.values():
        if token.team == workspace.id:
            token.revoked = "account_inactive"
    await _tokens_revoked(slack, workspace)
    if "app_uninstalled" not in slack.app.events:
        return None
    return await slack.deliveries.event(workspace, {"type": "app_uninstalled"})


async def revoke_tokens(slack: Slack, workspace: Workspace) -> Delivery | None:
    """The bot's tokens of this workspace end as token_revoked, then the app is told."""
    for token in slack.tokens.values():
        if token.team == workspace.id:
            token.revoked = "token_revoked"
    return await _tokens_revoked(slack, workspace)


async def _tokens_revoked(slack: Slack, workspace: Workspace) -> Delivery | None:
    if "tokens_revoked" not in slack.app.events:
        return None
    tokens = {"oauth": [], "bot": [workspace.bot.id]}
    return await slack.deliveries.event(workspace, {"type": "tokens_revoked", "tokens": tokens})
