"""Azure's two ways of naming the same calls.

The older one has the deployment in the path and wants an api-version; the newer one is OpenAI's own with the
deployment's name as model. Source: learn.microsoft.com "how to use image generation models", read 2026-11-22; the newer
one from memory.
"""

from __future__ import annotations

from urllib.parse import quote

import httpx

from providers.openai.options import Options
from providers.table import beneath

ENDINGS = ("/openai/v1", "/openai")
"""What an operator may have copied behind the resource's address."""


def endpoint(options: Options, model: str, path: str) -> httpx.URL:
    """The URL of a call, at Azure or anywhere else."""
    base = options.base_url
    if not options.azure:
        return beneath(base, path)
    root = base.path.rstrip("/")
    for ending in ENDINGS:
        root = root.removesuffix(ending)
    if options.azure == "deployments":
        path = f"/deployments/{quote(deployment(options, model), safe='')}{path}"
    else:
        path = f"/v1{path}"
    url = base.copy_with(path=f"{root}/openai{path}")
    return (
        url.copy_merge_params({"api-version": options.api_version}) if options.api_version else url
    )


def deployment(options: Options, model: str) -> str:
    """The deployment that serves a model."""
    return options.deployments.get(model, model)


def model_fields(options: Options, model: str) -> dict[str, str]:
    """The body's `model`, where a body has one."""
    if options.azure == "deployments":
        return {}
    return {"model": deployment(options, model) if options.azure else model}
