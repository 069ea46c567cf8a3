"""
The one builder of tests: settings of the example county, and the applications and homes made with them.

Everything is made through the product's own entries, as an operator makes it.
"""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Any

from config.settings import HubSettings, TerminalSettings, example
from kiosk.catalogue.search import county_words, words
from kiosk.cli.catalogue import SAMPLE_WORDS

TERMINAL, HUB = example(TerminalSettings), replace(example(HubSettings), second_factor=False)
"""The second factor has its own tests; everywhere else a password is enough."""


def terminal_settings(**changes: Any) -> TerminalSettings:
    """Return the settings of a terminal of the example county, with these changes."""
    return replace(TERMINAL, **changes)


def hub_settings(**changes: Any) -> HubSettings:
    """Return the settings of the hub of the example county, with these changes."""
    return replace(HUB, **changes)


@functools.cache
def county_list() -> bytes:
    """Return the words of the example county as its hub sends them to terminals."""
    lines, wrong = county_words.read_table(SAMPLE_WORDS.read_bytes())
    assert not wrong, wrong
    return words.write_list(iter(lines))


def search_words() -> words.SearchWords:
    """Return the words of the search in the example county."""
    return words.load(county=county_list())
