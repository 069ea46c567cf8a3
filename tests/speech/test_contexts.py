"""A character that is a word by itself is read by its neighbours; the words are cut as the voice cuts them."""

from __future__ import annotations

import pytest

from kiosk.speech import contexts

KINDS = {
    "慢慢": "d", "仔细": "ad", "及时": "c", "科学": "n", "种植": "v", "三亩": "m", "这块": "r", "在": "p", "必须": "d",
    "您": "r", "带": "v", "写": "v", "清楚": "a", "了": "ul", "小麦": "n", "农民": "n", "多": "a", "看": "v",
}  # fmt: skip
"""As the dictionary of the voice has them."""

READ = [
    ("|种|小麦", "zhong4"),
    ("自己|种|的", "zhong4"),
    ("好几|种|", ""),
    ("未|还|", "huan2"),
    ("|还|贷款", "huan2"),
    ("贷款|还|了", "huan2"),
    ("先|还|后", "huan2"),
    ("|还|没", ""),
    ("|还|可以", ""),
    ("慢慢|地|", "de5"),
    ("慢慢|地|走", "de5"),
    ("仔细|地|看", "de5"),
    ("好好|地|看", "de5"),
    ("高高兴兴|地|走", "de5"),
    ("科学|地|种植", "de5"),
    ("农民|地|多", ""),
    ("三亩|地|", ""),
    ("这块|地|", ""),
    ("|地|", ""),
    ("必须|得|", "dei3"),
    ("您|得|带", "dei3"),
    ("|得|带", "dei3"),
    ("写|得|清楚", "de5"),
    ("|得|了", "de2"),
    ("|中|了", "zhong4"),
    ("没|中|", "zhong4"),
    ("|中|小麦", ""),
    ("|土|", ""),
]


@pytest.mark.parametrize(("written", "said"), READ)
def test_a_character_is_read_by_its_neighbours(written: str, said: str) -> None:
    before, word, after = written.split("|")
    assert contexts.reading(word, before=before, after=after, kind=lambda each: KINDS.get(each, "")) == said


def test_a_word_that_was_guessed_of_such_a_character_is_cut_again_and_no_other() -> None:
    cut = {"地看": ["地", "看"]}
    words = list(
        contexts.apart(
            ["好好", "地看", "土地", "兰沃"], {"好好", "土地"}.__contains__, lambda word: cut[word]
        )
    )
    assert words == ["好好", "地", "看", "土地", "兰沃"]
