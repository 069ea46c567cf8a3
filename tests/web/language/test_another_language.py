"""A further language is a row and a catalogue of messages: shown by one that only this test knows."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from kiosk.app.handlings import HANDLINGS
from kiosk.disclosure import application
from kiosk.web import paper_marks
from kiosk.web.language import i18n, languages, wording
from kiosk.web.language.languages import Language
from printers.paper import encode, pdf, plain
from tests.clocks import MONDAY_MORNING
from tests.intake.county import County, a_county
from tests.journeys.story import ANSWERS

MESSAGES = {
    "首页": "Startseite",
    "字再大些": "Größere Schrift",
    "申请信息公开": "Auskunft beantragen",
    "点一下屏幕，开始用": "Zum Beginnen berühren",
    "您想要什么信息？": "Welche Auskunft möchten Sie?",
    "政府信息公开申请接收回执": "Empfangsbestätigung",
    "政府信息公开申请表": "Antragsformular",
    "补打 第{n}次": "Nachdruck Nr. {n}",
}


@pytest.fixture
def german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Language:
    """A language that knows the few texts above."""
    catalogue = Catalog(locale="de", charset="utf-8")
    for source, words in MESSAGES.items():
        catalogue.add(source, words)
    compiled, out = tmp_path / "german.mo", io.BytesIO()
    write_mo(out, catalogue)
    compiled.write_bytes(out.getvalue())
    row = Language("de", "de-DE", "Deutsch", "de", messages=compiled)
    monkeypatch.setitem(languages.TABLE, row.code, row)
    return row


@pytest.fixture
def county(tmp_path: Path, german: Language) -> Iterator[County]:
    with a_county(tmp_path, HANDLINGS) as made:
        yield made


def test_it_is_offered_beside_the_others_and_each_page_is_in_it(county: County) -> None:
    citizen = county.citizen
    for page in ("/", "/help"):
        assert '<span lang="de-DE">Deutsch</span>' in citizen.open(page)
    assert '<span class="attract-foot" lang="de-DE">Zum Beginnen berühren</span>' in citizen.open("/attract")
    citizen.send("/settings", on="/request/", lang="de", next="/")
    for page, words in (
        ("/", "Auskunft beantragen"),
        ("/search?q=低保", "Startseite"),
        ("/request/what", MESSAGES["您想要什么信息？"]),
    ):
        if page == "/request/what":
            citizen.send("/request/")
        shown = citizen.open(page)
        assert '<html lang="de-DE"' in shown
        assert "long-words" in shown
        assert words in shown
        assert "Größere Schrift" in shown
        for other in ('value="zh"', 'value="en"'):
            assert other in shown
        assert '<span lang="zh-CN">' in shown, "what has no German is shown and marked as Chinese"
        assert "data-say" not in shown


def test_its_dates_are_as_babel_writes_them(german: Language) -> None:
    with wording.speaking(german):
        assert i18n.date_words(MONDAY_MORNING.date()) == "23. November 2026"
        assert i18n.date_words(MONDAY_MORNING.date(), year=False, weekday=True) == "Montag, 23. November"
        assert i18n.clock_words(MONDAY_MORNING).startswith("Mo., 23. Nov.")


def test_a_receipt_and_the_form_to_sign_are_in_it(county: County, german: Language) -> None:
    citizen = county.citizen
    citizen.send("/settings", on="/request/", lang="de", next="/")
    citizen.fill_in("request", ANSWERS | {"paper": {"paper": "standard"}})
    citizen.hand_in("request")
    slip = county.slip()
    assert slip.lang == "de-DE"
    again = encode.as_copy(slip, 2, paper_marks.in_every_language())
    told = plain.render(again, 32)
    assert "Empfangsbestätigung" in told
    assert "Nachdruck Nr. 2" in told
    with pikepdf.open(io.BytesIO(pdf.render(slip))) as page:
        assert str(page.Root.Lang) == "de-DE"


def test_the_form_on_a4_has_its_title(german: Language) -> None:
    with wording.speaking(german):
        origin = application.Origin("民政局", "1号机", MONDAY_MORNING, "", german.tag, large=False)
        slip = application.form(HANDLINGS[0].kind.questions, {}, origin)
    assert slip.title == "Antragsformular"
