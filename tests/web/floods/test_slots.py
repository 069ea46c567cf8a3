"""Slow work has its own room: strangers who ask for it keep nobody else waiting."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask

from kiosk.web.floods import slots
from kiosk.web.floods.slots import Busy, Slots


@contextmanager
def working(room: Slots) -> Iterator[None]:
    """Somebody else in the room, until the block ends."""
    inside, done = threading.Event(), threading.Event()

    def work() -> None:
        with room.taken():
            inside.set()
            done.wait(10)

    other = threading.Thread(target=work)
    other.start()
    assert inside.wait(10)
    try:
        yield
    finally:
        done.set()
        other.join()


def test_one_works_one_waits_and_the_next_is_sent_away_at_once() -> None:
    room = Slots(at_once=1, waiting=1, patience_s=30)
    served: list[str] = []

    def wait() -> None:
        with room.taken():
            served.append("waited")

    with working(room):
        second = threading.Thread(target=wait)
        second.start()
        while room._inside._value:  # until the second one waits
            pass
        with pytest.raises(Busy), room.taken():
            served.append("third")
    second.join()
    assert served == ["waited"]
    with room.taken():
        served.append("later")


def test_whoever_waited_in_vain_leaves_room_for_the_next() -> None:
    room = Slots(at_once=1, waiting=1, patience_s=0.01)
    with working(room):
        for _each in range(3):
            with pytest.raises(Busy), room.taken():
                pass
    with room.taken():
        pass


def test_an_act_beyond_gets_429_and_any_other_page_is_served() -> None:
    app = Flask(__name__, template_folder="nowhere")
    app.jinja_loader = None
    room = Slots(at_once=1, waiting=0, patience_s=0.01)
    slots.protect(app, room, {"POST dear"})
    app.add_url_rule("/dear", "dear", lambda: "done", methods=["GET", "POST"])
    app.add_url_rule("/page", "page", lambda: "page")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slots, "render_template", lambda *_about, **_with: "busy")
        browser = app.test_client()
        with working(room):
            refused = browser.post("/dear")
            assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3")
            assert browser.get("/dear").status_code == 200
            assert browser.get("/page").status_code == 200
    assert browser.post("/dear").status_code == 200
    assert browser.post("/dear").status_code == 200, "each one leaves the room"
