"""Imports at the desk: looked at first, then all or the good lines; what is wrong is refused with line and reason."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk import db
from kiosk.catalogue.records.models import Entry
from tests.catalogue.conftest import a_record
from tests.hub import HOST, Browser, Hub, build_hub

PAGE = "/desk/catalogue/import"
SITE = (
    "序号,标题,链接,发布时间,正文\n"
    "1,关于补贴的通知,https://gx.example.cn/1.html,2026/11/1,<p>第一条　发放。<script>x</script></p>\n"
)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    hub = build_hub(tmp_path)
    for name in ("zhang.xie", "wang.shen"):
        hub.add_account(name, "publisher")
    yield hub
    db.store.obj.close()


@pytest.fixture
def clerk(hub: Hub) -> Browser:
    return hub.browser("zhang.xie")


def hand_in(clerk: Browser, name: str, content: bytes, expect: int = 303) -> str:
    """Uploads a file as a browser does; returns the address of what was found in it."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', clerk.get(PAGE).text)
    assert found
    answer = clerk.client.post(
        PAGE,
        data={"csrf_token": found[1], "file": (io.BytesIO(content), name)},
        headers={"Host": HOST, "Origin": f"http://{HOST}"},
    )
    answer.request.environ["wsgi.input"].close()  # large uploads lie in a temporary file of the test client
    assert answer.status_code == expect, answer.text[:500]
    return answer.headers.get("Location", "")


def lines(*records: object) -> bytes:
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in records).encode()


def test_a_file_is_looked_at_first_and_comes_in_when_the_clerk_says_so(hub: Hub, clerk: Browser) -> None:
    found = hand_in(clerk, "导出.jsonl", lines(a_record(), a_record("doc:2")))
    page = clerk.get(found).text
    assert "导出.jsonl" in page
    assert Entry.select().count() == 0
    answer = clerk.post(f"{found}/confirm", on=found)
    assert answer.status_code == 303
    assert {(entry.state, entry.proposed_by) for entry in Entry.select()} == {("waiting", "zhang.xie")}
    assert list((hub.home / "uploads").iterdir()) == []
    assert clerk.get(found).status_code == 404


BAD = {
    "drawn after published": a_record("bad:1", drawn_on="2026-04-01"),
    "validity without reason": a_record("bad:2", validity="repealed"),
    "a script": a_record("bad:3", body="<script>alert(1)</script>"),
    "unknown kind": a_record("bad:4", kind="poem"),
    "too long": a_record("bad:5", body="一" * 2_000_001),
}
REASON = {
    "drawn after published": "成文日期晚于发布日期",
    "validity without reason": "标明有效性变化时必须写明理由",
    "a script": "含有网页脚本或嵌入内容",
    "unknown kind": "没有这一类别",
    "too long": "内容过长",
}


@pytest.mark.parametrize("what", BAD)
def test_a_wrong_line_is_named_and_nothing_comes_in_unless_the_clerk_leaves_it_out(
    clerk: Browser, what: str
) -> None:
    found = hand_in(clerk, "a.jsonl", lines(a_record(), BAD[what]))
    page = clerk.get(found).text
    assert REASON[what] in page
    assert '<th scope="row">2</th>' in page
    clerk.post(f"{found}/confirm", on=found)
    assert Entry.select().count() == 0
    clerk.post(f"{found}/confirm", {"keep_good": "yes"}, on=found)
    assert [entry.doc_id for entry in Entry.select()] == ["doc:1"]


def test_an_index_number_of_another_source_is_named_before_the_import(clerk: Browser) -> None:
    found = hand_in(clerk, "a.jsonl", lines(a_record(index_no="1/2")))
    clerk.post(f"{found}/confirm", on=found)
    found = hand_in(clerk, "b.jsonl", lines(a_record("doc:2", index_no="1/2", source="另一网站")))
    assert "索引号已被另一来源使用" in clerk.get(found).text
    clerk.post(f"{found}/confirm", on=found)
    assert Entry.select().count() == 1


def a_bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", b"0" * 20_000_000)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.xlsx", a_bomb(), "大得不正常"),
        ("a.xlsx", b"no zip", "读不出来"),
        ("a.csv", "颜色\n红\n".encode(), "对照栏目"),
    ],
    ids=["bomb", "no spreadsheet", "strange columns"],
)
def test_a_file_that_cannot_be_read_says_why_and_cannot_be_confirmed(
    clerk: Browser, name: str, content: bytes, words: str
) -> None:
    found = hand_in(clerk, name, content)
    page = clerk.get(found).text
    assert words in page
    assert f"{found}/confirm" not in page
    assert clerk.post(f"{found}/confirm", on=found).status_code == 303
    assert Entry.select().count() == 0


@pytest.mark.parametrize("name", ["a.exe", "", "x.jsonl.php", ".csv/../../a"])
def test_other_files_are_not_taken(clerk: Browser, hub: Hub, name: str) -> None:
    hand_in(clerk, name, b"x", expect=422)
    assert not (hub.home / "uploads").exists()


@pytest.mark.parametrize(
    "name", ["../../evil.jsonl", "..\\evil.jsonl", "a\u202elnosj.jsonl", "CON.jsonl", "x" * 300 + ".jsonl"]
)
def test_a_file_lies_under_a_name_of_ours_whatever_it_is_called(clerk: Browser, hub: Hub, name: str) -> None:
    hand_in(clerk, name, lines(a_record()))
    [stored] = (hub.home / "uploads").iterdir()
    assert re.fullmatch(r"[0-9a-f]{32}\.jsonl", stored.name)
    assert stored.stat().st_mode & 0o077 == 0
    assert "\u202e" not in hub.connection.execute("SELECT name FROM import_upload").fetchone()[0]


def test_columns_of_a_county_site_are_mapped_once_and_the_mapping_is_kept(clerk: Browser) -> None:
    found = hand_in(clerk, "site.csv", SITE.encode("gb18030"))
    assert "先对照栏目" in clerk.get(found).text
    mapping = f"{found}/mapping"
    form = {"column-1": "title", "column-2": "source_url", "column-3": "published_on", "column-4": "body",
            "default-kind": "policy", "default-validity": "in_force", "default-source": "县网站",
            "is_html": "yes", "prefix": "gx"}  # fmt: skip
    assert clerk.post(mapping, form, on=mapping).status_code == 422
    assert clerk.post(mapping, form | {"name": "县网站导出"}, on=mapping).status_code == 303
    clerk.post(f"{found}/confirm", on=found)
    record = Entry.get().content
    assert (record["body"], record["published_on"], record["source"]) == (
        "第一条　发放。",
        "2026-11-01",
        "县网站",
    )
    again = hand_in(clerk, "site.csv", SITE.encode())
    assert "县网站导出" in clerk.get(f"{again}/mapping").text
    clerk.post(f"{again}/mapping", {"saved": "县网站导出"}, on=f"{again}/mapping")
    clerk.post(f"{again}/confirm", on=again)
    assert Entry.select().count() == 1


def test_columns_of_a_kind_are_offered_by_their_words_and_found_by_them(clerk: Browser) -> None:
    sheet = "标题,电话,管什么,接收信息公开申请\n县民政局（样例）,0635-0000002,低保；救助,是\n"
    found = hand_in(clerk, "organs.csv", sheet.encode())
    page = clerk.get(f"{found}/mapping").text
    assert '<option value="fields.telephone">' in page
    assert "电话（机关和电话）" in page, "while no kind is chosen the words say whose column it is"
    chosen = clerk.get(f"{found}/mapping?kind=organ").text
    for key in ("title", "fields.telephone", "fields.duties", "fields.accepts_requests"):
        assert f'<option value="{key}" selected>' in chosen, key
    assert "fields.seats" not in chosen, "other kinds' columns are gone"
    form = {"column-0": "title", "column-1": "fields.telephone", "column-2": "fields.duties",
            "column-3": "fields.accepts_requests", "default-kind": "organ", "name": "电话表"}  # fmt: skip
    assert clerk.post(f"{found}/mapping", form, on=f"{found}/mapping").status_code == 303
    clerk.post(f"{found}/confirm", on=found)
    (entry,) = Entry.select()
    assert entry.content["fields"] == {
        "telephone": "0635-0000002",
        "duties": ["低保", "救助"],
        "accepts_requests": True,
    }


def test_an_upload_can_be_thrown_away(clerk: Browser, hub: Hub) -> None:
    found = hand_in(clerk, "a.jsonl", lines(a_record()))
    clerk.post(f"{found}/discard", on=found)
    assert clerk.get(found).status_code == 404
    assert list((hub.home / "uploads").iterdir()) == []


def test_two_hundred_megabytes_are_turned_away(clerk: Browser, hub: Hub) -> None:
    answer = clerk.client.post(
        PAGE, headers={"Host": HOST, "Origin": f"http://{HOST}", "Content-Length": "200000001"}
    )
    assert answer.status_code in (400, 413)
    assert not (hub.home / "uploads").exists()
