"""What nobody has checked on live Slack, as switches: a test runs the bot under either answer.

Each default is the answer that is harder for the bot, or the one that more public reports give.

Not checked either, and without a switch because no test depends on the answer: icon names besides "trash" (all are
taken), `visible_to_user_ids` outside agents (kept to), the burst that chat.update allows (none is given), streams in
plain channels (allowed), the event of a stopped stream (none is sent), whether file_input needs files:read (no), and how
long rotated tokens are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(kw_only=True)
class Beliefs:
    """One field per open question; the sources are named where there are any."""

    unshared_file_usable: bool = True
    """A block may show a file that was never shared to a channel.
    Works: python-slack-sdk #1521. Fails: python-slack-sdk #1658 and #1335. False makes it `invalid slack file`."""

    missing_parent: Literal["unthread", "thread_not_found"] = "unthread"
    """A reply to a deleted or unknown parent. Slack posts it top-level without a word, and only the missing
    `thread_ts` of the answer tells (slack-go #1571, 2026-07); `thread_not_found` is the other report (bolt-js #2307)."""

    reply_as_parent: Literal["parent", "cannot_reply_to_message"] = "cannot_reply_to_message"
    """`thread_ts` naming a reply. chat.postMessage says "avoid using a reply's ts"; what happens is not documented."""

    update_reaches_ephemeral: bool = False
    """chat.update on the ts of an ephemeral. Only a response_url can replace one."""

    modern_blocks: bool = True
    """carousel, card, alert, container, context_actions, task_card and plan are accepted in this workspace.
    False refuses them as unsupported."""

    completing_takes_buttons: bool = False
    """`blocks` of files.completeUploadExternal may hold more than rich text ("structured rich text blocks")."""

    post_burst: int = 5
    """Messages a channel takes at once before the pace of about one a second holds ("short bursts", no number)."""

    own_dm_messages_come_back: bool = True
    """A subscribed message.im also tells the app of its own messages, edits and deletions in the direct message."""

    ack_on_another_connection: bool = False
    """An envelope of a connection that ended may still be acknowledged on the next one (the SDK answers on whichever it
    has). False: Slack gives it up when the connection ends."""
