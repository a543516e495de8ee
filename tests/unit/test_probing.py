"""Probes ask one cheap question each; whatever becomes of one, the others are heard."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from oms.bans import Bans
from oms.certificates import CertificateProbe, hosts_of
from oms.domain.calls import CallResult
from oms.domain.errors import CredentialsExpired, InterfaceRetired, OmsError, RateLimited, Unavailable
from oms.domain.healthiness import Finding, Probed
from oms.http import Http
from oms.ports import Checkup
from oms.probing import ReachProbe, ShopProbe, ask_all
from oms.store import Store
from tests.unit.intake_world import NOON, SHOP, Clock, PlainShop

DAY = timedelta(days=1)
NOW = datetime.now(UTC)


class OneProbe:
    """A probe that does as it is told."""

    key = "jd/check"

    def __init__(self, error: OmsError | Exception | None = None, *, hangs: bool = False) -> None:
        self.error = error
        self.hangs = hangs

    async def ask(self) -> Probed:
        if self.hangs:
            await asyncio.Event().wait()
        if self.error:
            raise self.error
        return Probed(finding=Finding.FINE)


async def test_a_probe_that_hangs_ends_after_its_patience_and_keeps_nobody_waiting() -> None:
    """All the others have answered by then."""
    probes = [OneProbe(hangs=True), *(OneProbe() for _ in range(20)), OneProbe(hangs=True)]

    found = await asyncio.wait_for(ask_all(probes, patience_s=0.2), 5)

    assert [each.probed.finding for each in found].count(Finding.HUNG) == 2
    assert [each.probed.finding for each in found].count(Finding.FINE) == 20
    assert "0.2 s" in found[0].probed.words


@pytest.mark.parametrize(
    ("error", "finding"),
    [
        (Unavailable("down"), Finding.NO_ANSWER),
        (RateLimited("slow", retry_after=9), Finding.FINE),
        (InterfaceRetired("gone"), Finding.RETIRED),
        (CredentialsExpired("who"), Finding.CREDENTIALS),
        (ValueError("a bug"), Finding.NO_ANSWER),
    ],
)
async def test_what_a_probe_raises_is_a_finding(error: Exception, finding: Finding) -> None:
    """Each by what it means; to be asked too often is no fault of the interface."""
    found = await ask_all([OneProbe(error)])

    assert found[0].probed.finding is finding


class CheckedShop(PlainShop):
    """A shop whose check finds what it is told to."""

    def __init__(self, **found: object) -> None:
        super().__init__()
        self.found = found

    async def check(self) -> Checkup:
        fine = {"shop": SHOP, "version": "v3", "authorised": True, "active": True}
        return Checkup.model_validate({**fine, **self.found})


@pytest.mark.parametrize(
    ("found", "finding"),
    [
        ({}, Finding.FINE),
        ({"active": False, "problem": "404", "failure": CallResult.RETIRED}, Finding.RETIRED),
        ({"active": False, "problem": "down", "failure": CallResult.UNAVAILABLE}, Finding.NO_ANSWER),
        ({"authorised": False, "active": False, "failure": CallResult.CREDENTIALS}, Finding.CREDENTIALS),
        ({"authorised": False, "active": False}, Finding.CREDENTIALS),
        ({"active": False, "problem": "no right", "failure": CallResult.MISUSED}, Finding.NOT_ACTIVE),
        ({"active": False, "failure": CallResult.RATE_LIMITED}, Finding.FINE),
    ],
)
async def test_a_shop_s_check_is_read(store: Store, found: dict[str, object], finding: Finding) -> None:
    """What the connection check found becomes a finding about that shop."""
    probe = ShopProbe(SHOP, {SHOP: CheckedShop(**found)}, Bans(store, Clock()))

    asked = (await ask_all([probe]))[0]

    assert (asked.key, asked.probed.finding, asked.probed.shop) == (
        "woocommerce/check",
        finding,
        str(SHOP),
    )


async def test_a_shop_that_lets_nobody_ask_is_not_asked(store: Store) -> None:
    """A ban is heeded by the watch, too."""
    store.polls.ban(SHOP, NOON + DAY)
    shop = CheckedShop(active=False)

    asked = (await ask_all([ShopProbe(SHOP, {SHOP: shop}, Bans(store, Clock()))]))[0]

    assert asked.probed.finding is Finding.FINE


@pytest.mark.parametrize(
    ("status", "finding"), [(200, Finding.FINE), (405, Finding.FINE), (502, Finding.NO_ANSWER)]
)
async def test_any_answer_but_a_broken_one_means_that_somebody_is_there(
    status: int, finding: Finding
) -> None:
    """It is asked nothing, so it may refuse."""
    async with answering(status) as url, Http() as http:
        asked = (await ask_all([ReachProbe("qimen/gateway", f"{url}/router?secret=1", http)]))[0]

    assert asked.probed.finding is finding


@asynccontextmanager
async def answering(status: int) -> AsyncIterator[str]:
    """A server that answers everything so."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 %d x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % status)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"


def a_certificate(folder: Path, since: datetime, until: datetime, name: str = "localhost") -> Path:
    """A certificate that signs itself, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(since).not_valid_after(until)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = folder / "server.pem"
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(private + certificate.public_bytes(pem))
    return file


async def look_at(file: Path, *, trusted: bool = True) -> Probed:
    """Serve with the certificate, and probe it."""
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(file)
    trust = ssl.create_default_context(cafile=str(file) if trusted else None)

    async def nothing(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(nothing, "127.0.0.1", 0, ssl=serving) as listening:
        port = listening.sockets[0].getsockname()[1]
        found = await ask_all([CertificateProbe("localhost", port, trust)])
    return found[0].probed


async def test_the_end_of_a_certificate_is_read_off_it(tmp_path: Path) -> None:
    """To the second."""
    until = (NOW + 20 * DAY).replace(microsecond=0)

    found = await look_at(a_certificate(tmp_path, NOW - DAY, until))

    assert (found.finding, found.expires_at) == (Finding.FINE, until)


@pytest.mark.parametrize(
    ("since", "until", "name", "trusted", "finding"),
    [
        (DAY, 9 * DAY, "localhost", True, Finding.CERTIFICATE_NOT_YET_VALID),
        (-9 * DAY, -DAY, "localhost", True, Finding.CERTIFICATE_EXPIRED),
        (-DAY, DAY, "other.example", True, Finding.CERTIFICATE_WRONG),
        (-DAY, DAY, "localhost", False, Finding.CERTIFICATE_WRONG),
    ],
)
async def test_each_fault_of_a_certificate_has_a_class_of_its_own(
    tmp_path: Path, since: timedelta, until: timedelta, name: str, trusted: bool, finding: Finding
) -> None:
    """One that is not valid yet is another matter than one that has ended or is somebody else's."""
    found = await look_at(a_certificate(tmp_path, NOW + since, NOW + until, name), trusted=trusted)

    assert found.finding is finding
    assert "certificate of localhost" in found.words


async def test_a_host_that_cannot_be_reached_says_nothing_of_its_certificate() -> None:
    """Behind a proxy there is no way to it; whether it answers, other probes say."""
    found = await ask_all([CertificateProbe("localhost", 1)])

    assert found[0].probed == Probed(finding=Finding.FINE)


def test_certificates_of_https_addresses_are_looked_at_once_and_of_loopback_never() -> None:
    """Each host and port once."""
    urls = [
        "https://a.example/x", "https://a.example/y", "https://b.example:8443", "http://c.example",
        "https://127.0.0.1:1", "https://localhost/", "https://[::1]/", "",
    ]  # fmt: skip

    assert hosts_of(urls) == [("a.example", 443), ("b.example", 8443)]
