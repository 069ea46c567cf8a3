"""Entry for `python -m tools.virtual_reader --dir DIR --http-port PORT [--papers DIR]`."""

from __future__ import annotations

import argparse
from pathlib import Path

from kiosk.machine import serving
from tools.virtual_reader import reader_page
from tools.virtual_reader.card_reader import CardReader
from tools.virtual_reader.ports import CARDS, CODES, CardPort, Port
from tools.virtual_reader.reader_page import VirtualReaders

HOST = "127.0.0.1"


def main() -> None:
    """Serve both readers and their page until Ctrl-C or the end of the supervisor."""
    parser = argparse.ArgumentParser(description=reader_page.__doc__)
    parser.add_argument("--dir", type=Path, required=True, help="folder in which the devices appear")
    parser.add_argument("--http-port", type=int, required=True)
    parser.add_argument("--papers", type=Path, help="folder of the virtual printer's papers")
    given = parser.parse_args()
    serving.die_with_parent()
    stop = serving.stop_on_signal()
    given.dir.mkdir(parents=True, exist_ok=True)
    reader, scanner = CardReader(), Port(given.dir / CODES)
    CardPort(Port(given.dir / CARDS), reader)
    reader_page.serve(VirtualReaders(reader, scanner, given.papers), HOST, given.http_port)
    stop.wait()


main()
