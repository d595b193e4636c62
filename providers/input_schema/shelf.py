"""The models an operator allows, with what their schemas told when they were last asked."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from providers.capabilities import Capabilities, Model
from providers.errors import ModelGone, ProviderError
from providers.input_schema.abilities import Hints
from providers.input_schema.fields import Inputs

AT_ONCE = 4
"""Schemas asked for at the same time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownModel:
    """A model whose inputs are known. `path` is where its jobs are made, `version` what the path needs beside it."""

    model: Model
    inputs: Inputs
    hints: Hints
    path: str
    version: str | None = None

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""
        return self.model.capabilities


class Shelf:
    """Loads each allowed model when it is first needed, and all of them again when all are asked for."""

    def __init__(
        self,
        names: Sequence[str],
        load: Callable[[str], Awaitable[KnownModel]],
        log: logging.Logger,
    ) -> None:
        self._names = tuple(dict.fromkeys(names))
        self._load = load
        self._log = log
        self._known: dict[str, KnownModel] = {}

    async def all(self) -> tuple[KnownModel, ...]:
        """Every model that can be told now, in the allowlist's order.

        One that can't keeps what was known of it, or is left out with a warning; when all fail, the first error is raised.
        """
        gate = asyncio.Semaphore(AT_ONCE)

        async def loaded(name: str) -> ProviderError | None:
            async with gate:
                try:
                    self._known[name] = await self._load(name)
                except ProviderError as error:
                    self._log.warning("model %s can't be told now: %s", name, error.detail)
                    if isinstance(error, ModelGone):
                        self._known.pop(name, None)
                    return error
            return None

        errors = await asyncio.gather(*(loaded(name) for name in self._names))
        found = tuple(self._known[name] for name in self._names if name in self._known)
        first = next((error for error in errors if error is not None), None)
        if not found and first is not None:
            raise first
        return found

    async def get(self, name: str) -> KnownModel:
        """One model. ModelGone when it isn't on the allowlist, or what kept it from being told."""
        if name not in self._names:
            raise ModelGone(f"{name!r} is not offered here")
        if name not in self._known:
            self._known[name] = await self._load(name)
        return self._known[name]

    def seen(self, name: str) -> KnownModel | None:
        """One model if it is known already; nothing is asked."""
        return self._known.get(name)
