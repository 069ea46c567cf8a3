"""A hub and a terminal on real databases, joined by a wire that tests can cut."""

from collections.abc import Iterator

import pytest

from tests.sync.machines import HubBox, TerminalBox


@pytest.fixture
def hub(address: str) -> Iterator[HubBox]:
    """A hub that has published nothing, on both engines."""
    box = HubBox(address=address)
    yield box
    if address:
        box.store.database.close_all()


@pytest.fixture
def terminal(hub: HubBox) -> TerminalBox:
    """A terminal enrolled with it."""
    return TerminalBox(hub)
