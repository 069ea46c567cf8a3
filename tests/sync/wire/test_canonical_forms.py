"""A record is known by the hash of its canonical form, however Python would write it."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest
import rfc8785

from sync.carried import feed
from sync.carried.feed import FeedChange, FeedPage, Position
from sync.carried.feed_models import FeedPosition
from tests.sync.machines import MORNING, REPLICA_FILES, Store, put


@pytest.mark.parametrize(
    "odd",
    [
        {"amount": 2.0},
        {"amount": 1e21, "small": 1e-7},
        {"\U0001f600": 1, "\ufb33": 2},
        {"text": "行\u2028末\x7f\x00\t"},
        {"文": ["冠县", None, True]},
    ],
)
def test_odd_numbers_keys_and_characters_are_taken(odd: dict[str, Any]) -> None:
    store = Store(*REPLICA_FILES)
    FeedPosition.insert(one=1, epoch="e", seq=0).execute(store.database)
    record = {"id": "d", "title": "示例", **odd}
    digest = sha256(rfc8785.dumps(record)).hexdigest()
    rows = (FeedChange("d", 1, digest, record), FeedChange("x", 2, digest, {"id": "x"}))
    page = FeedPage("e", 0, 2, False, MORNING, rows)
    with store.writing() as database:
        applied = feed.apply_page(database, page, put)
    assert applied.taken == ("d",)
    assert applied.refused == (("x", 2, "hash-differs"),)
    assert feed.position(store.database) == Position("e", 2)
