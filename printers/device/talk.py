"""Questions to a printer and their answers, each within a time limit."""

from collections.abc import Callable
from dataclasses import dataclass

from printers.device import escpos_commands
from printers.device.drivers import DeviceLink
from printers.device.profiles import JobEnd
from printers.device.replies import Answers, Health, PrinterReply, ReplyKind, Status, judged
from printers.errors import LinkFault

_PAPER_END = 0x0C
_FINE = 0x12
_OLD_READS = 64
"""Most reads of old bytes before a question: a printer that never stops sending must not block the worker."""


@dataclass(frozen=True)
class Waits:
    """
    Time limits for answers, in seconds.

    Args:
        answer_s: For one answer to DLE EOT.
        proof_s: For the answer that a whole job is on paper.
        look_s: Interval at which a printer that owes that answer is asked for its state.
        calm_s: Time without a fault that counts as proof where the printer has no such answer.
    """

    answer_s: float = 0.5
    proof_s: float = 15.0
    look_s: float = 1.0
    calm_s: float = 2.0


def ask(link: DeviceLink, monotonic: Callable[[], float], waits: Waits) -> Status:
    """Ask the printer for its state. Bytes that came before are dropped; no answer or a wrong one is `unknown`."""
    try:
        return _asked(link, monotonic, waits)
    except LinkFault as fault:
        return Status(Health.UNKNOWN, fault.code)


def _asked(link: DeviceLink, monotonic: Callable[[], float], waits: Waits) -> Status:
    for _ in range(_OLD_READS):
        if not link.read(0.0):
            break
    answers = Answers()
    seen: list[int] = []
    for query in escpos_commands.STATUS_QUERIES:
        if link.write(query) != len(query):
            return Status(Health.UNKNOWN, "silent")
        byte = _one(link, answers, monotonic, waits.answer_s)
        if byte is None:
            return Status(Health.UNKNOWN, "silent")
        if byte < 0:
            return Status(Health.UNKNOWN, "garbage")
        seen.append(byte)
    return judged(*seen)


def _one(link: DeviceLink, answers: Answers, monotonic: Callable[[], float], limit_s: float) -> int | None:
    """Return the next status byte; None when none came in time, -1 when bytes came that are no answer."""
    end = monotonic() + limit_s
    while (left := end - monotonic()) > 0:
        data = link.read(left)
        if not data:
            return None
        found = [answer for answer in answers.feed(data) if answer.kind is not ReplyKind.ASB]
        if any(answer.kind is not ReplyKind.DLE for answer in found) or len(found) > 1:
            return -1
        if found:
            return found[0].data[0]
    return None


def await_end(
    link: DeviceLink,
    job_end: JobEnd,
    number: int,
    monotonic: Callable[[], float],
    waits: Waits,
    beat: Callable[[], None],
) -> Status:
    """
    Wait for the proof that a job is on paper; return `ok` or `low` when it came, else the reason it did not.

    Args:
        number: The job's number, which GS ( H brings back.
        beat: Called at each sign of life.
    """
    if job_end is JobEnd.DLE:
        return _calm(link, monotonic, waits, beat)
    answers = Answers()
    end = monotonic() + waits.proof_s
    while (left := end - monotonic()) > 0:
        data = link.read(min(left, waits.look_s))
        beat()
        if data is None or not (data or _asks_why(link)):
            return Status(Health.UNKNOWN, "link-broken")
        for answer in answers.feed(data):
            verdict = _proof(answer, job_end, number)
            if verdict is not None:
                return verdict
    return Status(Health.UNKNOWN, "no-proof")


def _asks_why(link: DeviceLink) -> bool:
    """Ask for the reason of the delay; return false when the link is gone."""
    try:
        return link.write(escpos_commands.STATUS_QUERIES[1]) > 0
    except LinkFault:
        return False


def _proof(answer: PrinterReply, job_end: JobEnd, number: int) -> Status | None:
    if answer.kind is ReplyKind.DLE:
        cause = judged(_FINE, answer.data[0], _FINE, _FINE)
        return None if cause.may_print else cause
    if answer.kind is ReplyKind.GS_H and job_end is JobEnd.GS_H:
        return Status(Health.OK) if answer.data[2:6] == escpos_commands.job_end_digits(number) else None
    if answer.kind is ReplyKind.GS_R and job_end is JobEnd.GS_R:
        return Status(Health.BAD, "paper-out") if answer.data[0] & _PAPER_END else Status(Health.OK)
    return None


def _calm(link: DeviceLink, monotonic: Callable[[], float], waits: Waits, beat: Callable[[], None]) -> Status:
    """Watch the printer for `calm_s` seconds; return its status, the first fault if there was one."""
    start = monotonic()
    while True:
        status = ask(link, monotonic, waits)
        beat()
        if not status.may_print or monotonic() - start >= waits.calm_s:
            return status
        link.read(0.1)
