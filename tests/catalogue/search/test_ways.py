"""Finding without typing: villages, guides, life events, topics, for whom, by whom, year; urgent notices."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from kiosk.catalogue.records.pinned import MOST, pinned_notices
from kiosk.catalogue.search import index, ways
from kiosk.catalogue.search import indexing as upkeep
from kiosk.catalogue.search.ways import Scope
from kiosk.web.language import languages
from tests.catalogue.conftest import SETTINGS, VILLAGE, OpenTerminal, Terminal, a_record
from tests.catalogue.pages.test_pages import words_of


def a_payment(doc_id: str, item: str, **fields: object) -> dict[str, object]:
    """What a village tells of one subsidy."""
    told = {"township": "清水镇", "village": "后李村", "year": 2026, "item": item, **fields}
    return {"id": doc_id, "kind": "village", "title": f"{item}发放情况", "body": "说明。", "fields": told}


ASK = {"organ": "X", "organ_name": "后李村村委会", "telephone": "0635-0000011"}


@pytest.mark.parametrize("language", [each.code for each in languages.TABLE.values() if not each.is_source])
def test_every_topic_event_and_audience_has_its_words_in_each_language(language: str) -> None:
    topics = {each for name, items in ways.topic_classes().items() for each in (name, *items)}
    names = {("topic", each) for each in topics}
    names |= {("event", each.name) for each in ways.events()}
    names |= {("audience", each.name) for each in ways.audiences()}
    assert set(ways.names_in(language)) == names
    assert not re.findall(r"[\u4e00-\u9fff]", "".join(ways.names_in(language).values()))


def test_who_reads_english_sees_topics_in_english_and_finds_the_same(terminal: Terminal) -> None:
    terminal.catalogue.publish(a_record(topics=["社会福利", "减灾救灾", "县里自己的主题"]))
    home = terminal.get("/")
    terminal.post("/settings", home if "csrf_token" in home else terminal.get("/request/"), lang="en")
    assert "Civil affairs and relief" in words_of(terminal.get("/browse/by/topic"))
    page = terminal.get("/browse/by/topic?of=民政、扶贫、救灾")
    assert "Civil affairs and relief" in page
    assert "Social welfare" in page
    told = words_of(terminal.get("/documents/doc:1"))
    assert "Social welfare、Disaster relief、县里自己的主题" in told


def test_a_villager_finds_what_was_paid_and_what_was_not(terminal: Terminal) -> None:
    paid = a_payment(
        "v:1", "种粮补贴", state="paid", paid_on="2026-06-26", households=186, amount=15590400, ask=ASK
    )
    waiting = a_payment("v:2", "危房改造补助", state="not_yet", expected="预计12月20日前发放", ask=ASK)
    elsewhere = {
        **VILLAGE,
        "id": "v:9",
        "fields": {"township": "定远寨镇", "village": "前王村", "year": 2026},
    }
    terminal.catalogue.publish(paid, waiting, elsewhere)
    start = terminal.get("/browse/village")
    assert "清水镇" in start
    assert "定远寨镇" in start
    assert "后李村" in terminal.get("/browse/village?township=清水镇")
    told = words_of(terminal.get("/browse/village?township=清水镇&village=后李村"))
    assert told.index("危房改造补助") < told.index("种粮补贴"), "what is still open comes first"
    for words in ("还没有发", "预计12月20日前发放", "已发放", "2026年6月26日到账", "186户", "155,904.00元"):
        assert words in told, words
    assert "请问后李村村委会，电话0635-0000011" in told
    assert "前王村" not in told


def test_the_year_shown_first_is_the_latest_and_earlier_ones_are_a_touch_away(terminal: Terminal) -> None:
    terminal.catalogue.publish(
        a_payment("v:1", "旧补贴", state="paid", year=2025), a_payment("v:2", "新补贴", state="paid")
    )
    now = terminal.get("/browse/village?township=清水镇&village=后李村")
    assert "新补贴" in words_of(now)
    assert "旧补贴" not in words_of(now)
    assert "year=2025" in now
    before = words_of(terminal.get("/browse/village?township=清水镇&village=后李村&year=2025"))
    assert "旧补贴" in before


def test_a_subsidy_without_a_year_is_not_lost(terminal: Terminal) -> None:
    undated = a_payment("v:1", "没写年份的补贴", state="paid")
    del undated["fields"]["year"]  # type: ignore[attr-defined]  # a record of loose types
    terminal.catalogue.publish(undated)
    address = "/browse/village?township=清水镇&village=后李村"
    assert "没写年份的补贴" in words_of(terminal.get(address))
    terminal.catalogue.publish(
        a_payment("v:2", "今年的补贴", state="paid"), a_payment("v:3", "去年的补贴", state="paid", year=2025)
    )
    assert "没写年份的补贴" in words_of(terminal.get(address))
    assert "没写年份的补贴" not in words_of(terminal.get(f"{address}&year=2025"))


def test_a_terminal_of_one_township_asks_for_the_village_at_once(open_terminal: OpenTerminal) -> None:
    terminal = open_terminal(replace(SETTINGS, townships=("清水镇",)))
    other = {**VILLAGE, "id": "v:9", "fields": {"township": "定远寨镇", "village": "前王村", "year": 2026}}
    terminal.catalogue.publish(a_payment("v:1", "种粮补贴", state="paid"), other)
    page = words_of(terminal.get("/browse/village"))
    assert "清水镇哪个村" in page
    assert "后李村" in page
    assert "前王村" not in words_of(terminal.get("/browse/village?township=定远寨镇&village=前王村"))


def test_lists_of_names_are_offered_only_where_and_while_they_may_be_shown(
    open_terminal: OpenTerminal,
) -> None:
    listed = {**VILLAGE, "fields": {**VILLAGE["fields"], "year": 2026, "item": "种粮补贴"}}
    address = "/browse/village?township=清水镇&village=后李村"
    terminal = open_terminal(SETTINGS)
    terminal.catalogue.publish(listed)
    assert "看名单" not in words_of(terminal.get(address))
    terminal.catalogue.lend(listed)  # type: ignore[attr-defined]  # a replica's catalogue
    assert "看名单" in words_of(terminal.get(address))
    assert "赵样例" not in terminal.get(address)
    terminal.catalogue.clock.advance(seconds=30 * 86_400)
    assert "看名单" not in words_of(terminal.get(address))


def test_nothing_about_villages_is_said_plainly(terminal: Terminal) -> None:
    assert "还没有各村的补贴发放情况" in words_of(terminal.get("/browse/village"))
    terminal.catalogue.publish(a_payment("v:1", "种粮补贴", state="paid"))
    told = words_of(terminal.get("/browse/village?township=清水镇&village=无此村"))
    assert "没有您的村" in told


def test_how_to_get_something_done_begins_with_what_happens_in_life(terminal: Terminal) -> None:
    guide = a_record("g:1", kind="guide", title="结婚登记", body="到民政局。", validity=None, topics=["婚姻"])
    terminal.catalogue.publish(guide, a_record())
    page = terminal.get("/browse/guide")
    assert "of=%E5%A9%9A%E5%A7%BB&amp;kind=guide" in page or "kind=guide" in page
    assert "婚姻" in page
    assert "纳税" not in words_of(page), "an event without a guide is not offered"
    assert 'href="/documents/g:1"' in page
    only_guides = words_of(terminal.get("/browse/by/event?of=婚姻&kind=guide"))
    assert "结婚登记" in only_guides


def test_a_life_event_gathers_what_is_filed_under_it_and_what_its_words_name(terminal: Terminal) -> None:
    terminal.catalogue.publish(
        a_record("d:1", title="关于高龄津贴的通知"),
        a_record("d:2", title="敬老院管理办法"),
        a_record("d:3", title="一份别的文件", topics=["养老"]),
        a_record("d:4", title="关于校车的通知"),
        a_record("g:1", kind="guide", title="领取高龄津贴", validity=None),
    )
    told = words_of(terminal.get("/browse/by/event?of=养老"))
    for title in ("关于高龄津贴的通知", "敬老院管理办法", "一份别的文件", "领取高龄津贴"):
        assert title in told
    assert "校车" not in told
    assert told.index("领取高龄津贴") < told.index("关于高龄津贴的通知"), "what one can do comes first"


@pytest.mark.parametrize(
    ("way", "value", "changes"),
    [
        ("topic", "教育", {"topics": ["科技、教育", "教育"]}),
        ("audience", "老人", {"audience": ["老人"]}),
        ("issuer", "冠县教育局", {"issuers": ["冠县教育局"]}),
        ("year", "2024", {"published_on": "2024-05-01", "drawn_on": "2024-04-30"}),
    ],
)
def test_each_way_offers_its_values_and_leads_to_the_documents(
    terminal: Terminal, way: str, value: str, changes: dict[str, object]
) -> None:
    terminal.catalogue.publish(
        a_record("d:1", title="要找的文件", **changes), a_record("d:2", title="别的文件")
    )
    class_of = "科技、教育" if way == "topic" else value
    assert class_of in words_of(terminal.get(f"/browse/by/{way}"))
    told = words_of(terminal.get(f"/browse/by/{way}?of={value}"))
    assert "要找的文件" in told
    assert "别的文件" not in told
    assert "要找的文件" in words_of(terminal.get(f"/browse/by/{way}?of={value}&kind=policy"))


def test_a_topic_class_holds_the_items_below_it(terminal: Terminal) -> None:
    terminal.catalogue.publish(
        a_record("d:1", title="甲文件", topics=["工商"]), a_record("d:2", title="乙文件", topics=["标准"])
    )
    page = terminal.get("/browse/by/topic?of=市场监管、安全生产监管")
    assert "甲文件" in words_of(page)
    assert "乙文件" in words_of(page)
    assert "工商" in page, "its items narrow the page down"


def test_the_22_classes_are_the_state_councils() -> None:
    classes = ways.topic_classes()
    assert len(classes) == 22
    assert sum(map(len, classes.values())) == 121
    assert "婚姻" not in classes


def test_an_event_nobody_knows_is_not_found_and_an_empty_way_says_so(terminal: Terminal) -> None:
    terminal.get("/browse/by/event?of=飞行", expect=404)
    terminal.get("/browse/by/colour", expect=404)
    assert "还没有内容" in words_of(terminal.get("/browse/by/topic"))
    assert "还没有内容" in words_of(terminal.get("/browse/by/issuer?of=无此单位"))


def test_the_ways_work_while_there_is_no_index(terminal: Terminal) -> None:
    terminal.catalogue.publish(
        a_record("d:1", title="甲文件", topics=["养老"], audience=["老人"]), a_record("d:2", title="敬老文件")
    )
    folder = terminal.catalogue.home / "index"
    generation = upkeep.current(folder)
    assert generation is not None
    with_index = words_of(terminal.get("/browse/by/event?of=养老"))
    (folder / "current").unlink()
    without = words_of(terminal.get("/browse/by/event?of=养老"))
    for title in ("甲文件", "敬老文件"):
        assert title in with_index
        assert title in without
    assert "老人" in words_of(terminal.get("/browse/by/audience"))
    assert "甲文件" in words_of(terminal.get("/browse/by/audience?of=老人"))
    assert index.has_engine()


def test_lists_are_ordered_by_the_day_of_publication(terminal: Terminal) -> None:
    days = ("2024-03-01", "2026-02-01", "2025-07-09")
    terminal.catalogue.publish(
        *(a_record(f"d:{day}", published_on=day, drawn_on=day, topics=["公安"]) for day in days)
    )
    found, total = terminal.catalogue.search.listed(Scope((("topic", ("公安",)),)), 10)
    assert [each.published_on for each in found] == sorted(days, reverse=True)
    assert total == 3


def test_urgent_notices_stand_on_the_start_page_from_their_first_to_their_last_day(
    terminal: Terminal,
) -> None:
    def pinned(doc_id: str, first: str, last: str, text: str) -> dict[str, object]:
        return a_record(doc_id, fields={"pinned": {"from": first, "until": last, "text": text}})

    terminal.catalogue.publish(
        pinned("p:1", "2026-11-01", "2026-11-30", "道路结冰"),
        pinned("p:2", "2026-12-01", "2026-12-30", "还没有到"),
        pinned("p:3", "2026-10-01", "2026-10-30", "已经过去"),
    )
    on = date(2026, 11, 1)
    assert [each.text for each in pinned_notices(on)] == ["道路结冰"]
    assert [each.text for each in pinned_notices(date(2026, 11, 30))] == ["道路结冰"]
    assert [each.text for each in pinned_notices(date(2026, 12, 1))] == ["还没有到"]
    start = terminal.get("/")
    assert "道路结冰" in start
    assert 'href="/documents/p:1"' in start
    more = [pinned(f"p:{at}", f"2026-11-0{at}", "2026-11-30", f"第{at}条") for at in range(4, 8)]
    terminal.catalogue.publish(*more)
    assert [each.text for each in pinned_notices(date(2026, 11, 20))] == ["第7条", "第6条"][:MOST]


def test_answers_are_narrowed_by_topic_audience_and_issuer(terminal: Terminal) -> None:
    terminal.catalogue.publish(
        a_record("d:1", title="低保通知甲", topics=["社会福利"], audience=["老人"], issuers=["冠县民政局"]),
        a_record("d:2", title="低保通知乙", topics=["财政"], audience=["农民"], issuers=["冠县财政局"]),
    )
    page = terminal.get("/search?q=低保")
    for name, value in (("topic", "社会福利"), ("audience", "老人"), ("issuer", "冠县民政局")):
        assert value in words_of(page)
        narrowed = terminal.get(f"/search?q=低保&{name}={value}")
        assert "/documents/d:1" in narrowed
        assert "/documents/d:2" not in narrowed
    assert page.index("<details") < page.index("按发布单位") < page.index("</details>")


def test_what_is_a_page_of_ours_stands_before_what_was_found(terminal: Terminal) -> None:
    terminal.catalogue.publish(a_payment("v:1", "耕地地力保护补贴"), a_record(title="补贴发了没有"))
    page = terminal.get("/search?q=补贴发了没有")
    assert page.index('class="way way-leading" href="/browse/village"') < page.index('class="result-title"')
    assert "way-leading" not in terminal.get("/search?q=耕地地力保护补贴")
