"""Requests by post, counter, e-mail, fax and website: entered at the desk into the one register."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kiosk import db
from kiosk.disclosure import cases
from kiosk.disclosure.office import channels
from kiosk.disclosure.office.channels import RequestSource
from kiosk.errors import RuleBroken
from kiosk.intake import numbers
from kiosk.workdays import load_calendar
from sync.hub.models import InboxEntry
from tests.catalogue import attached
from tests.hub import HOST, Browser, Hub, build_hub

NEW = "/desk/requests/new"
LETTER = {
    "wanted": "2025年农村公路养护合同",
    "organ": "GX-01",
    "applicant": "citizen",
    "name": "赵示例",
    "number": "372525198001010013",
    "document": "id_card",
    "supply": "paper",
    "obtain": "post",
    "address": "柳林镇示例村1号",
}
MONDAY = date(2026, 11, 23)


@pytest.fixture
def hub(tmp_path: Path, address: str) -> Iterator[Hub]:
    hub = build_hub(tmp_path, address)
    hub.add_account("lina")
    yield hub
    db.real(db.store).close_all()


@pytest.fixture
def lina(hub: Hub) -> Browser:
    return hub.browser("lina")


def enter(lina: Browser, **changes: str) -> Any:
    """The form sent twice: the deadline is shown first, then confirmed."""
    form = {**LETTER, "organ": office(lina), **changes}
    shown = lina.post(NEW, form, on=NEW)
    if shown.status_code != 200:
        return shown
    again = {
        name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', shown.text) for name in ("checked", "key")
    }
    assert all(again.values()), "the page that shows the deadline has both"
    return lina.post(NEW, {**form, **{name: found[1] for name, found in again.items() if found}}, on=NEW)


def office(lina: Browser) -> str:
    """The first organ that the form offers."""
    found = re.search(r'id="organ".*?<option value="([^"]+)"', lina.get(NEW).text, re.DOTALL)
    assert found
    return found[1]


def number_of(answer: Any) -> str:
    assert answer.status_code == 303, answer.text
    return str(answer.location.rpartition("/")[2])


@pytest.mark.parametrize(
    ("source", "came", "confirmed", "received", "basis"),
    [
        ("counter", "2026-11-23", "", "2026-11-23", "in_person"),
        ("signed-post", "2026-11-20", "", "2026-11-20", "signed"),
        ("post", "2026-11-19", "2026-11-20", "2026-11-20", "ordinary"),
        ("post", "2026-11-19", "", None, "to_confirm"),
        ("email", "2026-11-19", "2026-11-23", "2026-11-23", "confirmed"),
        ("fax", "2026-11-19", "", None, "to_confirm"),
        ("website", "2026-11-23", "2026-11-23", "2026-11-23", "confirmed"),
    ],
)
def test_the_day_of_receipt_follows_from_the_channel(
    source: str, came: str, confirmed: str, received: str | None, basis: str
) -> None:
    """Regulation art. 31; LAW.md §1.3."""
    found = channels.terms(
        RequestSource(source),
        date.fromisoformat(came),
        date.fromisoformat(confirmed) if confirmed else None,
        today=MONDAY,
        calendar=load_calendar(),
    )
    assert (found.received_on and found.received_on.isoformat(), found.received_basis) == (received, basis)


@pytest.mark.parametrize(
    ("came", "confirmed", "code"),
    [
        (date(2026, 11, 24), None, "came-after-today"),
        (date(2026, 11, 20), date(2026, 11, 19), "before-submission"),
        (date(2026, 11, 20), date(2026, 11, 24), "after-today"),
    ],
)
def test_days_that_cannot_be_are_refused(came: date, confirmed: date | None, code: str) -> None:
    with pytest.raises(RuleBroken) as broken:
        channels.terms(RequestSource.EMAIL, came, confirmed, today=MONDAY, calendar=load_calendar())
    assert broken.value.code == code


def test_a_letter_becomes_a_case_like_those_of_terminals(hub: Hub, lina: Browser) -> None:
    form = {**LETTER, "organ": office(lina), "source": "signed-post", "came_on": "2026-11-20"}
    shown = lina.post(NEW, form, on=NEW)
    assert shown.status_code == 200
    assert "2026年12月18日" in shown.text, "twenty working days after Friday 20 November"
    assert InboxEntry.select().count(db.store) == 0, "shown, and nothing stored yet"
    number = number_of(enter(lina, source="signed-post", came_on="2026-11-20"))
    assert number.startswith("GX00-261123-0001-")
    assert numbers.parse(number) == number
    found = cases.case(number)
    assert (found.state, found.source, found.received_basis) == ("received", "signed-post", "signed")
    assert (found.received_on, found.reply_due) == (date(2026, 11, 20), date(2026, 12, 18))
    assert [(event.act.value, event.actor) for event in cases.events(number)] == [("taken-in", "lina")]
    row = InboxEntry.select().where(InboxEntry.number == number).dicts().get(db.store)
    for secret in (LETTER["name"], LETTER["wanted"], LETTER["number"], LETTER["address"]):
        assert secret not in str(row)
    page = f"/desk/requests/{number}"
    assert "登记来件，" in lina.get(page).text
    opened = lina.post(f"{page}/open", on=page).text
    for words in (LETTER["name"], LETTER["wanted"], "邮寄"):
        assert words in opened
    assert number in lina.get("/desk/requests?source=signed-post").text
    assert number in lina.get("/desk/requests?terminal=GX00").text
    assert number not in lina.get("/desk/requests?source=terminal").text


def test_the_kind_of_a_paper_is_asked_before_its_number(lina: Browser) -> None:
    fields = re.findall(r'<(?:input|select)[^>]* id="(\w+)"', lina.get(NEW).text)
    assert fields.index("number") == fields.index("document") + 1


def test_the_same_form_sent_twice_is_one_request(hub: Hub, lina: Browser) -> None:
    key = "01930000-0000-7000-8000-000000000001"
    form = {"source": "email", "came_on": "2026-11-23", "key": key}
    assert number_of(enter(lina, **form)) == number_of(enter(lina, **form))
    assert InboxEntry.select().count(db.store) == 1
    assert cases.case(number_of(enter(lina, **form))).state == "submitted"


def test_an_incomplete_letter_is_registered_as_it_is_written(hub: Hub, lina: Browser) -> None:
    """What is missing is asked for by a notice to correct (art. 30), which needs a registered case."""
    lacking = {"number": "12345", "address": "", "obtain": "", "supply": ""}
    refused = enter(lina, source="post", came_on="2026-11-20", **lacking)
    assert refused.status_code == 422
    assert "身份证号码是18位" in refused.text
    number = number_of(enter(lina, source="post", came_on="2026-11-20", as_written="y", **lacking))
    assert cases.case(number).received_on is None
    nobody = enter(lina, source="post", came_on="2026-11-20", as_written="y", name="", wanted="")
    assert nobody.status_code == 422


def test_an_organisation_is_asked_other_things(hub: Hub, lina: Browser) -> None:
    switched = lina.post(NEW, {**LETTER, "switch": "organisation"}, on=NEW).text
    assert "统一社会信用代码" in switched
    assert LETTER["wanted"] in switched
    number = number_of(
        enter(
            lina, source="website", came_on="2026-11-23", applicant="legal", name="示例律师事务所",
            number="91110000600037341L", person="钱示例", phone="0635-1234567",
        )
    )  # fmt: skip
    assert cases.case(number).applicant_type == "legal"


def test_the_receipt_carries_the_query_code_once(hub: Hub, lina: Browser) -> None:
    number = number_of(enter(lina, source="counter", came_on="2026-11-23", oral="y"))
    page = f"/desk/requests/{number}"
    assert "接收回执" in lina.get(page).text
    sizes = []
    for _ in range(2):
        made = lina.post(f"{page}/receipt-paper", on=page)
        assert made.content_type == "application/pdf"
        assert made.data.startswith(b"%PDF")
        sizes.append(len(made.data))
    printed = [event.detail["with_code"] for event in cases.events(number) if event.act == "receipt-printed"]
    assert printed == [True, False]
    assert lina.post(f"/desk/requests/{hub.take_in()}/receipt-paper", on=page).status_code == 404


def test_scans_are_redrawn_sealed_and_shown_to_holders_of_the_key(
    hub: Hub, lina: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = tmp_path / "memory"
    memory.mkdir()
    monkeypatch.setattr("kiosk.app.cleaning.MEMORY", memory)
    number = number_of(enter(lina, source="fax", came_on="2026-11-23"))
    page = f"/desk/requests/{number}"

    def add(name: str, content: bytes) -> str:
        token = re.search(r'name="csrf_token" value="([^"]+)"', lina.get(page).text)
        assert token
        sent = {
            "csrf_token": token[1],
            "version": lina.version(f"{page}/scans"),
            "file": (io.BytesIO(content), name),
        }
        answer = lina.client.post(
            f"{page}/scans", data=sent, headers={"Host": HOST, "Origin": f"http://{HOST}"}
        )
        assert answer.status_code == 303
        return lina.get(page).text

    picture = attached.a_png()
    assert "扫描件加好了" in add("赵示例来信.png", picture)
    assert "扫描件加好了" in add("来信.pdf", attached.a_pdf("来信"))
    assert "没有添加" in add("脚本.exe", b"MZ\x90\x00" + bytes(400))
    [[name, sealed]] = hub.connection.execute(
        "SELECT name, sealed FROM case_scan WHERE type LIKE 'image%'"
    ).fetchall()
    assert "赵示例".encode() not in bytes(name)
    assert picture[:8] not in bytes(sealed)
    opened = lina.post(f"{page}/open", on=page).text
    assert "赵示例来信.png" in opened
    first = re.search(rf'action="({page}/scans/\d+)', opened)
    assert first
    shown = lina.post(first[1], on=page)
    assert shown.content_type in ("image/png", "image/jpeg")
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert [event.act.value for event in cases.events(number)].count("scanned") == 2
    assert not list(memory.iterdir())


def test_the_page_of_a_case_says_how_it_came_and_not_that_it_was_typed_at_a_terminal(
    hub: Hub, lina: Browser
) -> None:
    came = {"source": "post", "came_on": "2026-11-23"}
    page = lina.get(f"/desk/requests/{number_of(enter(lina, **came))}").text
    assert "平常信函" in page
    assert "本人在终端填写" not in page
    assert "互联网渠道，以双方" not in page
    assert "本人在终端填写" in lina.get(f"/desk/requests/{hub.take_in()}").text
