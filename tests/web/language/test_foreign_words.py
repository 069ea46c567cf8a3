"""Chinese on an English page says that it is Chinese; everything else stays as it was."""

from __future__ import annotations

import pytest

from kiosk.web.language.foreign import mark


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>Search</p>", "<p>Search</p>"),
        ("<p>低保办法</p>", '<p><span lang="zh-CN">低保办法</span></p>'),
        (
            "<p>Please ask 冠县民政局, telephone 0635-0000002.</p>",
            '<p>Please ask <span lang="zh-CN">冠县民政局</span>, telephone 0635-0000002.</p>',
        ),
        ("<p>《2026年办法》（示例）</p>", '<p><span lang="zh-CN">《2026年办法》（示例）</span></p>'),
        ('<span lang="zh-CN">中文<b>也是</b></span>', '<span lang="zh-CN">中文<b>也是</b></span>'),
        (
            '<p lang="zh-CN">县<em lang="en">county 县</em></p>',
            '<p lang="zh-CN">县<em lang="en">county <span lang="zh-CN">县</span></em></p>',
        ),
        ("<title>冠县</title>", "<title>冠县</title>"),
        ("<script>const a = '县';</script>", "<script>const a = '县';</script>"),
        ('<img alt="县"><br>', '<img alt="县"><br>'),
        ("A &amp; 县 &lt; 镇", 'A &amp; <span lang="zh-CN">县</span> &lt; <span lang="zh-CN">镇</span>'),
        ("<p>县<p>镇</p>", '<p><span lang="zh-CN">县</span><p><span lang="zh-CN">镇</span></p>'),
    ],
)
def test_what_the_county_wrote_is_marked(html: str, expected: str) -> None:
    assert mark(html) == expected
