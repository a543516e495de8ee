"""The certificates that outside addresses show: whether they are valid, and until when (R29)."""

import asyncio
import ssl
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from oms.domain.healthiness import Finding, Probed

HTTPS = 443
NOT_YET_VALID, EXPIRED = 9, 10
"""OpenSSL's X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED."""
_FAULTS = {NOT_YET_VALID: Finding.CERTIFICATE_NOT_YET_VALID, EXPIRED: Finding.CERTIFICATE_EXPIRED}
_WORDS = {
    Finding.CERTIFICATE_NOT_YET_VALID: "is not valid yet: is our clock right?",
    Finding.CERTIFICATE_EXPIRED: "has expired",
    Finding.CERTIFICATE_WRONG: "is not to be trusted",
}


class CertificateProbe:
    """Looks at the certificate of one host."""

    def __init__(self, host: str, port: int = HTTPS, trust: ssl.SSLContext | None = None) -> None:
        """Take the host; `trust` says whose signatures count, the system's unless told otherwise."""
        self.host, self.port = host, port
        self._trust = trust or ssl.create_default_context()

    @property
    def key(self) -> str:
        """Name the certificate."""
        return f"tls/{self.host}" if self.port == HTTPS else f"tls/{self.host}.{self.port}"

    async def ask(self) -> Probed:
        """Shake hands and hang up; a host that cannot be reached this way (a proxy lies between) says nothing."""
        try:
            _, writer = await asyncio.open_connection(self.host, self.port, ssl=self._trust)
        except ssl.SSLCertVerificationError as error:
            finding = _FAULTS.get(error.verify_code, Finding.CERTIFICATE_WRONG)
            return Probed(finding=finding, words=f"the certificate of {self.host} {_WORDS[finding]}")
        except OSError:
            return Probed(finding=Finding.FINE)
        shown = writer.get_extra_info("peercert") or {}
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
        return Probed(finding=Finding.FINE, expires_at=_end_of(shown.get("notAfter", "")))


def _end_of(text: str) -> datetime | None:
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(text), UTC) if text else None


def hosts_of(urls: Iterable[str]) -> list[tuple[str, int]]:
    """Name host and port of each https address, once; never of loopback."""
    parts = [urlsplit(url) for url in urls]
    found = {(each.hostname or "", each.port or HTTPS) for each in parts if each.scheme == "https"}
    return sorted(place for place in found if place[0] and not _is_loopback(place[0]))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
