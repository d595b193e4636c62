"""What one server has: asked of it, never assumed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from providers.a1111.errors import error_of
from providers.errors import BadAnswer, ModelGone, ProviderError, Unauthorized, Unavailable
from providers.wire.deadline import Deadline
from providers.wire.own_server import OwnServer, get

API = "/sdapi/v1"

MAX_LISTED = 2000
"""Most entries read of one list; a folder with more is a mistake or an attack on memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A model file: its title (what the server is asked for) and its hash, where the server knows it."""

    title: str
    name: str
    version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the server answered.

    `loras` maps names to paths. `scripts` are lower-case titles. `is_sd_cpp` is stable-diffusion.cpp's server: no
    progress, no interrupt, no seed in its answers, LoRAs as a list instead of tags. `is_forge` knows a distilled
    guidance beside the usual one.
    """

    checkpoints: tuple[Checkpoint, ...]
    samplers: tuple[str, ...] = ()
    upscalers: tuple[str, ...] = ()
    loras: Mapping[str, str] = field(default_factory=dict)
    styles: tuple[str, ...] = ()
    scripts: frozenset[str] = frozenset()
    face_restorers: tuple[str, ...] = ()
    control_models: tuple[str, ...] = ()
    control_modules: tuple[str, ...] = ()
    is_sd_cpp: bool = False
    is_forge: bool = False


async def found_at(server: OwnServer, deadline: Deadline) -> Found:
    """What the server has. Unavailable when it isn't there or was started without its API."""
    models = await server.json_of(get(f"{API}/sd-models"), deadline)
    checkpoints = tuple(checkpoints_in(models))
    if not checkpoints:
        raise Unavailable("the server has no checkpoint")
    is_sd_cpp = await optional(server, f"{API}/progress?skip_current_image=true", deadline) is None
    control = await optional(server, "/controlnet/model_list", deadline)
    modules = await optional(server, "/controlnet/module_list", deadline) if control else None
    scripts = await optional(server, f"{API}/scripts", deadline)
    return Found(
        checkpoints=checkpoints,
        samplers=names_in(await optional(server, f"{API}/samplers", deadline)),
        upscalers=names_in(await optional(server, f"{API}/upscalers", deadline)),
        loras=loras_in(await optional(server, f"{API}/loras", deadline)),
        styles=names_in(await optional(server, f"{API}/prompt-styles", deadline)),
        scripts=scripts_in(scripts),
        face_restorers=names_in(await optional(server, f"{API}/face-restorers", deadline)),
        control_models=texts_in(control, "model_list"),
        control_modules=texts_in(modules, "module_list"),
        is_sd_cpp=is_sd_cpp,
        is_forge=await optional(server, f"{API}/sd-modules", deadline) is not None,
    )


async def optional(server: OwnServer, path: str, deadline: Deadline) -> object:
    """What a server that may not know this path says; None when it doesn't know it. Unavailable when it is gone."""
    try:
        return await replace(server, error_of=unknown_path).json_of(get(path), deadline)
    except (ModelGone, BadAnswer):
        return None


def unknown_path(
    status: int, headers: httpx.Headers, body: bytes, *, now_s: float
) -> ProviderError:
    """An extension that isn't there answers 404, 405 or 500: all mean that it has nothing to tell."""
    error = error_of(status, headers, body, now_s=now_s)
    return error if isinstance(error, Unauthorized) else ModelGone(error.detail)


def entries(listed: object) -> Iterator[Mapping[str, Any]]:
    """The objects of a list, at most MAX_LISTED."""
    if isinstance(listed, list):
        yield from (entry for entry in listed[:MAX_LISTED] if isinstance(entry, dict))


def names_in(listed: object) -> tuple[str, ...]:
    """The names of a list of objects, each once."""
    names = (entry.get("name") for entry in entries(listed))
    return tuple(dict.fromkeys(name for name in names if isinstance(name, str) and name))


def texts_in(found: object, key: str) -> tuple[str, ...]:
    """A list of texts under a key."""
    listed = found.get(key) if isinstance(found, dict) else None
    if not isinstance(listed, list):
        return ()
    return tuple(dict.fromkeys(item for item in listed[:MAX_LISTED] if isinstance(item, str)))


def checkpoints_in(listed: object) -> Iterator[Checkpoint]:
    """The checkpoints of `/sd-models`; a name that several have is replaced by each one's title."""
    seen: set[str] = set()
    for entry in entries(listed):
        title, name = entry.get("title"), entry.get("model_name")
        if not isinstance(title, str) or not title:
            continue
        chosen = name if isinstance(name, str) and name and name not in seen else title
        if chosen in seen:
            continue
        seen.add(chosen)
        version = entry.get("sha256") or entry.get("hash")
        yield Checkpoint(
            title=title, name=chosen, version=version if isinstance(version, str) else None
        )


def loras_in(listed: object) -> Mapping[str, str]:
    """The LoRAs' names and paths."""
    found: dict[str, str] = {}
    for entry in entries(listed):
        name, path = entry.get("name"), entry.get("path")
        if isinstance(name, str) and name:
            found.setdefault(name, path if isinstance(path, str) and path else name)
    return found


def scripts_in(found: object) -> frozenset[str]:
    """The lower-case titles of the scripts that both tabs have."""
    both = [*texts_in(found, "txt2img"), *texts_in(found, "img2img")]
    return frozenset(title.lower() for title in both)
