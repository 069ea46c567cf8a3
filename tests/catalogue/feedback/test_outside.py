"""Addresses outside are asked politely, in time, and never inside the county's own networks."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from kiosk import db
from kiosk.catalogue.feedback import outside
from kiosk.catalogue.feedback import outside_links as links
from kiosk.catalogue.feedback.outside import Net, is_public, look
from tests.catalogue.conftest import Catalogue, a_record

TODAY = date(2026, 11, 23)
HERE = "127.0.0.1"


class Site(BaseHTTPRequestHandler):
    """A site with pages that are there, gone, moved, moved inside, and one that refuses robots."""

    asked: ClassVar[list[tuple[str, str, str]]] = []

    def do_HEAD(self) -> None:
        self.asked.append((self.command, self.path, self.headers["Host"]))
        status, location = {
            "/there": (200, ""),
            "/gone": (404, ""),
            "/moved": (301, "/there"),
            "/moved-inside": (302, "http://inside.example.cn/"),
            "/round": (302, "/round"),
            "/robots": (403, ""),
            "/no-head": (405 if self.command == "HEAD" else 200, ""),
            "/trouble": (503, ""),
        }[self.path]
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@pytest.fixture
def site() -> Iterator[int]:
    Site.asked = []
    server = ThreadingHTTPServer((HERE, 0), Site)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def resolved(host: str, port: int) -> list[str]:
    if host == "nowhere.example.cn":
        raise socket.gaierror
    return ["10.0.0.7"] if host == "inside.example.cn" else [HERE]


NET = Net(resolve=resolved, is_allowed=lambda address: address == HERE, ports=lambda scheme, port: True)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/there", outside.OK),
        ("/gone", outside.GONE),
        ("/moved", outside.OK),
        ("/moved-inside", outside.INSIDE),
        ("/round", outside.UNCLEAR),
        ("/robots", outside.UNCLEAR),
        ("/no-head", outside.OK),
        ("/trouble", outside.UNCLEAR),
    ],
)
def test_how_a_site_answers(site: int, path: str, said: str) -> None:
    assert look(f"http://site.example.cn:{site}{path}", NET) == said
    assert Site.asked[0][2] == f"site.example.cn:{site}", (
        "the site is asked by its name, at the address looked up"
    )


def test_who_does_not_answer_is_quiet() -> None:
    with closing(socket.socket()) as free:
        free.bind((HERE, 0))
        assert look(f"http://site.example.cn:{free.getsockname()[1]}/there", NET) == outside.QUIET
    assert look("http://nowhere.example.cn/", NET) == outside.NO_HOST


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://2130706433/",
        "http://localhost:8080/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://10.0.0.7/",
        "http://192.168.1.1/admin",
        "http://172.16.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://100.64.0.1/",
        "http://[fd00::1]/",
        "http://[64:ff9b:1::1]/",
        "http://224.0.0.1/",
        "http://0.0.0.0/",
        "http://8.8.8.8:22/",
    ],
)
def test_nothing_inside_is_ever_asked(url: str) -> None:
    assert look(url) in (outside.INSIDE, outside.NO_HOST)


@pytest.mark.parametrize("url", ["ftp://8.8.8.8/", "http://user:pass@8.8.8.8/", "http://", "javascript:1"])
def test_what_is_no_plain_web_address_is_not_asked(url: str) -> None:
    assert look(url) == outside.UNCLEAR


def test_a_broken_address_is_gone() -> None:
    assert look("http://[::1") == outside.GONE


def test_one_private_address_among_public_ones_is_enough() -> None:
    both = Net(resolve=lambda host, port: ["8.8.8.8", "10.0.0.7"])
    assert look("http://mixed.example.cn/", both) == outside.INSIDE
    assert is_public("8.8.8.8")
    assert not is_public("::ffff:10.0.0.7")
    assert not is_public("nonsense")


def test_addresses_are_found_in_all_texts_of_a_record() -> None:
    record = {
        "source_url": "https://a.example.cn/1",
        "body": "请看（https://b.example.cn/x?a=1）。也可看https://c.example.cn/。",
        "fields": {
            "online": "网上办：http://d.example.cn/办事",
            "rows": [{"note": "见 http://e.example.cn."}],
        },
    }
    assert links.named_in(record) == {
        "https://a.example.cn/1",
        "https://b.example.cn/x?a=1",
        "https://c.example.cn/",
        "http://d.example.cn/办事",
        "http://e.example.cn",
    }


def test_addresses_are_looked_at_in_turn(catalogue: Catalogue) -> None:
    catalogue.publish(*(a_record(f"doc:{at}", source_url=f"https://x.example.cn/{at}") for at in range(4)))
    asked: list[str] = []

    def looked(url: str) -> str:
        asked.append(url[-1])
        return "quiet" if url.endswith("2") else "ok"

    assert links.check(TODAY, 30, 3, looked) == {"ok": 2, "quiet": 1}
    assert links.check(TODAY, 30, 3, looked) == {"ok": 1}
    assert links.check(TODAY, 30, 3, looked) == {}, "each once a day at most"
    assert links.check(TODAY + timedelta(days=1), 30, 3, looked) == {"quiet": 1}, "what failed is asked again"
    assert asked == ["0", "1", "2", "3", "2"]
    assert sum(links.check(TODAY + timedelta(days=30), 30, 9, looked).values()) == 4


def test_addresses_of_changed_and_withdrawn_records_are_forgotten(catalogue: Catalogue) -> None:
    catalogue.publish(a_record(source_url="https://x.example.cn/1"))
    connection = db.store.connection()
    assert links.collect() == 1
    catalogue.publish(a_record(source_url="https://x.example.cn/2"))
    links.check(TODAY, 30, look=lambda url: "ok")
    assert [tuple(row) for row in connection.execute("SELECT url FROM link_look")] == [
        ("https://x.example.cn/2",)
    ]
    catalogue.publish(a_record(source_url=None))
    assert links.collect() == 0
