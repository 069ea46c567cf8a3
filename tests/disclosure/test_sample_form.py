"""Before the first question: a form as somebody might have filled it in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from config.settings import TerminalSettings
from kiosk import db
from kiosk.clock import FixedClock
from tests.terminal.test_hall import an_app


def test_the_sample_is_one_tap_from_the_start_and_leads_to_the_first_question(
    tmp_path: Path, clock: FixedClock
) -> None:
    app = an_app(tmp_path, clock, replace(TerminalSettings(), allowed_hosts=("localhost",)))
    app.config["WTF_CSRF_ENABLED"] = False
    citizen = app.test_client()
    assert 'href="/request/sample"' in citizen.get("/request/").text
    sample = citizen.get("/request/sample")
    assert "示例，不是真人" in sample.text
    assert sample.text.count('class="picture"') == 3
    begun = citizen.post("/request/")
    assert (begun.status_code, begun.headers["Location"]) == (303, "/request/what")
    db.store.close()
    db.catalogue.close()
