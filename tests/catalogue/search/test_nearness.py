"""Short names and their titles: what stands first when several documents have the words."""

from __future__ import annotations

import pytest

from kiosk.catalogue.search.words import SearchWords
from tests.catalogue.conftest import Catalogue, a_record

WORDS = SearchWords(
    terms={"低保": 100, "最低生活保障": 0}, officials={"低保": ("最低生活保障",)}, version="nearness"
)
LAWS = [
    a_record(
        f"doc:law{number}",
        title=f"某地第{number}号公证条例",
        body="办理公证按本条例。公证处负责公证。",
        doc_no=f"样〔2026〕{number}号",
    )
    for number in range(1, 13)
]


def a_guide(doc_id: str, title: str, body: str = "到窗口办理。") -> dict[str, object]:
    return a_record(doc_id, kind="guide", title=title, body=body, doc_no="")


def test_a_guide_of_that_name_stands_before_the_laws_that_have_the_word(catalogue: Catalogue) -> None:
    catalogue.publish(*LAWS, a_guide("doc:guide", "办理出生及亲属关系公证事项的申请指引"))
    assert catalogue.titles("公证")[0].startswith("办理出生")


def test_a_guide_of_another_name_does_not(catalogue: Catalogue) -> None:
    catalogue.publish(*LAWS, a_guide("doc:guide", "残疾人证办理", "需要公证的另行公证。"))
    assert catalogue.titles("公证", limit=20)[-1] == "残疾人证办理"


@pytest.mark.parametrize("short", ["法宣", "宣教"])
def test_a_name_cut_short_finds_the_title_that_has_its_characters(catalogue: Catalogue, short: str) -> None:
    catalogue.publish(*LAWS, a_record("doc:long", title="法治宣传教育活动安排", doc_no="样〔2026〕90号"))
    assert catalogue.titles(short) == ["法治宣传教育活动安排"]


def test_a_text_with_the_word_stands_before_a_title_with_only_its_characters(catalogue: Catalogue) -> None:
    catalogue.words = WORDS
    catalogue.publish(
        a_record("doc:fee", title="关于降低保费的通知", body="保费下调。", doc_no="样〔2026〕91号"),
        a_record("doc:aid", title="困难群众帮扶通知", body="低保家庭优先。", doc_no="样〔2026〕92号"),
    )
    assert catalogue.titles("低保")[0] == "困难群众帮扶通知"


def test_having_a_thing_stands_before_giving_it_up(catalogue: Catalogue) -> None:
    catalogue.publish(a_guide("doc:1", "残疾人证注销"), a_guide("doc:2", "残疾人证新办和申领"))
    assert catalogue.titles("残疾人证怎么办理") == ["残疾人证新办和申领", "残疾人证注销"]
    assert catalogue.titles("注销残疾人证")[0] == "残疾人证注销"


def test_of_two_texts_of_one_name_the_valid_one_is_first(catalogue: Catalogue) -> None:
    text = {"title": "高龄津贴发放办法", "body": "八十周岁以上老人可以领取高龄津贴。"}
    ended = {"validity": "repealed", "validity_reason": "已有新办法"}
    catalogue.publish(
        a_record("doc:old", doc_no="样〔2020〕1号", **text, **ended),
        a_record("doc:new", doc_no="样〔2026〕1号", **text),
    )
    for typed in ("高龄津贴", "八十周岁以上的老人能领多少钱，在哪里领"):
        found = catalogue.search.find(typed).found
        assert [each.document.doc_id for each in found] == ["doc:new", "doc:old"]


def test_an_everyday_phrase_whose_official_words_stand_nowhere_is_read_word_by_word(
    catalogue: Catalogue,
) -> None:
    catalogue.words = SearchWords(
        terms={"机动车驾驶证": 1, "驾照": 1, "丢了": 1, "补领": 1, "驾照丢了": 0},
        officials={"驾照丢了": ("驾驶证遗失补证",), "驾照": ("机动车驾驶证",), "丢了": ("补领",)},
        version="phrase",
    )
    catalogue.publish(*LAWS, a_guide("doc:lost", "机动车驾驶证损毁后的补领"))
    assert catalogue.titles("驾照丢了") == ["机动车驾驶证损毁后的补领"]


def test_the_order_is_one_over_all_pages(catalogue: Catalogue) -> None:
    catalogue.publish(*LAWS, a_guide("doc:guide", "出生公证申请指引"))
    whole = catalogue.titles("公证", limit=13)
    pages = [catalogue.titles("公证", limit=5, offset=offset) for offset in (0, 5, 10)]
    assert [title for page in pages for title in page] == whole
    assert len(set(whole)) == 13


def test_a_question_of_short_parts_is_one_question(catalogue: Catalogue) -> None:
    """夫妻一方经营，谁来还债 is no name: its answer has the words, a title with one of them is none."""
    catalogue.publish(
        a_record(
            "doc:debt",
            title="某省若干规定",
            body="夫妻一方经营个体工商户的债务，以夫妻共同财产清偿。",
            doc_no="样〔2026〕93号",
        ),
        a_record("doc:other", title="个体工商户经营登记", body="登记时提交材料。", doc_no="样〔2026〕94号"),
    )
    assert catalogue.titles("夫妻一方经营个体户，债务怎么清偿")[0] == "某省若干规定"
