"""What letters must say: each kind's facts, and the remedies of each outcome."""

from __future__ import annotations

import pytest

from kiosk.disclosure.letters import filling, kinds, remedies
from kiosk.disclosure.letters.kinds import CUT_GROUND, KINDS, To
from kiosk.disclosure.letters.remedies import RemedyPlaces
from kiosk.disclosure.outcomes import OUTCOMES, Outcome, Remedies
from kiosk.errors import RuleBroken
from tests.disclosure.letter_samples import PLACES, a_letter, facts_of

FIRST = {f"refused_{ground}" for ground in "secret law safety third internal process casefile".split()}
WITHOUT = set(
    "register_sheet receipt correction reasons extension delay third_party consult_notice co_maker assist fee_notice"
    " service_record".split()
)


@pytest.mark.parametrize("name", KINDS)
def test_the_text_that_ships_serves_its_kind(name: str) -> None:
    text = kinds.text(name)
    filling.check_template(KINDS[name], text)
    with pytest.raises(RuleBroken, match="place-unknown"):
        filling.check_template(KINDS[name], f"{text}{{没有这一项}}")


def test_every_outcome_with_a_letter_has_one() -> None:
    assert {row.outcome for row in KINDS.values() if row.outcome} == OUTCOMES.keys() - {Outcome.WITHDRAWN}


@pytest.mark.parametrize("name", KINDS)
def test_a_letter_names_the_remedies_of_its_outcome_and_no_others(name: str) -> None:
    body = a_letter(name).body
    is_first, is_choice = (
        "先向冠县人民政府" in body,
        "也可以根据《中华人民共和国行政诉讼法》第四十六条" in body,
    )
    if name in WITHOUT:
        assert "行政复议" not in body
        assert "行政诉讼" not in body
    elif name == "partial":
        assert is_first
        assert is_choice
    else:
        assert (is_first, is_choice) == (name in FIRST, name not in FIRST)
    assert ("15日" in body and "第四十五条" in body) is is_first
    assert ("6个月" in body) is is_choice
    assert "三个月" not in body
    assert "3个月" not in body


def test_a_cut_outside_articles_14_to_16_needs_no_review_first() -> None:
    row = KINDS["partial"]
    inside, outside = next(iter(kinds.CUT_GROUNDS)), list(kinds.CUT_GROUNDS)[-1]
    assert kinds.remedies(row, {CUT_GROUND: inside}) is Remedies.BOTH
    assert kinds.remedies(row, {CUT_GROUND: outside}) is Remedies.CHOICE


def test_remedies_of_other_law_are_a_choice_though_the_row_is_among_refusals() -> None:
    """Row 三(三)8 is a refusal of the report, art. 36(7) is none of art. 14-16 (LETTERS.md §7.10)."""
    assert KINDS["refused_query"].remedies is Remedies.CHOICE


def test_a_block_is_not_printed_before_its_places_are_known() -> None:
    with pytest.raises(RuleBroken, match="remedies-unknown"):
        remedies.block(Remedies.CHOICE, RemedyPlaces())
    assert remedies.block(Remedies.NONE, RemedyPlaces()) == ""


def test_a_letter_served_over_the_internet_names_the_channel_for_a_review() -> None:
    offline = RemedyPlaces("冠县人民政府", "某路1号", "", "冠县人民法院")
    with pytest.raises(RuleBroken, match="online-channel-unknown"):
        remedies.block(Remedies.CHOICE, offline, is_online=True)
    assert PLACES.review_online in remedies.block(Remedies.CHOICE, PLACES, is_online=True)


def test_a_third_party_is_written_to_without_a_word_on_the_applicant() -> None:
    for name in ("third_party", "release_notice"):
        row = KINDS[name]
        assert row.to is To.THIRD_PARTY
        assert not {"申请人", "申请内容", "收到经过", "编号"} & set(filling.unfilled(kinds.text(name)))


def test_a_fact_that_lacks_is_named_by_its_label() -> None:
    row = KINDS["correction"]
    assert filling.facts_missing(row, {"points": "名称", "until": " "}) == ["补正指导", "补正期限"]
    assert filling.facts_missing(row, facts_of(row)) == []


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("{补正事项}{补正指导}", "place-missing", "补正期限"),
        ("{补正事项}{补正指导}{补正期限}{救济}", "place-too-many", "救济"),
        ("{补正事项}{补正指导}{补正期限}{身份证号}", "place-unknown", "身份证号"),
    ],
)
def test_a_text_that_cannot_serve_its_kind_is_refused(text: str, code: str, place: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        filling.check_template(KINDS["correction"], text)
    assert (refused.value.code, refused.value.detail) == (code, place)


def test_a_place_without_a_value_stays_for_the_clerk_to_see() -> None:
    text = filling.fill("{申请人}：请写明{补正事项}", {"申请人": "王秀英"})
    assert text == "王秀英：请写明{补正事项}"
    assert filling.unfilled(text) == ["补正事项"]
