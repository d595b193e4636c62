"""A bare Bolt app: commands, buttons, shortcuts, forms and events, each noted and answered."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.simulators.slack.slack import Slack

FORM = {
    "type": "modal",
    "callback_id": "imagine",
    "title": {"type": "plain_text", "text": "Imagine"},
    "submit": {"type": "plain_text", "text": "Generate"},
    "notify_on_close": True,
    "blocks": [
        {
            "type": "input",
            "block_id": "prompt",
            "label": {"type": "plain_text", "text": "Prompt"},
            "element": {"type": "plain_text_input", "action_id": "v", "max_length": 50},
        },
        {
            "type": "input",
            "block_id": "shape",
            "label": {"type": "plain_text", "text": "Shape"},
            "element": {
                "type": "static_select",
                "action_id": "v",
                "options": [
                    {"text": {"type": "plain_text", "text": "Square"}, "value": "1:1"},
                    {"text": {"type": "plain_text", "text": "Wide"}, "value": "16:9"},
                ],
                "initial_option": {
                    "text": {"type": "plain_text", "text": "Square"},
                    "value": "1:1",
                },
            },
        },
        {
            "type": "input",
            "block_id": "count",
            "optional": True,
            "label": {"type": "plain_text", "text": "How many"},
            "element": {
                "type": "number_input",
                "action_id": "v",
                "is_decimal_allowed": False,
                "min_value": "1",
                "max_value": "4",
            },
        },
        {
            "type": "input",
            "block_id": "ref",
            "optional": True,
            "label": {"type": "plain_text", "text": "Start from"},
            "element": {"type": "file_input", "action_id": "v", "filetypes": ["png"]},
        },
        {
            "type": "input",
            "block_id": "ch",
            "label": {"type": "plain_text", "text": "Post in"},
            "element": {
                "type": "conversations_select",
                "action_id": "v",
                "default_to_current_conversation": True,
                "response_url_enabled": True,
            },
        },
    ],
}
HOME = {
    "type": "home",
    "blocks": [
        {"type": "section", "text": {"type": "mrkdwn", "text": "Your quota"}},
        {
            "type": "actions",
            "elements": [
                {
                    "type": "button",
                    "action_id": "press",
                    "text": {"type": "plain_text", "text": "Imagine…"},
                    "value": "home",
                }
            ],
        },
    ],
}
RESULT = [
    {
        "type": "actions",
        "block_id": "row",
        "elements": [
            {
                "type": "button",
                "action_id": "press",
                "value": "J1:1",
                "text": {"type": "plain_text", "text": "U1"},
            },
            {
                "type": "overflow",
                "action_id": "more",
                "options": [
                    {"text": {"type": "plain_text", "text": "Details"}, "value": "details:J1"}
                ],
            },
        ],
    },
    {
        "type": "context_actions",
        "elements": [
            {
                "type": "icon_button",
                "icon": "trash",
                "action_id": "trash",
                "text": {"type": "plain_text", "text": "Delete"},
                "value": "J1",
                "visible_to_user_ids": ["U0000000005"],
            }
        ],
    },
]


class BareBot:
    """Notes every body it gets in `heard`, by kind."""

    def __init__(self, slack: Slack, client: AsyncWebClient) -> None:
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self.app = AsyncApp(
            client=client,
            signing_secret=slack.app.signing_secret,
            process_before_response=True,
        )
        self.app.command("/imagine")(self._command)
        for action in ("press", "more", "trash"):
            self.app.action(action)(self._action)
        self.app.shortcut("imagine")(self._shortcut)
        self.app.shortcut("reimagine")(self._shortcut)
        self.app.view("imagine")(self._submitted)
        self.app.view_closed("imagine")(self._closed)
        for event in ("app_mention", "message", "app_uninstalled", "tokens_revoked"):
            self.app.event(event)(self._event)
        self.app.event("app_home_opened")(self._home)

    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.heard]

    async def _command(self, ack, body, client) -> None:
        self.heard.append(("command", body))
        if body["text"] == "form":
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=FORM)
            return
        await ack("Got it")
        await client.chat_postMessage(
            channel=body["channel_id"], text=f"painting {body['text']}", blocks=RESULT
        )

    async def _action(self, ack, body, respond) -> None:
        self.heard.append(("action", body))
        await ack()
        if "response_url" in body:
            await respond("working on it", replace_original=False)

    async def _shortcut(self, ack, body, client) -> None:
        self.heard.append(("shortcut", body))
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    async def _submitted(self, ack, body) -> None:
        self.heard.append(("submitted", body))
        words = body["view"]["state"]["values"]["prompt"]["v"]["value"]
        if words == "bad":
            await ack(response_action="errors", errors={"prompt": "Not this."})
        elif words == "again":
            title = {"type": "plain_text", "text": "Again"}
            await ack(response_action="update", view={**FORM, "title": title})
        else:
            await ack()

    async def _closed(self, ack, body) -> None:
        self.heard.append(("closed", body))
        await ack()

    async def _event(self, body) -> None:
        self.heard.append((body["event"]["type"], body))

    async def _home(self, body, client) -> None:
        self.heard.append(("home", body))
        await client.views_publish(user_id=body["event"]["user"], view=HOME)
