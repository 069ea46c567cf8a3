"""Wiring of the readers: their devices by the settings, a thread each, in the process of the pages that use them."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from config.settings import TerminalSettings
from kiosk.clock import Clock
from kiosk.errors import Refused
from kiosk.machine import homes
from kiosk.readers.at_hand import Readers
from kiosk.readers.card_read import CardDesk
from kiosk.readers.code_read import CodeDesk
from kiosk.readers.errors import ReaderProfileFault
from kiosk.readers.links import link_by_address, reader_profiles
from kiosk.readers.links.reader_profiles import ReadsWhat
from kiosk.readers.reader_states import ReaderState, StateBoard
from kiosk.readers.reader_worker import CARD, CODE, CardWorker, CodeWorker

NONE = "none"
Worker = CardWorker | CodeWorker


@dataclass(frozen=True)
class ServedReaders:
    """The readers as the pages see them, and the workers that serve them."""

    readers: Readers
    workers: tuple[Worker, ...]

    def start(self) -> None:
        """Start a thread for each reader; it ends with the process, or when they are stopped."""
        for worker in self.workers:
            threading.Thread(target=worker.run, name=type(worker).__name__, daemon=True).start()


def made(home: Path, settings: TerminalSettings, clock: Clock) -> ServedReaders:
    """
    Return the readers of the settings, not yet started.

    Raises:
        Refused: "reader-settings" when a profile or an address cannot be used.
    """
    board = board_of(home, settings, clock)
    cards = CardDesk(clock.monotonic) if settings.card_reader != NONE else None
    codes = CodeDesk(clock.monotonic) if settings.code_scanner != NONE else None
    stop = threading.Event()
    workers: list[Worker] = []
    try:
        if cards is not None:
            profile = reader_profiles.named(settings.card_reader_profile, ReadsWhat.CARD)
            workers.append(
                CardWorker(link_by_address.opener(settings.card_reader, profile), cards, board, stop)
            )
        if codes is not None:
            profile = reader_profiles.named(settings.code_scanner_profile, ReadsWhat.CODE)
            workers.append(
                CodeWorker(
                    link_by_address.opener(settings.code_scanner, profile),
                    codes,
                    board,
                    stop,
                    clock.monotonic,
                    profile.silence_ms / 1000,
                    link_by_address.decoder(profile),
                )
            )
    except ReaderProfileFault as fault:
        raise Refused("reader-settings", str(fault)) from fault
    return ServedReaders(Readers(board, cards, codes, stop), tuple(workers))


def board_of(home: Path, settings: TerminalSettings, clock: Clock) -> StateBoard:
    """Return the board with the states of this terminal's readers, for any of its processes."""
    return StateBoard(homes.runtime_folder(home, settings), clock.boot_id, clock.monotonic)


def states(home: Path, settings: TerminalSettings, clock: Clock) -> dict[str, ReaderState]:
    """Return the state of each reader that the settings name, as the process of the pages has noted it."""
    board, there = board_of(home, settings, clock), {CARD: settings.card_reader, CODE: settings.code_scanner}
    return {name: board.of(name) for name, address in there.items() if address != NONE}
