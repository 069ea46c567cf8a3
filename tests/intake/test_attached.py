"""Files that go with a request: given on a telephone, locked at once, carried in pieces, opened by the clerk alone."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from kiosk import db
from kiosk.disclosure.desk.handling import REQUESTS
from kiosk.intake.attached import clean_files, held_files
from kiosk.intake.attached.clean_files import PIECE
from printers.paper import pdf, plain
from printers.paper.document import Para, Slip, Title
from sync.terminal import outbox
from tests.intake.county import Answers, County, a_county
from tests.journeys.story import ADDED, ANSWERS, a_photograph

CANARY = "金丝雀委托书"
PRINTED = {"paper": {"paper": "standard"}}


def a_mandate() -> bytes:
    return pdf.render(Slip("letter", "委托书", (Title("授权委托书"), Para(CANARY))))


def a_bomb() -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.txt", b"0" * 50_000_000)
    return kept.getvalue()


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[County]:
    """The county's public pages."""
    with a_county(tmp_path, [REQUESTS], channel="web") as county:
        yield county


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[County]:
    """A machine in a hall without a camera."""
    with a_county(tmp_path, [REQUESTS]) as county:
        yield county


def for_another(papers: str) -> Answers:
    """Every answer of somebody who asks in another's name."""
    found: Answers = {}
    for name, fields in {**ANSWERS, **PRINTED}.items():
        if name == "paper":
            found |= {"papers": {"papers": papers}}
        found |= {name: {**fields, "behalf": "another"} if name == "who" else fields}
        if name == "who":
            found |= {"agent": ADDED["agent"]}
    return found


def give(county: County, name: str, content: bytes) -> str:
    """Gives one file; what the page says then."""
    sent = county.citizen.client.post(
        "/request/files",
        data={"csrf_token": county.citizen.token("/request/files"), "file": (io.BytesIO(content), name)},
        content_type="multipart/form-data",
        follow_redirects=True,
    )
    for answer in (*sent.history, sent):
        answer.request.environ["wsgi.input"].close()
    assert sent.status_code in (200, 422)
    return sent.text


def test_an_agent_hands_in_the_mandate_and_the_clerk_opens_it(phone: County) -> None:
    citizen = phone.citizen
    citizen.fill_in("request", for_another("here"))
    asked = citizen.client.get("/request/check")
    assert asked.headers["Location"] == "/request/files", "without the mandate nothing is handed in"
    given, mandate = a_photograph(made_by=CANARY), a_mandate()
    assert "收下了" in give(phone, "photo.jpg", given)
    page = give(phone, "委托书.pdf", mandate)
    assert "委托书.pdf" in page
    picture = citizen.client.get(re.findall(r'src="(/request/files/[^"]+)"', page)[0])
    assert picture.content_type == "image/jpeg"
    mandates = re.findall(r'action="(/request/files/[^"]+)/remove"', page)[1]
    assert citizen.client.get(f"{mandates}/picture").status_code == 404
    check = citizen.open("/request/check")
    assert "受委托代为申请" in check
    assert "李样例" in check
    number, _code = citizen.hand_in("request")
    slip = plain.render(phone.slip(), 32)
    assert "附件个数" in slip
    assert not list((phone.hub.home.parent / "memory" / held_files.FOLDER).glob("*/*")), (
        "nothing is left in memory"
    )
    carried = phone.carry_all_up()
    assert carried[0].kind == "disclosure"
    assert len([each for each in carried if each.kind == PIECE]) >= 2
    assert all(len(each.sealed) < 720_000 for each in carried)
    with phone.hub_side() as lina:
        case = f"/desk/requests/{number}"
        assert "2个文件，送到了2个" in lina.get(case).text
        assert "受委托代为申请" in lina.get(case).text
        opened = lina.post(f"{case}/open", on=case).text
        assert "李样例" in opened
        assert "委托书.pdf" in opened
        first = lina.post(f"{case}/files/0", on=case)
        assert first.content_type == "image/jpeg"
        assert CANARY.encode() not in first.data, "what the camera wrote is gone"
        assert lina.post(f"{case}/files/1", on=case).data == mandate
        assert lina.post(f"{case}/files/2", on=case).status_code == 404


def test_no_disk_holds_a_file_in_clear(phone: County) -> None:
    phone.citizen.fill_in("request", for_another("here"))
    give(phone, "委托书.pdf", a_mandate())
    phone.citizen.hand_in("request")
    needle = a_mandate()[200:400]
    for path in phone.hub.home.parent.rglob("*"):
        assert not path.is_file() or needle not in path.read_bytes(), path


def test_while_pieces_are_on_their_way_the_desk_says_so(phone: County) -> None:
    phone.citizen.fill_in("request", for_another("here"))
    give(phone, "照片.jpg", a_photograph(1_500))
    number, _code = phone.citizen.hand_in("request")
    request, *pieces = outbox.next_batch(db.store, 50)
    assert len(pieces) >= 2
    for entry in (*reversed(pieces[1:]), request):
        phone.carry(entry)
    case = f"/desk/requests/{number}"
    with phone.hub_side() as lina:
        assert "1个文件，送到了0个" in lina.get(case).text
        assert "还在路上" in lina.post(f"{case}/open", on=case).text
        assert lina.post(f"{case}/files/0", on=case).status_code == 409
    phone.carry(pieces[0])
    with phone.hub_side() as lina:
        whole = Image.open(io.BytesIO(lina.post(f"{case}/files/0", on=case).data))
        assert whole.size == (1_500, 1_500)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("照片.jpg", b"MZ\x90\x00" + bytes(3_000), "只收照片（JPEG、PNG）和PDF"),
        ("照片.jpg", a_bomb(), "没有收"),
        ("照片.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "只收照片（JPEG、PNG）和PDF"),
        ("照片.png", b"", "这个文件是空的"),
        ("照片.jpg", b"\xff\xd8\xff" + bytes(900), "文件打不开"),
        ("照片.jpg", b"\xff\xd8\xff" + bytes(20_000_001), "一个文件最大20 MB"),
    ],
    ids=("executable", "zip bomb", "svg", "empty", "broken", "too large"),
)
def test_what_is_not_taken_is_named_and_nothing_is_lost(
    phone: County, name: str, content: bytes, sentence: str
) -> None:
    phone.citizen.fill_in("request", for_another("here"))
    give(phone, "委托书.pdf", a_mandate())
    page = give(phone, name, content)
    assert sentence in page
    assert "委托书.pdf" in page, "what was given before is still there"


def test_a_seventh_file_is_refused_and_one_can_be_taken_back(phone: County) -> None:
    phone.citizen.fill_in("request", for_another("here"))
    photograph = a_photograph(60)
    for _each in range(clean_files.MOST_FILES):
        page = give(phone, "照片.jpg", photograph)
    assert "够多了" in page
    action = page.split('action="/request/files/', 1)[1].split('"')[0]
    left = phone.citizen.send(f"/request/files/{action}", on="/request/files")
    assert left.status_code == 303
    assert "收下了" in give(phone, "照片.jpg", photograph)


def test_files_that_are_gone_from_memory_are_asked_for_again(phone: County) -> None:
    phone.citizen.fill_in("request", for_another("here"))
    give(phone, "委托书.pdf", a_mandate())
    for path in (phone.hub.home.parent / "memory" / held_files.FOLDER).glob("*/*"):
        path.unlink()
    assert "没有留住" in phone.citizen.open("/request/check")
    assert outbox.next_batch(db.store, 5) == []


def test_without_a_camera_papers_go_to_the_window_with_a_line_on_the_receipt(hall: County) -> None:
    hall.citizen.fill_in("request", for_another("window"))
    assert "现在就交" not in hall.citizen.open("/request/papers")
    number, _code = hall.citizen.hand_in("request")
    assert "纸质材料交到窗口" in plain.render(hall.slip(), 48).replace("\n", "").replace(" ", "")
    hall.carry_all_up()
    with hall.hub_side() as lina:
        assert "纸质的，申请人交到窗口" in lina.get(f"/desk/requests/{number}").text


def test_somebody_who_asks_for_oneself_may_add_papers_from_the_check_and_need_not(phone: County) -> None:
    check = phone.citizen.fill_in("request", {**ANSWERS, **PRINTED})
    assert "一起交的材料" in check
    assert 'href="/request/papers"' in check
    assert phone.citizen.send("/request/papers", papers="here").headers["Location"] == "/request/files"
    assert "收下了" in give(phone, "照片.jpg", a_photograph(60))
    phone.citizen.hand_in("request")
    assert len(phone.carry_all_up()) == 2
