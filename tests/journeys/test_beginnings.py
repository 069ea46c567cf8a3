"""Ways to begin a request: a template with blanks, a row of a standard directory, an organ that search proposes."""

from __future__ import annotations

import re

from tests.journeys.story import ANSWERS
from tests.pages import Visitor
from tests.world import World, eventually


def at_the_templates(county: World) -> Visitor:
    visitor = Visitor(county.terminal_url)
    eventually(lambda: "征地批复" in visitor.open("/request/templates").text, "the county's templates")
    return visitor


def test_a_template_begins_the_question_and_its_blanks_must_be_filled(county: World) -> None:
    citizen = at_the_templates(county)
    names = [
        value for name, value, _kind in citizen.page.form("/request/templates").buttons if name == "template"
    ]
    assert len(names) == 10
    page = citizen.submit("/request/templates", template="sample:request-template-001")
    assert "＿＿村" in page.form("/request/what").fields["wanted"]
    refused = citizen.submit("/request/what", expect=422)
    assert "还有空没填" in refused.text
    page = citizen.submit("/request/what", wanted="柳林镇样例东村2025年征收土地的批准文件")
    assert page.path == "/request/organ"
    offered = page.form("/request/organ").radios["organ"]
    assert offered[0] == "GX-ZFB", "who does not know has the first one"
    assert offered[1] == "GX-ZRJ", "the template's organ is proposed"
    assert "可能是这个单位" in page.text
    assert not citizen.page.form("/request/organ").fields.get("organ"), "the citizen confirms"


def test_the_organ_that_made_documents_like_it_is_proposed_with_the_title(county: World) -> None:
    citizen = at_the_templates(county)
    citizen.open("/request/")
    citizen.submit("/request/")
    page = eventually(
        lambda: re.search(
            r"冠县民政局[^《》]*可能是这个单位：它制作过《[^》]+》",
            (citizen.open("/request/what"), citizen.submit("/request/what", wanted="低保标准和申请条件"))[
                1
            ].text,
        ),
        "the proposal",
    )
    assert page


def test_a_row_of_a_standard_directory_begins_the_question_and_what_was_answered_stays(county: World) -> None:
    citizen = at_the_templates(county)
    citizen.open("/request/")
    citizen.submit("/request/")
    citizen.submit("/request/what", **ANSWERS["what"])
    citizen.submit("/request/organ", **ANSWERS["organ"])
    citizen.submit("/request/supply", supply="electronic")
    page = citizen.open("/request/directory?of=sample:standard-001")
    assert "现在就看" in page.text
    taken = citizen.submit("/request/directory", at="0")
    assert "标准目录里的" in taken.form("/request/what").fields["wanted"]
    assert citizen.submit("/request/what").path == "/request/obtain", (
        "what was answered before is not asked again"
    )


def test_public_bodies_of_article_55_are_explained_with_whom_to_ask(county: World) -> None:
    page = at_the_templates(county).open("/request/others")
    assert "第五十五条" in page.text
    assert re.search(r"学校、幼儿园.*申诉找：冠县教育和体育局", page.text)
    assert "供电公司" in page.text
