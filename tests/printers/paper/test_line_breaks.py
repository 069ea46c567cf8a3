"""Lines end where a careful typesetter would end them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printers.paper.linebreak import NO_END, NO_START, atoms, balanced, cells, tidy, wrap


def lines(text: str, columns: int) -> list[str]:
    return wrap(text, columns, cells, 2)


@pytest.mark.parametrize(
    ("text", "columns", "expected"),
    [
        ("请妥善保管，不要遗失。", 10, ["请妥善保", "管，不要", "遗失。"]),
        ("依据《政府信息公开条例》", 8, ["依据《政", "府信息公", "开条例》"]),
        ("预计不晚于2026年12月18日答复", 20, ["预计不晚于", "2026年12月18日答复"]),
        ("电话0635-5231234请打", 14, ["电话", "0635-5231234", "请打"]),
        ("国办函〔2020〕109号", 16, ["国办函", "〔2020〕109号"]),
        ("收到后20个工作日内答复", 12, ["收到后", "20个工作日内", "答复"]),
        ("他说——这不对", 8, ["他说——", "这不对"]),
        ("费用￥12.50元整", 12, ["费用", "￥12.50元整"]),
        ("一二三四五", 8, ["一二三", "四五"]),
        ("一二三四五。", 10, ["一二三", "四五。"]),
        ("code 4821 0937 5516", 16, ["code", "4821 0937 5516"]),
        ("received 22 November 2026 here", 20, ["received", "22 November 2026", "here"]),
        ("上\n\n下", 8, ["上", "", "下"]),
        ("", 8, [""]),
    ],
)
def test_lines_end_where_they_may(text: str, columns: int, expected: list[str]) -> None:
    assert lines(text, columns) == expected


def test_an_address_longer_than_the_line_is_broken_behind_its_marks() -> None:
    assert lines("https://gk.guanxian.gov.cn/p/GX03-261122-0007", 20) == [
        "https://gk.guanxian.",
        "gov.cn/p/GX03-",
        "261122-0007",
    ]


TYPED = st.text(
    st.sampled_from("政府信息公开，。、（）《》：；？！“”—…〔〕￥0123456789年月日-. abcAB"), max_size=80
)


@given(TYPED, st.integers(8, 48))
def test_no_word_is_lost_and_no_line_is_too_long(text: str, columns: int) -> None:
    broken = lines(text, columns)
    assert "".join("".join(broken).split()) == "".join(text.split())
    assert all(cells(line) <= columns for line in broken)


@given(st.text(st.sampled_from("政府信息公开条例申请，。、》）（《"), max_size=80), st.integers(16, 48))
def test_no_line_starts_with_a_closing_mark_or_ends_with_an_opening_one(text: str, columns: int) -> None:
    if max((cells(atom) for atom in atoms(text)), default=0) > columns:
        return
    broken = lines(text, columns)
    assert not any(line[0] in NO_START for line in broken[1:] if line)
    assert not any(line[-1] in NO_END for line in broken[:-1] if line)


def test_a_heading_is_broken_evenly() -> None:
    assert balanced("政府信息公开申请接收回执", 22, cells, 2) == ["政府信息公开", "申请接收回执"]


@pytest.mark.parametrize(
    ("text", "columns"),
    [("回执", 4), ("abc", 3), ("“中”", 6), ("—…·", 6), ("é", 2), ("￥¥", 3), ("𠅤", 2), ("a\u0301", 1)],
)
def test_widths_in_columns(text: str, columns: int) -> None:
    assert cells(text) == columns


def test_typed_control_characters_never_reach_the_printer() -> None:
    assert tidy("张\x1b@三\x10\x04\x01\u202e李\ufe00\t四\r\n五\x00") == "张@三李 四\n五"
