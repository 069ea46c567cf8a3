"""Fixtures: a station, a virtual printer, a worker between them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from printers.device import profiles
from printers.spooler.worker import Worker
from tests.printers.stations import Seconds, Station, new_station, worker_for
from tools.virtual_printer.printer import VirtualPrinter


@pytest.fixture
def station(tmp_path: Path) -> Station:
    return new_station(tmp_path)


@pytest.fixture
def virtual(tmp_path: Path) -> Iterator[VirtualPrinter]:
    with VirtualPrinter(tmp_path / "papers") as printer:
        yield printer


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def a_worker(station: Station, virtual: VirtualPrinter, seconds: Seconds) -> Callable[..., Worker]:
    return lambda profile=profiles.GENERIC_80, **how: worker_for(station, virtual, seconds, profile, **how)
