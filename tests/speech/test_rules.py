"""How numbers are said: the table that people would read out, and what is never read."""

from __future__ import annotations

import pytest

from kiosk.speech import rules

SAID = [
    ("冠政办发〔2022〕7号", "冠政办发二零二二年七号"),
    ("2026年11月25日", "二零二六年十一月二十五日"),
    ("2026-11-25", "二零二六年十一月二十五日"),
    ("2026/3/5", "二零二六年三月五日"),
    ("2026.3.15", "二零二六年三月十五日"),
    ("11月2日", "十一月二日"),
    ("2026年11月", "二零二六年十一月"),
    ("1986年", "一九八六年"),
    ("14:05", "十四点零五分"),
    ("2:30", "两点三十分"),
    ("8:00", "八点"),
    ("8:30-11:30", "八点三十分到十一点三十分"),
    ("上午8：30", "上午八点三十分"),
    ("1,234.50元", "一千二百三十四元五角"),
    ("10.05元", "十元零五分"),
    ("0.05元", "五分"),
    ("3.5万元", "三点五万元"),
    ("12亿元", "十二亿元"),
    ("¥30", "三十元"),
    ("2元", "两元"),
    ("2个工作日", "两个工作日"),
    ("第2条", "第二条"),
    ("第12条", "第十二条"),
    ("12个月", "十二个月"),
    ("12.5%", "百分之十二点五"),
    ("5%-10%", "百分之五到百分之十"),
    ("3‰", "千分之三"),
    ("18-59岁", "十八到五十九岁"),
    ("60～69周岁", "六十到六十九周岁"),
    ("1/3", "三分之一"),
    ("0635-5231234", "零六三五，五二三幺二三四"),
    ("（0635）5231234", "零六三五，五二三幺二三四"),
    ("13800138000", "幺三八，零零幺三，八零零零"),
    ("拨打12345热线", "拨打幺二三四五热线"),
    ("12345元", "一万二千三百四十五元"),
    ("SDPR-2022-0020001", "SDPR，二零二二，零零二零零零幺"),
    ("A4纸", "A四纸"),
    ("0102", "零幺零二"),
]
AMOUNTS = [
    (0, "零"),
    (10, "十"),
    (15, "十五"),
    (20, "二十"),
    (100, "一百"),
    (101, "一百零一"),
    (110, "一百一十"),
    (115, "一百一十五"),
    (1001, "一千零一"),
    (1010, "一千零一十"),
    (1100, "一千一百"),
    (2000, "两千"),
    (10000, "一万"),
    (10005, "一万零五"),
    (10500, "一万零五百"),
    (20300, "二万零三百"),
    (110000, "十一万"),
    (1000000, "一百万"),
    (10200003, "一千零二十万零三"),
    (20000000, "两千万"),
    (100000000, "一亿"),
    (100050000, "一亿零五万"),
    (120000300, "一亿二千万零三百"),
]


@pytest.mark.parametrize(("written", "said"), SAID)
def test_what_is_written_is_said(written: str, said: str) -> None:
    assert rules.spoken(written) == said


@pytest.mark.parametrize(("many", "said"), AMOUNTS)
def test_amounts(many: int, said: str) -> None:
    assert "".join(rules.cardinal(many)) == said


def test_every_piece_of_a_reading_is_in_the_clip_bank() -> None:
    bank = set(rules.vocabulary()) | {rules.PAUSE}
    texts = [written for written, _ in SAID] + [str(many) for many, _ in AMOUNTS]
    texts += [
        f"{year}年{month}月{day}日"
        for year in (1949, 2026, 2041)
        for month in range(1, 13)
        for day in (1, 31)
    ]
    texts += [f"{hour}:{minute:02}" for hour in range(24) for minute in range(60)]
    texts += [str(many) for many in range(0, 12000, 7)]
    for text in texts:
        for part in rules.parts(text):
            if isinstance(part, rules.Reading):
                assert set(part.pieces) <= bank, text


@pytest.mark.parametrize("number", ["372525194602120013", "37252519460212001X", "号码372525194602120013。"])
def test_an_id_number_is_never_read(number: str) -> None:
    with pytest.raises(rules.Unspeakable):
        rules.parts(number)


def test_texts_that_sound_the_same_have_one_key() -> None:
    assert rules.key("您还在用吗？") == rules.key(" 您还在 用吗？\n")
    assert rules.key("返回。") == rules.key("返回")
    assert rules.key("您还在用吗？") != rules.key("您还在用吗")
    assert len(rules.key("返回")) == 16
