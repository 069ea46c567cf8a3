"""A long table of a record is taken out as a file, worked on in a spreadsheet, and brought back through approval."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from werkzeug.test import TestResponse

from kiosk import db
from kiosk.catalogue.importing.importers import import_file
from kiosk.catalogue.records import documents
from kiosk.catalogue.records.hand import Hand
from kiosk.catalogue.records.models import Entry
from tests.catalogue.conftest import write_lines
from tests.hub import HOST, Browser, Hub, build_hub

DESK = "/desk/catalogue"
ROWS = [{"item": f"收费{at}", "standard": f"{at}元", "basis": "=1+1"} for at in range(60)]
FEE: dict[str, Any] = {
    "id": "fee:1",
    "kind": "fee",
    "title": "收费清单",
    "body": "",
    "disclosure": "proactive",
    "fields": {"type": "政府性基金", "updated_on": "2026-11-01", "rows": ROWS},
}
STANDARD: dict[str, Any] = {
    "id": "standard:1",
    "kind": "standard",
    "title": "标准目录",
    "body": "",
    "disclosure": "proactive",
    "fields": {"domain": "就业", "rows": [{"no": 1, "channels": ["政府网站", "公示栏"], "id": "fee:1"}]},
}


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    hub = build_hub(tmp_path)
    hub.add_account("zhang.shen", "publisher")
    hand = Hand("operator:test", hub.clock.now())
    import_file(write_lines(tmp_path / "a.jsonl", FEE, STANDARD), hand, publish=True)
    yield hub
    db.store.obj.close()


@pytest.fixture
def clerk(hub: Hub) -> Browser:
    return hub.browser("zhang.shen")


def bring(clerk: Browser, page: str, name: str, content: bytes) -> TestResponse:
    token = clerk.get(page).text.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    data = {"csrf_token": token, "version": clerk.version(page), "file": (io.BytesIO(content), name)}
    return clerk.client.post(page, data=data, headers={"Host": HOST, "Origin": f"http://{HOST}"})


def rows_of(doc_id: str) -> Any:
    return Entry.get(Entry.doc_id == doc_id).content["fields"]["rows"]


def test_a_long_table_goes_out_and_comes_back_the_same(clerk: Browser) -> None:
    page = clerk.get(f"{DESK}/edit/fee:1").text
    assert f"{DESK}/table/rows/fee:1" in page
    assert "收费59" not in page
    out = clerk.get(f"{DESK}/table-file/rows/fee:1")
    assert out.data.startswith("\ufeff收费项目,".encode())
    assert "'=1+1" in out.text, "a spreadsheet reads no cell as a formula"
    assert bring(clerk, f"{DESK}/table/rows/fee:1", "rows.csv", out.data).status_code == 303
    assert rows_of("fee:1") == ROWS
    assert Entry.get(Entry.doc_id == "fee:1").state == "approved", "nothing changed, so nothing waits"


def test_a_changed_table_waits_for_somebody_else(clerk: Browser) -> None:
    out = clerk.get(f"{DESK}/table-file/rows/fee:1").text
    changed = out.replace("收费7,", "挖掘费,").replace("7元", "8元", 1)
    assert bring(clerk, f"{DESK}/table/rows/fee:1", "rows.csv", changed.encode("gb18030")).status_code == 303
    waiting = Entry.get(Entry.doc_id == "fee:1")
    assert (waiting.state, waiting.act, waiting.proposed_by) == ("waiting", "edit", "zhang.shen")
    assert rows_of("fee:1")[7] == {"item": "挖掘费", "standard": "8元", "basis": "=1+1"}
    assert documents.one("fee:1").content["fields"]["rows"] == ROWS  # type: ignore[union-attr]  # it is there


def test_lists_numbers_and_links_in_cells_come_back_as_such(clerk: Browser) -> None:
    out = clerk.get(f"{DESK}/table-file/rows/standard:1")
    assert "政府网站；公示栏" in out.text
    bring(clerk, f"{DESK}/table/rows/standard:1", "rows.csv", out.data)
    assert rows_of("standard:1") == STANDARD["fields"]["rows"]


def test_a_workbook_is_taken_too(clerk: Browser) -> None:
    book = Workbook()
    book.active.append(["收费项目", "standard"])
    book.active.append(["挖掘费", 5])
    kept = io.BytesIO()
    book.save(kept)
    assert bring(clerk, f"{DESK}/table/rows/fee:1", "rows.xlsx", kept.getvalue()).status_code == 303
    assert rows_of("fee:1") == [{"item": "挖掘费", "standard": "5"}]


@pytest.mark.parametrize(
    ("kind", "name", "content", "told"),
    [
        ("fee", "rows.txt", b"x", "请选一个"),
        ("fee", "rows.csv", "颜色\n红".encode(), "颜色"),
        ("fee", "rows.csv", "收费项目,收费项目\na,b".encode(), "认不出的栏目"),
        ("fee", "rows.csv", "收费项目\na,b".encode(), "第2行"),
        ("fee", "rows.xlsx", b"no zip", "读不出来"),
        ("standard", "rows.csv", "序号,一级事项\n1,a\n\n二,b".encode(), "第4行 序号"),
        ("fee", "rows.csv", "收费项目\n<script>x</script>".encode(), "第2行 收费项目"),
    ],
)
def test_a_wrong_table_is_refused_with_its_line_and_nothing_changes(
    clerk: Browser, kind: str, name: str, content: bytes, told: str
) -> None:
    before = rows_of(f"{kind}:1")
    answer = bring(clerk, f"{DESK}/table/rows/{kind}:1", name, content)
    assert answer.status_code == 422
    assert told in answer.text
    assert rows_of(f"{kind}:1") == before


def test_only_tables_have_such_a_page(clerk: Browser) -> None:
    assert clerk.get(f"{DESK}/table/type/fee:1").status_code == 404
    assert clerk.get(f"{DESK}/table/nothing/fee:1").status_code == 404
    assert clerk.get(f"{DESK}/table-file/rows/none:1").status_code == 404
