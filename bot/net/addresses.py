"""Which addresses may be reached when somebody else chose them, and how names become addresses."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Gives every address of a host name and port. OSError when there is none."""

REFUSED_NETWORKS = tuple(
    ipaddress.ip_network(text)
    for text in (
        # `is_global` of Python 3.11 calls these public; each one leads to a private place.
        "64:ff9b::/96",  # NAT64: any IPv4 address inside (RFC 6052)
        "64:ff9b:1::/48",  # local-use NAT64 (RFC 8215)
        "2002::/16",  # 6to4: any IPv4 address inside (RFC 3056)
        "2001::/32",  # Teredo: likewise (RFC 4380)
        "::/96",  # IPv4-compatible, long deprecated (RFC 4291)
        "::ffff:0:0:0/96",  # IPv4-translated (RFC 2765)
        "fec0::/10",  # site-local, withdrawn but still routed inside some houses (RFC 3879)
        "192.0.0.0/24",  # protocol assignments; 192.0.0.192 is Oracle Cloud's metadata
        "192.88.99.0/24",  # 6to4 relays (RFC 7526)
        "100.64.0.0/10",  # carrier NAT; 100.100.100.200 is Alibaba Cloud's metadata
        "168.63.129.16/32",  # Azure's platform address, public by number only
    )
)


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet; text that is no IP address is not."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    if not ip.is_global or ip.is_multicast or ip.is_reserved:
        return False
    return not any(ip.version == net.version and ip in net for net in REFUSED_NETWORKS)


async def system_resolve(host: str, port: int) -> Sequence[str]:
    """What the system's resolver says, which also reads 127.1, 0x7f000001 and 2130706433 as addresses."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
