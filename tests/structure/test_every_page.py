"""Every route that shows a page is in the list of pages (tests/browser/pages.py), which all checks of pages follow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException

from kiosk import db
from kiosk.clock import FixedClock
from tests.browser import pages
from tests.building import a_terminal, hub_app, hub_home

STANDS_FOR = "0" * 32


@pytest.fixture
def terminal(tmp_path: Path, clock: FixedClock) -> Iterator[Flask]:
    with a_terminal(tmp_path, clock) as app:
        yield app


@pytest.fixture
def hub(tmp_path: Path, clock: FixedClock) -> Flask:
    hub_home(tmp_path / "hub")
    return hub_app(tmp_path / "hub", clock=clock)


def rules(app: Flask) -> set[str]:
    return {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or set())}


def rule_of(app: Flask, path: str) -> str:
    """The route that shows this path, whether it is asked for or answers a form."""
    bound = app.url_map.bind("localhost")
    for method in ("GET", "POST"):
        try:
            return str(bound.match(path.replace("*", STANDS_FOR), method=method, return_rule=True)[0].rule)
        except HTTPException:
            continue
    return ""


def missing(app: Flask, places: tuple[str, ...]) -> set[str]:
    shown = {rule_of(app, each.path) for each in pages.PAGES if set(places) & set(each.at)}
    return {rule for rule in rules(app) - shown if not any(fits(rule, known) for known in pages.NO_PAGE)}


def fits(rule: str, known: str) -> bool:
    return rule.startswith(known[:-1]) if known.endswith("*") else rule == known


ADD = "add them to tests/browser/pages.py: Listed(...) for a page, NO_PAGE for what shows none"


def test_every_page_of_the_terminals_is_in_the_list(terminal: Flask) -> None:
    assert missing(terminal, (*pages.BOTH, pages.HALL)) == set(), ADD
    db.store.close()
    db.catalogue.close()


def test_every_page_of_the_hub_is_in_the_list(hub: Flask) -> None:
    assert missing(hub, (pages.DESK,)) == set(), ADD
    db.store.close()


def test_what_shows_no_page_exists(terminal: Flask, tmp_path: Path, clock: FixedClock) -> None:
    there = rules(terminal)
    db.store.close()
    db.catalogue.close()
    hub_home(tmp_path / "hub")
    there |= rules(hub_app(tmp_path / "hub", clock=clock))
    db.store.close()
    assert {known for known in pages.NO_PAGE if not any(fits(rule, known) for rule in there)} == set()
