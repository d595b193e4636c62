"""A bot of bare HTTP requests, for asking the simulator what discord.py would never send."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.simulators.discord.interactions import Interaction
from tests.simulators.discord.simulator import Discord

Json = dict[str, Any]
IMAGINE = {
    "name": "imagine",
    "description": "Paint",
    "type": 1,
    "options": [{"type": 3, "name": "prompt", "description": "What to paint", "required": False}],
}
V2 = 1 << 15
EPHEMERAL = 1 << 6


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    data: Any
    headers: Any

    @property
    def code(self) -> int | None:
        return self.data.get("code") if isinstance(self.data, dict) else None

    @property
    def refused(self) -> tuple[int, int | None]:
        return self.status, self.code


class RawBot:
    """Sends with the bot's token; `callback`, `edit_original` and `follow_up` with an interaction's."""

    def __init__(self, discord: Discord, session: aiohttp.ClientSession) -> None:
        self._discord = discord
        self._session = session

    async def asks(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        files: dict[str, bytes] | None = None,
        token: str | None = None,
    ) -> Reply:
        headers = {"Authorization": f"Bot {token or self._discord.token}"}
        data: Any = None
        if files is not None:
            data = aiohttp.FormData(quote_fields=False)
            data.add_field("payload_json", json.dumps(body))
            for place, (name, content) in enumerate(files.items()):
                data.add_field(f"files[{place}]", content, filename=name)
        elif body is not None:
            data = json.dumps(body)
            headers["Content-Type"] = "application/json"
        url = f"{self._discord.api_url}{path}"
        async with self._session.request(method, url, data=data, headers=headers) as answer:
            raw = await answer.read()
            is_json = answer.headers.get("Content-Type") == "application/json"
            return Reply(answer.status, json.loads(raw) if is_json else raw, answer.headers)

    async def callback(
        self, interaction: Interaction, kind: int, data: Json | None = None
    ) -> Reply:
        body: Json = {"type": kind} | ({"data": data} if data is not None else {})
        path = f"/interactions/{interaction.id}/{interaction.token}/callback?with_response=1"
        return await self.asks("POST", path, body)

    async def edit_original(self, interaction: Interaction, body: Json, **more: Any) -> Reply:
        path = f"/webhooks/{self._discord.application_id}/{interaction.token}/messages/@original"
        return await self.asks("PATCH", path, body, **more)

    async def follow_up(self, interaction: Interaction, body: Json) -> Reply:
        path = f"/webhooks/{self._discord.application_id}/{interaction.token}"
        return await self.asks("POST", path, body)

    async def sends(self, channel_id: str, body: Json, **more: Any) -> Reply:
        return await self.asks("POST", f"/channels/{channel_id}/messages", body, **more)

    async def edits(self, channel_id: str, message_id: str, body: Json, **more: Any) -> Reply:
        return await self.asks(
            "PATCH", f"/channels/{channel_id}/messages/{message_id}", body, **more
        )
