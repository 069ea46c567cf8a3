"""The desk of letters over HTTP: from an empty form to a served letter, by two clerks."""

from __future__ import annotations

import hashlib
import io
import json
import random
import zipfile
from collections.abc import Callable, Iterator
from functools import cache

import pikepdf
import pypdfium2
import pytest
import typst
from PIL import Image
from werkzeug.test import TestResponse

from kiosk import db
from kiosk.disclosure import cases
from kiosk.disclosure.events import CaseAct, CaseState
from kiosk.disclosure.handover import release
from kiosk.disclosure.letters import kinds, models
from kiosk.disclosure.letters.kinds import Shape
from kiosk.disclosure.letters.models import LetterState
from kiosk.disclosure.letters.page import proof
from kiosk.disclosure.letters.step_facts import act_of
from kiosk.errors import Refused
from kiosk.web.unsent.desk_drafts import DeskDraft, Drafts
from tests.disclosure.letter_samples import PLACES
from tests.hub import HOST, PERSONAL, Browser, Hub, build_hub
from tests.web.test_desk_acts import Forms

ORGAN = "GX-ZFB"
HEAD = {
    "sign": "冠政办公开", "contact": "联系电话：0635-5231234。", "style": "letterform", "needs_approval": "y",
    "review_organ": PLACES.review_organ, "review_address": PLACES.review_address, "review_online": PLACES.review_online,
    "court": PLACES.court, "court_address": PLACES.court_address,
}  # fmt: skip


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    hub = build_hub(tmp_path_factory.mktemp("hub"))
    for name in ("lina", "wang"):
        hub.add_account(name)
    page = f"/desk/requests/letter-heads/{ORGAN}"
    assert hub.browser("lina").post(page, HEAD, on=page).status_code == 303
    yield hub
    db.real(db.store).close_all()


@pytest.fixture
def lina(hub: Hub) -> Browser:
    return hub.browser("lina")


@pytest.fixture
def wang(hub: Hub) -> Browser:
    return hub.browser("wang")


def registered(hub: Hub, browser: Browser) -> str:
    number = hub.take_in()
    page = f"/desk/requests/{number}"
    day = {"on": "2026-11-23", "basis": "confirmed"}
    assert (
        browser.post(f"{page}/receipt", day, on=f"{page}/receipt?on=2026-11-23&basis=confirmed").status_code
        == 303
    )
    assert browser.post(f"{page}/register", on=page).status_code == 303
    return number


def facts(kind: str, **given: str) -> dict[str, str]:
    usual = {Shape.DATE: "2026-12-14"}
    row = kinds.KINDS[kind]
    made = {
        f"fact_{fact.name}": fact.choices[0] if fact.choices else usual.get(fact.shape, f"{fact.label}如下。")
        for fact in row.facts
    }
    return {**made, **given}


def body_on(browser: Browser, page: str) -> str:
    """The text that the form of a letter proposes."""
    text = browser.get(page).text
    return text.split('name="body"', 1)[1].split(">", 1)[1].split("</textarea>", 1)[0].strip()


def written(browser: Browser, number: str, kind: str, **given: str) -> str:
    new = f"/desk/requests/{number}/letters/new/{kind}"
    form = {
        "addressee": PERSONAL["name"],
        "body": body_on(browser, new),
        "copies": "",
        **facts(kind, **given),
    }
    answer = browser.post(new, form, on=new)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def act(browser: Browser, page: str, name: str, **form: str) -> None:
    answer = browser.post(f"{page}/{name}", form, on=page)
    assert answer.status_code == 303, answer.text


def upload(browser: Browser, page: str, act: str, content: bytes, name: str) -> TestResponse:
    """A file sent from the page of a letter."""
    path, text = f"{page}/{act}", browser.get(page).text
    token = text.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    data = {"csrf_token": token, "version": browser.version(path), "file": (io.BytesIO(content), name)}
    return browser.client.post(path, data=data, headers={"Host": HOST, "Origin": f"http://{HOST}"})


def test_a_correction_notice_goes_from_form_to_service(hub: Hub, lina: Browser, wang: Browser) -> None:
    number = registered(hub, lina)
    listed = lina.get(f"/desk/requests/{number}/letters").text
    assert "letters/new/correction" in listed
    page = written(lina, number, "correction")
    preview = lina.get(f"{page}/preview.pdf")
    assert preview.headers["Cache-Control"] == "no-store"
    said = proof.text(preview.data)
    assert PERSONAL["name"] in said
    assert "草稿，不具效力" in said
    act(lina, page, "hand-over")
    assert lina.post(f"{page}/approve", on=page).status_code == 409
    act(wang, page, "approve")
    act(lina, page, "issue")
    assert cases.case(number).state is CaseState.AWAITING_CORRECTION
    letter = proof.text(lina.get(f"{page}/letter.pdf").data)
    assert "冠政办公开补〔2026〕" in letter
    assert "2026年12月14日前（含当日）" in letter
    missing = lina.post(f"{page}/serve", {"way": "post", "on": "2026-11-23", "proof": ""}, on=page)
    assert (missing.status_code, "邮件号码" in missing.text) == (409, True)
    act(lina, page, "serve", way="post", on="2026-11-23", proof="1099999999999")
    assert models.of_case(number)[0].state is LetterState.SERVED


def test_an_answer_with_its_file_scan_and_case_file(hub: Hub, lina: Browser, wang: Browser) -> None:
    number = registered(hub, lina)
    page = written(lina, number, "granted", fact_supply="随信提供《低保发放名册》。")
    paper = io.BytesIO()
    sheet = pikepdf.new()
    sheet.add_blank_page()
    sheet.save(paper)
    upload(lina, page, "attach", paper.getvalue(), "低保发放名册.pdf")
    assert "低保发放名册.pdf" in lina.get(page).text
    for content, name in ((b"MZ\x90\x00 program", "a.pdf"), (b"PK\x03\x04 zip", "b.zip")):
        refused = upload(lina, page, "attach", content, name)
        assert refused.status_code == 409
        assert "error-summary" in refused.text
    act(lina, page, "hand-over")
    act(wang, page, "approve")
    act(wang, page, "issue")
    letter = proof.text(wang.get(f"{page}/letter.pdf").data)
    assert "附件：低保发放名册" in letter
    assert "可以根据《中华人民共和国行政复议法》第二十条" in letter
    photo = io.BytesIO()
    Image.new("RGB", (900, 1200), "white").save(photo, "JPEG", exif=b"Exif\x00\x00camera")
    answer = upload(lina, page, "keep-scan", photo.getvalue(), "扫描.jpg")
    assert answer.status_code == 303, answer.text
    scan = lina.get(f"{page}/scan")
    assert scan.content_type.startswith("image/")
    assert b"camera" not in scan.data
    act(lina, page, "serve", way="direct", on="2026-11-23", proof="本人签收")
    assert cases.case(number).state is CaseState.ENDED
    packed = lina.post(f"/desk/requests/{number}/case-file", on=f"/desk/requests/{number}/letters")
    with zipfile.ZipFile(io.BytesIO(packed.data)) as read:
        assert {"manifest.json", "申请表.pdf", "办理记录.json"} < set(read.namelist())


def test_a_step_leads_to_its_letters_and_then_to_the_letter(hub: Hub, lina: Browser, wang: Browser) -> None:
    number = registered(hub, lina)
    case = f"/desk/requests/{number}"
    offered = lina.get(f"{case}/steps/answer/letters").text
    assert f"{case}/steps/answer/letters" in lina.get(case).text
    answers = {row.name for row in kinds.KINDS.values() if act_of(row) is CaseAct.ANSWERED}
    assert {name for name in kinds.KINDS if f'/new/{name}"' in offered} == answers
    assert f'href="{case}/steps/answer"' in offered, "what went out another way is only noted"
    assert "/new/consult_notice" in lina.get(f"{case}/steps/opinion/letters").text
    assert lina.get(f"{case}/steps/withdraw/letters").status_code == 404, "no letter takes it"
    page = written(lina, number, "none_found")
    assert page in lina.get(f"{case}/steps/answer/letters").text, "the draft is found again"
    act(lina, page, "hand-over")
    act(wang, page, "approve")
    act(lina, page, "issue")
    assert f'class="desk-step" href="{page}"' in lina.get(case).text, "its service is noted with the letter"
    assert f"{case}/release" not in lina.get(f"{case}/letters").text
    assert lina.get(f"{case}/release").headers["Location"] == page
    assert lina.get(f"{case}/steps/answer/letters").headers["Location"] == case


def test_an_answer_written_elsewhere_is_handed_over_from_the_letters(hub: Hub, lina: Browser) -> None:
    number = registered(hub, lina)
    case = f"/desk/requests/{number}"
    step = f"{case}/steps/answer"
    assert f"{case}/release" not in lina.get(f"{case}/letters").text
    answer = lina.post(step, {"on": "2026-11-23", "outcome": "none_found"}, on=step)
    assert answer.status_code == 303, answer.text
    assert f"{case}/release" in lina.get(f"{case}/letters").text


def test_an_answer_is_collected_with_number_and_code(hub: Hub, lina: Browser, wang: Browser) -> None:
    number = registered(hub, lina)
    page = written(lina, number, "none_found")
    act(lina, page, "hand-over")
    act(wang, page, "approve")
    act(lina, page, "issue")
    act(lina, page, "serve", way="code", on="2026-11-23", proof="")
    assert release.is_released(number)
    (letter,) = models.of_case(number)
    assert (letter.state, letter.service["way"]) == (LetterState.SERVED, "code")
    assert cases.case(number).state is CaseState.ENDED


def test_a_letter_of_50_000_characters_is_kept_and_previewed(hub: Hub, lina: Browser) -> None:
    number = registered(hub, lina)
    page = written(lina, number, "granted", body="很" * 50_000 + "\n{提供情况}\n{救济}\n{联系}")
    assert proof.text(lina.get(f"{page}/preview.pdf").data).count("很") == 50_000


def test_two_clerks_on_one_letter(hub: Hub, lina: Browser, wang: Browser) -> None:
    number = registered(hub, lina)
    page = written(lina, number, "granted")
    before = wang.get(f"{page}/edit").text
    version = before.split('name="version" value="', 1)[1].split('"', 1)[0]
    form = {
        "addressee": "张样例",
        "body": body_on(lina, f"{page}/edit"),
        **facts("granted", fact_supply="甲方。"),
    }
    assert lina.post(f"{page}/edit", form, on=f"{page}/edit").status_code == 303
    late = wang.post(f"{page}/edit", {**form, "fact_supply": "乙的文字在这里。", "version": version})
    assert late.status_code == 409
    assert "乙的文字在这里" in late.text


def test_a_session_that_ended_in_a_letter_loses_nothing(hub: Hub, lina: Browser) -> None:
    number = registered(hub, lina)
    new = f"/desk/requests/{number}/letters/new/granted"
    visitor = hub.browser()
    answer = visitor.post(new, {"addressee": "张样例", "body": "写了很久的正文", **facts("granted")})
    assert answer.status_code in (400, 401)
    assert "写了很久的正文" in answer.text


def test_a_text_is_edited_at_the_desk(hub: Hub, lina: Browser, wang: Browser) -> None:
    page = "/desk/requests/letter-texts/receipt"
    text = kinds.text("receipt") + "谢谢。\n"
    assert lina.post(page, {"text": text + "{身份证号}"}, on=page).status_code == 422
    assert lina.post(page, {"text": text}, on=page).status_code == 303
    assert lina.post(f"{page}/approve", on=page).status_code == 409
    assert wang.post(f"{page}/approve", on=page).status_code == 303
    assert "第1版" in lina.get("/desk/requests/letter-texts").text


def test_the_legal_office_confirms_the_remedies(hub: Hub, lina: Browser) -> None:
    page = f"/desk/requests/letter-heads/{ORGAN}"
    number = registered(hub, lina)
    assert "还没有经县司法局确认" in lina.get(f"/desk/requests/{number}/letters").text
    assert (
        lina.post(f"{page}/confirm", {"by_whom": "县司法局 刘", "on": "2026-11-23"}, on=page).status_code
        == 303
    )
    assert "还没有经县司法局确认" not in lina.get(f"/desk/requests/{number}/letters").text


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_every_kind_can_be_begun_or_says_why_not(hub: Hub, lina: Browser, kind: str) -> None:
    number = registered(hub, lina)
    answer = lina.get(f"/desk/requests/{number}/letters/new/{kind}")
    assert answer.status_code == 200
    assert kinds.KINDS[kind].title in answer.text


ROSTER = """
#set document(title: "roster")
#set page(margin: 3cm)
= Grants 2026
Name: Wang Xiuying, phone 0635-5231234. Sum 1200.
#pagebreak()
Total 1200. Signed: Wang Xiuying.
"""


@cache
def roster() -> bytes:
    return typst.compile(ROSTER.encode())


def with_roster(
    browser: Browser, number: str, kind: str = "partial", name: str = "名册.pdf"
) -> tuple[str, str]:
    """A draft with a file; its page, and that of covering."""
    page = written(browser, number, kind)
    assert upload(browser, page, "attach", roster(), name).status_code == 303
    (file,) = models.files(int(page.rpartition("/")[2]))
    return page, f"{page}/files/{file.seq}/cover"


def test_what_is_covered_is_gone_from_what_is_enclosed_and_the_original_stays_sealed(
    hub: Hub, lina: Browser, wang: Browser
) -> None:
    number = registered(hub, lina)
    page, cover = with_roster(lina, number)
    shown = lina.get(cover).text
    assert "第1页，共2页" in shown
    assert lina.get(f"{cover}/2.jpg").content_type == "image/jpeg"
    assert lina.get(f"{cover}/3.jpg").status_code == 404
    marked = lina.post(f"{cover}/words", {"words": "Wang Xiuying", "ground": "privacy"}, on=cover)
    assert marked.status_code == 303, marked.text
    area = {
        "page": "1",
        "left": "10",
        "top": "40",
        "width": "95",
        "height": "5",
        "ground": "trade",
        "why": "报价",
    }
    assert lina.post(f"{cover}/area", area, on=cover).status_code == 303
    wrong = lina.post(f"{cover}/area", {**area, "left": "140"}, on=cover)
    assert (wrong.status_code, "0到100之间" in wrong.text) == (422, True)
    assert lina.post(f"{cover}/words", {"words": "Li Si", "ground": "law"}, on=cover).status_code == 422

    letter = lina.get(page).text
    assert "遮盖没做完" in letter
    refused = lina.post(f"{page}/hand-over", on=page)
    assert (refused.status_code, "还没有做遮盖本" in refused.text) == (409, True)
    (kept,) = models.files(int(page.rpartition("/")[2]))
    assert lina.get(f"{page}/files/{kept.seq}").status_code == 409, (
        "the original is never what goes with the letter"
    )

    named = lina.post(f"{cover}/make", {"name": "Wang Xiuying的名册.pdf"}, on=cover)
    assert (named.status_code, "文件名里还有遮盖的文字" in named.text) == (422, True)
    made = lina.post(f"{cover}/make", {"name": "名册（遮盖本）.pdf"}, on=cover)
    assert made.status_code == 303, made.text
    copy = lina.get(f"{page}/files/{kept.seq}").data
    assert pypdfium2.PdfDocument(copy)[0].get_textpage().get_text_bounded() == ""
    assert lina.get(f"{cover}/original").data == roster()
    letter = lina.get(page).text
    for words in ("名册（遮盖本）.pdf", "第1页1处，个人隐私（条例第十五条）；第1页1处，商业秘密", "第2页1处"):
        assert words in letter, words
    edited = lina.get(f"{page}/edit").text
    assert "不公开部分" in edited

    act(lina, page, "hand-over")
    act(wang, page, "approve")
    act(lina, page, "issue")
    assert lina.get(cover).status_code == 409
    packed = lina.post(f"/desk/requests/{number}/case-file", on=page)
    with zipfile.ZipFile(io.BytesIO(packed.data)) as read:
        (enclosed,) = [name for name in read.namelist() if "附件01" in name]
        assert enclosed.endswith("名册（遮盖本）.pdf")
        assert read.read(enclosed) == copy
        (said,) = json.loads(read.read("manifest.json"))["covered"]
    assert (said["copy_sha256"], len(said["marks"])) == (hashlib.sha256(copy).hexdigest(), 3)
    assert [each["ground"] for each in said["marks"]] == ["privacy", "privacy", "trade"]


def test_a_mark_that_is_taken_away_or_added_undoes_the_copy(hub: Hub, lina: Browser) -> None:
    number = registered(hub, lina)
    page, cover = with_roster(lina, number)
    lina.post(f"{cover}/words", {"words": "Wang Xiuying", "ground": "privacy"}, on=cover)
    assert lina.post(f"{cover}/remove", {"at": "1"}, on=cover).status_code == 303
    made = lina.post(f"{cover}/make", {"name": "名册.pdf"}, on=cover)
    assert "第2页还有没遮的地方" in lina.get(made.headers["Location"]).text
    assert lina.post(f"{cover}/remove", {"at": "7"}, on=cover).status_code == 404
    assert lina.post(f"{cover}/remove", {"at": "0"}, on=cover).status_code == 303
    assert "遮盖本" not in lina.get(page).text, "nothing is marked: the file goes as it is"
    assert lina.post(f"{cover}/make", {}, on=page).status_code == 409


def test_covered_files_are_looked_at_by_a_second_person_even_where_letters_are_not(
    hub: Hub, lina: Browser, wang: Browser
) -> None:
    head = f"/desk/requests/letter-heads/{ORGAN}"
    alone = {name: value for name, value in HEAD.items() if name != "needs_approval"}
    assert lina.post(head, alone, on=head).status_code == 303
    page, cover = with_roster(lina, registered(hub, lina))
    lina.post(f"{cover}/words", {"words": "Wang", "ground": "privacy"}, on=cover)
    lina.post(f"{cover}/make", {"name": "名册.pdf"}, on=cover)
    assert "要由另一位看过才能签发" in lina.get(page).text
    assert lina.post(f"{page}/issue", on=page).status_code == 409
    act(lina, page, "hand-over")
    act(wang, page, "approve")
    act(lina, page, "issue")
    assert lina.post(head, HEAD, on=head).status_code == 303


def test_the_plain_step_of_service_serves_the_letter_that_was_issued_here(
    hub: Hub, lina: Browser, wang: Browser
) -> None:
    number = registered(hub, lina)
    page = written(lina, number, "granted")
    act(lina, page, "hand-over")
    act(wang, page, "approve")
    act(lina, page, "issue")
    assert "没有盖章扫描件" in lina.get(page).text
    step, day = f"/desk/requests/{number}/steps", {"on": "2026-11-23"}
    missing = lina.post(f"{step}/serve", {**day, "way": "post"}, on=f"{step}/serve")
    assert (missing.status_code, "邮件号码" in missing.text) == (409, True)
    served = lina.post(f"{step}/serve", {**day, "way": "post", "proof": "1099"}, on=f"{step}/serve")
    assert served.status_code == 303
    (letter,) = models.of_case(number)
    assert (letter.state, letter.service["proof"]) == (LetterState.SERVED, "1099")
    assert lina.post(f"{step}/delivered", day, on=f"{step}/delivered").status_code == 303
    assert models.of_case(number)[0].service["delivered"] == "2026-11-23"


def test_an_organ_has_words_of_its_own_in_the_numbers_of_its_letters(
    hub: Hub, lina: Browser, wang: Browser
) -> None:
    head = f"/desk/requests/letter-heads/{ORGAN}"
    assert lina.post(head, {**HEAD, "word_correction": "补告"}, on=head).status_code == 303
    assert 'value="补告"' in lina.get(head).text
    page = written(lina, registered(hub, lina), "correction")
    act(lina, page, "hand-over")
    act(wang, page, "approve")
    act(lina, page, "issue")
    assert "冠政办公开补告〔2026〕1号" in lina.get(page).text
    assert lina.post(head, HEAD, on=head).status_code == 303


LEFT = "䶮㛃𠅤村写到一半"


def form_on(page: str, path: str) -> dict[str, str]:
    """The form of a page that goes to `path`, as a browser would send it."""
    return next(each.values for each in Forms(page).forms if each.action == path)


@pytest.mark.parametrize(
    ("page", "action", "field"),
    [
        ("letters/new/granted", "letters/new/granted", "body"),
        ("steps/extend", "steps/extend", "reason"),
        ("", "note", "text"),
        ("new", "new", "wanted"),
    ],
)
def test_what_a_clerk_left_unsent_waits_for_them_alone_sealed_to_the_key_of_the_case(
    hub: Hub, lina: Browser, wang: Browser, page: str, action: str, field: str
) -> None:
    case = "/desk/requests" if page == "new" else f"/desk/requests/{registered(hub, lina)}"
    page, action = f"{case}/{page}".rstrip("/"), f"{case}/{action}"
    form = {**form_on(lina.get(page).text, action), field: LEFT}
    keep = {"data": form, "headers": {"Host": HOST, "Origin": f"http://{HOST}"}}
    assert lina.client.post("/desk/drafts", **keep).status_code == 204
    (row,) = DeskDraft.select()
    opened = Drafts("lina", lina.client.application.config["SECRET_KEY"])
    assert opened.of(row.thing, hub.clock.now()) == [], "the machine's own key does not open it"
    assert LEFT.encode() not in bytes(row.sealed)
    assert LEFT not in wang.get(f"{page}?draft_run={form['draft_run']}").text
    hub.connection.execute("DELETE FROM web_session")
    again = hub.browser("lina")
    offered = again.get(page).text
    assert "接着写" in offered
    assert LEFT not in offered, "nothing is put into the form unasked"
    taken = form_on(again.get(f"{page}?draft_run={form['draft_run']}").text, action)
    assert taken[field].strip() == LEFT
    if field == "text":
        sent = again.client.post(action, data=taken, headers={"Host": HOST, "Origin": f"http://{HOST}"})
        assert sent.status_code == 303
        assert DeskDraft.select().count() == 0, "what was sent is no draft any more"
    DeskDraft.delete().execute()


def test_nobody_keeps_a_draft_under_a_key_they_do_not_hold(hub: Hub) -> None:
    with pytest.raises(Refused, match="reading-key-missing"):
        Drafts("lina", "key").keep("letter/1", "run", [("body", LEFT)], hub.clock.now(), key_id="another")


def a_file_of(size: int) -> bytes:
    """A PDF with a stream that does not shrink."""
    made = pikepdf.new()
    made.add_blank_page()
    made.Root.Filler = pikepdf.Stream(made, random.Random(1).randbytes(size))
    kept = io.BytesIO()
    made.save(kept)
    return kept.getvalue()


def a_bomb() -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.txt", b"0" * 50_000_000)
    return kept.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.pdf", lambda: b"MZ" + b"\0" * 500, "只收"),
        ("a.pdf", a_bomb, "没有添加"),
        ("a.exe", lambda: b"MZ" + b"\0" * 500, "只收"),
        ("a.pdf", lambda: a_file_of(21_000_000), "20"),
    ],
    ids=["renamed executable", "zip bomb", "executable", "too large"],
)
def test_a_file_that_is_none_is_refused_with_a_sentence_and_the_draft_stays(
    hub: Hub, lina: Browser, name: str, content: Callable[[], bytes], said: str
) -> None:
    number = registered(hub, lina)
    page = written(lina, number, "granted")
    refused = upload(lina, page, "attach", content(), name)
    refused.request.environ["wsgi.input"].close()
    assert refused.status_code in (409, 413, 422)
    assert said in refused.text
    assert models.files(models.of_case(number)[0].seq) == []
    assert lina.get(page).status_code == 200


def test_twenty_large_files_stop_at_what_a_letter_may_carry(hub: Hub, lina: Browser) -> None:
    number = registered(hub, lina)
    page, large = written(lina, number, "granted"), a_file_of(19_000_000)
    sent = [upload(lina, page, "attach", large, f"{at}.pdf") for at in range(3)]
    for each in sent:
        each.request.environ["wsgi.input"].close()
    assert [each.status_code for each in sent] == [303, 303, 409]
    assert "40" in sent[2].text
    assert len(models.files(models.of_case(number)[0].seq)) == 2
