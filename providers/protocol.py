"""How the bot talks to a provider, and what a provider is given to work with."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar, runtime_checkable

import httpx

from providers.capabilities import Model
from providers.request import GenerationRequest

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedImage:
    """One image as the provider sent it: nothing about `data` is trusted yet.

    `seed` is the one really used, None when the provider doesn't tell. `model_touched` is set where a renderer that is
    no AI model let a trained one work on this picture: its label says so.
    `not_drawn` names words of the prompt that the picture surely lacks (only an honest renderer knows).
    """

    data: bytes
    seed: int | None = None
    revised_prompt: str | None = None
    not_drawn: tuple[str, ...] = ()
    model_touched: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a call gave: the images, notes for the user, and the provider's own bill if it told.

    `cost_microusd` is in millionths of a US dollar, None when the provider didn't say.
    """

    images: tuple[GeneratedImage, ...]
    notes: tuple[str, ...] = ()
    cost_microusd: int | None = None
    request_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """The provider took the job under its own id: it is stored before anything is awaited."""

    remote_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a job is, 0 to 1 (None = unknown), perhaps with a preview image."""

    fraction: float | None = None
    preview: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The last event of every successful call."""

    result: Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Headroom:
    """The provider's own account of its rate limit: `calls_left` until `resets_in_s` from now."""

    calls_left: int
    resets_in_s: float


Event = Submitted | Progress | Headroom | Done


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One paid attempt: `key` is stable over repeats of the same attempt (an idempotency key).

    `webhook_url` is where the provider may ring when the job is done, None without a public address.
    """

    key: str
    timeout_s: float
    webhook_url: str | None = None


class Provider(Protocol):
    """A configured provider. Pure protocol: no retry, no queue, no storage.

    `generate` yields events in order and ends with Done, or raises a ProviderError. It does no I/O before the first
    step of iteration. `resume` takes up a job by the provider's id after a restart; a provider without job ids
    raises ModelGone. `cancel` returns whether the provider confirmed it.
    """

    @property
    def name(self) -> str:
        """The name from the configuration, shown to users and admins."""

    async def models(self) -> Sequence[Model]:
        """The models this provider offers now, best first."""

    def generate(self, request: GenerationRequest, call: Call) -> AsyncGenerator[Event, None]:
        """The events of one call."""

    def resume(
        self, remote_id: str, request: GenerationRequest, call: Call
    ) -> AsyncGenerator[Event, None]:
        """The remaining events of a call submitted earlier."""

    async def cancel(self, remote_id: str) -> bool:
        """Whether the provider confirmed that the job was stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """A verified webhook: which job it is about. `event_id` is the same when the provider rings again.

    A webhook knows the vendor's own id alone, so `remote_id` is what stands before the first blank of the id that
    Submitted brought; behind the blank an adapter keeps what else a resume needs.
    """

    remote_id: str
    event_id: str


@runtime_checkable
class Rings(Protocol):
    """A provider that can ring when a job is done. A ring only wakes the poller; it is never the truth."""

    async def read_ring(self, headers: Mapping[str, str], body: bytes, *, now_s: float) -> Ring:
        """The ring, verified over the raw bytes. ForgedRing when it can't be the provider's, or is too old.

        A ProviderError when that can't be found out now. Header names are lower case; `now_s` is Unix time. Anybody may
        ring: what it takes to ask the vendor for its keys must not be repeated for each of them.
        """


@runtime_checkable
class ChecksKey(Protocol):
    """A provider that can tell, without paying, whether the other side would serve it."""

    async def check_key(self) -> str | None:
        """None when the other side took the key, or answered where none is needed; else why it was not asked.

        The ProviderError that a call would meet when it says no or can't be reached.
        """


class OffLoop(Protocol):
    """Runs a top-level function in a worker process, off the event loop."""

    async def __call__(self, function: Callable[..., T], *args: object, timeout_s: float) -> T:
        """The function's result. TimeoutError when it took longer; its process is then killed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderConfig:
    """One `[[providers]]` table, with the key already read. `options` holds what only this kind knows."""

    name: str
    kind: str
    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    models: tuple[str, ...] = ()
    options: Mapping[str, str | int | float | bool] = field(default_factory=dict)


class AddressRefused(httpx.ConnectError):
    """The workshop's client doesn't go to that address, now or later; nothing was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What a provider is given: a client whose transport holds all policy about time, bytes and addresses.

    It raises AddressRefused for a private address that the operator didn't write.
    """

    http: httpx.AsyncClient
    off_loop: OffLoop
    log: logging.Logger


class ProviderPlugin(Protocol):
    """An entry point of the group `impasto.providers`: makes a provider from its table."""

    def __call__(self, config: ProviderConfig, workshop: Workshop) -> Provider:
        """The provider. ValueError with a sentence when the table is wrong."""
