"""
A fault at every place a fault can happen. What must hold: a paper is called printed only when it is whole, no
second paper comes out without its mark, no slip is lost, and no one's half paper hangs on another's.
"""

import os
import random
from collections.abc import Iterator
from dataclasses import replace

import pytest

from printers.device import profiles
from printers.device.profiles import JobEnd, Mode, Profile, QrKind
from printers.paper import encode
from printers.paper.document import KeyValue, Para, Slip
from printers.spooler.spool import PrintJobState
from tests.printers.faulty import Jumping, Killed, MemoryStation, Printer, memory_worker
from tests.printers.slips import CODE, NUMBER, a_guide, a_receipt

TEXT = replace(profiles.GENERIC_80, mode=Mode.TEXT, qr=QrKind.NATIVE, job_end=JobEnd.GS_R)
RASTER_58 = replace(profiles.GENERIC_58, job_end=JobEnd.GS_H)
MARK = "补打"
IS_WHOLE = bool(os.environ.get("CI") or os.environ.get("KIOSK_SLOW"))


@pytest.fixture
def station() -> Iterator[MemoryStation]:
    made = MemoryStation()
    yield made
    made.close()


def places(total: int) -> list[int]:
    """Every byte; in a quick run each fifth, and all of the first and last ones."""
    if IS_WHOLE:
        return list(range(total + 1))
    return sorted({*range(0, total, 5), *range(24), *range(total - 24, total + 1)})


def length(slip: Slip, profile: Profile, secret: str | None) -> int:
    return len(encode.encode(slip, profile, secret).data + encode.job_end(profile, 1))


def power_fails_after(
    station: MemoryStation, printer: Printer, slip: Slip, profile: Profile, at: int, key: str
) -> tuple[PrintJobState, PrintJobState, PrintJobState]:
    """
    States of a job right after a power cut behind byte `at`, after the worker went on by itself, and of what a
    person got in the end.
    """
    seconds = Jumping()
    worker = memory_worker(station, printer, profile, seconds)
    job = station.enqueue(slip, key, secret=CODE.encode())
    printer.dies_after = at
    worker.step()
    broken = station.job(job).state
    seconds.skip(10)
    worker.step()
    alone = station.job(job).state
    if alone is PrintJobState.UNCERTAIN:
        copy = station.reprint(job)
        seconds.skip(10)
        worker.step()
        return broken, alone, station.job(copy).state
    return broken, alone, alone


def check(states: tuple[PrintJobState, PrintJobState, PrintJobState], at: int, total: int) -> None:
    broken, alone, end = states
    if at == 0:
        assert (broken, alone) == (PrintJobState.QUEUED, PrintJobState.PRINTED), at
    elif at < total:
        assert (broken, alone) == (PrintJobState.UNCERTAIN, PrintJobState.UNCERTAIN), at
    else:
        assert (broken, alone) == (PrintJobState.PRINTED, PrintJobState.PRINTED), at
    assert end is PrintJobState.PRINTED, at


@pytest.mark.parametrize("slip", [a_receipt(), a_guide()], ids=lambda slip: str(slip.kind))
def test_a_power_cut_behind_every_byte_of_a_text_slip(station: MemoryStation, slip: Slip) -> None:
    total = length(slip, TEXT, CODE)
    last_line = slip.blocks[-1].text[-6:] if isinstance(slip.blocks[-1], Para) else "扫码看完整指南"
    for at in places(total):
        printer = Printer(576)
        check(power_fails_after(station, printer, slip, TEXT, at, f"R{at}"), at, total)
        whole = [text for text in printer.all_text() if last_line in text]
        unmarked = [text for text in whole if MARK not in text]
        assert len(unmarked) <= 1, at
        assert len(whole) >= 1, at
        assert all("作废" in text or text in whole for text in printer.all_text()), at


def test_a_power_cut_behind_every_byte_of_a_short_raster(station: MemoryStation) -> None:
    slip = Slip("telephone-card", "", (Para("电话", small=True),))
    total = length(slip, RASTER_58, None)
    whole = encode.encode(slip, RASTER_58).paper_mm
    for at in places(total):
        printer = Printer(384)
        check(power_fails_after(station, printer, slip, RASTER_58, at, f"R{at}"), at, total)
        assert printer.papers[-1].image.height >= (whole - RASTER_58.feed_mm) * 8 - 8, at


def test_a_power_cut_at_two_hundred_places_of_a_long_raster(station: MemoryStation) -> None:
    slip = Slip("long", "", tuple(KeyValue("编号", NUMBER) for _ in range(8)))
    profile = replace(RASTER_58, band_rows=64)
    total = length(slip, profile, None)
    dice = random.Random(200)
    band = 8 + 48 * 64
    borders = [at for start in range(5, total, band) for at in (start - 1, start, start + 1, start + 8)]
    chosen = {*borders[:40], *(dice.randrange(1, total) for _ in range(160))}
    for at in sorted(chosen):
        check(power_fails_after(station, Printer(384), slip, profile, at, f"R{at}"), at, total)


@pytest.mark.parametrize("behind", [False, True], ids=["before the commit", "behind the commit"])
def test_a_kill_at_every_commit_loses_no_slip_and_doubles_none(station: MemoryStation, behind: bool) -> None:
    slip = Slip("telephone-card", "", (Para("便民服务中心"),))
    for nth in range(1, 12):
        printer, seconds = Printer(576), Jumping()
        worker = memory_worker(station, printer, TEXT, seconds)
        job = station.enqueue(slip, f"R{nth}")
        commit = station.commits + nth
        station.crash_at = -commit - 1 if behind else commit
        try:
            worker.step()
        except Killed:
            printer.mechanism.power_cycle()
        station.crash_at = -1
        again = memory_worker(station, printer, TEXT, seconds)
        again.recover()
        seconds.skip(10)
        again.step()
        state = station.job(job).state
        whole = [text for text in printer.all_text() if "便民服务中心" in text]
        assert len(whole) <= 1, "never a second paper by itself"
        assert state in (PrintJobState.PRINTED, PrintJobState.UNCERTAIN), nth
        assert (state is PrintJobState.PRINTED) <= (len(whole) == 1), nth
        if state is PrintJobState.UNCERTAIN:
            copy = station.reprint(job)
            seconds.skip(10)
            again.step()
            assert station.job(copy).state is PrintJobState.PRINTED
            assert MARK in printer.papers[-1].text
