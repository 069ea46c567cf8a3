"""Citizens who hand in one request after another and do not give up when the machine falls silent."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

import requests

from tests.faults.ledgers import papers_are_settled
from tests.journeys.story import Promised, fill_in, promised
from tests.pages import PATIENCE_S, Visitor
from tests.world import World, answers, eventually


class Patient(requests.Session):
    """Sends a page's request again, as a reload does, when the connection broke and the machine is back."""

    def __init__(self, health: str) -> None:
        super().__init__()
        self.health = health
        self.breaks = 0

    def request(self, *given: Any, **further: Any) -> requests.Response:
        """The answer, however often it had to be asked for."""
        while True:
            try:
                return super().request(*given, **further)
            except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
                self.breaks += 1
                eventually(lambda: answers(self.health), "the terminal comes back")


@dataclass
class Handed:
    """One finished form: what was promised for it, whether on paper, and who holds the session."""

    promise: Promised
    wants_paper: bool
    citizen: Visitor
    fields: dict[str, str]


@dataclass
class Citizens:
    """
    A thread of citizens, one after another, until `stop`.

    They take a paper when nobody waits for one: this printer proves each in two seconds.
    """

    world: World
    stop: threading.Event = field(default_factory=threading.Event)
    handed: list[Handed] = field(default_factory=list)
    breaks: int = 0
    error: BaseException | None = None

    def __enter__(self) -> Citizens:
        self.thread = threading.Thread(target=self._run, name="citizens")
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.thread.join()
        if self.error:
            raise self.error

    def _run(self) -> None:
        try:
            while not self.stop.is_set():
                self.handed.append(self.one())
        except BaseException as error:
            self.error = error
            self.stop.set()

    def one(self) -> Handed:
        """One citizen's request, from the first page to the number."""
        citizen = Visitor(self.world.terminal_url)
        citizen.http = Patient(self.world.terminal_url + "/healthz")
        wants_paper = papers_are_settled(self.world)
        check = fill_in(citizen, paper="standard" if wants_paper else "none")
        fields = dict(check.form("/request/check").fields)
        handed = Handed(promised(citizen.submit("/request/check")), wants_paper, citizen, fields)
        self.breaks += citizen.http.breaks
        return handed


def send_again(handed: Handed) -> Promised:
    """The same form once more; what the screen promises for it."""
    citizen = handed.citizen
    citizen.http.post(citizen.base + "/request/check", data=handed.fields, timeout=PATIENCE_S)
    return promised(citizen.open("/request/receipt"))
