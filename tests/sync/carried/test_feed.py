"""A page is applied whole or not at all; nothing that looks like a page by accident is taken for "no news"."""

from hashlib import sha256
from typing import Any

import pytest
import rfc8785
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.carried import feed
from sync.carried.feed import Position
from sync.carried.feed_models import FeedDocument, FeedPosition
from sync.wire.errors import HubRefused, PageBroken
from sync.wire.protocol import PAGE_TYPE
from tests.sync.machines import MORNING, REPLICA_FILES, Store, a_record, publish, put


@pytest.fixture
def hub() -> Store:
    return a_catalogue()


def a_catalogue() -> Store:
    store = Store(*REPLICA_FILES, "hub/0030_position_chain.py")
    FeedPosition.insert(one=1, epoch="a", seq=0).execute(store.database)
    return store


def page_of(hub: Store, since: int = 0, limit: int = feed.PAGE_ROWS) -> bytes:
    return feed.make_page(hub.database, epoch="a", since=since, now=MORNING, limit=limit)


def read(body: bytes, since: int = 0, kind: str = PAGE_TYPE, epoch: str = "a") -> feed.FeedPage:
    return feed.read_page(body, kind, epoch=epoch, since=since)


def lines_of(body: bytes) -> list[bytes]:
    return zstandard.ZstdDecompressor().decompressobj().decompress(body).splitlines(keepends=True)


def packed(lines: list[bytes], mend: bool = True) -> bytes:
    """A page of these lines; mended so that its end line fits them."""
    if mend:
        content = b"".join(lines[:-1])
        end = {"end": len(lines) - 2, "sha256": sha256(content).hexdigest()}
        lines = [*lines[:-1], rfc8785.dumps(end) + b"\n"]
    return zstandard.compress(b"".join(lines))


def pull(hub: Store, terminal: Store, limit: int = feed.PAGE_ROWS) -> int:
    """Pages until there are no more; gives their number."""
    pages = 0
    while True:
        here = feed.position(terminal.database)
        assert here is not None
        page = read(page_of(hub, here.seq, limit), here.seq)
        with terminal.writing() as database:
            feed.apply_page(database, page, put)
        pages += 1
        if not page.more:
            return pages


def contents(store: Store) -> list[tuple[Any, ...]]:
    return store.rows("SELECT doc_id, deleted, hash, record FROM document ORDER BY doc_id")


def test_a_terminal_holds_what_the_hub_published(hub: Store) -> None:
    terminal = a_catalogue()
    for number in range(7):
        publish(hub, f"文件/{number}", a_record(f"第{number}号"))
    assert pull(hub, terminal, limit=3) == 3
    assert contents(terminal) == contents(hub)
    assert feed.position(terminal.database) == Position("a", 7)


def test_edits_and_withdrawals_come_once(hub: Store) -> None:
    terminal = a_catalogue()
    publish(hub, "d1", a_record("old"))
    publish(hub, "d2", a_record())
    pull(hub, terminal)
    publish(hub, "d1", a_record("new"))
    publish(hub, "d2", None)
    page = read(page_of(hub, 2), 2)
    assert [(row.doc_id, row.record is None) for row in page.rows] == [("d1", False), ("d2", True)]
    pull(hub, terminal)
    assert terminal.rows("SELECT doc_id, deleted, record FROM document WHERE deleted") == [("d2", 1, "")]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.booleans(), st.integers(0, 3)), max_size=25),
    st.integers(1, 4),
)
def test_any_history_pulled_at_any_moments_ends_alike(
    history: list[tuple[str, bool, int]], limit: int
) -> None:
    hub, terminal = a_catalogue(), a_catalogue()
    for doc_id, is_withdrawn, pulls in history:
        publish(hub, doc_id, None if is_withdrawn else a_record(f"{doc_id}{pulls}"))
        if pulls == 0:
            pull(hub, terminal, limit)
    pull(hub, terminal, limit)
    assert contents(terminal) == contents(hub)


def test_an_empty_page_is_whole_too(hub: Store) -> None:
    page = read(page_of(hub))
    assert (page.rows, page.to, page.more) == ((), 0, False)


def test_a_page_that_was_cut_is_noticed_wherever_it_was_cut(hub: Store) -> None:
    for number in range(3):
        publish(hub, f"d{number}", a_record())
    body = page_of(hub)
    for length in range(0, len(body), 7):
        with pytest.raises(PageBroken):
            read(body[:length])
    whole = b"".join(lines_of(body))
    for length in range(0, len(whole), 11):
        with pytest.raises(PageBroken):
            read(zstandard.compress(whole[:length]))


def test_a_page_without_its_last_document_is_noticed(hub: Store) -> None:
    publish(hub, "d1", a_record())
    publish(hub, "d2", a_record())
    lines = lines_of(page_of(hub))
    with pytest.raises(PageBroken, match="page-cut"):
        read(packed([*lines[:2], lines[-1]], mend=False))


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        (b"<html>free Wi-Fi</html>", "text/html", "page-type"),
        (b"<html>free Wi-Fi</html>", PAGE_TYPE, "page-cut"),
        (b"", PAGE_TYPE, "page-cut"),
        (zstandard.compress(b"<html>free Wi-Fi</html>"), PAGE_TYPE, "page-cut"),
        (zstandard.compress(b"{}\n{}\n"), PAGE_TYPE, "page-form"),
    ],
)
def test_what_is_no_page_is_never_no_news(body: bytes, kind: str, code: str) -> None:
    with pytest.raises(PageBroken, match=code):
        read(body, kind=kind)


def test_a_page_of_another_epoch_or_place_is_refused(hub: Store) -> None:
    publish(hub, "d1", a_record())
    with pytest.raises(PageBroken, match="page-epoch"):
        read(page_of(hub), epoch="b")
    with pytest.raises(PageBroken, match="page-epoch"):
        read(page_of(hub, since=0), since=1)


def test_documents_out_of_order_are_refused(hub: Store) -> None:
    publish(hub, "d1", a_record())
    publish(hub, "d2", a_record())
    head, first, second, end = lines_of(page_of(hub))
    with pytest.raises(PageBroken, match="page-order"):
        read(packed([head, second, first, end]))
    with pytest.raises(PageBroken, match="page-order"):
        read(packed([head, first, first, end]))


def test_a_page_that_grows_without_end_is_not_unpacked() -> None:
    bomb = zstandard.compress(b"\x00" * (feed.MOST_PAGE_BYTES + 1))
    with pytest.raises(PageBroken, match="page-too-large"):
        read(bomb)


def test_a_newer_schema_leaves_the_terminal_as_it_is(hub: Store) -> None:
    lines = lines_of(page_of(hub))
    lines[0] = lines[0].replace(b'"min_schema":1', b'"min_schema":2')
    with pytest.raises(PageBroken, match="schema-too-new"):
        read(packed(lines))


def test_a_page_is_not_applied_twice_or_in_the_wrong_place(hub: Store) -> None:
    terminal = a_catalogue()
    publish(hub, "d1", a_record())
    page = read(page_of(hub))
    with terminal.writing() as database:
        feed.apply_page(database, page, put)
    with pytest.raises(PageBroken, match="page-epoch"), terminal.writing() as database:
        feed.apply_page(database, page, put)


def test_a_kill_in_the_middle_of_a_page_leaves_position_and_documents_as_they_were(hub: Store) -> None:
    terminal = a_catalogue()
    publish(hub, "d1", a_record())
    publish(hub, "d2", a_record())

    def killed(database: Any, doc_id: str, *rest: Any) -> None:
        if doc_id == "d2":
            raise KeyboardInterrupt
        put(database, doc_id, *rest)

    with pytest.raises(KeyboardInterrupt), terminal.writing() as database:
        feed.apply_page(database, read(page_of(hub)), killed)
    assert (contents(terminal), feed.position(terminal.database)) == ([], Position("a", 0))


def test_one_spoiled_document_does_not_keep_the_others_away(hub: Store) -> None:
    terminal = a_catalogue()
    publish(hub, "d1", a_record())
    publish(hub, "d2", a_record("poison"))
    publish(hub, "d3", a_record())
    FeedDocument.update(hash="0" * 64).where(FeedDocument.doc_id == "d3").execute(hub.database)
    publish(hub, "d4", a_record())
    with terminal.writing() as database:
        applied = feed.apply_page(database, read(page_of(hub)), put)
    assert applied.taken == ("d1", "d4")
    assert applied.refused == (("d2", 2, "record-refused"), ("d3", 3, "hash-differs"))
    assert feed.position(terminal.database) == Position("a", 4)


def test_large_documents_make_short_pages(hub: Store) -> None:
    terminal = a_catalogue()
    for number in range(4):
        publish(hub, f"d{number}", a_record(size=feed.PAGE_BYTES // 8))
    assert pull(hub, terminal) == 2
    assert contents(terminal) == contents(hub)


def test_a_position_that_the_feed_never_had_must_be_fetched_anew(hub: Store) -> None:
    publish(hub, "d1", a_record())
    with pytest.raises(HubRefused, match="must-refetch"):
        page_of(hub, since=2)
    with pytest.raises(HubRefused, match="must-refetch"):
        feed.make_page(hub.database, epoch="b", since=0, now=MORNING)
    hub.run("DELETE FROM feed_position")
    with pytest.raises(HubRefused, match="feed-missing"):
        page_of(hub)


def test_a_page_costs_its_rows_not_the_catalogue(hub: Store) -> None:
    """The statement of make_page walks the index on seq; a sort would read every document for each page."""
    asked: list[str] = []
    hub.database.connection().set_trace_callback(asked.append)
    page_of(hub)
    hub.database.connection().set_trace_callback(None)
    plan = hub.rows(f"EXPLAIN QUERY PLAN {asked[-1]}")
    words = " ".join(row[3] for row in plan)
    assert "TEMP B-TREE" not in words
    assert "seq>?" in words
