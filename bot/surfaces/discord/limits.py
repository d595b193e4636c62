"""Discord's limits. Source where nothing else is said: discord-api-docs (commit c98d64b, 2026-08-06), the page named."""

from __future__ import annotations

COMPONENTS = 40
"""Components of one message, nested ones counted: components/reference."""
TEXT_CHARS = 4000
"""All text of one message's text displays together: components/reference."""
ROW_BUTTONS = 5
SELECT_OPTIONS = 25
GALLERY_PICTURES = 10
ALT_CHARS = 1024
CUSTOM_ID_CHARS = 100
BUTTON_LABEL_CHARS = 80
OPTION_CHARS = 100
"""Label, value and description of a select's option, each."""
PLACEHOLDER_CHARS = 150
MODAL_TITLE_CHARS = 45
MODAL_LABEL_CHARS = 45
MODAL_HINT_CHARS = 100
MODAL_INPUTS = 5
INPUT_CHARS = 4000
THREAD_NAME_CHARS = 100
"""resources/channel, "Start Thread from Message"."""
NONCE_CHARS = 25
"""resources/message, "Create Message"."""
CHOICES = 25
"""interactions/application-commands: choices of an option, options of a command."""
DESCRIPTION_CHARS = 100
COMMAND_CHARS = 8000
"""Names, descriptions and values of a command and all its options together: interactions/application-commands."""
UPLOAD_BYTES = 10 * 1024 * 1024
"""One file, where nothing boosts the server: reference, "Uploading Files"."""

TOKEN_S = 15 * 60.0
"""How long an interaction's token may be used: interactions/receiving-and-responding."""
TOKEN_USED_S = 14 * 60.0
"""How long we use it: an edit begun in the last minute might arrive too late."""
ANSWER_S = 3.0
"""How soon the first response must be there: interactions/receiving-and-responding."""
