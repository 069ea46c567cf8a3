"""A slip is stored and taken back as it was; what is not a slip is refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printers.errors import SlipFault
from printers.paper import document as doc
from tests.printers.slips import CODE, a_receipt

TEXTS = st.text(max_size=30)
BLOCKS = st.one_of(
    st.builds(doc.Title, TEXTS, TEXTS),
    st.builds(doc.KeyValue, TEXTS, TEXTS),
    st.builds(doc.Para, TEXTS, st.booleans(), st.booleans()),
    st.builds(doc.Bullets, st.lists(TEXTS, max_size=3).map(tuple), st.booleans(), st.booleans()),
    st.builds(doc.Qr, TEXTS, TEXTS),
    st.builds(doc.Big, TEXTS, TEXTS),
    st.builds(doc.Secret, TEXTS, TEXTS, TEXTS),
    st.builds(doc.Mark, TEXTS),
    st.builds(doc.Feed, st.integers(0, 100)),
    st.just(doc.Cut()),
    st.builds(doc.Rule, st.booleans()),
)
SLIPS = st.builds(
    doc.Slip, TEXTS, TEXTS, st.lists(BLOCKS, max_size=6).map(tuple), st.just("zh"), st.booleans()
)


@given(SLIPS)
def test_every_slip_comes_back_as_it_was_stored(slip: doc.Slip) -> None:
    assert doc.Slip.from_json(slip.to_json()) == slip


def test_the_stored_receipt_has_a_place_for_the_code_but_not_the_code() -> None:
    stored = a_receipt().to_json()
    assert CODE not in stored
    assert [secret.name for secret in doc.Slip.from_json(stored).secrets()] == ["code"]


def test_a_slip_stored_before_a_block_learned_something_new_is_still_read() -> None:
    whole = json.loads(doc.Slip("k", "t", (doc.Para("行"),)).to_json())
    del whole["blocks"][0]["strong"]
    assert doc.Slip.from_json(json.dumps(whole)).blocks == (doc.Para("行"),)


@pytest.mark.parametrize(
    "change",
    [
        lambda whole: whole.update(v=2),
        lambda whole: whole.update(extra=1),
        lambda whole: whole.pop("lang"),
        lambda whole: whole.update(large="yes"),
        lambda whole: whole.update(blocks={}),
        lambda whole: whole["blocks"].append({"is": "image", "path": "/etc/passwd"}),
        lambda whole: whole["blocks"].append({"is": "kv", "label": "甲"}),
        lambda whole: whole["blocks"].append({"is": "kv", "label": "甲", "value": 5}),
        lambda whole: whole["blocks"].append({"is": "para", "text": "甲", "colour": "red"}),
        lambda whole: whole["blocks"].append({"is": "list", "items": "甲乙"}),
        lambda whole: whole["blocks"].append({"is": "feed", "mm": True}),
        lambda whole: whole["blocks"].append({"is": ["kv"]}),
        lambda whole: whole["blocks"].append("para"),
    ],
)
def test_what_is_not_a_slip_is_refused(change: object) -> None:
    whole = json.loads(a_receipt().to_json())
    assert callable(change)
    change(whole)
    with pytest.raises(SlipFault):
        doc.Slip.from_json(json.dumps(whole))


@pytest.mark.parametrize("text", ["", "[]", "null", "{", '"slip"', "[" * 100_000, " " * 300_000])
def test_what_is_no_json_object_is_refused(text: str) -> None:
    with pytest.raises(SlipFault):
        doc.Slip.from_json(text)


def test_the_title_stands_at_the_head_below_the_marks_unless_it_is_placed() -> None:
    plain = doc.Slip("k", "回执", (doc.Para("一"),))
    assert plain.headed() == (doc.Title("回执"), doc.Para("一"))
    assert plain.marked("补打 第1次").headed() == (doc.Mark("补打 第1次"), doc.Title("回执"), doc.Para("一"))
    placed = doc.Slip("k", "回执", (doc.Para("一"), doc.Title("回执")))
    assert placed.headed() == placed.blocks
