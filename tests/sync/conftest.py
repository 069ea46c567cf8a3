"""A hub and a terminal on real databases, joined by a wire that tests can cut."""

import pytest

from tests.sync.machines import HubBox, TerminalBox


@pytest.fixture
def hub() -> HubBox:
    """A hub that has published nothing."""
    return HubBox()


@pytest.fixture
def terminal(hub: HubBox) -> TerminalBox:
    """A terminal enrolled with it."""
    return TerminalBox(hub)
