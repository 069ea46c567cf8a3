"""Small groups: hidden, and not to be computed from what is shown."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.figures.small_groups import SMALL, bounds, hide, with_sums

Shown = tuple[tuple[int | None, ...], ...]


def possible(shown: Shown, most: int) -> list[set[int]]:
    """What each hidden figure can be, found by trying everything up to `most`: the slow way of a reader."""
    rows, columns = len(shown) - 1, len(shown[0]) - 1
    unknown = [(at, to) for at in range(rows) for to in range(columns) if shown[at][to] is None]
    inner = [[shown[at][to] or 0 for to in range(columns)] for at in range(rows)]
    found: dict[tuple[int, int], set[int]] = {}
    for tried in product(range(most + 1), repeat=len(unknown)):
        for (at, to), value in zip(unknown, tried, strict=True):
            inner[at][to] = value
        whole = with_sums(inner)
        if all(
            known is None or known == whole[at][to]
            for at, row in enumerate(shown)
            for to, known in enumerate(row)
        ):
            for at, row in enumerate(shown):
                for to, known in enumerate(row):
                    if known is None:
                        found.setdefault((at, to), set()).add(whole[at][to])
    return [values for _cell, values in sorted(found.items())]


def test_a_table_without_small_groups_is_shown_whole() -> None:
    found = hide([[5, 0], [12, 9]])
    assert not found.has_any
    assert found.cells == ((5, 0, 5), (12, 9, 21), (17, 9, 26))


def test_one_small_group_hides_others_so_that_no_sum_gives_it_away() -> None:
    found = hide([[3, 9], [8, 10]]).cells
    assert found[0][0] is None
    assert found[2][2] == 30
    assert all(len(values) > 1 and max(values) >= SMALL for values in possible(found, 12))


@settings(max_examples=8, deadline=None)
@given(st.lists(st.lists(st.integers(0, 6), min_size=2, max_size=2), min_size=2, max_size=2))
def test_a_patient_reader_cannot_compute_a_hidden_figure(figures: list[list[int]]) -> None:
    found = hide(figures).cells
    for values in possible(found, 10):
        assert len(values) > 1
        assert max(values) >= SMALL


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.integers(0, 15), min_size=4, max_size=4), min_size=3, max_size=5))
def test_no_figure_from_one_to_four_is_shown_and_every_interval_is_open(figures: list[list[int]]) -> None:
    table, found = with_sums(figures), hide(figures)
    hidden = {(at, to) for at, row in enumerate(found.cells) for to, each in enumerate(row) if each is None}
    for at, row in enumerate(found.cells):
        for to, each in enumerate(row):
            assert each is None or each == 0 or each >= SMALL
            if each is None:
                least, most = bounds(table, hidden, (at, to))
                assert least < most
                assert most >= SMALL


def test_hiding_only_the_small_ones_would_give_them_away() -> None:
    """The negative control of the interval check."""
    table = with_sums([[3, 20], [30, 40]])
    assert bounds(table, {(0, 0)}, (0, 0)) == (3, 3)
    assert bounds(table, {(0, 0), (0, 1), (1, 0), (1, 1)}, (0, 0)) == (0, 23)
