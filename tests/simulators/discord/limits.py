"""Discord's numbers, each with its source, and what nobody has checked on live Discord.

`docs` is discord-api-docs at commit c98d64b (2026-08-06), with the page. A test passes its own `Limits` to shrink a time.
"""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What Discord counts and times."""

    first_response_s: float = 3.0
    """Until the first response to an interaction. docs: interactions/receiving-and-responding, Interaction Callback."""
    token_life_s: float = 15 * 60.0
    """An interaction's token. docs: the same place."""
    cdn_url_life_s: float = 24 * 3600.0
    """A signed attachment URL. docs give "a preset expiry time" and no figure: reference, Signed Attachment CDN URLs."""
    nonce_memory_s: float = 300.0
    """How long `enforce_nonce` remembers: "the past few minutes". docs: resources/message, Create Message."""
    attachment_bytes: int = 10 * MIB
    """One file by default. docs: reference, Uploading Files."""
    request_bytes: int = 25 * MIB
    """One request that makes a message. docs: resources/message, Create Message, Limitations."""
    user_install_followups: int = 5
    """docs: interactions/receiving-and-responding, Create Followup Message."""
    old_message_edits: int = 30
    """Edits of a message older than an hour before 30046. The docs name the code and no number."""
    command_creates_per_day: int = 200
    """Per guild, and for the global ones. docs: interactions/application-commands; code 30034."""

    heartbeat_interval_s: float = 41.25
    """What HELLO asks for. docs: events/gateway shows 45 s as an example; 41.25 s is what clients report."""
    session_life_s: float = 180.0
    """A session without a connection lives "a few minutes". docs: events/gateway, Initiating a Disconnect."""
    identifies_per_day: int = 1000
    """Then every session ends and the token is reset. docs: events/gateway, Identifying."""
    identify_window_s: float = 5.0
    """docs: events/gateway, Rate Limiting: `max_concurrency` identifies per 5 s."""
    max_concurrency: int = 1
    gateway_events_per_minute: int = 120
    """Sent by the app on one connection; then 4008. docs: events/gateway, Rate Limiting."""

    global_requests_per_s: int = 50
    """Interaction endpoints excepted. docs: topics/rate-limits, Global Rate Limit."""
    bucket_requests: int = 5
    bucket_window_s: float = 1.0
    """Per route and channel, guild or webhook. Not documented on purpose; 5 per second is this simulator's choice."""
    invalid_requests: int = 10_000
    invalid_window_s: float = 600.0
    """401, 403 and 429 (not of scope shared): then the IP address is shut out. docs: topics/rate-limits."""


@dataclass(kw_only=True)
class Beliefs:
    """One field per open question: a test runs the bot under either answer."""

    bot_token_edits_expired_response: bool = True
    """A public response may be edited with the bot token after 15 min (discord-api-docs #3090; #6253 has one contrary
    comment). False answers 50005."""
    expired_token_is_unknown_webhook: bool = False
    """An expired token answers 401/50027 (discord.py #9856). True makes it 404/10015, as simcord has it."""
    active_locked_thread_code: int = 160005
    """A message into a thread that is locked but not archived: "Thread is locked". Archived and locked is 50083.
    docs: topics/threads, Locked Threads; topics/opcodes-and-status-codes. Which of the two comes when is not said."""
    locked_thread_refuses_responses: bool = True
    """The response to an interaction in a locked thread answers 50083 as any message there does. Not documented."""
    archived_thread_refuses_edits: bool = True
    """Editing a message in an archived thread answers 50083. docs: topics/opcodes-and-status-codes."""
