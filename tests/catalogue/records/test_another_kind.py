"""A new kind of record costs one row and one sample: it goes from a table to the shelf, the page, paper and data."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from kiosk.catalogue.pages import slips
from kiosk.catalogue.records import rules
from kiosk.catalogue.records.kinds import CARD, GROUPS, KINDS, Kind, id_of
from kiosk.catalogue.records.schema import code, day, text, toned
from tests.catalogue.conftest import SETTINGS, Catalogue, OpenTerminal, Terminal, a_record
from tests.catalogue.feedback.test_review import COMPLETE, keys
from tests.catalogue.pages.test_pages import words_of

ROW = Kind(
    "lost_thing",
    "失物招领",
    "help",
    GROUPS[-1],
    (36,),
    (
        text("place", "在哪里捡到"),
        day("found_on", "哪天捡到"),
        toned(code("state", "现在", waiting="等人来领", gone="已领走"), good="waiting", neutral="gone"),
    ),
    line=("place",),
    by=("state",),
    needed=("place",),
    paper=CARD,
)
SAMPLE = a_record(
    "doc:lost",
    kind="lost_thing",
    title="黑色雨伞一把",
    body="请带身份证到窗口来领。",
    doc_no=None,
    fields={"place": "县政务服务大厅二楼", "found_on": "2026-11-20", "state": "waiting"},
)


@pytest.fixture
def another_kind() -> Iterator[Kind]:
    """The row, in the table for one test."""
    table = KINDS
    assert isinstance(table, dict)
    table[ROW.id] = ROW
    yield ROW
    del table[ROW.id]


@pytest.fixture
def terminal(another_kind: Kind, open_terminal: OpenTerminal) -> Terminal:
    opened = open_terminal(SETTINGS)
    opened.catalogue.publish(SAMPLE, a_record())  # type: ignore[attr-defined]  # a replica's catalogue
    return opened


def test_a_new_kind_is_checked_like_any_other(another_kind: Kind) -> None:
    assert rules.check(SAMPLE) == []
    wrong = rules.check({**SAMPLE, "fields": {"state": "stolen"}})
    assert [(fault.code, fault.where) for fault in wrong] == [("unknown-code", "fields.state")]
    assert id_of("失物招领") == "lost_thing"


def test_a_new_kind_stands_on_the_shelf_in_its_list_and_on_a_page_of_its_own(terminal: Terminal) -> None:
    assert "失物招领" in terminal.get("/browse")
    listed = words_of(terminal.get("/browse/lost_thing?all=1"))
    assert "黑色雨伞一把" in listed
    assert "县政务服务大厅二楼" in listed
    page = words_of(terminal.get("/documents/doc:lost"))
    for words in ("失物招领", "在哪里捡到", "县政务服务大厅二楼", "等人来领", "请带身份证到窗口来领。"):
        assert words in page, words


def test_a_new_kind_is_found_and_given_as_data(terminal: Terminal) -> None:
    assert "黑色雨伞一把" in words_of(terminal.get("/search?q=雨伞"))
    assert json.loads(terminal.get("/api/v1/documents/doc:lost"))["kind"] == "lost_thing"
    assert "县政务服务大厅二楼" in terminal.get("/open/lost_thing.csv")
    assert "黑色雨伞一把" in terminal.get("/feeds/lost_thing.atom")


def test_a_new_kind_is_printed_on_the_paper_that_its_row_names(terminal: Terminal) -> None:
    assert "要打印便民电话卡吗" in terminal.get("/documents/doc:lost/print")
    place = slips.PaperOrigin("示例体验区", "1号机", "", "", "zh", False)
    assert slips.of_record(SAMPLE, [], place).kind == slips.CARD


def test_the_desk_is_told_when_a_record_of_the_new_kind_lacks_what_its_row_needs(
    another_kind: Kind, catalogue: Catalogue
) -> None:
    catalogue.publish({**SAMPLE, **COMPLETE})
    assert keys() == {}
    catalogue.publish({**SAMPLE, **COMPLETE, "fields": {"state": "waiting"}})
    assert keys() == {"missing": ["doc:lost"]}
