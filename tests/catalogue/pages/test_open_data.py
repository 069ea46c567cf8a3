"""Open data: whole, in forms that other programs read, and without anything that names a person or runs."""

from __future__ import annotations

import csv
import io
import json
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.catalogue.pages.open_data import ATOM, SPREADSHEET_MARK
from kiosk.catalogue.records.kinds import KINDS
from kiosk.csv_cells import FORMULA_STARTS, UNSEEN, safe_cell
from tests.catalogue.conftest import VILLAGE, ReplicaCatalogue, Terminal, a_record


def published(terminal: Terminal) -> ReplicaCatalogue:
    assert isinstance(terminal.catalogue, ReplicaCatalogue)
    return terminal.catalogue


def table(terminal: Terminal, kind: str) -> list[dict[str, str]]:
    told = terminal.get(f"/open/{kind}.csv").removeprefix(SPREADSHEET_MARK)
    return list(csv.DictReader(io.StringIO(told)))


def test_the_whole_catalogue_is_json_lines(terminal: Terminal) -> None:
    records = published(terminal).publish_all_samples()
    lines = [json.loads(line) for line in terminal.get("/open/catalogue.jsonl").splitlines()]
    assert {each["id"] for each in lines} == {each["id"] for each in records}


def test_every_kind_has_a_table_and_a_feed_that_can_be_read(terminal: Terminal) -> None:
    records = published(terminal).publish_all_samples()
    for kind in KINDS:
        many = sum(each["kind"] == kind for each in records)
        assert len(table(terminal, kind)) == many, kind
        feed = ElementTree.fromstring(terminal.get(f"/feeds/{kind}.atom"))
        assert len(feed.findall(f"{{{ATOM}}}entry")) == min(many, 50), kind


def test_a_feed_leads_to_the_public_pages(terminal: Terminal) -> None:
    terminal.catalogue.publish(a_record(title="甲 & <乙>"))
    feed = ElementTree.fromstring(terminal.get("/feeds/policy.atom"))
    [entry] = feed.findall(f"{{{ATOM}}}entry")
    assert entry.findtext(f"{{{ATOM}}}title") == "甲 & <乙>"
    assert entry.findtext(f"{{{ATOM}}}id") == "https://gk.example.cn/documents/doc%3A1"
    assert entry.findtext(f"{{{ATOM}}}updated") == "2026-03-18T00:00:00+08:00"


def test_a_feed_tells_that_a_document_is_no_longer_valid(terminal: Terminal) -> None:
    repealed = {"on": "2026-05-01", "what": "废止"}
    terminal.catalogue.publish(
        a_record(validity="repealed", validity_reason="由新办法代替", fields={"changes": [repealed]})
    )
    feed = ElementTree.fromstring(terminal.get("/feeds/policy.atom"))
    [entry] = feed.findall(f"{{{ATOM}}}entry")
    assert entry.findtext(f"{{{ATOM}}}published") == "2026-03-18T00:00:00+08:00"
    assert entry.findtext(f"{{{ATOM}}}updated") == "2026-05-01T00:00:00+08:00"
    assert feed.findtext(f"{{{ATOM}}}updated") == "2026-05-01T00:00:00+08:00"


def test_no_export_names_a_person(terminal: Terminal) -> None:
    terminal.catalogue.publish(VILLAGE)
    for address in ("/open/catalogue.jsonl", "/open/village.csv", "/feeds/village.atom"):
        told = terminal.get(address)
        assert "v:1" in told or "v%3A1" in told, address
        assert "赵样例" not in told, address
        assert "named_rows" not in told, address


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_no_cell_begins_as_a_formula(terminal: Terminal, start: str) -> None:
    assert safe_cell(f"{start}cmd") == f"'{start}cmd"
    for unseen in UNSEEN:
        assert safe_cell(f"{unseen}{start}cmd") == f"'{unseen}{start}cmd"


@given(st.text(max_size=40))
def test_a_cell_comes_back_as_it_was(text: str) -> None:
    cell = safe_cell(text)
    assert not cell.startswith(FORMULA_STARTS)
    assert (cell[1:] if cell != text else cell) == text


def test_a_title_that_would_be_a_formula_is_plain_text_in_the_table(terminal: Terminal) -> None:
    terminal.catalogue.publish(a_record(title='=HYPERLINK("http://evil.example")'))
    assert table(terminal, "policy")[0]["title"] == '\'=HYPERLINK("http://evil.example")'


@pytest.mark.parametrize("address", ["/open/catalogue.jsonl", "/open/policy.csv", "/feeds/policy.atom"])
def test_what_did_not_change_is_not_sent_again(terminal: Terminal, address: str) -> None:
    host = {"Host": terminal.host}
    terminal.catalogue.publish(a_record())
    first = terminal.client.get(address, headers=host)
    assert set(first.headers["Cache-Control"].split(", ")) == {"public", "no-cache"}
    seen = host | {"If-None-Match": first.headers["ETag"]}
    again = terminal.client.get(address, headers=seen)
    assert (again.status_code, again.data) == (304, b"")
    terminal.catalogue.publish(a_record(title="新的标题"))
    changed = terminal.client.get(address, headers=seen)
    assert (changed.status_code, "新的标题" in changed.text) == (200, True)


@pytest.mark.parametrize("address", ["/open/catalogue.jsonl", "/open/policy.csv"])
def test_an_export_is_never_held_whole(terminal: Terminal, address: str) -> None:
    terminal.catalogue.publish(a_record())
    told = terminal.client.get(address, headers={"Host": terminal.host}, buffered=False)
    assert "Content-Length" not in told.headers  # it would be known only after all of it was made
    assert told.text


def test_a_table_opens_in_a_spreadsheet_in_chinese(terminal: Terminal) -> None:
    terminal.catalogue.publish(a_record())
    told = terminal.client.get("/open/policy.csv", headers={"Host": terminal.host})
    assert told.data.startswith(b"\xef\xbb\xbf")


def test_an_unknown_kind_is_not_found(terminal: Terminal) -> None:
    for path in ("/open/poem.csv", "/feeds/poem.atom"):
        assert "没有找到这一页" in terminal.get(path, 404)
