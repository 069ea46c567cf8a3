"""Files by their hash: in pieces, resumed after any cut, verified, within quota and room, and never in the way."""

import errno
import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from kiosk.blobs import Blobs
from sync.carried import transfer
from sync.carried.transfer import PIECE_BYTES, Fetched, Fetcher, Wanted
from sync.hub import devices
from sync.hub.device import Device
from sync.statements import Database
from sync.wire.errors import HubRefused, Unreachable
from sync.wire.signing import Answer, Request
from tests.faults.disks import small_disk_at
from tests.sync.machines import HubBox, TerminalBox

PLENTY = 10**12


def content(of: str, pieces: float) -> bytes:
    """Bytes that differ in each place, so many pieces long."""
    seed = sha256(of.encode()).digest()
    whole = b"".join(
        sha256(seed + no.to_bytes(4, "big")).digest() for no in range(int(pieces * PIECE_BYTES) // 32)
    )
    return whole + b"end"


class Place:
    """A hub with files, a terminal that wants them."""

    def __init__(self, folder: Path) -> None:
        self.hub = HubBox()
        self.at_hub = Blobs(folder / "hub")
        self.allowed: set[str] = set()
        self.hub.hub = replace(self.hub.hub, blob=self._give)
        self.terminal = TerminalBox(self.hub)
        self.here = Blobs(folder / "terminal")
        self.is_stopped: Callable[[], bool] = lambda: False
        self.fetcher = self.new_fetcher()

    def new_fetcher(self, **changes: Any) -> Fetcher:
        """What a start of the agent makes."""
        told: dict[str, Any] = {"free_bytes": lambda: PLENTY, "quota_bytes": PLENTY, **changes}
        return Fetcher(store=self.here, now=self.hub.clock.now, **told)

    def _give(self, database: Database, device: Device, name: str) -> Path | None:
        return self.at_hub.path(name) if name in self.allowed else None

    def publish(self, of: str, pieces: float) -> Wanted:
        blob = self.at_hub.put(BytesIO(content(of, pieces)), PLENTY)
        self.allowed.add(blob.sha256)
        return Wanted(blob.sha256, blob.size)

    def fetch(self, *wanted: Wanted) -> Fetched:
        return self.fetcher.one_round(self.terminal.channel, wanted, lambda: self.is_stopped())

    def asked(self) -> int:
        """Pieces asked for until now."""
        return sum("/blobs/" in request.target for request in self.terminal.wire.sent)

    def cut_after(self, pieces: int) -> None:
        """The line is cut while this piece comes."""
        left = pieces

        def behind(request: Request, answer: Answer) -> Answer:
            nonlocal left
            left -= "/blobs/" in request.target
            if left < 0:
                raise Unreachable("hub-unreachable")
            return answer

        self.terminal.wire.behind = behind

    def mend(self) -> None:
        self.terminal.wire.behind = None


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def bytes_of(store: Blobs, name: str) -> bytes:
    path = store.path(name)
    assert path is not None
    return path.read_bytes()


def test_a_file_comes_in_pieces_and_is_what_it_was(place: Place) -> None:
    wanted = place.publish("a notice", 2.5)
    done = place.fetch(wanted)
    assert (done.count, done.held, done.wanted, done.error) == (1, 1, 1, None)
    assert bytes_of(place.here, wanted.sha256) == content("a notice", 2.5)
    assert place.asked() == 3
    assert place.fetch(wanted).count == 0
    assert place.asked() == 3


def test_an_empty_file_is_a_file(place: Place) -> None:
    blob = place.at_hub.put(BytesIO(b""), 1)
    assert place.fetch(Wanted(blob.sha256, 0)).held == 1


def test_what_is_used_most_comes_first(place: Place) -> None:
    wanted = [place.publish(name, 1) for name in ("first", "second", "third")]
    place.cut_after(3)
    place.fetch(*wanted)
    assert set(place.here.held()) == {wanted[0].sha256}
    place.mend()
    place.fetch(wanted[0], wanted[2], wanted[1])
    assert len(place.here.held()) == 3


def test_a_cut_line_costs_one_piece(place: Place) -> None:
    wanted = place.publish("a map", 6.5)
    place.cut_after(4)
    done = place.fetch(wanted)
    assert (done.error, done.missing_bytes) == ("hub-unreachable", wanted.size - 4 * PIECE_BYTES)
    assert place.here.path(wanted.sha256) is None
    place.mend()
    assert place.fetch(wanted).held == 1
    assert place.asked() == 8
    assert bytes_of(place.here, wanted.sha256) == content("a map", 6.5)


@pytest.mark.parametrize("bytes_written", [0, 1, PIECE_BYTES - 1, PIECE_BYTES])
def test_a_process_killed_in_the_middle_of_a_piece_loses_nothing_that_is_whole(
    place: Place, bytes_written: int
) -> None:
    wanted = place.publish("a map", 4.5)
    child = os.fork()
    if child == 0:  # the agent, killed in the third piece
        try:
            place.fetcher = place.new_fetcher()
            place.fetcher.store = DyingStore(place.here.folder, 3, bytes_written)
            place.fetch(wanted)
        finally:  # a child that failed must not go on with the tests of its parent
            os._exit(70)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 9
    assert place.here.begun(wanted.sha256) == 2 * PIECE_BYTES + bytes_written
    assert place.here.path(wanted.sha256) is None
    place.hub.clock.advance(seconds=1)
    place.terminal.channel = place.terminal.new_channel()
    assert place.fetch(wanted).held == 1
    assert bytes_of(place.here, wanted.sha256) == content("a map", 4.5)


class DyingStore(Blobs):
    """A store whose process is killed while it writes a piece."""

    def __init__(self, folder: Path, at: int, bytes_written: int) -> None:
        super().__init__(folder)
        self.left, self.bytes_written = at, bytes_written

    def append(self, sha256: str, piece: bytes) -> None:
        self.left -= 1
        if not self.left:
            super().append(sha256, piece[: self.bytes_written])
            os._exit(9)
        super().append(sha256, piece)


def test_a_part_that_a_power_cut_garbled_is_fetched_anew(place: Place) -> None:
    wanted = place.publish("a map", 3)
    place.here.append(wanted.sha256, b"\x00" * PIECE_BYTES)
    assert place.fetch(wanted).error == "blob-wrong"
    assert place.here.begun(wanted.sha256) == 0
    assert place.here.path(wanted.sha256) is None
    place.hub.clock.advance(hours=7)
    assert place.fetch(wanted).held == 1


def test_a_file_damaged_at_the_hub_is_never_taken_nor_asked_for_in_each_round(place: Place) -> None:
    damaged, whole = place.publish("damaged", 2), place.publish("whole", 1)
    path = place.at_hub.path(damaged.sha256)
    assert path is not None
    path.write_bytes(b"x" * damaged.size)
    done = place.fetch(damaged, whole)
    assert (done.error, done.held) == ("blob-wrong", 1)
    assert set(place.here.held()) == {whole.sha256}
    asked = place.asked()
    assert place.fetch(damaged, whole).error == "blob-wrong"
    assert place.asked() == asked
    place.hub.clock.advance(hours=6, seconds=1)
    path.write_bytes(content("damaged", 2))
    assert place.fetch(damaged, whole).held == 2


def test_without_the_hub_what_is_here_stays(place: Place) -> None:
    here, missing = place.publish("here", 1), place.publish("missing", 1)
    place.fetch(here)
    place.terminal.wire.is_cut = True
    done = place.fetch(here, missing)
    assert (done.error, done.held, done.missing_bytes) == ("hub-unreachable", 1, missing.size)


def test_a_file_that_the_device_may_not_have_is_as_unknown_as_none(place: Place) -> None:
    secret, allowed = place.publish("secret", 1), place.publish("allowed", 1)
    place.allowed.discard(secret.sha256)
    done = place.fetch(secret, allowed)
    assert (done.error, done.held) == ("blob-unknown", 1)
    for name in (secret.sha256, "0" * 64, "..%2F..%2Fhub.toml", "A" * 64):
        with pytest.raises(HubRefused, match="blob-unknown"):
            place.terminal.channel.send("GET", f"/blobs/{name}?from=0&size=9")


def test_a_quarantined_device_gets_no_files(place: Place) -> None:
    wanted = place.publish("a map", 1)
    with place.hub.store.writing() as database:
        devices.quarantine(database, place.terminal.enrolment.device, "a copy")
    assert place.fetch(wanted).error == "device-quarantined"


@pytest.mark.parametrize(
    "query", ["from=0", "size=1", "from=-1&size=1", "from=9&size=x", "from=99999999&size=1"]
)
def test_a_range_of_the_wrong_form_is_refused(place: Place, query: str) -> None:
    wanted = place.publish("a map", 1)
    with pytest.raises(HubRefused, match="bad-"):
        place.terminal.channel.send("GET", f"/blobs/{wanted.sha256}?{query}")


def test_a_file_shorter_at_the_hub_than_it_was_said_ends_in_an_error(place: Place) -> None:
    wanted = place.publish("a map", 1)
    assert place.fetch(Wanted(wanted.sha256, wanted.size + 5)).error == "blob-piece"
    assert place.here.held() == {}


def test_the_quota_is_kept_and_what_no_longer_fits_goes(place: Place) -> None:
    large, small = place.publish("large", 3), place.publish("small", 1)
    place.fetcher = place.new_fetcher(quota_bytes=large.size + small.size)
    assert place.fetch(large, small).held == 2
    place.fetcher = place.new_fetcher(quota_bytes=small.size)
    done = place.fetch(large, small)
    assert (done.wanted, done.held, done.beyond) == (1, 1, 1)
    assert set(place.here.held()) == {small.sha256}


def test_what_nobody_wants_is_removed_also_its_beginning(place: Place) -> None:
    old, begun = place.publish("old", 1), place.publish("begun", 3)
    place.fetch(old)
    place.cut_after(1)
    place.fetch(old, begun)
    place.mend()
    assert place.here.begun(begun.sha256) == PIECE_BYTES
    place.fetch()
    assert place.here.held() == {}
    assert place.here.begun(begun.sha256) == 0


def test_files_leave_room_for_what_citizens_hand_in(place: Place) -> None:
    large, small = place.publish("large", 3), place.publish("small", 0.5)
    place.fetcher = place.new_fetcher(free_bytes=lambda: transfer.LEAST_FREE_BYTES + PIECE_BYTES)
    done = place.fetch(large, small)
    assert (done.error, set(place.here.held())) == ("disk-low", {small.sha256})


def test_a_full_disk_is_an_error_of_the_files_alone_and_heals(place: Place, tmp_path: Path) -> None:
    wanted = place.publish("a map", 6)
    with small_disk_at(tmp_path / "disk", 1) as disk:
        place.here = Blobs(disk / "blobs")
        place.fetcher = place.new_fetcher()
        assert place.fetch(wanted).error == "disk-full"
        assert place.here.path(wanted.sha256) is None
    place.here = Blobs(tmp_path / "room")
    place.fetcher = place.new_fetcher()
    assert place.fetch(wanted).held == 1


def test_a_disk_in_trouble_has_a_code_of_its_own(place: Place) -> None:
    class Broken(Blobs):
        def append(self, sha256: str, piece: bytes) -> None:
            raise OSError(errno.EIO, "broken")

    wanted = place.publish("a map", 1)
    place.fetcher.store = Broken(place.here.folder)
    assert place.fetch(wanted).error == "disk-in-trouble"


def test_a_round_brings_a_bounded_number_of_bytes(place: Place) -> None:
    wanted = [place.publish(str(no), 2) for no in range(4)]
    place.fetcher = place.new_fetcher(round_bytes=3 * PIECE_BYTES)
    rounds = [place.fetch(*wanted) for _ in range(4)]
    assert [done.held for done in rounds] == [1, 2, 4, 4]
    assert [done.is_cut_short for done in rounds] == [True, True, False, False]


def test_somebody_who_hands_in_waits_for_one_piece_at_most(place: Place) -> None:
    wanted = place.publish("a map", 9)
    place.is_stopped = lambda: place.asked() >= 2
    done = place.fetch(wanted)
    assert (place.asked(), done.is_cut_short, done.error) == (2, True, None)


def test_the_same_file_twice_counts_once() -> None:
    one = Wanted("a" * 64, 6)
    assert transfer.within([one, one, Wanted("b" * 64, 5), one], 10) == ([one], 1)


def test_a_hub_that_is_asked_for_much_gives_one_piece(place: Place) -> None:
    wanted = place.publish("a map", 3)
    answer = place.terminal.channel.send("GET", f"/blobs/{wanted.sha256}?from=0&size=99999999")
    assert len(answer.body) == PIECE_BYTES


def test_what_was_left_unfinished_is_dropped_and_what_is_being_written_is_not(tmp_path: Path) -> None:
    store = Blobs(tmp_path)
    left, written = sha256(b"left").hexdigest(), sha256(b"written").hexdigest()
    for name in (left, written):
        store.append(name, b"half")
    before = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    for name, at in ((left, before.timestamp() - 1), (written, before.timestamp())):
        os.utime(tmp_path / "parts" / name, (at, at))
    store.drop_unfinished(before)
    assert (store.begun(left), store.begun(written)) == (0, 4)


def parts(store: Blobs) -> Iterable[Path]:
    return (store.folder / "parts").iterdir()


def test_a_stored_file_that_is_too_large_or_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    from kiosk.errors import Refused as KioskRefused

    store = Blobs(tmp_path / "store")
    with pytest.raises(KioskRefused, match="more than 10 bytes"):
        store.put(BytesIO(b"x" * 11), 10)
    assert store.held() == {}
    assert list(parts(store)) == []
    blob = store.put(BytesIO(b"x" * 10), 10)
    assert (blob.size, store.put(BytesIO(b"x" * 10), 10)) == (10, blob)
    assert store.verified(blob.sha256)
    store.remove(blob.sha256)
    store.remove(blob.sha256)
    assert store.path(blob.sha256) is None
