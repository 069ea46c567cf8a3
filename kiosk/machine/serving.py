"""
Processes: one web server, the sync agent, the printer worker, and the supervisor that keeps all three running.

The database is their only meeting point: a hung printer or network never holds a page.
"""

from __future__ import annotations

import errno
import gc
import http.client
import logging
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from wsgiref.types import WSGIApplication

import waitress

from kiosk.errors import Refused

PARTS = ("web", "agent", "printer")
THREADS = 4
"""waitress threads of a page server: measured best for one terminal (RELIABILITY.md §5)."""
BACKLOG = 1024
MOST_CONNECTIONS = 3_000
"""Open connections of one server; idle and half-open ones cost 4 kB each, and nobody else waits for them."""
MEMORY = Path("/dev/shm")
SILENT_S = 30
"""A connection without a byte for so long is closed; requests that are being answered are not."""
MOST_HEAD_BYTES = 32 * 1024
FILES_BESIDE = 200
"""Open files that a server needs besides its connections."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 30.0
STABLE_AFTER_S = 60.0
STOP_PATIENCE_S = 5.0
REFUSED = 1
TRY_AGAIN = 75
"""Exit code of a process that may be started again (EX_TEMPFAIL)."""
LIFELINE = "KIOSK_LIFELINE"
BEAT = "KIOSK_BEAT"
"""Environment variable with the number of the pipe into which a supervised process writes that it is alive."""
BEAT_EVERY_S = 5.0
HUNG_AFTER_S = {"web": 60.0, "printer": 120.0, "agent": 1800.0}
"""Seconds without a beat after which a part is hung and ended; an index of 100,000 documents takes minutes."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class BoundSocket:
    """A bound socket for pages; it listens once a server or a supervisor has taken it."""

    host: str
    socket: socket.socket

    @property
    def port(self) -> int:
        """Return the port that the system gave, when 0 was asked for."""
        return int(self.socket.getsockname()[1])

    def __str__(self) -> str:
        return f"http://{self.host}:{self.port}"


def bind(host: str, port: int) -> BoundSocket:
    """
    Bind a port, so that an application can be made that knows it; 0 takes a free one.

    Raises:
        Refused: "port-in-use", "cannot-bind".
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family)
    try:
        with _binding(host, port):
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            bound.bind((host, port))
    except Refused:
        bound.close()
        raise
    bound.setblocking(False)
    return BoundSocket(host, bound)


@contextmanager
def reserved(host: str, *ports: int) -> Iterator[list[int]]:
    """
    Yield these ports, each 0 as one that the system gives; until the block ends no other program gets them.

    A process of ours can listen there meanwhile, since these sockets do not.

    Raises:
        Refused: "port-in-use", "cannot-bind".
    """
    with ExitStack() as bound:
        places = [bind(host, port) for port in ports]
        for place in places:
            bound.enter_context(place.socket)
        yield [place.port for place in places]


def taken_over(listening: int) -> BoundSocket:
    """Return the place where the supervisor of several workers listens: its socket, by its number in this process."""
    taken = socket.socket(fileno=listening)
    return BoundSocket(str(taken.getsockname()[0]), taken)


@contextmanager
def kept_for_good() -> Iterator[None]:
    """
    Let Python never look for garbage among what is imported and made in this block.

    All of it stays. To look through it costs a start 60 ms, and later 25 ms in the middle of a page.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def serve(
    app: WSGIApplication,
    place: BoundSocket,
    name: str = "",
    *,
    is_behind_proxy: bool = False,
    most_body_bytes: int = 2 * 2**20,
) -> None:
    """
    Serve `app` until SIGTERM; print `NAME: http://HOST:PORT` once it listens, unless the supervisor has printed it.

    A long body waits in memory-backed storage, never on a disk: it may hold personal data.

    Args:
        is_behind_proxy: Leaves the proxy's headers about the visitor to `app`; else they are removed here.
        most_body_bytes: A larger body is refused before it is stored anywhere.
    Raises:
        Refused: "port-in-use": another program that had taken the port too was the first to listen.
    """
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK):
        tempfile.tempdir = str(MEMORY)
    with _binding(place.host, place.port):
        server = waitress.create_server(
            app,
            sockets=[place.socket],
            threads=THREADS,
            ident=None,
            connection_limit=_room_for_connections(),
            asyncore_use_poll=True,  # select() knows no more than 1,024 files
            channel_timeout=SILENT_S,
            cleanup_interval=SILENT_S // 6,
            max_request_header_size=MOST_HEAD_BYTES,
            max_request_body_size=most_body_bytes,
            clear_untrusted_proxy_headers=not is_behind_proxy,
        )
    if name:
        print(f"{name}: {place}", flush=True)
    try:
        server.run()
    finally:
        server.close()


def _room_for_connections() -> int:
    """Return how many connections this process can hold, after asking the system for as many as it allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + FILES_BESIDE
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(100, min(MOST_CONNECTIONS, soft - FILES_BESIDE))


@contextmanager
def _binding(host: str, port: int) -> Iterator[None]:
    try:
        yield
    except socket.gaierror as error:
        raise Refused("cannot-bind", f"{host}:{port} is no address of this machine") from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Refused("port-in-use", f"port {port} on {host} is in use by another program") from error
        raise Refused("cannot-bind", f"{host}:{port}: {error.strerror}") from error


def stop_on_signal() -> threading.Event:
    """Return an event that SIGTERM and Ctrl-C set, for loops that finish what they are doing."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def die_with_parent() -> None:
    """
    End this process when its supervisor ends in any way: the pipe on standard input closes.

    Without it a killed supervisor would leave a web server holding the port.
    """
    if os.environ.get(LIFELINE) != "1":
        return

    def watch() -> None:
        while os.read(0, 1):
            continue
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()


def beat() -> None:
    """Let the supervisor know that this process is alive; nothing where there is none."""
    number = os.environ.get(BEAT)
    if number:
        with suppress(OSError):
            os.write(int(number), b".")


def beat_while_answering(place: BoundSocket) -> None:
    """Start a thread that asks this process's own server for a page now and then, and beats when it answers."""
    if BEAT not in os.environ:
        return

    def ask() -> None:
        while True:
            time.sleep(BEAT_EVERY_S)
            with suppress(OSError, http.client.HTTPException):
                asked = http.client.HTTPConnection("127.0.0.1", place.port, timeout=BEAT_EVERY_S)
                asked.request("GET", "/healthz")
                asked.getresponse().read()
                asked.close()
                beat()

    threading.Thread(target=ask, name="beat", daemon=True).start()


@dataclass
class Child:
    """One supervised process."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause_s: float = FIRST_PAUSE_S
    start_at: float = 0.0
    files: tuple[int, ...] = ()
    """Numbers of open files that the process inherits."""
    hung_after_s: float = 0.0
    """Seconds without a beat after which it is hung, once it has beaten; 0: never."""
    beats: int = -1
    beaten_at: float = 0.0

    def start(self) -> None:
        """Start the process with a pipe from this one, and one back for its beats."""
        self.beats, theirs = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.PIPE,
                env={**os.environ, LIFELINE: "1", BEAT: str(theirs)},
                start_new_session=True,
                pass_fds=(*self.files, theirs),
            )
        finally:
            os.close(theirs)
        self.started = time.monotonic()
        self.beaten_at = 0.0

    def is_hung(self) -> bool:
        """Return whether the process lives and has not beaten for too long."""
        with suppress(BlockingIOError):
            while os.read(self.beats, 4096):
                self.beaten_at = time.monotonic()
        since_s = time.monotonic() - self.beaten_at
        return bool(self.hung_after_s and self.beaten_at and since_s > self.hung_after_s)

    def note_end(self, code: int) -> None:
        """Schedule a restart after a crash, later each time while crashes follow quickly."""
        if time.monotonic() - self.started > STABLE_AFTER_S:
            self.pause_s = FIRST_PAUSE_S
        _log.warning("%s ended with %s; starting again in %.1f s", self.name, code, self.pause_s)
        self.start_at = time.monotonic() + self.pause_s
        self.pause_s = min(self.pause_s * 2, LONGEST_PAUSE_S)
        self.let_go()

    def let_go(self) -> None:
        """Forget an ended process and close its pipe."""
        if self.process and self.process.stdin:
            self.process.stdin.close()
        if self.beats >= 0:
            os.close(self.beats)
            self.beats = -1
        self.process = None


@dataclass
class Supervisor:
    """A supervisor that keeps children running until SIGTERM; a child that refuses (exit code 1) stops all."""

    children: list[Child]
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> int:
        """Run the children; return the exit code: 0 after a stop, 1 when a child refused to serve."""
        code = 0
        try:
            while not self.stop.wait(0.1):
                if any(self._refused(child) for child in self.children):
                    code = REFUSED
                    break
        finally:
            self._end_all()
        return code

    def _refused(self, child: Child) -> bool:
        if child.process is None:
            if time.monotonic() >= child.start_at:
                child.start()
            return False
        code = child.process.poll()
        if code is None:
            if child.is_hung():
                _log.error("%s is hung and is ended", child.name)
                child.process.kill()
            return False
        if code == REFUSED and time.monotonic() - child.started < STABLE_AFTER_S:
            return True
        child.note_end(code)
        return False

    def _end_all(self) -> None:
        running = [child.process for child in self.children if child.process and child.process.poll() is None]
        for process in running:
            process.terminate()
        for process in running:
            try:
                process.wait(STOP_PATIENCE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for child in self.children:
            child.let_go()


def module_command(*arguments: str) -> list[str]:
    """Return the command line of this product in a process of its own."""
    return [sys.executable, "-m", "kiosk", *arguments]


def supervise_workers(home: Path, place: BoundSocket, many: int) -> int:
    """
    Run so many workers of a hub at one place; return the exit code.

    A visitor who comes while none of them is up waits in the queue of the socket.
    """
    with _binding(place.host, place.port):
        place.socket.listen(BACKLOG)
    print(f"hub: {place}", flush=True)
    number = place.socket.fileno()
    command = module_command("hub", "--home", str(home), "--listening", str(number))
    children = [Child(f"worker {each}", command, files=(number,)) for each in range(1, many + 1)]
    return Supervisor(children, stop_on_signal()).run()


def supervise_terminal(home: Path, port: int | None) -> int:
    """Run all three processes of a terminal; return the exit code."""
    further = [] if port is None else ["--port", str(port)]
    children = [
        Child(
            part,
            module_command("terminal", "--home", str(home), "--only", part, *further),
            hung_after_s=HUNG_AFTER_S[part],
        )
        for part in PARTS
    ]
    return Supervisor(children, stop_on_signal()).run()
