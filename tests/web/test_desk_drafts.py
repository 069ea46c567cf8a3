"""What is being written at the desk survives: kept at the hub, sealed, offered to its writer alone, bounded; and a form
that comes after its session has ended loses nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk import db
from kiosk.catalogue.publishing import actions as publishing
from kiosk.catalogue.publishing import entries
from kiosk.catalogue.records.hand import Hand
from kiosk.clock import FixedClock
from kiosk.errors import Refused
from kiosk.staff import actions as accounts
from kiosk.web.unsent.desk_drafts import LIFE, MOST, DeskDraft, Drafts
from tests.catalogue.conftest import a_record
from tests.hub import HOST, Browser, Hub, build_hub
from tests.web.test_desk_acts import Forms

DESK = "/desk/catalogue"
EDIT = f"{DESK}/edit/doc:1"
TYPED = "写到一半的题目"


@pytest.fixture
def hub(tmp_path: Path, address: str) -> Iterator[Hub]:
    hub = build_hub(tmp_path, address)
    for name in ("wang.wu", "zhao.liu"):
        hub.add_account(name, "publisher")
    publishing.save(a_record("doc:1", title="原来的题目"), Hand("zhang.san", hub.clock.now()), act="new")  # type: ignore[arg-type]
    yield hub
    db.real(db.store).close_all()


@pytest.fixture
def clerk(hub: Hub) -> Browser:
    return hub.browser("wang.wu")


def form_on(page: str, path: str = EDIT) -> dict[str, str]:
    """The form of a page that goes to `path`, as a browser would send it."""
    return next(each.values for each in Forms(page).forms if each.action == path)


def press(browser: Browser, path: str, form: dict[str, str]) -> tuple[int, str]:
    answer = browser.client.post(path, data=form, headers={"Host": HOST, "Origin": f"http://{HOST}"})
    return answer.status_code, answer.text


def write(browser: Browser, title: str = TYPED, path: str = EDIT) -> dict[str, str]:
    """Somebody writes and goes away: the page has sent what was written, and nothing else."""
    form = {**form_on(browser.get(path).text, path), "title": title}
    assert press(browser, "/desk/drafts", form)[0] == 204
    return form


def test_what_was_written_is_offered_and_taken_up(clerk: Browser) -> None:
    form = write(clerk)
    page = clerk.get(EDIT).text
    assert form_on(page)["title"] == "原来的题目", "nothing is put into the form unasked"
    assert TYPED in page
    assert "接着写" in page
    taken = clerk.get(f"{EDIT}?draft_run={form['draft_run']}").text
    assert form_on(taken)["title"] == TYPED
    assert press(clerk, EDIT, form_on(taken))[0] == 303
    assert entries.found("doc:1").title == TYPED  # type: ignore[union-attr]  # it is there
    assert DeskDraft.select().count() == 0, "what was sent is no draft any more"


def test_a_draft_names_the_version_on_which_it_was_begun(hub: Hub, clerk: Browser) -> None:
    form = write(clerk)
    publishing.save(a_record("doc:1", title="别人改的题目"), Hand("li.si", hub.clock.now()), act="edit")  # type: ignore[arg-type]
    taken = form_on(clerk.get(f"{EDIT}?draft_run={form['draft_run']}").text)
    status, page = press(clerk, EDIT, taken)
    assert status == 409
    assert "别人改的题目" in page
    assert form_on(page)["title"] == TYPED


@pytest.mark.parametrize("path", [f"{DESK}/new/policy", EDIT])
def test_each_form_keeps_its_own(clerk: Browser, path: str) -> None:
    first, second = write(clerk, "第一个窗口", path), write(clerk, "第二个窗口", path)
    assert first["draft_run"] != second["draft_run"]
    page = clerk.get(path).text
    assert "第一个窗口" in page
    assert "第二个窗口" in page
    taken = form_on(clerk.get(f"{path}?draft_run={first['draft_run']}").text, path)
    assert (taken["title"], taken.get("id")) == ("第一个窗口", first.get("id"))


def test_what_is_thrown_away_is_gone(clerk: Browser) -> None:
    write(clerk)
    drop = form_on(clerk.get(EDIT).text, "/desk/drafts/drop")
    assert press(clerk, "/desk/drafts/drop", drop)[0] == 303
    assert TYPED not in clerk.get(EDIT).text


def test_nobody_else_is_offered_it_and_the_disk_does_not_show_it(hub: Hub, clerk: Browser) -> None:
    form = write(clerk)
    other = hub.browser("zhao.liu")
    assert TYPED not in other.get(f"{EDIT}?draft_run={form['draft_run']}").text
    (sealed,) = hub.connection.execute("SELECT sealed FROM desk_draft").fetchone()
    assert TYPED.encode() not in bytes(sealed)
    hub.connection.execute("UPDATE desk_draft SET person = 'zhao.liu'")
    assert TYPED not in other.get(EDIT).text, "a row that was moved to another person does not open"


def test_drafts_are_bounded_in_number_age_and_size(hub: Hub) -> None:
    clock: FixedClock = hub.clock
    own, now = Drafts("wang.wu", "key"), clock.now()
    for at in range(MOST + 5):
        own.keep(f"edit/{at}", "run", [("title", str(at))], now + timedelta(seconds=at))
    assert [bool(own.of(f"edit/{at}", now)) for at in (0, 4, 5, MOST + 4)] == [False, False, True, True]
    later = now + LIFE + timedelta(hours=1)
    assert own.of("edit/10", later) == []
    Drafts("zhao.liu", "key").keep("edit/x", "run", [], later)
    assert DeskDraft.select().count() == 1, "everybody's old ones are erased"
    with pytest.raises(Refused, match="draft-too-large"):
        own.keep("edit/1", "run", [("body", "长" * 2_000_000)], now)


def test_drafts_end_with_the_account(hub: Hub, clerk: Browser) -> None:
    """Those of somebody else stay: the control."""
    write(clerk)
    other = hub.browser("zhao.liu")
    write(other)
    accounts.close_account("wang.wu", now=hub.clock.now(), by="zhao.liu")
    assert {each.person for each in DeskDraft.select()} == {"zhao.liu"}


def test_a_form_sent_after_the_session_ended_loses_nothing(hub: Hub, clerk: Browser) -> None:
    form = {**form_on(clerk.get(EDIT).text), "title": TYPED, "body": "第一条\n第二条"}
    hub.connection.execute("DELETE FROM web_session")
    status, page = press(clerk, EDIT, form)
    assert status == 401
    kept = form_on(page)
    assert {name: kept[name].replace("\r\n", "\n") for name in ("title", "body", "version")} == {
        name: form[name] for name in ("title", "body", "version")
    }
    again = hub.browser("wang.wu")
    status, page = press(again, EDIT, kept)
    assert (status, "登录换过了" in page) == (400, True), "the token was of the session before"
    assert press(again, EDIT, form_on(page))[0] == 303
    assert entries.found("doc:1").title == TYPED  # type: ignore[union-attr]  # it is there


def test_a_password_sent_too_late_is_not_shown(hub: Hub) -> None:
    admin = hub.browser()
    status, page = press(admin, "/desk/hall/1234/pin", {"pin": "862407", "again": "862407"})
    assert status == 401
    assert "862407" not in page
    assert 'name="pin"' in page
