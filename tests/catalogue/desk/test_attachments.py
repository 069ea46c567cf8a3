"""Attachments at the desk: one clerk uploads, another sees them and approves; what acts or lies is refused in words."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from kiosk import blobs, db
from kiosk.catalogue.attachments import store as attachments_store
from kiosk.catalogue.importing import importers
from kiosk.catalogue.publishing import actions, approval
from kiosk.catalogue.publishing.approval import Release
from kiosk.catalogue.records import attachment as attachments
from kiosk.catalogue.records.documents import one
from kiosk.catalogue.records.models import Entry
from tests.catalogue import attached
from tests.catalogue.conftest import a_record, write_lines
from tests.catalogue.publishing.test_lifecycle import a_hand
from tests.hub import HOST, Browser, Hub, build_hub

DESK = "/desk/catalogue"
PAGE = f"{DESK}/attachments/doc:1"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    hub = build_hub(tmp_path)
    for name in ("zhang.xie", "wang.shen"):
        hub.add_account(name, "publisher")
    with db.writing(db.store):
        actions.store_entry(a_record(disclosure="proactive"), a_hand(hub, "li"))
        approval.approve("doc:1", a_hand(hub, "zhao"), Release("proactive"))
    yield hub
    db.store.obj.close()


@pytest.fixture
def clerk(hub: Hub) -> Browser:
    return hub.browser("zhang.xie")


@pytest.fixture
def second(hub: Hub) -> Browser:
    return hub.browser("wang.shen")


def upload(clerk: Browser, *files: tuple[str, bytes], name: str = "", expect: int = 303) -> TestResponse:
    found = re.search(r'name="csrf_token" value="([^"]+)"', clerk.get(PAGE).text)
    assert found
    given = [(io.BytesIO(content), file) for file, content in files]
    answer = clerk.client.post(
        PAGE,
        data={"csrf_token": found[1], "version": clerk.version(PAGE), "file": given, "name": name},
        headers={"Host": HOST, "Origin": f"http://{HOST}"},
    )
    answer.request.environ["wsgi.input"].close()
    assert answer.status_code == expect, answer.text[-2000:]
    return answer


def entry() -> Entry:
    found: Entry = Entry.get_by_id("doc:1")
    return found


def names() -> list[str]:
    return [each.name for each in attachments.of(entry().content)]


def approve(browser: Browser) -> TestResponse:
    return browser.post(f"{DESK}/approve/doc:1", {"attribute": "proactive"}, on=f"{DESK}/entries/doc:1")


def test_one_uploads_and_another_sees_and_approves(hub: Hub, clerk: Browser, second: Browser) -> None:
    upload(clerk, ("C:\\表\\申请表.pdf", attached.a_pdf("一", "二")), name="低保申请表")
    assert names() == ["低保申请表"]
    assert (entry().state, entry().proposed_by) == ("waiting", "zhang.xie")
    published = one("doc:1")
    assert published
    assert not attachments.of(published.content), "citizens see it only after the second look"
    page = second.get(f"{DESK}/entries/doc:1").text
    assert "低保申请表" in page
    assert "附件" in page.split("和现在公开的相比", 1)[1], "and what changed says so"
    looked = second.get(f"{DESK}/attached/1/doc:1?page=2")
    assert "第2页，共2页" in looked.text
    picture = second.get(f"{DESK}/attached-picture/1/doc:1?page=2")
    assert picture.data.startswith(b"\x89PNG")
    saved = second.get(f"{DESK}/attached-file/1/doc:1")
    assert saved.headers["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in saved.headers["Content-Security-Policy"]
    saved.close()
    assert approve(second).status_code == 303
    published = one("doc:1")
    assert published
    (item,) = attachments.of(published.content)
    assert (item.type, item.pages) == ("application/pdf", 2)


def test_whoever_uploads_does_not_approve(hub: Hub, clerk: Browser) -> None:
    upload(clerk, ("a.png", attached.a_png()))
    approve(clerk)
    assert entry().state == "waiting"


def test_several_files_come_at_once_under_their_own_names(clerk: Browser) -> None:
    upload(clerk, ("图.png", attached.a_png()), ("表.docx", attached.a_docx()))
    upload(clerk, ("照片.jpg", attached.a_jpeg()))
    assert names() == ["图.png", "表.docx", "照片.jpg"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.pdf", b"MZ a program", "附件的格式不收"),
        ("a.pdf", attached.changed_pdf(attached.with_script), "附件里有程序"),
        ("a.docx", attached.a_docx(**{"word/vbaProject.bin": b"x"}), "附件里有程序"),
        ("a.png", attached.a_png_bomb(), "解开以后大得不正常"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG图片里可能有程序"),
        ("a.pdf", b"", "附件是空的"),
        ("a.pdf", attached.a_pdf() + b"\n" * 21_000_000, "附件太大"),
    ],
)
def test_what_is_not_taken_is_said_in_words_and_nothing_changes(
    hub: Hub, clerk: Browser, name: str, content: bytes, words: str
) -> None:
    answer = upload(clerk, ("good.png", attached.a_png()), (name, content), expect=422)
    assert words in answer.text
    assert f"{name}：" in answer.text, "which file it was"
    assert names() == []
    assert entry().state == "approved"


def test_a_file_that_the_disk_changed_is_set_aside_and_said(hub: Hub, clerk: Browser) -> None:
    """Neither shown nor sent to terminals, and kept: terminals have theirs from here. The control is before."""
    upload(clerk, ("a.png", attached.a_png()))
    (item,) = attachments.of(entry().content)
    files = blobs.of_hub(hub.home)
    path = files.path(item.sha256)
    assert path
    address = f"{DESK}/attached-file/1/doc:1"
    sent = clerk.get(address)
    assert sent.status_code == 200
    sent.close()
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    answer = clerk.get(address)
    assert answer.status_code == 303
    assert "“a.png”的文件坏了" in clerk.get(answer.headers["Location"]).text
    assert files.path(item.sha256) is None
    assert (files.folder / "damaged" / item.sha256).is_file()


def test_no_file_is_a_sentence(clerk: Browser) -> None:
    assert "请选一个文件" in upload(clerk, expect=422).text


def test_more_than_the_record_may_hold_is_refused(clerk: Browser) -> None:
    for _turn in range(5):
        upload(clerk, *((f"{at}.png", attached.a_png(50 + at)) for at in range(10)))
    assert len(names()) == attachments.MOST
    assert "附件太多" in upload(clerk, ("x.png", attached.a_png()), expect=422).text


def test_an_attachment_is_taken_away_once(hub: Hub, clerk: Browser, second: Browser) -> None:
    upload(clerk, ("a.png", attached.a_png()), ("b.png", attached.a_png(100)))
    approve(second)
    first = attachments.of(entry().content)[0]
    for _tap in range(2):
        answer = clerk.post(f"{DESK}/detach/1/doc:1", {"sha256": first.sha256}, on=PAGE)
        assert answer.status_code == 303
    assert names() == ["b.png"], "a second tap takes no other"
    assert entry().state == "waiting"
    approve(second)
    published = one("doc:1")
    assert published
    assert [each.name for each in attachments.of(published.content)] == ["b.png"]


def test_an_amendment_that_waits_stays_an_amendment(hub: Hub, clerk: Browser) -> None:
    with db.writing(db.store):
        text = actions.canonical(a_record(title="新标题", disclosure="proactive"))
        actions.propose(text, batch_id=None, hand=a_hand(hub, "li"), act="amend", reason="会议决定")
    upload(clerk, ("a.png", attached.a_png()))
    assert (entry().act, entry().reason) == ("amend", "会议决定")


def test_an_edit_of_the_words_keeps_the_files(hub: Hub, clerk: Browser) -> None:
    upload(clerk, ("a.png", attached.a_png()))
    page = f"{DESK}/edit/doc:1"
    answer = clerk.post(
        page, {"title": "改过的标题", "body": "第一条 新的。", "validity": "in_force"}, on=page
    )
    assert answer.status_code == 303
    assert entry().title == "改过的标题"
    assert names() == ["a.png"]


def test_a_file_that_is_gone_is_not_published_again(hub: Hub, clerk: Browser, second: Browser) -> None:
    upload(clerk, ("a.png", attached.a_png()))
    kept = blobs.of_home(hub.home)
    for sha256 in kept.held():
        kept.remove(sha256)
    approve(second)
    assert entry().state == "waiting"
    assert "请重新上传" in second.get(f"{DESK}/entries/doc:1").text
    assert second.get(f"{DESK}/attached/1/doc:1").status_code == 404


def test_a_full_disk_keeps_nothing_half(hub: Hub, clerk: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("kiosk.blobs.os.fsync", full)
    upload(clerk, ("a.png", attached.a_png()), expect=507)
    assert names() == []
    assert blobs.of_home(hub.home).held() == {}
    assert attachments_store.published_files() == set()


ARRANGE = f"{DESK}/arrange/doc:1"


def arrange(browser: Browser, **form: str) -> TestResponse:
    """Names and places as they stand, changed by `form`."""
    form = {name.replace("_", "-"): value for name, value in form.items()}
    given: dict[str, str] = {}
    for item in attachments.of(entry().content):
        given |= {f"name-{item.at}": item.name, f"place-{item.at}": str(item.at)}
    return browser.post(ARRANGE, {**given, **form}, on=PAGE)


def three(clerk: Browser, second: Browser) -> None:
    """Three attachments that are public."""
    upload(
        clerk,
        ("一.pdf", attached.a_pdf("一")),
        ("二.png", attached.a_png()),
        ("三.pdf", attached.a_pdf("三")),
    )
    assert approve(second).status_code == 303


def test_attachments_get_other_names_and_another_order_which_another_person_approves(
    hub: Hub, clerk: Browser, second: Browser
) -> None:
    three(clerk, second)
    assert arrange(clerk, name_3="申请表", place_3="0").status_code == 303
    assert names() == ["申请表", "一.pdf", "二.png"]
    assert (entry().state, entry().proposed_by) == ("waiting", "zhang.xie")
    published = one("doc:1")
    assert published
    assert [item.name for item in attachments.of(published.content)] == ["一.pdf", "二.png", "三.pdf"]
    assert approve(second).status_code == 303
    published = one("doc:1")
    assert published
    assert [item.name for item in attachments.of(published.content)] == ["申请表", "一.pdf", "二.png"]
    last = hub.connection.execute(
        "SELECT actor, act FROM audit WHERE act = 'catalogue-attachments' ORDER BY seq DESC LIMIT 1"
    ).fetchone()
    assert last == ("zhang.xie", "catalogue-attachments")


def test_an_attachment_of_which_only_the_name_is_known_is_arranged_like_the_others(
    hub: Hub, clerk: Browser
) -> None:
    with db.writing(db.store):
        record = a_record(attachments=["附表", {"name": "申请表"}], disclosure="proactive")
        actions.store_entry(record, a_hand(hub, "li"))
    assert arrange(clerk, name_1="附表一", place_1="3").status_code == 303
    assert entry().content["attachments"] == [{"name": "申请表"}, "附表一"]


def test_nothing_changed_waits_for_nobody(clerk: Browser, second: Browser) -> None:
    three(clerk, second)
    assert arrange(clerk).status_code == 303
    assert entry().state == "approved"
    assert "没有改动" in clerk.get(PAGE).text


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"name_2": " "}, "第2个附件没有名称"),
        ({"place_1": "第一"}, "第1个附件的顺序要写数字"),
    ],
)
def test_what_cannot_be_a_name_or_a_place_is_told_and_what_was_typed_stays(
    clerk: Browser, second: Browser, form: dict[str, str], words: str
) -> None:
    three(clerk, second)
    answer = arrange(clerk, **{"name_3": "申请表", **form})
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="申请表"' in answer.text
    assert names() == ["一.pdf", "二.png", "三.pdf"]


def test_what_somebody_else_changed_meanwhile_is_not_arranged_blindly(
    clerk: Browser, second: Browser
) -> None:
    three(clerk, second)
    before = clerk.version(ARRANGE)
    arrange(second, name_1="先改的")
    answer = arrange(clerk, version=before, name_1="别的")
    assert answer.status_code == 409
    assert "先改的" in answer.text
    assert 'value="别的"' in answer.text
    assert names() == ["先改的", "二.png", "三.pdf"]


def test_each_attachment_that_can_be_drawn_has_a_small_picture(clerk: Browser, second: Browser) -> None:
    three(clerk, second)
    upload(clerk, ("四.docx", attached.a_docx()))
    page = clerk.get(PAGE).text
    small = [f"{DESK}/attached-picture/{at}/doc:1?small=1" for at in (1, 2, 3, 4)]
    assert [address in page for address in small] == [True, True, True, False]
    picture = clerk.get(small[0])
    with Image.open(io.BytesIO(picture.data)) as drawn:
        assert drawn.width <= 240
    assert picture.headers["Cache-Control"] == "no-store"


def test_a_batch_leaves_behind_what_lost_its_file_and_says_which(
    hub: Hub, clerk: Browser, second: Browser, tmp_path: Path
) -> None:
    folder = tmp_path / "brought"
    folder.mkdir()
    (folder / "a.pdf").write_bytes(attached.a_pdf("一"))
    (folder / "b.pdf").write_bytes(attached.a_pdf("二"))
    records = [
        a_record(f"b:{at}", title=f"第{at}件", disclosure="proactive", source_url=f"https://gx.example.cn/{at}",
                 **({"attachments": [{"file": name}]} if name else {}))
        for at, name in enumerate(("a.pdf", "b.pdf", ""), 1)
    ]  # fmt: skip
    files = attachments_store.ImportFiles(blobs.of_home(hub.home), 3_000_000, folder)
    path = write_lines(folder / "b.jsonl", *records)
    batch = importers.import_file(path, a_hand(hub, "li"), files=files).batch
    lost = attachments.of(Entry.get_by_id("b:1").content)[0].sha256
    files.blobs.remove(lost)
    assert "附件的文件不在了" in second.get(f"{DESK}?batch={batch}").text
    answer = second.post(f"{DESK}/approve-batch", {"batch": str(batch)}, on=DESK)
    assert answer.status_code == 303
    said = second.get(DESK).text
    assert "已审核2条" in said
    assert "1条没有通过：附件的文件不在了" in said
    assert "第1件" in said
    assert [Entry.get_by_id(f"b:{at}").state for at in (1, 2, 3)] == ["waiting", "approved", "approved"]
    assert (one("b:1"), one("b:2") is not None) == (None, True)
