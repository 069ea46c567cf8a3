"""What of a page is read, in which order, and what never."""

from __future__ import annotations

from pathlib import Path

from kiosk.speech import bank, blocks, numerals, rules
from kiosk.speech.bank import Bank, Speaker
from kiosk.speech.blocks import Dress, Reader
from kiosk.speech.stretches import Stretches

KNOWN = [
    "请拿好您的回执", "编号", "查询码", "返回", "提交申请", "纸质", "怎么联系您？", "算起，当天不算", "从",
    "有地方要改一下", "请填写姓名。", "补贴发了没有", "选您的村", "查到", "条", *numerals.vocabulary(),
]  # fmt: skip
DRESS = Dress(
    lambda clips: f"<button>{clips}</button>",
    lambda has_private, is_partial: f"<i>{has_private} {is_partial}</i>",
)


def speaker(*more: str) -> Speaker:
    texts = {rules.key(text): text for text in [*KNOWN, *more]}
    texts[bank.PAUSE_KEY] = "（停）"
    return Speaker(Bank(Path(), texts, ("从%(day)s算起，当天不算。", "查到%(total)s条")))


def dressed(html: str, known: Speaker) -> str:
    return Reader(known).dressed(html, DRESS)


def page(main: str, personal: bool = False) -> str:
    leave = '<form class="head-leave"></form>' if personal else ""
    bar = f"<footer>{blocks.BUTTON_HERE}{blocks.STRIP_HERE}</footer>"
    return f"<body>{leave}<p>外面</p><main>{main}</main>{bar}</body>"


def said(html: str) -> list[str]:
    return [" ".join(blocks.texts(each)) for each in blocks.blocks(html) if blocks.texts(each)]


def test_the_page_is_read_in_its_order_and_only_its_main_part() -> None:
    html = page(
        '<h1><label for="a">怎么联系您？</label></h1><p class="hint">填<b>一样</b>就<wbr>行。</p>'
        '<svg class="icon"><use href="#x"></use></svg><p hidden>藏着</p><p aria-hidden="true">藏着</p>'
        '<span class="visually-hidden">藏着</span><textarea>我写的</textarea>'
        '<a class="tile" href="/"><span class="tile-title">补贴发了没有</span><span>选您的村</span></a>'
    )
    assert said(html) == ["怎么联系您？", "填一样就行。", "补贴发了没有 选您的村"]


def test_a_block_is_said_by_its_recordings_or_not_at_all() -> None:
    html = page("<h1>请拿好您的回执</h1><p>这句没有录过</p>")
    shown = dressed(html, speaker())
    key = rules.key("请拿好您的回执")
    assert f'<h1 data-say="{key}">' in shown
    assert "<p>这句没有录过</p>" in shown
    assert f"<button>{key}</button><i>False True</i>" in shown


def test_a_page_that_cannot_be_heard_has_no_button() -> None:
    shown = dressed(page("<p>这句没有录过</p>"), speaker())
    assert "<button>" not in shown
    assert "speech" not in shown


def test_days_and_counts_in_a_sentence_are_read_from_clips() -> None:
    keys = speaker().of_runs(["从", "2026年11月25日", "算起，当天不算。"])
    assert keys == tuple(map(rules.key, ["从", "二零二六年", "十一月", "二十五日", "算起，当天不算"]))
    assert speaker().keys("查到 1,234 条") == tuple(map(rules.key, ["查到", "一千", "二百", "三十四", "条"]))


def test_an_amount_is_read_as_money_although_a_text_with_a_gap_fits() -> None:
    known = speaker()
    known._bank.patterns = ("%(amount)s元",)
    assert known.keys("1,234.50元") == tuple(map(rules.key, ["一千", "二百", "三十四", "元", "五角"]))


def test_on_a_personal_page_answers_have_no_sound_even_where_one_exists() -> None:
    html = page(
        "<h1>请拿好您的回执</h1><dl><dt>编号</dt><dd>纸质</dd><dt>查询码</dt><dd>4821 9037 5516</dd></dl>"
        '<p class="number-value">GX01-12</p><div data-private><p>编号</p></div>',
        personal=True,
    )
    shown = dressed(html, speaker())
    assert "<dd>纸质</dd>" in shown
    assert "<p>编号</p></div>" in shown
    assert '<dd data-spell="' in shown
    assert '<p class="number-value" data-spell="' in shown
    public = shown.split("<button>")[1]
    assert rules.key("四八") not in public, "no address may spell a code"
    assert rules.key("纸质") not in shown
    assert "<i>True " in shown


def test_an_id_number_is_not_even_spelt() -> None:
    html = page("<h1>返回</h1><dl><dd>372525194602120013</dd><dd>370*************13</dd></dl>", personal=True)
    assert "data-spell" not in dressed(html, speaker())


def test_a_stretch_that_names_its_texts_is_said_in_its_place_and_left_as_it_is() -> None:
    known = speaker("第三条本办法自发布之日起施行。")
    named = Stretches(known)
    inner = (
        f"{named.begin()}<p{named(['第三条', '本办法自发布之日起施行。'])}>甲</p>\n<p>纸质</p>{named.end()}"
    )
    shown = Reader(known).dressed(page(f"<h1>编号</h1>\n{inner}\n<p>返回</p>\n"), DRESS, named.found)
    keys = [rules.key(each) for each in ("编号", "第三条本办法自发布之日起施行", "返回")]
    assert f'<p data-say="{keys[1]}">甲</p>\n<p>纸质</p>\n<p data-say="{keys[2]}">' in shown
    assert f"<button>{'.'.join(keys)}</button><i>False False</i>" in shown


def test_a_stretch_tells_that_some_of_it_has_no_recording() -> None:
    known = speaker()
    named = Stretches(known)
    inner = f"{named.begin()}<p{named(['这句没有录过'])}>这句没有录过</p>{named.end()}"
    shown = Reader(known).dressed(page(f"<h1>编号</h1>\n{inner}"), DRESS, named.found)
    assert "<p>这句没有录过</p>" in shown
    assert "<i>False True</i>" in shown


def test_what_is_silent_is_not_taken_apart() -> None:
    html = page("<nav>\n<ul><li>编号</li>\n<li>纸质</li></ul>\n</nav>\n<p>返回</p>\n")
    shown = dressed(html, speaker())
    assert "<li>编号</li>\n<li>纸质</li></ul>\n</nav>\n" in shown
    assert f"<button>{rules.key('返回')}</button>" in shown


def test_errors_are_read_first() -> None:
    html = page(
        '<section class="error-summary"><h2><svg></svg><span>有地方要改一下</span></h2>'
        '<ul><li><a href="#a">请填写姓名。</a></li></ul></section><h1>怎么联系您？</h1>'
    )
    assert said(html) == ["有地方要改一下", "请填写姓名。", "怎么联系您？"]


def test_a_piece_that_was_seen_before_is_read_as_it_was() -> None:
    """Pieces are remembered by their text and the elements around: neither may be taken for the other's."""
    reader = Reader(speaker())
    said = f' data-say="{rules.key("纸质")}"'
    lines = "<dl>\n<dt>编号</dt>\n<dd>纸质</dd>\n</dl>\n"
    several = "<ul>\n<li>\n<p>纸质</p>\n<p>返回</p>\n</li>\n</ul>\n"
    for _ in range(2):
        assert f"<dd{said}>纸质" in reader.dressed(page(lines), DRESS)
        assert "<dd>纸质" in reader.dressed(page(lines, personal=True), DRESS)
        assert said not in reader.dressed(page(f"<div hidden>\n{lines}</div>\n"), DRESS)
        assert reader.dressed(page(several), DRESS).count("data-say") == 2
        assert f"<p{said}>纸质" in reader.dressed(page("<p>纸质</p>\n</li>\n"), DRESS)


def test_new_recordings_are_found_on_pages_that_were_seen_before() -> None:
    files: set[str] = set()
    reader = Reader(Speaker(Bank(Path()), files.__contains__))
    assert "data-say" not in reader.dressed(page("<h1>新录的</h1>\n"), DRESS)
    files.add(rules.key("新录的"))
    reader.forget()
    assert "data-say" in reader.dressed(page("<h1>新录的</h1>\n"), DRESS)
