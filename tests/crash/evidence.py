"""What the witnesses saw: the chat's history, the provider's bill, and the database as it lies on the disk."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from bot.blobs.mark import MARK
from tests.crash.databases import Database, Row

TABLES = ("job", "ledger", "usage", "lane", "outbox", "call", "image")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything that is judged. Rows are dicts; `taken_back` are messages that the bot deleted again; `strays` are files
    that should not be there.
    """

    events: Sequence[Row]
    messages: Sequence[Row]
    taken_back: Sequence[Row]
    bill: Sequence[Row]
    tables: Mapping[str, Sequence[Row]]
    integrity: str
    strays: Sequence[str]
    log: str


def gather(
    http: httpx.Client,
    *,
    chat: str,
    provider: str,
    data_dir: Path,
    database: Database,
    mark: str,
    log: Path,
) -> Evidence:
    """The evidence now. `mark` stands in every prompt of this test, so a shared bill can be told apart."""
    history = http.get(f"{chat}/history").json()
    bill = http.get(f"{provider.removesuffix('/v1')}/_bill").json()
    tables = {name: database.rows(f"SELECT * FROM {name}") for name in TABLES}
    return Evidence(
        events=history["events"],
        messages=history["messages"],
        taken_back=history["deleted"],
        bill=[entry for entry in bill if mark in entry["prompt"]],
        tables=tables,
        integrity=database.integrity(),
        strays=strays(data_dir, tables["image"]),
        log=log.read_text() if log.exists() else "",
    )


def strays(data_dir: Path, images: Sequence[Row]) -> list[str]:
    """Files nobody should find after a quiet moment, and pictures that are missing or not what they were stored as."""
    wrong = []
    pictures = data_dir / "pictures"
    for path in sorted(data_dir.rglob("*")):
        if path.is_dir() or path.name.startswith("impasto.db"):
            continue
        if path in {data_dir / "secret.key", pictures / MARK}:
            continue
        if path.parent.parent != pictures or not is_blob(path):
            wrong.append(f"the file {path.relative_to(data_dir)} was left behind")
    for image in images:
        for column in ("blob", "view_blob", "thumbnail_blob"):
            key = image[column]
            if not (pictures / key[:2] / key).exists():
                wrong.append(f"the {column} of image {image['id']} is not on the disk")
    return wrong


def is_blob(path: Path) -> bool:
    return hashlib.sha256(path.read_bytes()).hexdigest() == path.name
