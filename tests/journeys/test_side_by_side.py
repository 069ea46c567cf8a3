"""
Two public stations behind one proxy: a visit stays with its station, and outlives neither confusion nor an outage.

The proxy is a small one that follows the rule of config/nginx/public-pages.conf; where nginx is installed the file
itself is tried as well.
"""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from config.settings import TerminalSettings
from kiosk import db
from kiosk.app.bounds import limits
from kiosk.app.submissions import KINDS
from kiosk.cli import making as commands
from kiosk.machine import homes
from kiosk.staff import terminals
from sync.hub.enrolment import TerminalPlace
from tests.building import terminal_settings
from tests.clocks import CLOCK
from tests.journeys.story import fill_in, hand_in, promised
from tests.pages import Visitor
from tests.world import HOST, PATIENCE_S, REPOSITORY, World, answers, eventually

EXAMPLE = REPOSITORY / "config" / "nginx" / "public-pages.conf"


@dataclass
class Stations:
    """A hub and two stations, each its own terminal, behind one door."""

    first: World
    second: World
    door: socket.socket
    """Where the proxies listen, one after the other."""

    @property
    def port(self) -> int:
        return int(self.door.getsockname()[1])

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def codes(self) -> list[str]:
        found = []
        for world in (self.first, self.second):
            database = db.open_sqlite(world.terminal_home / "station.sqlite3")
            found.append(database.execute_sql("SELECT terminal FROM hub_link").fetchone()[0])
            database.close()
        return found


def a_second_station(first: World, root: Path, settings: TerminalSettings) -> World:
    """Another terminal of the same hub."""
    second = World(root)
    second.hub_port = first.hub_port
    hub = homes.open_hub(first.hub_home, CLOCK)
    code = terminals.new_code(
        "示例站2", TerminalPlace(), life=timedelta(minutes=15), now=CLOCK.now(), by="operator:test"
    )
    hub.close()
    told = replace(
        settings,
        hub_url=first.hub_url,
        runtime_dir=str(root / "memory"),
        printer="none",
    )
    commands.make_terminal(second.terminal_home, told, code)
    return second


@pytest.fixture(scope="module")
def stations(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stations]:
    door = socket.create_server((HOST, 0))
    settings = terminal_settings(
        channel="web",
        public_url=f"http://{HOST}:{door.getsockname()[1]}",
        trusted_proxies=1,
        sync_interval_s=1,
    )
    first = World(tmp_path_factory.mktemp("first"), settings)
    second = None
    try:
        first.make()
        second = a_second_station(first, tmp_path_factory.mktemp("second"), settings)
        for world in (first, second):
            world.start("web", "agent")
        yield Stations(first, second, door)
    finally:
        first.end()
        if second:
            second.end()
        door.close()


@contextmanager
def small_proxy(stations: Stations) -> Iterator[None]:
    """Sends a visit to the station that its cookie names, others in turn, and elsewhere when a station is down."""
    ports = dict(
        zip(stations.codes(), (stations.first.terminal_port, stations.second.terminal_port), strict=True)
    )
    turn = [0]

    class Proxy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            named = re.search(r"(?:^|;\s*)visit=([A-Z0-9]{4})\.", self.headers.get("Cookie", ""))
            turn[0] += named is None
            anywhere = list(ports.values())[turn[0] % 2 :] + list(ports.values())
            for port in ([ports[named[1]]] if named else []) + anywhere:
                try:
                    self._pass(port, body)
                except OSError:
                    continue
                return

        do_POST = do_GET

        def _pass(self, port: int, body: bytes) -> None:
            line = http.client.HTTPConnection(HOST, port, timeout=PATIENCE_S)
            kept = {
                name: value
                for name, value in self.headers.items()
                if not name.lower().startswith("x-forwarded")
            }
            line.request(self.command, self.path, body, {**kept, "X-Forwarded-For": self.client_address[0]})
            answer = line.getresponse()
            content = answer.read()
            line.close()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("transfer-encoding", "connection", "date", "server"):
                    self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_words: object) -> None:
            return

    server = ThreadingHTTPServer((HOST, stations.port), Proxy, bind_and_activate=False)
    server.socket.close()
    server.socket = stations.door.dup()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def as_in_the_test(stations: Stations, folder: Path) -> str:
    """The example with the ports and codes of these stations, without TLS, in a whole configuration."""
    text = EXAMPLE.read_text("utf-8")
    one, two = stations.codes()
    for old, new in (
        ("MX07", one), ("MX08", two), ("127.0.0.1:8081", f"{HOST}:{stations.first.terminal_port}"),
        ("127.0.0.1:8082", f"{HOST}:{stations.second.terminal_port}"), ("__Host-visit", "visit"),
        ("listen 443 ssl", f"listen {HOST}:{stations.port}"),
    ):  # fmt: skip
        assert old in text, old
        text = text.replace(old, new)
    text = re.sub(r"(?m)^\s*ssl_certificate.*$", "", text)
    places = "\n".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return f"daemon off; pid {folder}/pid; error_log {folder}/log; events {{}} http {{ {places}\n{text} }}"


@contextmanager
def nginx(stations: Stations, folder: Path) -> Iterator[None]:
    """The example file itself."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if found is None:
        pytest.skip("nginx is not installed: the small proxy alone followed the rule")
    file = folder / "nginx.conf"
    file.write_text(as_in_the_test(stations, folder), "utf-8")
    door = stations.door.fileno()
    process = subprocess.Popen(
        [found, "-c", str(file), "-p", str(folder), "-e", str(folder / "log")],
        env={**os.environ, "NGINX": f"{door};"},  # takes the socket over, as from an nginx before it
        pass_fds=[door],
    )
    try:
        eventually(lambda: answers(stations.url + "/healthz"), "nginx answers")
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


@pytest.fixture(params=["small", "nginx"])
def public(request: pytest.FixtureRequest, stations: Stations, tmp_path: Path) -> Iterator[Stations]:
    """The stations behind one of the proxies."""
    with small_proxy(stations) if request.param == "small" else nginx(stations, tmp_path):
        yield stations


def until_the_hub_has_it(visitor: Visitor) -> None:
    sent = visitor.base + "/request/receipt/sent"
    eventually(lambda: "县里已经收到了" in visitor.http.get(sent).text, "the hub has it")


def test_whole_requests_stay_with_their_stations_and_reach_the_hub(public: Stations) -> None:
    numbers = set()
    for _ in range(4):
        visitor = Visitor(public.url)
        numbers.add(hand_in(visitor, paper="none").number[:4])
        until_the_hub_has_it(visitor)
    assert numbers == set(public.codes()), "both stations took requests in"


def test_any_station_tells_the_progress_of_a_request_of_another(public: Stations) -> None:
    visitor = Visitor(public.url)
    promise = hand_in(visitor, paper="none")
    until_the_hub_has_it(visitor)
    for _ in range(2):
        other = Visitor(public.url)
        other.open("/progress")
        page = other.submit("/progress", number=promise.number, code=promise.code)
        assert promise.number in page.text
        assert "已经送到县里" in page.text


def test_a_station_that_dies_gives_its_visits_to_another_and_loses_nothing(public: Stations) -> None:
    visitor = Visitor(public.url)
    fill_in(visitor, paper="none")
    code = visitor.http.cookies["visit"][:4]
    dead = dict(zip(public.codes(), (public.first, public.second), strict=True))[code]
    dead.stop("web")
    try:
        assert "申请信息公开" in visitor.open("/request/check").text, (
            "the form begins anew on the other station"
        )
        fill_in(visitor, paper="none")
        promise = promised(visitor.submit("/request/check"))
        assert not promise.number.startswith(code)
    finally:
        dead.start("web")


def test_a_station_believes_the_proxy_about_the_visitor_and_nobody_else(stations: Stations) -> None:
    """Downloads are bounded for an address; whoever the proxy says is another one has a count of its own."""

    def download(world: World, address: str) -> int:
        url = world.terminal_url + "/open/organ.csv"
        return requests.get(url, headers={"X-Forwarded-For": address}, timeout=PATIENCE_S).status_code

    most = next(limit for limit in limits(KINDS) if limit.name == "downloads").flow.burst
    assert [download(stations.first, "203.0.113.7") for _ in range(most)] == [200] * most
    assert download(stations.first, "203.0.113.7") == 429
    assert download(stations.first, "203.0.113.8") == 200
    assert download(stations.first, "198.51.100.1, 203.0.113.7") == 429
    assert "203.0.113" not in stations.first.log("web")
