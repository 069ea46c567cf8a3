"""What a citizen sees of the catalogue."""

from __future__ import annotations

import json
import re

import pytest

from kiosk.catalogue.kinds import KINDS
from tests.catalogue.conftest import SAMPLE, OpenTerminal, Terminal, a_record

RECORDS = [json.loads(line) for line in SAMPLE.read_text("utf-8").splitlines()]
ONE_OF_EACH = {record["kind"]: record["id"] for record in RECORDS}


@pytest.fixture
def sampled(terminal: Terminal) -> Terminal:
    terminal.catalogue.publish_all_samples()  # type: ignore[attr-defined]  # a replica's catalogue
    return terminal


def words_of(page: str) -> str:
    """What a person reads: no tags, no places where lines may break."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page.replace("<wbr>", "")))


def test_every_sample_document_opens(sampled: Terminal) -> None:
    for record in RECORDS:
        page = sampled.get(f"/documents/{record['id']}")
        assert record["title"] in words_of(page), record["id"]
        assert "style=" not in page
        assert "<script>" not in page


def test_every_kind_has_a_list_that_leads_to_its_documents(sampled: Terminal) -> None:
    shelves = sampled.get("/browse")
    for kind in KINDS.values():
        assert f'href="/browse/{kind.id}"' in shelves
        assert f"/documents/{ONE_OF_EACH[kind.id]}".rsplit("-", 1)[0] in sampled.get(f"/browse/{kind.id}")


def test_an_unknown_kind_or_document_is_not_found(terminal: Terminal) -> None:
    terminal.get("/browse/nonsense", expect=404)
    terminal.get("/documents/nothing:1", expect=404)
