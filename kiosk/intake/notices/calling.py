"""
Calls the county's own way to telephones: a command, or an address that takes JSON.

What goes out is the number, the name of its state and a few words for it: nothing personal, not even the telephone,
which is sealed here. The county's system knows its telephones, or asks a clerk.
"""

from __future__ import annotations

import json
import logging
import subprocess
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import urllib3

from kiosk import db
from kiosk.clock import Clock
from kiosk.intake.kinds import UNKNOWN, SubmissionKind
from kiosk.intake.notices import notice_models
from kiosk.intake.notices.notice_models import WaitingNotice

HAS_PHONE = "has_phone"
"""Name of the fact in an envelope: a telephone was left, sealed."""
ROUND_S = 20.0
PATIENCE_S = 30.0
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
MOST_TRIES = 12
"""Tries after which a person must look: some two days."""

_log = logging.getLogger(__name__)


class NotTaken(Exception):
    """The county's system did not take a notice; the text is a code, such as "exit-1" or "answered-500"."""


@dataclass(frozen=True)
class PhoneNotice:
    """What goes out."""

    number: str
    state: str
    words: str

    def body(self) -> bytes:
        """Return it as JSON."""
        return json.dumps(vars(self), ensure_ascii=False).encode()


def call(hook: str, notice: PhoneNotice) -> None:
    """
    Call a command with number, state and words, or POST them as JSON to an address.

    Raises:
        NotTaken: It failed, answered otherwise than with 2xx, or not in time.
    """
    if hook.startswith(("http://", "https://")):
        _post(hook, notice)
    else:
        _run(hook, notice)


def _post(address: str, notice: PhoneNotice) -> None:
    headers = {"Content-Type": "application/json"}
    try:
        answer = urllib3.request(
            "POST",
            address,
            body=notice.body(),
            headers=headers,
            timeout=PATIENCE_S,
            retries=False,
            redirect=False,
        )
    except urllib3.exceptions.HTTPError as error:
        raise NotTaken(type(error).__name__) from error
    if not 200 <= answer.status < 300:
        raise NotTaken(f"answered-{answer.status}")


def _run(command: str, notice: PhoneNotice) -> None:
    try:
        done = subprocess.run(
            [command, notice.number, notice.state, notice.words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotTaken(type(error).__name__) from error
    if done.returncode:
        raise NotTaken(f"exit-{done.returncode}")


def one_round(hook: str, kinds: Sequence[SubmissionKind], clock: Clock) -> int:
    """Say what changed since the last round and what failed before; return how many were taken."""
    with db.writing(db.store):
        notice_models.follow(clock.now(), HAS_PHONE)
    taken = 0
    for waiting in notice_models.waiting(clock.now()):
        taken += _say(hook, waiting, kinds, clock)
    return taken


def _say(hook: str, waiting: WaitingNotice, kinds: Sequence[SubmissionKind], clock: Clock) -> int:
    try:
        call(hook, PhoneNotice(waiting.number, waiting.state, _words(waiting, kinds)))
    except NotTaken as error:
        pause = min(FIRST_PAUSE * 2.0**waiting.tries, LONGEST_PAUSE)
        is_last = waiting.tries + 1 >= MOST_TRIES
        _log.warning("notice-not-taken: %s %s: %s", waiting.number, waiting.state, error)
        with db.writing(db.store):
            due_at = None if is_last else clock.now() + pause
            notice_models.note(waiting.number, waiting.state, fault=str(error), due_at=due_at)
        return 0
    with db.writing(db.store):
        notice_models.note(waiting.number, waiting.state, fault="", due_at=None)
    return 1


def _words(waiting: WaitingNotice, kinds: Sequence[SubmissionKind]) -> str:
    kind = next((each for each in kinds if each.name == waiting.kind), None)
    return str((kind.states.get(waiting.state, UNKNOWN) if kind else UNKNOWN).tag)


def start(hook: str, kinds: Sequence[SubmissionKind], clock: Clock, stop: threading.Event) -> None:
    """Begin the rounds in a thread of this process until `stop` is set; without a hook nothing begins."""
    if hook:
        work = _forever(hook, kinds, clock, stop)
        threading.Thread(target=work, name="notices", daemon=True).start()


def _forever(
    hook: str, kinds: Sequence[SubmissionKind], clock: Clock, stop: threading.Event
) -> Callable[[], None]:
    def run() -> None:
        while not stop.wait(ROUND_S):
            try:
                with db.connected():
                    one_round(hook, kinds, clock)
            except Exception:  # the border of the thread: the next round says what this one could not
                _log.exception("notices wait for the next round")

    return run
