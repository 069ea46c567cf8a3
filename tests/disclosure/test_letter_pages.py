"""The pages of letters: every kind is set, read back, and says what went in; what cannot be drawn is named."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pikepdf
import pypdfium2
import pytest

from kiosk.disclosure.letters import kinds
from kiosk.disclosure.letters.page import faces, proof, typeset
from kiosk.disclosure.letters.page.letter_text import HeadStyle, LetterText, parted, parts
from kiosk.errors import Refused
from tests.disclosure.letter_samples import ORGAN, a_letter

FACES = faces.read()


def made(letter: LetterText) -> bytes:
    page = typeset.render(letter, FACES)
    proof.check(page, letter)
    return page


@pytest.mark.parametrize("name", kinds.KINDS)
def test_a_letter_of_every_kind_reads_as_it_was_written(name: str) -> None:
    letter = a_letter(name)
    assert "{" not in letter.body
    read = proof.text(made(letter))
    assert letter.title in read
    assert (letter.addressee or letter.organ) in read


def test_a_letter_is_tagged_titled_and_chinese() -> None:
    page = made(a_letter("correction"))
    with pikepdf.open(io.BytesIO(page)) as read:
        assert str(read.Root.Lang).lower() == "zh-cn"
        assert read.Root.ViewerPreferences.DisplayDocTitle
        assert read.Root.MarkInfo.Marked
        about = str(read.open_metadata())
        assert "<pdfuaid:part>1" in about
        assert "<pdfaid:part>2" in about
        assert "<pdfaid:conformance>A" in about
    assert typeset.render(a_letter("correction"), FACES) == page


def test_a_full_page_has_22_lines_of_28_characters() -> None:
    letter = replace(a_letter("granted"), body="字" * 28 * 60 + "\n联系电话：0635")
    document = pypdfium2.PdfDocument(made(letter))
    lines = document[1].get_textpage().get_text_bounded().split("\r\n")
    full = [line for line in lines if set(line) == {"字"}]
    assert (len(full), {len(line) for line in full}) == (22, {28})
    width, height = document[1].get_size()
    assert (round(width * 25.4 / 72), round(height * 25.4 / 72)) == (210, 297)


def test_page_1_of_a_letter_has_no_number_and_the_next_ones_have() -> None:
    document = pypdfium2.PdfDocument(made(a_letter("partial")))
    said = [page.get_textpage().get_text_bounded() for page in document]
    assert [bool(re.search(r"—\s*\d+\s*—", each)) for each in said] == [False, True]


def test_a_page_never_holds_the_signature_alone() -> None:
    for many in range(10, 19):
        letter = replace(a_letter("granted"), body="第一段。\n" * many + "联系电话：0635-5231234。")
        last = proof.pages(made(letter))[-1]
        assert "联系电话" in last
        assert "2026年11月30日" in last


def test_rare_names_are_drawn() -> None:
    read = proof.text(made(replace(a_letter("granted"), addressee="䶮㛃𠅤")))
    assert "䶮㛃𠅤：" in read


@pytest.mark.parametrize(("char", "named"), [("😀", "😀"), ("\ue000", "U+E000"), ("𡋾", "𡋾")])
def test_a_character_that_cannot_be_drawn_is_named(char: str, named: str) -> None:
    with pytest.raises(Refused) as refused:
        made(replace(a_letter("granted"), addressee=f"王{char}英"))
    assert (refused.value.code, refused.value.detail) == ("letter-character", named)


def test_boxes_that_no_chinese_font_has_become_those_that_all_have() -> None:
    read = proof.text(made(replace(a_letter("granted"), body="☐ 同意 ☑ 不同意")))
    assert "□同意√不同意" in read


def test_a_request_of_50_000_characters_is_quoted_whole() -> None:
    pages = proof.pages(made(a_letter("granted", 申请内容="年" * 50_000)))
    assert len(pages) > 75
    assert sum(page.count("年") for page in pages) >= 50_000


def test_words_of_a_citizen_are_never_run() -> None:
    hostile = '#read("/etc/passwd") $x$ \\ *_`"& <b> #panic() | a | b |'
    assert "#panic()" in proof.text(made(a_letter("granted", 申请内容=hostile)))
    assert "#panic()" in proof.text(made(a_letter("register_sheet", 申请内容=f"一\n{hostile}")))


def test_a_proof_that_differs_is_refused_and_says_where() -> None:
    letter = a_letter("granted")
    page = typeset.render(letter, FACES)
    with pytest.raises(Refused) as refused:
        proof.check(page, replace(letter, body=letter.body.replace("60日", "90日", 1)))
    assert refused.value.code == "letter-proof"
    assert "90日" in refused.value.detail


@pytest.mark.parametrize("style", HeadStyle)
def test_every_head_of_paper_is_set(style: HeadStyle) -> None:
    letter = replace(a_letter("extension"), style=style, copies="冠县民政局", attachments=("清单", "样表"))
    read = proof.text(made(letter))
    assert (ORGAN in read[:20]) is (style is not HeadStyle.PREPRINTED)
    assert "附件：1.清单2.样表" in read
    assert read.endswith("抄送：冠县民政局。")


def test_a_draft_says_so_on_every_page() -> None:
    letter = replace(a_letter("partial"), draft_mark="草稿，不具效力", number="文号签发时产生")
    assert all("草稿，不具效力" in page for page in proof.pages(made(letter)))


def test_unknown_fonts_are_refused_before_anything_vanishes() -> None:
    with pytest.raises(Refused) as refused:
        typeset.render(a_letter("granted"), replace(FACES, families={**FACES.families, "body": ["仿宋"]}))
    assert refused.value.code == "letter-layout"
    with pytest.raises(Refused) as refused:
        faces.read("/nowhere/at/all")
    assert refused.value.code == "letter-fonts-missing"


def test_lines_become_headings_tables_and_places_to_write() -> None:
    made = parts("一、事项\n（一）名称\n正文。\n|甲|乙|\n|1|____|\n---\n# 确认函")
    assert [part["is"] for part in made] == ["heading", "heading", "para", "sheet", "page", "title"]
    assert [part["level"] for part in made[:2]] == [2, 3]
    assert made[3]["rows"][1][1] == [{"is": "blank", "width": 4}]
    assert parts("（一）没有上级")[0]["level"] == 2


def test_only_short_paragraphs_stay_with_the_signature() -> None:
    begin, last = parted("长" * 400 + "\n联系")
    assert (len(begin), [part["runs"][0]["text"] for part in last]) == (1, ["联系"])
