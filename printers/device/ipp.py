"""
A4 pages sent from memory to a page printer that speaks IPP (IPP Everywhere, or a CUPS queue on this machine).

Sends one PDF, then asks for the job's state until it is final. Writes no file and keeps no queue of its own.
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
    """State of a job as the printer reports it (RFC 8011, 5.3.7)."""

    PENDING = 3
    HELD = 4
    PROCESSING = 5
    STOPPED = 6
    CANCELED = 7
    ABORTED = 8
    COMPLETED = 9


_STOPPED = 5
"""Value of printer-state for a printer that needs a person (RFC 8011, 5.4.11)."""
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
    Send one PDF as a job; return the printer's number for it.

    Args:
        url: ipp://host:631/ipp/print, or ipps:// over TLS.
        job_name: Shown in the printer's list; no personal data.
    Raises:
        NotReached: No printer at this address.
        LinkBroken: The printer refused (`written` 0: nothing is printed), or the link ended during the transfer.
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
    """Return the printer's state; what it does not report clearly is unknown, which never counts as ok."""
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
    Cancel a job, so that the next visitor does not get its pages.

    Raises:
        NotReached, LinkBroken: It is unknown whether the printer cancelled it.
    """
    _asked(url, _CANCEL_JOB, [*_request_head(url), (_INTEGER, "job-id", struct.pack(">i", number))], b"")


def state(url: str, number: int) -> JobState:
    """Return the state of the job as the printer reports it now."""
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
    """
    Return the final state of the job (completed, canceled or aborted), or its last state when `limit_s` has passed.
    """
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
    """
    Send one request; return the attributes of the answer in order, further values of one attribute without a name.
    """
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
    """Return all values of one attribute."""
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
    """Return a request in IPP 2.0 with one group of operation attributes."""
    out = [struct.pack(">bbhib", 2, 0, operation, 1, _OPERATION)]
    for tag, name, value in attributes:
        text = name.encode("ascii")
        out += [struct.pack(">bh", tag, len(text)), text, struct.pack(">h", len(value)), value]
    return b"".join([*out, bytes([_END])])


def decoded(content: bytes) -> Iterator[tuple[str, bytes]]:
    """
    Yield names and values of an answer, in order.

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
