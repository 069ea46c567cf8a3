"""A terminal whose machine refuses files: look-ups go on, a form says one sentence, and all comes back by itself."""

from __future__ import annotations

import errno
import os
import re
import resource
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk import db
from kiosk.app.replication.agent import Agent
from kiosk.clock import FixedClock
from kiosk.db.stand_in import StandIn
from kiosk.machine import station
from tests.app.conftest import Machine
from tests.app.test_damage import LOOK_UPS
from tests.building import terminal_settings

NOBODY = 65534
SENTENCES = ("现在办不了", "现在存不了新内容")


@contextmanager
def descriptors_left(count: int) -> Iterator[None]:
    """Let this process open so many files more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = os.open("/dev/null", os.O_RDONLY)
    os.close(free)  # the lowest number that is free
    resource.setrlimit(resource.RLIMIT_NOFILE, (free + count, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@contextmanager
def as_nobody(folder: Path) -> Iterator[None]:
    """Own a folder as a user to whom modes apply, as they do not to root, and let nothing in it be written."""
    is_root = os.geteuid() == 0
    for path in [folder, *folder.rglob("*")]:
        if is_root:
            os.chown(path, NOBODY, NOBODY)
        path.chmod(0o500 if path.is_dir() else 0o400)
    if is_root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o700 if path.is_dir() else 0o600)


def is_told(machine: Machine, page: str) -> str:
    """Return what is wrong with the answer to a page: nothing, when it is a page or one clear sentence."""
    status, text = machine.get(page)
    if status == 200:
        return ""
    return "" if status in (503, 507) and any(each in text for each in SENTENCES) else f"{page}: {status}"


@pytest.mark.parametrize("left", [0, 2])
def test_few_descriptors_take_no_look_up_away(machine: Machine, left: int) -> None:
    for page in LOOK_UPS:
        assert machine.get(page)[0] == 200
    with descriptors_left(left):
        for _ in range(2):
            for page in LOOK_UPS:
                assert machine.get(page)[0] == 200, page
            assert is_told(machine, "/request/") == ""
    machine.settle()
    assert machine.get("/request/")[0] == 200


def test_a_home_that_cannot_be_written_answers_look_ups(made: Path, clock: FixedClock) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        folder.chmod(0o755)
        shutil.copytree(made, folder / "home")
        Machine(folder / "home", clock)  # a home that has served pages
        db.store.close()
        db.catalogue.close()
        with as_nobody(folder / "home"):
            machine = Machine(folder / "home", clock)
            for page in LOOK_UPS:
                assert machine.get(page)[0] == 200, page
            assert is_told(machine, "/request/") == ""
        machine.settle()
        machine.get("/")
        machine.settle()
        assert not isinstance(db.store.obj, StandIn)
        assert machine.get("/request/")[0] == 200
        assert machine.app.extensions["kiosk"].search.find("低保").mode == "full"
        db.store.close()
        db.catalogue.close()
    finally:
        shutil.rmtree(folder)


class Opens:
    """What Python opens below a folder; each fails while there is an error. An audit hook stays for good."""

    folder = ""
    error = 0
    felt = 0

    def __call__(self, event: str, given: tuple[object, ...]) -> None:
        if not self.error or event != "open" or not str(given[0]).startswith(self.folder):
            return
        self.felt += 1
        raise OSError(self.error, os.strerror(self.error), str(given[0]))


OPENS = Opens()
sys.addaudithook(OPENS)
KINDS = (errno.EROFS, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOSPC, errno.EIO)


@pytest.mark.parametrize("is_new", [False, True])
def test_no_error_of_an_open_ends_a_page_without_a_sentence(machine: Machine, is_new: bool) -> None:
    """The control is each page before and after; `felt` says that the error was met."""
    page = machine.get("/request/")[1]
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    form = {"csrf_token": found[1]}
    OPENS.folder = str(machine.home)
    for kind in KINDS:
        OPENS.felt = 0
        OPENS.error = kind
        try:
            if is_new:
                db.store.close()
                db.catalogue.close()
            for address in LOOK_UPS:
                assert machine.get(address)[0] == 200, (errno.errorcode[kind], address)
            assert is_told(machine, "/request/") == "", errno.errorcode[kind]
            answer = machine.http.post("/request/", data=form, base_url="http://127.0.0.1:8080")
            assert answer.status_code in (503, 507), errno.errorcode[kind]
            assert any(each in answer.get_data(as_text=True) for each in SENTENCES)
        finally:
            OPENS.error = 0
        assert OPENS.felt
        machine.settle()
        for address in (*LOOK_UPS, "/request/"):
            assert machine.get(address)[0] == 200, address


def test_no_error_of_an_open_ends_the_agent(machine: Machine) -> None:
    """Its hub does not answer; the rounds before and after give a report."""
    machine.settle()
    (machine.home / station.DEVICE_KEY).write_text(bytes(32).hex())
    settings = terminal_settings(hub_url="http://127.0.0.1:9")
    agent = Agent(machine.home, settings, machine.clock)
    assert agent._round() is not None
    OPENS.folder = str(machine.home)
    for kind in KINDS:
        OPENS.felt, OPENS.error = 0, kind
        try:
            agent._round()
        finally:
            OPENS.error = 0
        assert OPENS.felt
        machine.settle()
        assert agent._round() is not None, errno.errorcode[kind]
