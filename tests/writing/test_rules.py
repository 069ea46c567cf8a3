"""From letters to words, over a handful of words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kiosk.writing import rules
from kiosk.writing.rules import LexiconWord
from kiosk.writing.syllables import SYLLABLES, initials_of, sound_of, sounds_of

WORDS = (
    ("农村", "nong cun", 8), ("低保", "di bao", 9), ("农村低保", "nong cun di bao", 13), ("申请", "shen qing", 8),
    ("深情", "shen qing", 9), ("县", "xian", 7), ("先", "xian", 6), ("西安", "xi an", 9), ("证明", "zheng ming", 9),
    ("你", "ni", 6), ("里", "li", 7), ("绿", "lv", 8), ("冠县", "guan xian", 9), ("公示", "gong shi", 9),
    ("公式", "gong shi", 8), ("结果", "jie guo", 8),
)  # fmt: skip


class FewWords:
    """A lexicon in memory; "公示" often stands before "结果"."""

    def __init__(self) -> None:
        self.all = sorted(
            (LexiconWord(text, reading, cost) for text, reading, cost in WORDS), key=lambda one: one.cost
        )

    def words(self, sound: str, limit: int) -> list[LexiconWord]:
        return [word for word in self.all if sounds_of(word.reading) == sound][:limit]

    def goes_on(self, sound: str) -> bool:
        return any(sounds_of(word.reading).startswith(sound + " ") for word in self.all)

    def abbreviated(self, initials: str, limit: int) -> list[LexiconWord]:
        return [word for word in self.all if initials_of(word.reading) == initials][:limit]

    def link(self, left: str, right: str, cost: float) -> float:
        return cost - 4 if (left, right) == ("公示", "结果") else cost

    def continued(self, start: str, limit: int) -> list[str]:
        longer = (word.text for word in self.all if word.text.startswith(start) and word.text != start)
        return [text[len(start) :] for text in longer][:limit]

    def linked(self, left: str, limit: int) -> list[str]:
        return ["结果"] if left == "公示" else []


def texts(letters: str, before: str = "") -> list[str]:
    return [one.text for one in rules.candidates(letters, FewWords(), before=before)]


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("nongcundibao", "农村低保"),
        ("nongcundibaoshenqing", "农村低保申请"),
        ("ncdb", "农村低保"),
        ("nongcdb", "农村低保"),
        ("nongcundib", "农村低保"),
        ("shenq", "申请"),
        ("lv", "绿"),
        ("xi'an", "西安"),
    ],
)
def test_whole_syllables_initials_and_broken_off_letters_all_lead_to_the_word(
    typed: str, wanted: str
) -> None:
    assert texts(typed)[0] == wanted


@pytest.mark.parametrize(
    ("heard", "wanted"),
    [("sengqin", "申请"), ("zenmin", "证明"), ("longcun", "农村"), ("guangxiang", "冠县")],
)
def test_local_speech_that_mixes_up_sounds_still_finds_the_word(heard: str, wanted: str) -> None:
    assert wanted in texts(heard)[:5]


def test_what_was_typed_exactly_comes_before_what_only_sounds_alike() -> None:
    assert texts("li")[0] == "里"
    assert texts("ni")[0] == "你"


def test_one_run_of_letters_may_be_one_syllable_or_two() -> None:
    assert {"县", "先", "西安"} <= set(texts("xian"))


def test_a_word_after_its_usual_neighbour_is_preferred() -> None:
    assert texts("gongshijieguo")[0] == "公示结果"
    assert texts("gongshi")[0] == "公式"


def test_a_part_can_be_chosen_and_the_rest_of_the_letters_remains() -> None:
    found = rules.candidates("nongcundibao", FewWords())
    assert next(one for one in found if one.text == "农村").letters == len("nongcun")


def test_letters_that_are_no_pinyin_give_nothing_and_no_error() -> None:
    assert texts("vvv") == []
    assert texts("") == []
    assert texts("'") == []


@given(some.text(alphabet="abcdefghijklmnopqrstuvwxyz'", max_size=24))
def test_any_letters_are_answered_and_no_candidate_uses_more_letters_than_there_are(letters: str) -> None:
    for one in rules.candidates(letters, FewWords()):
        assert one.text
        assert 0 < one.letters <= len(letters)


def test_the_longest_words_known_are_continued_first() -> None:
    assert rules.next_words("农", FewWords()) == ["村", "村低保"]
    assert rules.next_words("公示", FewWords())[0] == "结果"
    assert rules.next_words("", FewWords()) == []


def test_every_syllable_has_a_sound_and_a_first_letter() -> None:
    assert len(SYLLABLES) > 400
    assert sound_of("zhang") == sound_of("zan")
    assert sound_of("ling") == sound_of("nin")
    assert initials_of("nong cun di bao") == "ncdb"
