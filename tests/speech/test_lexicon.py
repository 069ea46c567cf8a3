"""The pronunciations that are settled."""

from __future__ import annotations

import pytest

from kiosk.app.speaking import pronunciations
from kiosk.speech import pronunciation as lexicon
from tests.building import hub_settings


def test_the_county_is_guan_with_the_fourth_tone() -> None:
    words = lexicon.load(pronunciations(hub_settings()))
    assert words["冠县"] == ("guan4", "xian4")
    assert words["莘县"] == ("shen1", "xian4")
    assert words["东阿"] == ("dong1", "e1")
    assert words["还款"][0] == "huan2"
    assert words["种粮"][0] == "zhong4"


def test_the_county_s_own_words_win() -> None:
    words = lexicon.load({"冠县": "guan1 xian4", "兰沃乡": "lan2 wo4 xiang1"})
    assert words["冠县"] == ("guan1", "xian4")
    assert words["兰沃乡"] == ("lan2", "wo4", "xiang1")


@pytest.mark.parametrize("said", ["guan4", "guan xian", "guan4 xian4 a1", "guan6 xian4"])
def test_an_entry_that_cannot_be_is_named(said: str) -> None:
    with pytest.raises(ValueError, match="冠县"):
        lexicon.load({"冠县": said})
