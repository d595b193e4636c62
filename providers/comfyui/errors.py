"""What a server's "no" means: an HTTP refusal, a workflow it won't queue, or one that failed while it ran."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from providers.comfyui.graph import Place
from providers.comfyui.slots import Bindings
from providers.errors import (
    Busy,
    InvalidRequest,
    ModelGone,
    OutcomeUnknown,
    ProviderError,
    Unavailable,
)
from providers.wire.own_server import not_billed
from providers.wire.pauses import retry_after_s
from providers.wire.statuses import error_of_status

MAX_DETAIL_CHARS = 500

NO_MEMORY = re.compile(r"out of memory|OutOfMemory|not enough memory", re.IGNORECASE)

FILES = ("ckpt_name", "unet_name", "model_name", "vae_name", "lora_name", "control_net_name")
"""Inputs that name a file: one that isn't there (any more) is no fault of the request."""


class WorkflowRefused(InvalidRequest):
    """The server won't queue the workflow; `objections` are its own, for naming the slot."""

    def __init__(self, detail: str, objections: tuple[Objection, ...]) -> None:
        super().__init__(detail)
        self.objections = objections


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """What is wrong with one input of one node."""

    place: Place
    class_type: str
    kind: str
    words: str


def error_of(status: int, headers: httpx.Headers, body: bytes, *, now_s: float) -> ProviderError:
    """The typed error of an answer that is no success. `now_s` is Unix time."""
    found = object_in(body)
    detail = f"{status}: {words_of(found, body)}"
    if status in (429, 529):
        return Busy(detail, retry_after_s=retry_after_s(headers, now_s=now_s))
    if status == 400 and "node_errors" in found:
        return refusal_of(found, detail)
    error = error_of_status(status, detail)
    return Unavailable(detail) if isinstance(error, OutcomeUnknown) else error


def refusal_of(found: Mapping[str, Any], detail: str) -> ProviderError:
    """The error of a workflow that isn't queued (`execution.py`, validate_prompt, read 2026-11-25)."""
    objections = tuple(objections_in(found["node_errors"]))
    for objection in objections:
        if objection.kind == "value_not_in_list" and objection.place.name in FILES:
            return ModelGone(said(objection))
    if not objections:
        # A node class that isn't installed, or a workflow without an output: the template's fault, not the request's.
        return ModelGone(f"the workflow can't run there: {detail}")
    return WorkflowRefused(said(objections[0]), objections)


def blamed(error: WorkflowRefused, slots: Bindings) -> InvalidRequest:
    """The refusal with the slot that is to blame as its field, else the node's input."""
    for objection in error.objections:
        for name, places in slots.items():
            if objection.place in places:
                return InvalidRequest(error.detail, param=name)
    first = error.objections[0]
    return InvalidRequest(error.detail, param=f"{first.class_type}.{first.place.name}")


def objections_in(node_errors: object) -> Iterator[Objection]:
    """The objections, each with its node."""
    for node_id, node in node_errors.items() if isinstance(node_errors, dict) else ():
        errors = node.get("errors") if isinstance(node, dict) else None
        for error in errors if isinstance(errors, list) else ():
            if not isinstance(error, dict):
                continue
            extra = error.get("extra_info")
            extra = extra if isinstance(extra, dict) else {}
            yield Objection(
                place=Place(node=str(node_id), name=str(extra.get("input_name", ""))),
                class_type=str(node.get("class_type", "")),
                kind=str(error.get("type", "")),
                words=f"{error.get('message', '')}: {error.get('details', '')}"[:MAX_DETAIL_CHARS],
            )


def said(objection: Objection) -> str:
    """An objection in words, with its node."""
    return f"node {objection.place.node} ({objection.class_type}): {objection.words}"


def failure_of(messages: object) -> ProviderError:
    """The error of a workflow that ended without success, by the messages the server kept of it.

    Never Unavailable: the server has the job under its id, and asking again would bring the same.
    """
    for kind, data in pairs(messages):
        if kind == "execution_interrupted":
            return ModelGone(f"interrupted at node {data.get('node_id')}")
        if kind == "execution_error":
            words = f"{data.get('exception_type')}: {data.get('exception_message')}"
            where = f"node {data.get('node_id')} ({data.get('node_type')})"
            prefix = "too little memory: " if NO_MEMORY.search(words) else ""
            return not_billed(f"{prefix}{where}: {words}"[:MAX_DETAIL_CHARS])
    return not_billed("it ended without success and doesn't say why")


def pairs(messages: object) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The messages as kind and data."""
    for message in messages if isinstance(messages, list) else ():
        if isinstance(message, list) and len(message) == 2 and isinstance(message[1], dict):
            yield str(message[0]), message[1]


def object_in(body: bytes) -> Mapping[str, Any]:
    """The body's JSON object, empty when it is none."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def words_of(found: Mapping[str, Any], body: bytes) -> str:
    """What an error body says; the text without tags when it is a page."""
    error = found.get("error")
    if isinstance(error, dict):
        return f"{error.get('type')}: {error.get('message')} {error.get('details', '')}"[
            :MAX_DETAIL_CHARS
        ]
    text = str(error) if error else body[:4000].decode("utf-8", "replace")
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())[:MAX_DETAIL_CHARS]
