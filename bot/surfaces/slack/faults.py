"""What can go wrong when Slack is asked for something.

SlackFault
├── TooFast       asked too often: come back after `retry_after_s`
├── Unclear       no answer, or one that doesn't say: it may have been done
└── SaidNo        Slack refused; nothing was done
    ├── NoAccess  the token is revoked or the app is gone: nothing works in this workspace any more
    ├── NoPlace   the channel is archived, gone, or closed to the bot
    └── BadFile   a file in the message can't be shown (yet)
"""

from __future__ import annotations

from collections.abc import Mapping


class SlackFault(Exception):
    """Asking Slack for something failed."""


class TooFast(SlackFault):
    """Slack, or our own bucket, asks us to wait."""

    def __init__(self, method: str, retry_after_s: float) -> None:
        super().__init__(f"{method}: wait {retry_after_s:g} s")
        self.retry_after_s = retry_after_s


class Unclear(SlackFault):
    """Whether it was done can't be known from the answer; a post is looked for before it is repeated."""


class SaidNo(SlackFault):
    """Slack refused; `error` is its own word for why."""

    def __init__(self, method: str, error: str, detail: str = "") -> None:
        super().__init__(f"{method}: {error} {detail}".strip())
        self.method = method
        self.error = error


class NoAccess(SaidNo):
    """The workspace took its token back, or has none."""


class NoPlace(SaidNo):
    """Nothing can be posted there."""


class BadFile(SaidNo):
    """A block names a file that Slack doesn't show: not scanned yet, or never shared."""


NO_ACCESS = frozenset(
    {
        "account_inactive",
        "app_uninstalled",
        "invalid_auth",
        "not_authed",
        "org_login_required",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
        "user_removed_from_team",
    }
)
NO_PLACE = frozenset(
    {
        "cannot_dm_bot",
        "channel_is_limited_access",
        "channel_not_found",
        "is_archived",
        "messages_tab_disabled",
        "not_in_channel",
        "posting_to_channel_denied",
        "restricted_action",
        "restricted_action_non_threadable_channel",
        "restricted_action_read_only_channel",
        "restricted_action_thread_locked",
        "restricted_action_thread_only_channel",
        "team_not_found",
        "user_disabled",
        "user_not_found",
        "user_not_in_channel",
        "user_not_visible",
    }
)
MAYBE_DONE = frozenset(
    {"fatal_error", "internal_error", "request_timeout", "service_unavailable", "team_added_to_org"}
)
"""Slack says of these that "some aspect of the operation" may have succeeded. Source: the error list of every method."""

_DEFAULT_WAIT_S = 30.0
"""When a 429 names no time: the longest that Slack's own SDK waits."""


def fault_of(
    method: str, *, status: int, headers: Mapping[str, str], answer: Mapping[str, object]
) -> SlackFault | None:
    """What an answer of Slack's means; None when all is well."""
    error = str(answer.get("error") or "")
    if status == 429 or error in {"ratelimited", "rate_limited"}:
        named = {name.lower(): value for name, value in headers.items()}.get("retry-after", "")
        return TooFast(method, float(named) if named.isdigit() else _DEFAULT_WAIT_S)
    if answer.get("ok") is True:
        return None
    if status >= 500 or not error or error in MAYBE_DONE:
        return Unclear(f"{method}: status {status} {error}".strip())
    if error in NO_ACCESS:
        return NoAccess(method, error)
    if error in NO_PLACE:
        return NoPlace(method, error)
    detail = _detail(answer)
    if error == "invalid_blocks" and "slack file" in detail.lower():
        return BadFile(method, error, detail)
    return SaidNo(method, error, detail)


def _detail(answer: Mapping[str, object]) -> str:
    """Slack's reasons, for the log."""
    errors = answer.get("errors")
    return "; ".join(str(one) for one in errors)[:500] if isinstance(errors, list) else ""
