"""What an outbound client may do, as data."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundPolicy:
    """Limits of one client. Make one client for each provider or judge, with its own host only.

    `operator_hosts` are the "host:port" the operator wrote (see `operator_host`): they may be private and speak plain
    http. Every other host is somebody else's choice: https, public addresses only.
    `max_answer_bytes` counts decoded bytes. `total_timeout_s` runs from the first byte out to the last byte in, because
    httpx only bounds the silence between bytes: one byte every 0.2 s passes a read timeout of 1 s for ever.
    """

    operator_hosts: frozenset[str] = frozenset()
    max_answer_bytes: int = 64 * 1024 * 1024
    total_timeout_s: float = 600.0
    connect_timeout_s: float = 10.0
    silence_timeout_s: float = 300.0
    max_connections: int = 100
    keepalive_expiry_s: float = 5.0


def operator_host(url: str | httpx.URL) -> str:
    """The "host:port" of a URL as `operator_hosts` holds it. ValueError when the URL has no host or another scheme."""
    parsed = httpx.URL(url)
    if parsed.scheme not in DEFAULT_PORTS or not parsed.raw_host:
        raise ValueError(f"{parsed.copy_with(userinfo=b'', query=None)} is no http or https URL")
    port = parsed.port or DEFAULT_PORTS[parsed.scheme]
    return host_and_port(parsed.raw_host.decode("ascii"), port)


def host_and_port(host: str, port: int) -> str:
    """One spelling for a host and a port: lower case, no trailing dot."""
    return f"{host.lower().rstrip('.')}:{port}"
