"""Would ComfyUI queue this workflow? Its own checks, and what it would let pass in silence.

The refusals are those of `execution.py` validate_prompt and validate_inputs (0.3.64, read 2026-11-25); there is no
published description of `/prompt` (the published one is of Comfy's cloud API, another contract). What the server would
ignore and a typo would hide - a field of the body, an input the node doesn't have - is a violation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.simulators.providers.comfyui_nodes import INPUTS, OPTIONAL, OUTPUT_NODES

BODY = frozenset({"prompt", "client_id", "prompt_id", "front", "number", "extra_data"})


def violations(body: Mapping[str, Any]) -> list[str]:
    """What the server would ignore."""
    found = [f"unknown field {name}" for name in body if name not in BODY]
    for node_id, node in body.get("prompt", {}).items():
        class_type = node.get("class_type")
        known = {*INPUTS.get(class_type, {}), *OPTIONAL.get(class_type, {})}
        found += [
            f"node {node_id} ({class_type}) has no input {name}"
            for name in node.get("inputs", {})
            if class_type in INPUTS and name not in known
        ]
        found += [
            f"node {node_id}: an unfilled mark in {name}"
            for name, value in node.get("inputs", {}).items()
            if isinstance(value, str) and value.startswith("{{") and value.endswith("}}")
        ]
    return found


def refusal(graph: Mapping[str, Any], files: Mapping[str, bytes]) -> dict[str, Any] | None:
    """The body of the 400, None for a workflow that is queued."""
    for node in graph.values():
        if node.get("class_type") not in INPUTS:
            return whole_error(
                "invalid_prompt",
                f"Cannot execute because node {node.get('class_type')} does not exist.",
            )
    if not any(node["class_type"] in OUTPUT_NODES for node in graph.values()):
        return whole_error("prompt_no_outputs", "Prompt has no outputs")
    node_errors = {}
    for node_id, node in graph.items():
        errors = list(errors_of(graph, node, files))
        if errors:
            node_errors[node_id] = {
                "errors": errors,
                "dependent_outputs": ["9"],
                "class_type": node["class_type"],
            }
    if not node_errors:
        return None
    return {
        **whole_error("prompt_outputs_failed_validation", "Prompt outputs failed validation"),
        "node_errors": node_errors,
    }


def whole_error(kind: str, message: str) -> dict[str, Any]:
    return {
        "error": {"type": kind, "message": message, "details": "", "extra_info": {}},
        "node_errors": {},
    }


def errors_of(
    graph: Mapping[str, Any], node: Mapping[str, Any], files: Mapping[str, bytes]
) -> Iterator[dict[str, Any]]:
    """What the server objects to in one node."""
    for name, spec in INPUTS[node["class_type"]].items():
        if name not in node["inputs"]:
            yield objection("required_input_missing", "Required input is missing", name, None)
            continue
        value = node["inputs"][name]
        if isinstance(value, list):
            if len(value) != 2 or value[0] not in graph:
                yield objection("bad_linked_input", "Bad linked input", name, value)
            continue
        yield from value_errors(name, value, spec, files)


def value_errors(
    name: str, value: object, spec: list[Any], files: Mapping[str, bytes]
) -> Iterator[dict[str, Any]]:
    """What the server objects to in one value."""
    options = spec[1] if len(spec) > 1 else {}
    if options.get("image_upload"):
        if value not in files:
            yield objection("custom_validation_failed", "Invalid image file", name, value)
        return
    listed = options.get("options") if spec[0] == "COMBO" else spec[0]
    if isinstance(listed, list):
        if value not in listed:
            yield objection("value_not_in_list", "Value not in list", name, value)
        return
    if spec[0] in ("INT", "FLOAT"):
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield objection("invalid_input_type", "Failed to convert an input value", name, value)
        elif "min" in options and value < options["min"]:
            yield objection("value_smaller_than_min", "Value smaller than min", name, value)
        elif "max" in options and value > options["max"]:
            yield objection("value_bigger_than_max", "Value bigger than max", name, value)
    elif spec[0] == "STRING" and not isinstance(value, str):
        yield objection("invalid_input_type", "Failed to convert an input value", name, value)


def objection(kind: str, message: str, name: str, value: object) -> dict[str, Any]:
    return {
        "type": kind,
        "message": message,
        "details": f"{name}: {value!r}",
        "extra_info": {"input_name": name, "received_value": value},
    }
