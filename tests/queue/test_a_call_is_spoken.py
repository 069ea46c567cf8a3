"""A call is one sound: letters, digits and windows from recordings that ship, joined on the terminal itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.clock import FixedClock
from kiosk.queue import voice
from kiosk.speech import ogg
from kiosk.speech.bank import Bank, Speaker
from kiosk.web.context import terminal
from tests.building import a_terminal
from tests.queue.test_check_in import MORNING, SETTINGS


def test_every_piece_of_a_call_has_a_recording() -> None:
    speaker = Speaker(Bank.load())
    assert [text for text in voice.needed_clips() if not speaker.keys(text)] == []


@pytest.mark.parametrize(("number", "window"), [("A012", "3"), ("C1000", "12"), ("X305", "30")])
def test_a_call_is_one_file_without_gaps(number: str, window: str, tmp_path: Path) -> None:
    with a_terminal(tmp_path, FixedClock(MORNING), SETTINGS) as app:
        with app.test_request_context():
            said = terminal().queue.recordings(voice.clips(number, window))
            unknown = terminal().queue.recordings(voice.clips(number, "综合受理"))
        (address,) = said
        answer = app.test_client().get(address)
    assert answer.status_code == 200
    assert 2 < ogg.read(answer.data).seconds < 8
    assert unknown == [], "a window without a number is shown, with the gong"
