"""
A network ESC/POS printer without hardware: for tests, for the demo and for training.

`python -m tools.virtual_printer --port P --http-port H --dir DIR` prints on port P, keeps each paper as PNG, text and
bytes under DIR, and shows them at http://HOST:H/ with buttons for the faults a real printer has.
"""

import argparse
import contextlib
import os
import select
import signal
import socket
import struct
import threading
from dataclasses import dataclass
from pathlib import Path

from tools.virtual_printer import page as virtual_page
from tools.virtual_printer.mechanism import Mechanism
from tools.virtual_printer.roll import PaperPiece

FAULTS = ("none", "low", "out", "cover", "offline", "cutter", "silent", "garbage", "reset", "stuck")
_HOLD_BYTES = 65_536
"""Bytes that a blocked printer takes in before it stops reading, as real receive buffers do."""
_STATUS = {
    "out": (0x1A, 0x32, 0x12, 0x7E),
    "cover": (0x1A, 0x16, 0x12, 0x12),
    "offline": (0x1A, 0x1A, 0x12, 0x12),
    "cutter": (0x1A, 0x52, 0x1A, 0x12),
    "low": (0x12, 0x12, 0x12, 0x1E),
}
_FINE = (0x12, 0x12, 0x12, 0x12)
_ASB = {
    "out": b"\x38\x00\x0f\x00",
    "cover": b"\x38\x00\x00\x00",
    "offline": b"\x18\x00\x00\x00",
    "cutter": b"\x18\x08\x00\x00",
    "low": b"\x10\x00\x03\x00",
}
_BLOCKING = frozenset({"out", "cover", "offline", "cutter"})


@dataclass(frozen=True)
class Printed:
    """One paper that was kept; numbers count up from 1."""

    number: int
    png: Path
    text: Path
    data: Path


class VirtualPrinter:
    """
    A printer that listens on a TCP port.

    Args:
        folder: Where papers are kept; an earlier run's papers stay and are counted on.
        width_dots: 576 for 80 mm, 384 for 58 mm.
        port: 0 takes a free one; see `address`.
    """

    def __init__(
        self, folder: Path, *, width_dots: int = 576, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._mechanism = Mechanism(width_dots, self._keep)
        self._fault, self._fault_after = "none", 0
        self._received = 0
        self._held = bytearray()
        self._conn: socket.socket | None = None
        self._asb = False
        self._tail = b""
        self._numbers = sorted(int(path.stem) for path in folder.glob("*.txt") if path.stem.isdigit())
        self._stop = threading.Event()
        self._server = socket.create_server((host, port))
        self._wake_read, self._wake_write = socket.socketpair()
        self.address: tuple[str, int] = self._server.getsockname()[:2]
        self._thread = threading.Thread(target=self._serve, name="virtual-printer", daemon=True)

    def start(self) -> "VirtualPrinter":
        """Start to listen in a thread of its own."""
        self._thread.start()
        return self

    def close(self) -> None:
        """Stop; papers stay."""
        self._stop.set()
        self._wake()
        self._thread.join()
        for one in (self._server, self._wake_read, self._wake_write):
            one.close()

    def __enter__(self) -> "VirtualPrinter":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- faults -----------------------------------------------------------------------------------------------

    @property
    def fault(self) -> str:
        """Return the present fault."""
        return self._fault

    def set_fault(self, name: str, after: int = 0) -> None:
        """
        Set a fault, or `none` to end it (as loading paper or closing the cover does).

        Args:
            after: `reset` (power cut) and `stuck` (takes no byte any more) begin after so many bytes from now.
        Raises:
            ValueError: No such fault.
        """
        if name not in FAULTS:
            raise ValueError("fault")
        with self._changed:
            self._fault, self._fault_after = name, self._received + after
            held = bytes(self._held)
            if name not in _BLOCKING:
                self._held.clear()
                self._mechanism.feed(held)
            self._tell_asb()
            self._changed.notify_all()
        self._wake()

    def print_here(self, data: bytes) -> None:
        """Print bytes as if they had come over the network; a printer that cannot print holds them."""
        with self._changed:
            if self._fault in _BLOCKING:
                self._held += data
            else:
                self._mechanism.feed(data)

    def power_cycle(self) -> None:
        """Forget what was received and not yet printed; what is in the slot stays."""
        with self._changed:
            self._held.clear()
            self._mechanism.power_cycle()

    # -- papers -----------------------------------------------------------------------------------------------

    def papers(self) -> list[Printed]:
        """Return all papers, oldest first."""
        with self._lock:
            return [self._printed(number) for number in self._numbers]

    def wait_for(self, count: int, timeout_s: float = 60.0) -> list[Printed]:
        """Return the papers, as soon as there are `count`; raise TimeoutError when there are fewer."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._numbers) >= count, timeout_s):
                raise TimeoutError(f"{len(self._numbers)} of {count} papers")
            return self.papers()

    def hanging(self) -> PaperPiece | None:
        """Return the paper that is printed but not cut."""
        with self._lock:
            return self._mechanism.preview() if self._mechanism.hanging else None

    def received(self) -> int:
        """Return the bytes received since the start."""
        return self._received

    def _printed(self, number: int) -> Printed:
        stem = self._folder / f"{number:06d}"
        return Printed(number, stem.with_suffix(".png"), stem.with_suffix(".txt"), stem.with_suffix(".bin"))

    def _keep(self, paper: PaperPiece) -> None:
        with self._changed:
            kept = self._printed(self._numbers[-1] + 1 if self._numbers else 1)
            kept.png.write_bytes(paper.png())
            kept.data.write_bytes(paper.data)
            kept.text.write_text(paper.text + "\n", "utf-8")  # last: who finds the text finds the rest
            self._numbers.append(kept.number)
            self._changed.notify_all()

    # -- network ----------------------------------------------------------------------------------------------

    def _wake(self) -> None:
        with contextlib.suppress(OSError):
            self._wake_write.send(b"!")

    def _serve(self) -> None:
        while not self._stop.is_set():
            ready, _, _ = select.select([self._server, self._wake_read], [], [])
            if self._wake_read in ready:
                self._wake_read.recv(64)
            if self._server in ready and not self._stop.is_set():
                conn, _ = self._server.accept()
                with conn:
                    self._talk(conn)

    def _talk(self, conn: socket.socket) -> None:
        """Serve one connection at a time, as real printers do."""
        self._conn, self._asb, self._tail = conn, False, b""
        self._mechanism.answer = self._answer
        try:
            while not self._stop.is_set():
                listening = [self._wake_read] if self._deaf() else [conn, self._wake_read]
                ready, _, _ = select.select(listening, [], [])
                if self._wake_read in ready:
                    self._wake_read.recv(64)
                if conn in ready and not self._deaf() and not self._take(conn):
                    return
        except OSError:
            return
        finally:
            self._conn = None

    def _deaf(self) -> bool:
        if self._fault == "stuck":
            return self._received >= self._fault_after
        return self._fault in _BLOCKING and len(self._held) >= _HOLD_BYTES

    def _take(self, conn: socket.socket) -> bool:
        """Receive once; return false when the connection ended."""
        size = 4096
        if self._fault in ("reset", "stuck"):
            size = max(1, min(size, self._fault_after - self._received))
            if self._fault == "reset" and self._received >= self._fault_after:
                self._die(conn)
                return False
        data = conn.recv(size)
        if not data:
            return False
        with self._lock:
            self._received += len(data)
            self._real_time(data)
            if self._fault in _BLOCKING:
                self._held += data
            else:
                self._mechanism.feed(data)
        if self._fault == "reset" and self._received >= self._fault_after:
            self._die(conn)
            return False
        return True

    def _die(self, conn: socket.socket) -> None:
        """Cut the power: the link is reset, the memory is empty, the fault is over."""
        conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        with self._lock:
            self._fault = "none"
            self._mechanism.power_cycle()

    def _real_time(self, data: bytes) -> None:
        """Answer DLE EOT and GS a on arrival, wherever they are: even inside a picture."""
        window = self._tail + data
        place = 0
        while (place := window.find(b"\x10\x04", place)) >= 0 and place + 2 < len(window):
            self._answer(self._status(window[place + 2]))
            place += 3
        if window.rfind(b"\x1da") >= 0 and (at := window.rfind(b"\x1da")) + 2 < len(window):
            self._asb = bool(window[at + 2])
            self._tell_asb()
        self._tail = window[-2:] if place < 0 or place + 2 >= len(window) else b""

    def _status(self, question: int) -> bytes:
        if not 1 <= question <= 4:
            return b""
        return bytes([_STATUS.get(self._fault, _FINE)[question - 1]])

    def _tell_asb(self) -> None:
        if self._asb:
            self._answer(_ASB.get(self._fault, b"\x10\x00\x00\x00"))

    def _answer(self, data: bytes) -> None:
        if self._conn is None or self._fault == "silent" or not data:
            return
        if self._fault == "garbage":
            data = bytes((byte * 7 + 0x8D) & 0xFF for byte in data) + b"\xa5"
        with contextlib.suppress(OSError):
            self._conn.sendall(data)


def main(arguments: list[str] | None = None) -> None:
    """Run the printer and its page until it is stopped."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.virtual_printer", description="A virtual receipt printer."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, required=True, help="port of the printer (9100 on real ones)")
    parser.add_argument("--http-port", type=int, required=True, help="port of the page with the papers")
    parser.add_argument("--dir", type=Path, required=True, help="folder for the papers")
    parser.add_argument("--width", type=int, default=576, help="dots of a line: 576 (80 mm) or 384 (58 mm)")
    options = parser.parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    os.umask(0o077)
    try:
        printer = VirtualPrinter(options.dir, width_dots=options.width, host=options.host, port=options.port)
        page = virtual_page.serve(printer, options.host, options.http_port)
    except OSError as fault:
        parser.exit(1, f"cannot listen: {fault}\n")
    with printer:
        print(f"printing on tcp://{options.host}:{printer.address[1]}, papers at {page.url}", flush=True)
        stop.wait()
        page.close()
