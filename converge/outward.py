"""The only door from Converge to somebody's server: public addresses, one small answer.

The address is resolved here, checked here, and the connection goes to the checked
address, so a name cannot point elsewhere a moment later. Redirects are not followed.
"""

import ipaddress
import socket
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError, ReadTimeoutError

SIZE_MAX = 256 * 1024
PORTS = {"http": 80, "https": 443}
LATE = "It did not answer in time."
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class NotCalled(Exception):
    """Why there is no answer, as a sentence."""


@dataclass(frozen=True)
class Target:
    scheme: str
    host: str
    port: int
    address: str
    path: str

    @property
    def url(self) -> str:
        address = f"[{self.address}]" if ":" in self.address else self.address
        return f"{self.scheme}://{address}:{self.port}{self.path}"


@dataclass(frozen=True)
class Patience:
    """Seconds to connect, for each read, and until when (monotonic) for all of it."""

    connect: float
    read: float
    until: float


@dataclass(frozen=True)
class Request:
    method: str
    body: bytes | None = None
    headers: dict = field(default_factory=dict)
    wants_text: bool = True


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    location: str = ""


class PinnedAdapter(HTTPAdapter):
    """Connects to an address and still expects the certificate of the name."""

    def __init__(self, host: str):
        self.host = host
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args, **kwargs):
        super().init_poolmanager(
            *args, server_hostname=self.host, assert_hostname=self.host, **kwargs
        )


def resolve(url: str) -> Target:
    """Where this URL really leads; NotCalled when that is no public place."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise NotCalled("This is no usable URL.") from error
    if parts.scheme not in PORTS or not parts.hostname or parts.username:
        raise NotCalled("A URL must begin with https:// and name a host.")
    if parts.scheme == "http" and not settings.OUTGOING_PRIVATE_HOSTS:
        raise NotCalled("Only https:// is called.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    host = _in_ascii(parts.hostname)
    return Target(parts.scheme, host, port, _address(host, port), path)


def _in_ascii(host: str) -> str:
    """As names travel: a header and a certificate know no other letters."""
    try:
        return host.encode("idna").decode()
    except UnicodeError as error:
        raise NotCalled(f"The name {host[:80]} is not known.") from error


def ask(target: Target, request: Request, patience: Patience) -> Answer:
    """One request and its answer, whatever that says; NotCalled when there is none."""
    usual = {"Host": _host_header(target), "User-Agent": "Converge", "Accept": "*/*"}
    with requests.Session() as session:
        session.trust_env = False
        if target.scheme == "https":
            session.mount(f"https://{target.address}", PinnedAdapter(target.host))
        try:
            with session.request(
                request.method,
                target.url,
                data=request.body,
                headers=usual | request.headers,
                timeout=(patience.connect, patience.read),
                allow_redirects=False,
                stream=True,
            ) as response:
                wants = request.wants_text
                text = _read(response, patience.until) if wants else ""
                location = response.headers.get("Location") or ""
                return Answer(response.status_code, text, location)
        except (requests.Timeout, ReadTimeoutError) as error:
            raise NotCalled(LATE) from error
        except (requests.RequestException, OSError) as error:
            raise NotCalled("It could not be reached.") from error
        except HTTPError as error:  # of the raw body, which `requests` does not wrap
            raise NotCalled("Its answer broke off or could not be read.") from error


def _address(host: str, port: int) -> str:
    """One address of the host; every one of them must be public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotCalled(f"The name {host[:80]} is not known.") from error
    addresses = [info[4][0] for info in found]
    if not settings.OUTGOING_PRIVATE_HOSTS and not all(map(is_public, addresses)):
        raise NotCalled("This address is inside a private network; it is not called.")
    return addresses[0]


def is_public(address: str) -> bool:
    """Also of the IPv4 address that some IPv6 addresses carry inside."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    inner = _inside(ip) if ip.version == 6 else None
    if inner is not None and not inner.is_global:
        return False
    return ip.is_global and not ip.is_multicast


def _inside(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if ip in NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)


def _host_header(target: Target) -> str:
    is_usual = target.port == PORTS[target.scheme]
    return target.host if is_usual else f"{target.host}:{target.port}"


def _read(response, give_up_at: float) -> str:
    """Piece by piece, so that neither size nor slowness of an answer takes a worker."""
    pieces, size = [], 0
    while piece := response.raw.read1(16 * 1024, decode_content=True):
        pieces.append(piece)
        size += len(piece)
        if size > SIZE_MAX:
            raise NotCalled(f"Its answer is larger than {SIZE_MAX // 1024} KB.")
        if time.monotonic() > give_up_at:
            raise NotCalled(LATE)
    return b"".join(pieces).decode("utf-8", "replace")
