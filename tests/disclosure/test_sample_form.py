"""Before the first question: a form as somebody might have filled it in."""

from __future__ import annotations

from pathlib import Path

from kiosk.clock import FixedClock
from tests.building import a_terminal, terminal_settings


def test_the_sample_is_one_tap_from_the_start_and_leads_to_the_first_question(
    tmp_path: Path, clock: FixedClock
) -> None:
    with a_terminal(tmp_path, clock, terminal_settings(allowed_hosts=("localhost",))) as app:
        app.config["WTF_CSRF_ENABLED"] = False
        citizen = app.test_client()
        assert 'href="/request/sample"' in citizen.get("/request/").text
        sample = citizen.get("/request/sample")
        assert "示例，不是真人" in sample.text
        assert sample.text.count('class="picture"') == 3
        begun = citizen.post("/request/")
        assert (begun.status_code, begun.headers["Location"]) == (303, "/request/what")
