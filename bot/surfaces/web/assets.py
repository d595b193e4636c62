"""Style sheets, scripts and drawings: read once, and named by their content so that browsers may keep them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

STATIC = Path(__file__).parent / "static"

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}


@dataclass(frozen=True, slots=True)
class Assets:
    """All files by name. `version` changes when any of them does, for modules import each other."""

    files: Mapping[str, bytes]
    version: str

    @classmethod
    def read(cls, folder: Path = STATIC) -> Assets:
        """Everything below `folder` that has a known type."""
        files = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.suffix in _TYPES
        }
        whole = hashlib.sha256()
        for name, data in files.items():
            whole.update(name.encode() + b"\0" + data + b"\0")
        return cls(files, whole.hexdigest()[:12])

    def url(self, name: str) -> str:
        """Where the file is served. The version is part of the path, so relative imports carry it too."""
        return f"/static/{self.version}/{name}"

    def route(self) -> Route:
        """Serves the files, to be kept for good; an old version's name gets today's file, briefly."""

        async def asset(request: Request) -> Response:
            name = request.path_params["name"]
            data = self.files.get(name)
            if data is None:
                return PlainTextResponse("There is no such file.\n", status_code=404)
            current = request.path_params["version"] == self.version
            return Response(
                data,
                headers={
                    "Content-Type": _TYPES[Path(name).suffix],
                    "Cache-Control": (
                        "public, max-age=31536000, immutable" if current else "no-cache"
                    ),
                },
            )

        return Route("/static/{version}/{name:path}", asset)
