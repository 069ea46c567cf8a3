"""A hub that hangs holds no page: calls are short, few at once, and rest after one that was not answered."""

from __future__ import annotations

import threading

import pytest

from kiosk.app.page_calls import AT_ONCE, REST_S, PageCalls
from kiosk.clock import FixedClock


class Hub:
    """A hub that answers, or not; it counts who asked."""

    def __init__(self) -> None:
        self.is_away = False
        self.asked = 0

    def __call__(self) -> str:
        self.asked += 1
        if self.is_away:
            raise ConnectionError("hub-unreachable")
        return "answered"


def test_after_one_call_without_an_answer_none_is_made_for_a_while(clock: FixedClock) -> None:
    hub, calls = Hub(), PageCalls(clock)
    hub.is_away = True
    for _visitor in range(5):
        with pytest.raises(ConnectionError):
            calls.ask(hub)
    assert hub.asked == 1


def test_when_it_has_rested_one_visitor_tries_and_all_follow_once_it_answers(clock: FixedClock) -> None:
    hub, calls = Hub(), PageCalls(clock)
    hub.is_away = True
    with pytest.raises(ConnectionError):
        calls.ask(hub)
    clock.advance(REST_S)
    with pytest.raises(ConnectionError):
        calls.ask(hub)
    with pytest.raises(ConnectionError):
        calls.ask(hub)
    assert hub.asked == 2, "one trial"
    hub.is_away = False
    clock.advance(REST_S)
    assert [calls.ask(hub) for _visitor in range(3)] == ["answered"] * 3


def test_while_some_wait_for_a_hub_that_hangs_others_get_their_page(clock: FixedClock) -> None:
    calls = PageCalls(clock)
    hanging, let_go = threading.Semaphore(0), threading.Event()

    def hang() -> str:
        hanging.release()
        let_go.wait(10)
        return "late"

    waiting = [threading.Thread(target=calls.ask, args=(hang,)) for _each in range(AT_ONCE)]
    for each in waiting:
        each.start()
    for _each in waiting:
        assert hanging.acquire(timeout=10)
    with pytest.raises(ConnectionError):
        calls.ask(lambda: "never")
    let_go.set()
    for each in waiting:
        each.join()
    assert calls.ask(lambda: "now") == "now"
