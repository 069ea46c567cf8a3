"""
Checks whether an outside web address still answers: with time limits, and never inside the county's networks.

Every host is resolved here and every one of its addresses must be public; the connection goes to the address
that was checked, so that a name cannot resolve differently the second time. Redirects follow the same rule.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import urllib3
from urllib3.exceptions import HTTPError

OK, GONE, NO_HOST, QUIET, UNCLEAR, INSIDE = "ok", "gone", "no-host", "quiet", "unclear", "inside"
"""
Answers; no longer exists; the host has no address; no answer in time; a refusal that says nothing (robots,
sign-in, overload); an address of a private network.
"""
PORTS = {"http": (80, 8080), "https": (443, 8443)}
MOST_REDIRECTS = 5
TIMEOUT_S = urllib3.Timeout(connect=5.0, read=10.0)
AGENT = "county-open-government-link-check/1"
_TRANSLATED = ipaddress.ip_network("64:ff9b::/32")
"""IPv4 addresses inside IPv6 ones (RFC 6052, RFC 8215): their destination is unknown."""
_GONE = (404, 410)
_MOVED = (301, 302, 303, 307, 308)

Resolve = Callable[[str, int], Sequence[str]]


def resolve(host: str, port: int) -> Sequence[str]:
    """
    Return the IP addresses of a host.

    Raises:
        OSError: it has none.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def is_public(address: str) -> bool:
    """Return whether an IP address belongs to the public internet, also if it is wrapped in an IPv6 one."""
    try:
        found = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if found in _TRANSLATED or (inner is not None and not inner.is_global):
            return False
    return found.is_global and not found.is_multicast


@dataclass(frozen=True)
class Net:
    """The network to use; tests pass another resolver and allow a server of their own."""

    resolve: Resolve = resolve
    is_allowed: Callable[[str], bool] = is_public
    ports: Callable[[str, int], bool] = lambda scheme, port: port in PORTS[scheme]


def look(url: str, net: Net | None = None) -> str:
    """Return the result of requesting an address: one of the constants above."""
    net = net or Net()
    for _ in range(MOST_REDIRECTS + 1):
        said, moved = _ask(url, net)
        if not moved:
            return said
        url = moved
    return UNCLEAR


def _ask(url: str, net: Net) -> tuple[str, str]:
    """Return the result of one address, or the address that it redirects to."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    except ValueError:
        return GONE, ""
    if not host or parts.scheme not in PORTS or parts.username is not None:
        return UNCLEAR, ""
    if not net.ports(parts.scheme, port):
        return INSIDE, ""
    try:
        addresses = net.resolve(host, port)
    except (OSError, UnicodeError):
        return NO_HOST, ""
    if not addresses or not all(net.is_allowed(each) for each in addresses):
        return INSIDE, ""
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        status, location = _fetch(parts.scheme, host, port, addresses[0], target)
    except (HTTPError, OSError, UnicodeError, ValueError):
        return QUIET, ""
    if status in _MOVED and location:
        return "", urljoin(url, location)
    return (GONE if status in _GONE else OK if status < 400 else UNCLEAR), ""


def _fetch(scheme: str, host: str, port: int, address: str, target: str) -> tuple[int, str]:
    """Return status and `Location`: by HEAD first, by the beginning of a GET if the server does not support HEAD."""
    shown = host if port in (80, 443) else f"{host}:{port}"
    headers = {"Host": shown, "User-Agent": AGENT, "Accept": "*/*"}
    pool = (
        urllib3.HTTPSConnectionPool(address, port, server_hostname=host, assert_hostname=host)
        if scheme == "https"
        else urllib3.HTTPConnectionPool(address, port)
    )
    try:
        status, location = 405, ""
        for method in ("HEAD", "GET"):
            answer = pool.request(
                method,
                target,
                headers=headers,
                timeout=TIMEOUT_S,
                retries=False,
                redirect=False,
                preload_content=False,
            )
            status, location = answer.status, answer.headers.get("Location", "")
            answer.close()
            if status not in (403, 404, 405, 501):
                break
        return status, location
    finally:
        pool.close()
