"""The address guard: forty ways to reach a private place, and the ways that must stay open."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import ssl
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpcore
import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.net.addresses import is_public, system_resolve
from bot.net.clients import make_client
from bot.net.policy import OutboundPolicy, operator_host
from providers import AddressRefused

PUBLIC = "93.184.216.34"

NAMES: dict[str, tuple[str, ...]] = {
    "good.example": (PUBLIC,),
    "good6.example": ("2606:2800:220:1:248:1893:25c8:1946",),
    "loop.example": ("127.0.0.1",),
    "loop6.example": ("::1",),
    "mapped.example": ("::ffff:127.0.0.1",),
    "mapped-meta.example": ("::ffff:169.254.169.254",),
    "mapped-public.example": ("::ffff:93.184.216.34",),
    "nat64.example": ("64:ff9b::7f00:1",),
    "nat64-local.example": ("64:ff9b:1::7f00:1",),
    "sixtofour.example": ("2002:7f00:1::",),
    "teredo.example": ("2001:0:4136:e378:8000:63bf:3fff:fdd2",),
    "compat.example": ("::7f00:1",),
    "siit.example": ("::ffff:0:7f00:1",),
    "cgnat.example": ("100.64.0.1",),
    "alibaba.example": ("100.100.100.200",),
    "oracle.example": ("192.0.0.192",),
    "azure.example": ("168.63.129.16",),
    "aws6.example": ("fd00:ec2::254",),
    "linklocal6.example": ("fe80::1%eth0",),
    "sitelocal6.example": ("fec0::1",),
    "multicast.example": ("224.0.0.1",),
    "multicast6.example": ("ff02::1",),
    "broadcast.example": ("255.255.255.255",),
    "reserved.example": ("240.0.0.1",),
    "zero.example": ("0.0.0.0",),
    "any6.example": ("::",),
    "documentation.example": ("192.0.2.1",),
    "benchmark.example": ("198.18.0.1",),
    "mixed.example": (PUBLIC, "10.0.0.1"),
    "mixed6.example": (PUBLIC, "::1"),
    "nowhere.example": (),
    "nonsense.example": ("not-an-address",),
}

REFUSED = [
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.1/",
    "https://0177.0.0.1/",
    "https://017700000001/",
    "https://0/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "https://[2002:7f00:1::]/",
    "https://[fe80::1]/",
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://100.100.100.200/",
    "https://localhost/",
    "https://LOCALHOST/",
    f"http://{PUBLIC}/",
    "http://good.example/",
    "https://good.example@loop.example/",
    "https://user:word@good.example/",
    *(
        f"https://{name}/"
        for name in NAMES
        if name not in ("good.example", "good6.example", "mapped-public.example")
    ),
]


async def scripted_resolve(host: str, port: int) -> Sequence[str]:
    if host in NAMES:
        return NAMES[host]
    return await system_resolve(host, port)


class WatchedNetwork(httpcore.AsyncNetworkBackend):
    """Real connections, all led to one loopback port; remembers which address was asked for."""

    def __init__(self, loopback_port: int = 0) -> None:
        self.asked: list[tuple[str, int]] = []
        self._port = loopback_port
        self._real = httpcore.AnyIOBackend()

    async def connect_tcp(self, host, port, **options):
        self.asked.append((host, port))
        if not self._port:
            raise httpcore.ConnectError("nothing listens here")
        return await self._real.connect_tcp("127.0.0.1", self._port, **options)

    async def sleep(self, seconds: float) -> None:
        await self._real.sleep(seconds)


@asynccontextmanager
async def served(answer: bytes, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server on loopback that answers every request with the same bytes; gives its port."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1]


def certificate_for(name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Server and client contexts of a certificate that is good for that name only."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    load_pair(server, pem, key)
    return server, ssl.create_default_context(cadata=pem.decode())


def load_pair(context: ssl.SSLContext, pem: bytes, key: ec.EllipticCurvePrivateKey) -> None:
    key_pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    with tempfile.NamedTemporaryFile() as file:
        file.write(pem + key_pem)
        file.flush()
        context.load_cert_chain(file.name)


OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok"


@pytest.mark.parametrize("url", REFUSED)
async def test_a_private_place_is_never_connected_to(url):
    network = WatchedNetwork()

    async with make_client(OutboundPolicy(), resolve=scripted_resolve, network=network) as client:
        with pytest.raises((AddressRefused, httpx.InvalidURL)):
            await client.get(url)

    assert network.asked == []


def test_the_table_has_at_least_forty_urls():
    assert len(set(REFUSED)) >= 40


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("good.example", PUBLIC),
        ("good6.example", "2606:2800:220:1:248:1893:25c8:1946"),
        ("mapped-public.example", "::ffff:93.184.216.34"),
    ],
)
async def test_a_public_name_is_reached_at_the_address_that_was_checked(name, address):
    network = WatchedNetwork()

    async with make_client(OutboundPolicy(), resolve=scripted_resolve, network=network) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(f"https://{name}/")

    assert network.asked == [(address, 443)]


async def test_the_certificate_is_checked_against_the_name_not_the_pinned_address():
    server_tls, client_tls = certificate_for("good.example")

    async with served(OK, server_tls) as port:
        network = WatchedNetwork(port)
        async with make_client(
            OutboundPolicy(), resolve=scripted_resolve, network=network, tls=client_tls
        ) as client:
            answer = await client.get("https://good.example/")

    assert answer.text == "ok"
    assert network.asked == [(PUBLIC, 443)]


async def test_a_certificate_of_another_name_is_refused():
    server_tls, client_tls = certificate_for("other.example")

    async with (
        served(OK, server_tls) as port,
        make_client(
            OutboundPolicy(),
            resolve=scripted_resolve,
            network=WatchedNetwork(port),
            tls=client_tls,
        ) as client,
    ):
        with pytest.raises(httpx.ConnectError):
            await client.get("https://good.example/")


async def test_a_name_that_rebinds_is_judged_anew_for_every_connection():
    answers = iter([(PUBLIC,), ("127.0.0.1",)])

    async def rebinding(host: str, port: int) -> Sequence[str]:
        return next(answers)

    network = WatchedNetwork()
    async with make_client(OutboundPolicy(), resolve=rebinding, network=network) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get("https://rebind.example/")
        with pytest.raises(AddressRefused):
            await client.get("https://rebind.example/")

    assert network.asked == [(PUBLIC, 443)]


async def test_the_second_address_is_tried_when_the_first_is_dead():
    async def two(host: str, port: int) -> Sequence[str]:
        return (PUBLIC, "93.184.216.35")

    network = WatchedNetwork()
    async with make_client(OutboundPolicy(), resolve=two, network=network) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get("https://two.example/")

    assert [address for address, _ in network.asked] == [PUBLIC, "93.184.216.35"]


async def test_a_host_the_operator_wrote_may_be_private_and_plain():
    async with served(OK) as port:
        policy = OutboundPolicy(
            operator_hosts=frozenset({operator_host(f"http://127.0.0.1:{port}/v1")})
        )
        async with make_client(policy) as client:
            answer = await client.get(f"http://127.0.0.1:{port}/v1/images")

    assert answer.text == "ok"


async def test_the_next_port_of_an_operators_host_stays_closed():
    policy = OutboundPolicy(operator_hosts=frozenset({"127.0.0.1:7860"}))

    async with make_client(policy) as client:
        with pytest.raises(AddressRefused):
            await client.get("https://127.0.0.1:7861/")


async def test_a_redirect_is_an_answer_not_a_journey():
    leave = b"HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n"

    async with served(leave) as port:
        policy = OutboundPolicy(operator_hosts=frozenset({f"127.0.0.1:{port}"}))
        async with make_client(policy) as client:
            answer = await client.get(f"http://127.0.0.1:{port}/")

    assert answer.status_code == 302


@pytest.mark.parametrize("target", ["http://169.254.169.254/", "https://[::1]/", "file:///etc/x"])
async def test_whoever_follows_redirects_all_the_same_meets_the_guard(target):
    leave = f"HTTP/1.1 302 Found\r\nlocation: {target}\r\ncontent-length: 0\r\n\r\n".encode()

    async with served(leave) as port:
        policy = OutboundPolicy(operator_hosts=frozenset({f"127.0.0.1:{port}"}))
        async with make_client(policy) as client:
            with pytest.raises((AddressRefused, httpx.UnsupportedProtocol)):
                await client.get(f"http://127.0.0.1:{port}/", follow_redirects=True)


async def test_a_proxy_of_the_environment_is_not_used(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    network = WatchedNetwork()

    async with make_client(OutboundPolicy(), resolve=scripted_resolve, network=network) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get("https://good.example/")

    assert network.asked == [(PUBLIC, 443)]


async def test_a_name_without_address_is_a_connect_error():
    async def unknown(host: str, port: int) -> Sequence[str]:
        raise OSError("no such name")

    async with make_client(OutboundPolicy(), resolve=unknown) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get("https://unknown.example/")


async def test_a_resolver_that_never_answers_ends_at_the_connect_timeout():
    async def silent(host: str, port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return ()

    async with make_client(OutboundPolicy(connect_timeout_s=0.05), resolve=silent) as client:
        with pytest.raises(httpx.ConnectTimeout):
            await client.get("https://slow.example/")


@pytest.mark.parametrize("network", ["64:ff9b::/96", "2002::/16", "2001::/32", "192.0.0.0/24"])
def test_no_address_of_a_refused_network_is_public(network):
    net = ipaddress.ip_network(network)

    assert not is_public(str(net[0]))
    assert not is_public(str(net[-1]))


@pytest.mark.parametrize("url", ["ftp://example.com/", "not a url", "/path/only", ""])
def test_only_http_urls_name_an_operators_host(url):
    with pytest.raises(ValueError, match="no http or https URL"):
        operator_host(url)


def test_an_operators_host_has_one_spelling():
    assert operator_host("HTTPS://API.Example.COM./v1") == "api.example.com:443"
    assert operator_host("http://[::1]:8080/x") == "::1:8080"
