"""What the server remembers of a workflow: whether it ended, how, and where its pictures lie."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from providers.comfyui.errors import failure_of

MAX_PICTURES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureFile:
    """A picture on the server."""

    name: str
    subfolder: str
    kind: str

    def path(self) -> str:
        """Where it is fetched from."""
        query = {"filename": self.name, "subfolder": self.subfolder, "type": self.kind}
        return f"/view?{urlencode(query)}"


def ended_in(
    found: object, prompt_id: str, *, output: str | None
) -> tuple[PictureFile, ...] | None:
    """The pictures of a workflow that ended well; None while it has no entry. Its typed error when it ended badly."""
    entry = found.get(prompt_id) if isinstance(found, dict) else None
    if not isinstance(entry, dict):
        return None
    status = entry.get("status")
    status = status if isinstance(status, dict) else {}
    if status.get("status_str") == "error" or status.get("completed") is False:
        raise failure_of(status.get("messages"))
    outputs = entry.get("outputs")
    files = tuple(files_in(outputs if isinstance(outputs, dict) else {}, output))
    kept = tuple(file for file in files if file.kind == "output")
    return (kept or files)[:MAX_PICTURES]


def files_in(outputs: Mapping[str, Any], output: str | None) -> Iterator[PictureFile]:
    """The pictures of every node, or of the one that gives the answer."""
    for node_id, node in outputs.items():
        if output is not None and node_id != output:
            continue
        images = node.get("images") if isinstance(node, dict) else None
        for image in images if isinstance(images, list) else ():
            if isinstance(image, dict) and isinstance(image.get("filename"), str):
                yield PictureFile(
                    name=image["filename"],
                    subfolder=str(image.get("subfolder") or ""),
                    kind=str(image.get("type") or "output"),
                )


def is_queued(found: object, prompt_id: str, *, key: str) -> bool:
    """Whether a workflow stands in a list of `/queue`; its id is the second of each entry."""
    listed = found.get(key) if isinstance(found, dict) else None
    return any(
        isinstance(entry, list) and len(entry) > 1 and entry[1] == prompt_id
        for entry in (listed if isinstance(listed, list) else ())
    )
