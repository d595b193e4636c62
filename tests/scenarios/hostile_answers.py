"""The fault matrix F9 to F15 as answers of any provider: which exchange is spoiled, and how."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from email.utils import formatdate
from typing import Any

from PIL import Image

from tests.images.pictures import animation, black_png, file_of, photo, profile_bomb, text_bomb
from tests.simulators.providers.fault_cases import FaultCase
from tests.simulators.providers.pictures import pixel_bomb
from tests.simulators.providers.spoiling import Fault, Spoiler

MIB = 1 << 20


def full(**headers: str) -> tuple[str, Fault]:
    return "pays", {"kind": "status", "status": 429, "headers": headers}


def refusal(status: int) -> tuple[str, Fault]:
    return "pays", {"kind": "status", "status": status, "body": "<h1>no</h1>"}


ANSWERS: Mapping[str, tuple[str, Fault]] = {
    # F9
    "full": full(**{"retry-after": "1e9"}),
    "full-seconds": full(**{"retry-after": "1"}),
    "full-negative": full(**{"retry-after": "-5"}),
    "full-silent": full(),
    "full-date": full(
        **{
            "date": formatdate(1_800_000_000, usegmt=True),
            "retry-after": formatdate(1_800_000_001, usegmt=True),
        }
    ),
    # F10
    "refused": refusal(400),
    "broken": refusal(500),
    "gateway": refusal(502),
    "down": refusal(503),
    "overloaded": refusal(529),
    "lost": ("pays", {"kind": "reset", "after": "request"}),
    "lost-headers": ("brings", {"kind": "reset", "after": "headers"}),
    "lost-half": ("brings", {"kind": "reset", "after": "half"}),
    # F11
    "silent": ("pays", {"kind": "stall", "after": "request"}),
    # F12
    "silent-headers": ("pays", {"kind": "stall", "after": "headers"}),
    "silent-half": ("brings", {"kind": "stall", "after": "half"}),
    "drip": ("brings", {"kind": "drip"}),
    # F13
    "cut": ("brings", {"kind": "truncate", "framing": "length"}),
    "cut-chunked": ("brings", {"kind": "truncate", "framing": "chunked"}),
    "cut-unnoticed": ("brings", {"kind": "truncate", "framing": "none"}),
    # F14
    "page": ("brings", {"kind": "html"}),
    "page-mislabelled": ("brings", {"kind": "html", "mislabelled": True}),
    "empty": ("brings", {"kind": "text", "body": ""}),
    "empty-list": ("brings", {"kind": "text", "body": "[]"}),
    "empty-object": ("brings", {"kind": "text", "body": "{}"}),
    "expired": ("brings", {"kind": "status", "status": 403}),
    # F15
    "huge": ("brings", {"kind": "huge", "declared": True}),
    "huge-undeclared": ("brings", {"kind": "huge", "size_bytes": 100 * MIB}),
    "packed": ("brings", {"kind": "gzip_bomb", "size_bytes": 200 * MIB}),
    "packed-twice": ("brings", {"kind": "gzip_bomb", "size_bytes": 64 * MIB, "layers": 2}),
    "json-bomb": ("brings", {"kind": "json_bomb", "size_bytes": 30 * MIB}),
}

PICTURES: Mapping[str, Callable[[], bytes]] = {
    "bomb": pixel_bomb,
    "bomb-13000": lambda: black_png(13_000),
    "text-bomb": lambda: text_bomb(b"zTXt", 100, 1_000_000),
    "profile-bomb": lambda: profile_bomb(100_000_000),
    "frames": lambda: animation(10_000),
    "polyglot": lambda: file_of(photo(64, 64)) + b"<script>alert(1)</script>" * 9,
    "nothing": lambda: b"",
    "tiff": lambda: file_of(Image.new("RGB", (32, 32)), "TIFF"),
    "gif": lambda: file_of(Image.new("P", (32, 32)), "GIF"),
    "svg": lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "eps": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n",
    "psd": lambda: b"8BPS\x00\x01" + bytes(20),
}
"""F15: what comes as the picture's bytes, whole and rightly labelled."""


def spoil(spoiler: Spoiler, case: FaultCase, name: str) -> None:
    """From now on the provider answers so."""
    which, fault = plan_of(case, name)
    spoiler.spoil(fault, getattr(case, which))


def plan_of(case: FaultCase, name: str) -> tuple[str, dict[str, Any]]:
    """Which of the case's exchanges is spoiled, and how."""
    if name in ANSWERS:
        which, fault = ANSWERS[name]
        return which, dict(fault)
    body, media_type = case.wrapped(PICTURES[name]())
    return "brings", {"kind": "body", "data": body, "media_type": media_type}
