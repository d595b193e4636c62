"""Ready HTTP clients: the only way out of the house."""

from __future__ import annotations

import ssl

import httpcore
import httpx

from bot.net.addresses import Resolve, system_resolve
from bot.net.guarded_transport import GuardedTransport
from bot.net.policy import OutboundPolicy
from bot.net.redaction import redact_http_logs


def make_client(
    policy: OutboundPolicy,
    *,
    resolve: Resolve = system_resolve,
    network: httpcore.AsyncNetworkBackend | None = None,
    tls: ssl.SSLContext | None = None,
) -> httpx.AsyncClient:
    """A client under that policy; the caller closes it.

    It follows no redirects, reads no proxy from the environment (a proxy
    would look up names behind the guard's back), and asks for unpacked bodies. SSL_CERT_FILE is honoured.
    """
    redact_http_logs()
    return httpx.AsyncClient(
        transport=GuardedTransport(policy, resolve=resolve, network=network, tls=tls),
        timeout=httpx.Timeout(policy.silence_timeout_s, connect=policy.connect_timeout_s),
        follow_redirects=False,
        trust_env=False,
        headers={"accept-encoding": "identity", "user-agent": "impasto"},
    )
