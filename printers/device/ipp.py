"""
A4 straight from memory to a page printer that speaks IPP (IPP Everywhere, or a CUPS queue on this machine).

Sends one PDF, asks until the printer says what became of it, and says no more than that. No file, no spool of ours.
Source: RFC 8010 (encoding), RFC 8011 (Print-Job, Get-Job-Attributes, job states).
"""

import http.client
import struct
from collections.abc import Callable, Iterator
from enum import IntEnum
from urllib.parse import urlsplit

from printers.device.replies import Health, Status
from printers.errors import LinkBroken, NotReached

Answer = list[tuple[str, bytes]]

TIMEOUT_S = 10.0
_PRINT_JOB, _CANCEL_JOB, _GET_JOB, _GET_PRINTER = 0x0002, 0x0008, 0x0009, 0x000B
_OPERATION, _END = 0x01, 0x03
_INTEGER, _KEYWORD, _NAME, _URI, _CHARSET, _LANGUAGE, _MIME = 0x21, 0x44, 0x42, 0x45, 0x47, 0x48, 0x49
_LAST_GROUP_TAG = 0x0F


class JobState(IntEnum):
    """What the printer says of a job (RFC 8011, 5.3.7)."""

    PENDING = 3
    HELD = 4
    PROCESSING = 5
    STOPPED = 6
    CANCELED = 7
    ABORTED = 8
    COMPLETED = 9


_STOPPED = 5
"""printer-state of a printer that needs a person (RFC 8011, 5.4.11)."""
_REASONS = {
    "media-empty": "paper-out",
    "media-needed": "paper-out",
    "media-jam": "paper-jam",
    "cover-open": "cover-open",
    "door-open": "cover-open",
    "interlock-open": "cover-open",
    "toner-empty": "ink-out",
    "marker-supply-empty": "ink-out",
    "paused": "offline",
    "shutdown": "offline",
    "connecting-to-device": "offline",
    "stopping": "offline",
}
"""Keywords of printer-state-reasons (RFC 8011, 5.4.12) that keep a page from coming out."""
_LOW = frozenset({"media-low"})
PDF = b"application/pdf"
_SETTLED = frozenset({JobState.CANCELED, JobState.ABORTED, JobState.COMPLETED})


def print_pdf(url: str, pdf: bytes, *, job_name: str, user: str = "kiosk") -> int:
    """
    The printer's number for the job.

    Args:
        url: ipp://host:631/ipp/print, or ipps:// over TLS.
        job_name: Shown in the printer's list; no personal data.
    Raises:
        NotReached: No printer there.
        LinkBroken: It refused (`written` 0: surely nothing is printed), or the link ended on the way.
    """
    attributes = [
        *_request_head(url),
        (_NAME, "requesting-user-name", user.encode()),
        (_NAME, "job-name", job_name.encode()),
        (_MIME, "document-format", PDF),
    ]
    answer = _asked(url, _PRINT_JOB, attributes, pdf)
    numbers = _values(answer, "job-id")
    if not numbers:
        raise LinkBroken("ipp-no-job", len(pdf))
    return int.from_bytes(numbers[0], "big")


def printer(url: str) -> Status:
    """How the printer is now; what it does not say clearly is unknown, which is never ok."""
    wanted = (
        b"printer-state",
        b"printer-state-reasons",
        b"printer-is-accepting-jobs",
        b"document-format-supported",
    )
    attributes = [*_request_head(url), (_KEYWORD, "requested-attributes", wanted[0])]
    attributes += [(_KEYWORD, "", name) for name in wanted[1:]]
    try:
        answer = _asked(url, _GET_PRINTER, attributes, b"")
    except NotReached:
        return Status(Health.BAD, "not-reached")
    except LinkBroken as fault:
        return Status(Health.UNKNOWN, str(fault))
    return _judged(answer)


def _judged(answer: Answer) -> Status:
    states = _values(answer, "printer-state")
    if not states or not 3 <= int.from_bytes(states[0], "big") <= _STOPPED:
        return Status(Health.UNKNOWN, "garbage")
    formats = _values(answer, "document-format-supported")
    if formats and PDF not in formats:
        return Status(Health.BAD, "no-pdf")
    reasons = [value.decode("ascii", "replace") for value in _values(answer, "printer-state-reasons")]
    plain = [
        reason.removesuffix("-error").removesuffix("-warning").removesuffix("-report") for reason in reasons
    ]
    found = next((_REASONS[reason] for reason in plain if reason in _REASONS), "")
    if not found and any(reason.endswith("-error") for reason in reasons):
        found = "fault"
    if found or int.from_bytes(states[0], "big") == _STOPPED:
        return Status(Health.BAD, found or "fault")
    if _values(answer, "printer-is-accepting-jobs") == [b"\0"]:
        return Status(Health.BAD, "offline")
    return Status(Health.LOW, "paper-low") if _LOW & set(plain) else Status(Health.OK)


def cancel(url: str, number: int) -> None:
    """
    Asks the printer to forget a job, so that nobody else gets it later.

    Raises:
        NotReached, LinkBroken: Nobody knows whether it did.
    """
    _asked(url, _CANCEL_JOB, [*_request_head(url), (_INTEGER, "job-id", struct.pack(">i", number))], b"")


def state(url: str, number: int) -> JobState:
    """What the printer says of the job now."""
    attributes = [
        *_request_head(url),
        (_INTEGER, "job-id", struct.pack(">i", number)),
        (_KEYWORD, "requested-attributes", b"job-state"),
    ]
    answer = _asked(url, _GET_JOB, attributes, b"")
    try:
        return JobState(int.from_bytes(_values(answer, "job-state")[0], "big"))
    except (IndexError, ValueError) as fault:
        raise LinkBroken("ipp-no-state") from fault


def settled(
    url: str,
    number: int,
    *,
    monotonic: Callable[[], float],
    pause: Callable[[float], object],
    limit_s: float = 120.0,
) -> JobState:
    """The last state of the job: completed, canceled or aborted, or what it was when the time ran out."""
    end = monotonic() + limit_s
    current = state(url, number)
    while current not in _SETTLED and monotonic() < end:
        pause(1.0)
        current = state(url, number)
    return current


def _request_head(url: str) -> list[tuple[int, str, bytes]]:
    return [
        (_CHARSET, "attributes-charset", b"utf-8"),
        (_LANGUAGE, "attributes-natural-language", b"zh-cn"),
        (_URI, "printer-uri", url.encode()),
    ]


def _asked(url: str, operation: int, attributes: list[tuple[int, str, bytes]], body: bytes) -> Answer:
    """The attributes of the answer to one request, in order; a further value of one has no name."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "ipps" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port or 631, timeout=TIMEOUT_S)
    try:
        try:
            connection.connect()
        except OSError as fault:
            raise NotReached("ipp") from fault
        headers = {"Content-Type": "application/ipp"}
        connection.request("POST", parts.path or "/", encoded(operation, attributes) + body, headers)
        answer = connection.getresponse()
        content = answer.read()
    except (OSError, http.client.HTTPException) as fault:
        raise LinkBroken("ipp", len(body)) from fault
    finally:
        connection.close()
    if 400 <= answer.status < 500:
        raise LinkBroken("ipp-refused")
    if answer.status != 200 or len(content) < 8:
        raise LinkBroken("ipp-garbage", len(body))
    if content[2:4] >= b"\x01\x00":
        raise LinkBroken("ipp-refused")
    try:
        return list(decoded(content))
    except LinkBroken as fault:
        raise LinkBroken(str(fault), len(body)) from fault


def _values(answer: Answer, name: str) -> list[bytes]:
    """All values of one attribute."""
    found: list[bytes] = []
    for place, (given, value) in enumerate(answer):
        if given == name:
            found.append(value)
            for further, another in answer[place + 1 :]:
                if further:
                    break
                found.append(another)
            break
    return found


def encoded(operation: int, attributes: list[tuple[int, str, bytes]]) -> bytes:
    """A request in IPP 2.0 with one group of operation attributes."""
    out = [struct.pack(">bbhib", 2, 0, operation, 1, _OPERATION)]
    for tag, name, value in attributes:
        text = name.encode("ascii")
        out += [struct.pack(">bh", tag, len(text)), text, struct.pack(">h", len(value)), value]
    return b"".join([*out, bytes([_END])])


def decoded(content: bytes) -> Iterator[tuple[str, bytes]]:
    """
    Names and values of an answer, in order.

    Raises:
        LinkBroken: "ipp-garbage" when the content ends inside a value.
    """
    place = 8
    while place < len(content) and content[place] != _END:
        if content[place] <= _LAST_GROUP_TAG:
            place += 1
            continue
        name, place = _text(content, place + 1)
        value, place = _text(content, place)
        yield name.decode("ascii", "replace"), value


def _text(content: bytes, place: int) -> tuple[bytes, int]:
    size = int.from_bytes(content[place : place + 2], "big")
    end = place + 2 + size
    if end > len(content):
        raise LinkBroken("ipp-garbage")
    return content[place + 2 : end], end
