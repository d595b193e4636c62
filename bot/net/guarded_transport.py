"""The outbound transport: who may be reached, pinned to the address that was checked.

The guard sits where a connection is opened, below TLS. So the name in the certificate check, in SNI and in the Host
header stays the one of the URL, connections are pooled by name, and no second look-up can give another address
between check and use.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, cast

import httpcore
import httpx
from typing_extensions import override

from bot.net.addresses import Resolve, is_public, system_resolve
from bot.net.limits import AnswerBounds, BoundedStream
from bot.net.policy import OutboundPolicy, host_and_port, operator_host
from providers import AddressRefused


@cache
def system_tls() -> ssl.SSLContext:
    """The authorities this machine trusts, read once: 20 to 40 ms each time (2026-11-25), and every client would wait for it.

    Nobody may change what is shared here; who needs other rules makes a context of their own.
    """
    return httpx.create_ssl_context()


class GuardedTransport(httpx.AsyncBaseTransport):
    """All outbound HTTP. Raises AddressRefused, AnswerTooLarge and httpx's own errors.

    `resolve`, `network` and `tls` are for tests; left out, they are the system's.
    """

    def __init__(
        self,
        policy: OutboundPolicy,
        *,
        resolve: Resolve = system_resolve,
        network: httpcore.AsyncNetworkBackend | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._policy = policy
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls or system_tls(),
            max_connections=policy.max_connections,
            max_keepalive_connections=policy.max_connections,
            keepalive_expiry=policy.keepalive_expiry_s,
            network_backend=GuardedNetwork(
                policy.operator_hosts, resolve=resolve, inner=network or httpcore.AnyIOBackend()
            ),
        )

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        refuse_url(request.url, self._policy.operator_hosts)
        deadline = asyncio.get_running_loop().time() + self._policy.total_timeout_s
        url = request.url
        outgoing = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
            ),
            headers=request.headers.raw,
            content=cast(AsyncIterable[bytes], request.stream),
            extensions=request.extensions,
        )
        with httpx_errors():
            try:
                async with asyncio.timeout_at(deadline):
                    answer = await self._pool.handle_async_request(outgoing)
            except TimeoutError as error:
                raise httpx.ReadTimeout("no answer within the total time") from error
        headers = httpx.Headers(answer.headers)
        encoding = headers.get("content-encoding", "")
        return httpx.Response(
            answer.status,
            headers=without_encoding(headers),
            stream=BoundedStream(
                translated(cast(AsyncIterable[bytes], answer.stream)),
                encoding=encoding,
                bounds=AnswerBounds(max_bytes=self._policy.max_answer_bytes, deadline=deadline),
                close=answer.aclose,
            ),
            extensions=answer.extensions,
        )

    @override
    async def aclose(self) -> None:
        await self._pool.aclose()


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Opens connections: to the operator's hosts as they are, to others only at checked public addresses."""

    def __init__(
        self,
        operator_hosts: frozenset[str],
        *,
        resolve: Resolve,
        inner: httpcore.AsyncNetworkBackend,
    ) -> None:
        self._operator_hosts = operator_hosts
        self._resolve = resolve
        self._inner = inner

    @override
    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses: tuple[str, ...] = (host,)
        try:
            async with asyncio.timeout(timeout):
                if host_and_port(host, port) not in self._operator_hosts:
                    addresses = await self._checked(host, port)
                share_s = timeout / len(addresses) if timeout is not None else None
                return ClosingStream(await self._first(addresses, port, share_s, socket_options))
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"{host} did not answer in time") from error

    @override
    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)

    async def _checked(self, host: str, port: int) -> tuple[str, ...]:
        try:
            addresses = tuple(await self._resolve(host, port))
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host} has no address") from error
        private = [address for address in addresses if not is_public(address)]
        if private or not addresses:
            # One bad address among good ones is how rebinding looks: all must pass.
            raise AddressRefused(f"{host} leads to a private address")
        return addresses

    async def _first(
        self,
        addresses: tuple[str, ...],
        port: int,
        share_s: float | None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None,
    ) -> httpcore.AsyncNetworkStream:
        # A dead address may not eat the time of the living ones after it: each has its share.
        for address in addresses[:-1]:
            try:
                return await self._inner.connect_tcp(
                    address, port, timeout=share_s, socket_options=socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._inner.connect_tcp(
            addresses[-1], port, timeout=share_s, socket_options=socket_options
        )


class ClosingStream(httpcore.AsyncNetworkStream):
    """A connection that is closed when its TLS handshake is cancelled; the library closes it on errors only."""

    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner

    @override
    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return await self._inner.read(max_bytes, timeout)

    @override
    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._inner.write(buffer, timeout)

    @override
    async def aclose(self) -> None:
        await self._inner.aclose()

    @override
    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            return await self._inner.start_tls(ssl_context, server_hostname, timeout)
        except asyncio.CancelledError:
            await self._inner.aclose()
            raise

    @override
    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def refuse_url(url: httpx.URL, operator_hosts: frozenset[str]) -> None:
    """AddressRefused for a URL that is not worth a look-up: plain http or a user name at a stranger's host."""
    if url.scheme not in ("http", "https") or not url.raw_host:
        raise httpx.UnsupportedProtocol("only http and https URLs with a host are reached")
    if operator_host(url) in operator_hosts:
        return
    if url.scheme != "https":
        raise AddressRefused(f"{url.host} must be reached over https")
    if url.userinfo:
        raise AddressRefused(f"a URL with a user name in it is not reached ({url.host})")


def without_encoding(headers: httpx.Headers) -> httpx.Headers:
    """The headers of the unpacked body: its length in packed bytes would be a lie."""
    if "content-encoding" in headers:
        del headers["content-encoding"]
        headers.pop("content-length", None)
    return headers


HTTPX_ERRORS: tuple[tuple[type[Exception], type[httpx.RequestError]], ...] = (
    (httpcore.ConnectTimeout, httpx.ConnectTimeout),
    (httpcore.ReadTimeout, httpx.ReadTimeout),
    (httpcore.WriteTimeout, httpx.WriteTimeout),
    (httpcore.PoolTimeout, httpx.PoolTimeout),
    (httpcore.ConnectError, httpx.ConnectError),
    (httpcore.ReadError, httpx.ReadError),
    (httpcore.WriteError, httpx.WriteError),
    (httpcore.UnsupportedProtocol, httpx.UnsupportedProtocol),
    (httpcore.LocalProtocolError, httpx.LocalProtocolError),
    (httpcore.RemoteProtocolError, httpx.RemoteProtocolError),
    (httpcore.ProtocolError, httpx.ProtocolError),
    (httpcore.NetworkError, httpx.NetworkError),
    (httpcore.TimeoutException, httpx.TimeoutException),
)


@contextmanager
def httpx_errors() -> Iterator[None]:
    """The connection pool's errors as httpx's, which is what callers of a client expect."""
    try:
        yield
    except tuple(theirs for theirs, _ in HTTPX_ERRORS) as error:
        ours = next(ours for theirs, ours in HTTPX_ERRORS if isinstance(error, theirs))
        raise ours(str(error)) from error


async def translated(source: AsyncIterable[bytes]) -> AsyncIterable[bytes]:
    """The source's pieces, its errors as httpx's."""
    with httpx_errors():
        async for piece in source:
            yield piece
