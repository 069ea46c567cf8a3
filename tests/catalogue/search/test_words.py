"""The word lists are well formed, large enough, and free of doubles."""

import re
from collections import Counter
from pathlib import Path

from tests.building import search_words

WORDS = Path(__file__).resolve().parents[3] / "kiosk" / "catalogue" / "search" / "words"
STATUSES = {"needs_review", "reviewed", "dropped"}


def rows(name: str) -> list[list[str]]:
    lines = (WORDS / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


SYNONYMS = rows("synonyms.tsv")
TERMS = rows("terms.tsv")


def doubles(words: list[str]) -> list[str]:
    return [word for word, times in Counter(words).items() if times > 1]


def test_synonyms_have_three_columns_and_a_known_status():
    assert [row for row in SYNONYMS if len(row) != 3 or not all(row)] == []
    assert {row[2] for row in SYNONYMS} <= STATUSES


def test_there_are_enough_synonyms_and_terms():
    assert len(SYNONYMS) >= 320
    assert len(TERMS) >= 400


def test_an_everyday_word_stands_once_and_is_not_its_own_official_word():
    assert doubles([row[0] for row in SYNONYMS]) == []
    for everyday, official, _ in SYNONYMS:
        words = official.split("|")
        assert doubles(words) == [], everyday
        assert all(words), everyday
        assert everyday not in words


def test_words_are_trimmed_simplified_words_of_two_to_twenty_characters():
    every = [row[0] for row in SYNONYMS] + [row[0] for row in TERMS]
    every += [word for row in SYNONYMS for word in row[1].split("|")]

    assert [word for word in every if not re.fullmatch(r"[一-鿿A-Z0-9]{2,20}", word)] == []


def test_english_words_stand_once_in_small_letters_and_mean_official_ones():
    english = rows("english.tsv")
    assert doubles([row[0] for row in english]) == []
    assert [row for row in english if len(row) != 3 or row[2] not in STATUSES] == []
    assert [row[0] for row in english if not re.fullmatch(r"[a-z]+(?:[ '][a-z]+)*", row[0])] == []
    officials = [word for row in english for word in row[1].split("|")]
    assert [word for word in officials if not re.fullmatch(r"[一-鿿]{2,20}", word)] == []


def test_terms_stand_once_with_a_weight_from_1_to_100():
    assert [row for row in TERMS if len(row) != 2] == []
    assert doubles([row[0] for row in TERMS]) == []
    assert [row for row in TERMS if not 1 <= int(row[1]) <= 100] == []


def test_what_most_people_ask_is_in_the_lists():
    official = {row[0]: row[1].split("|")[0] for row in SYNONYMS}
    terms = {row[0] for row in TERMS}
    own = search_words().terms

    assert official["低保"] == "最低生活保障"
    assert official["老年证"] == "老年人优待证"
    assert official["房本"] == "不动产权证书"
    assert official["种地补贴"] == "耕地地力保护补贴"
    assert official["五险一金"] == "社会保险"
    assert {"低保", "县政府办", "依申请公开"} <= terms
    assert own.keys() - terms > {"冠县", "冠县人民政府办公室", "柳林镇"}


def test_every_official_word_can_be_suggested():
    terms = {row[0] for row in TERMS}

    assert [w for row in SYNONYMS for w in row[1].split("|") if w not in terms] == []


def test_the_lists_carry_no_pinyin():
    assert [row for row in SYNONYMS + TERMS if re.search(r"[a-z]{3,}", "".join(row[:-1]))] == []
