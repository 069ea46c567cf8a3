"""Limits against floods: a script is held, a hall behind one address is not, and nobody's address is kept."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask, render_template
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import luhn

from kiosk import db
from kiosk.app.bounds import limits
from kiosk.app.submissions import KINDS
from kiosk.clock import FixedClock
from kiosk.intake import numbers
from kiosk.web.floods.buckets import MOST_KNOWN, ROUNDING, Buckets, Flow, network_of
from tests.building import as_shown, terminal_app, terminal_home, terminal_settings
from tests.clocks import MONDAY_MORNING

PHONE, OTHER_PHONE, PROXY = "203.0.113.7", "203.0.113.8", "127.0.0.1"
LIMITS = limits(KINDS)
BY_NAME = {limit.name: limit for limit in LIMITS}
Station = Callable[..., Flask]


@pytest.fixture
def station(tmp_path: Path, clock: FixedClock) -> Iterator[Station]:
    """A terminal with these settings, on the public pages unless told otherwise."""

    def make(**changes: object) -> Flask:
        told = {
            "channel": "web",
            "runtime_dir": str(tmp_path / "memory"),
            "allowed_hosts": ("localhost",),
            **changes,
        }
        settings = terminal_settings(**told)
        return terminal_app(terminal_home(tmp_path, clock, settings), clock, settings)

    yield make
    db.store.close()
    db.catalogue.close()


class Phone:
    """A visitor from an address, perhaps through a proxy that says so."""

    def __init__(self, app: Flask, address: str = PHONE, forwarded: str = "") -> None:
        self.client: FlaskClient = app.test_client()
        self.client.environ_base.update({"REMOTE_ADDR": address})
        if forwarded:
            self.client.environ_base["HTTP_X_FORWARDED_FOR"] = forwarded

    def search(self) -> int:
        return self.client.get("/search/live?q=a").status_code

    def post(self, path: str, **form: str) -> int:
        page = self.client.get("/progress").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token
        answer = self.client.post(path, data={**form, "csrf_token": token[1]})
        return as_shown(self.client, answer).status_code


def exhausted(phone: Phone, most: int) -> int:
    """How many searches were answered before the first refusal."""
    for count in range(most):
        if phone.search() == 429:
            return count
    raise AssertionError("never refused")


def test_a_script_is_refused_with_a_time_to_wait_and_served_again_after_it(
    station: Station, clock: FixedClock
) -> None:
    phone = Phone(station())
    flow = BY_NAME["search"].flow
    assert exhausted(phone, flow.burst + 1) == flow.burst
    refused = phone.client.get("/search?q=a")
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "1"
    assert "查得太快了" in refused.text
    assert "请等1秒再试" in refused.text
    assert phone.client.get("/").status_code == 200, "looking at pages is not bounded"
    clock.advance(1)
    assert phone.search() == 200


def test_one_address_does_not_hold_back_another(station: Station) -> None:
    app = station()
    exhausted(Phone(app), 10_000)
    assert Phone(app, OTHER_PHONE).search() == 200


def test_results_while_typing_get_a_line_and_no_page(station: Station) -> None:
    phone = Phone(station())
    exhausted(phone, 10_000)
    piece = phone.client.get("/search/live?q=a", headers={"HX-Request": "true"})
    assert piece.status_code == 429
    assert "<html" not in piece.text
    assert "请等1秒再查" in piece.text


def test_the_word_of_a_proxy_counts_only_when_the_settings_trust_it(station: Station) -> None:
    app = station(trusted_proxies=1)
    exhausted(Phone(app, PROXY, forwarded=PHONE), 10_000)
    assert Phone(app, PROXY, forwarded=OTHER_PHONE).search() == 200
    invented = Phone(app, PROXY, forwarded=f"198.51.100.1, {PHONE}")
    assert invented.search() == 429, "what the visitor himself put before the proxy's word is not believed"


def test_without_a_trusted_proxy_no_header_makes_a_new_address(station: Station) -> None:
    app = station()
    exhausted(Phone(app), 10_000)
    assert Phone(app, forwarded=OTHER_PHONE).search() == 429


def test_a_machine_in_a_hall_counts_no_addresses(station: Station) -> None:
    phone = Phone(station(channel="kiosk"))
    assert all(phone.search() == 200 for _ in range(BY_NAME["search"].flow.burst + 50))


def a_number() -> str:
    """A number that might have been issued and was not."""
    body = "GX032611220007K7"
    return numbers.written(body + luhn.calc_check_digit(body, numbers.ALPHABET))


def test_after_ten_wrong_codes_a_visit_is_sent_to_the_staff_and_a_new_visit_begins_anew(
    station: Station,
) -> None:
    app = station(channel="kiosk")
    phone = Phone(app)
    for _ in range(10):
        assert phone.post("/progress", number=a_number(), code="123456789012") == 422
    page = phone.client.get("/progress").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    refused = phone.client.post(
        "/progress", data={"number": a_number(), "code": "123456789012", "csrf_token": token[1]}
    )
    assert refused.status_code == 429
    assert "Retry-After" not in refused.headers
    assert "请工作人员帮忙" in refused.text
    phone.client.post("/leave")
    assert phone.post("/progress", number=a_number(), code="123456789012") == 422


@pytest.mark.parametrize(
    ("done", "path", "words"),
    [
        ({"requests": 5}, "/request/", "这一次已经交了好几件申请"),
        ({"papers": 20}, "/progress/print", "这一次已经打印了很多张"),
    ],
)
def test_a_visit_that_did_a_lot_is_told_so_before_it_begins_again(
    station: Station, done: dict[str, int], path: str, words: str
) -> None:
    phone = Phone(station(channel="kiosk"))
    page = phone.client.get("/progress").text
    with phone.client.session_transaction() as visit:
        visit["counted"] = done
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    refused = phone.client.post(path, data={"csrf_token": token[1]})
    assert refused.status_code == 429
    assert words in refused.text
    assert "我用完了" in refused.text
    phone.client.post("/leave")
    page = phone.client.get("/progress").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    assert phone.client.post(path, data={"csrf_token": token[1]}).status_code != 429


def test_a_slip_of_the_pen_is_no_guess(station: Station) -> None:
    phone = Phone(station(channel="kiosk"))
    for _ in range(12):
        assert phone.post("/progress", number="GX03", code="12") == 422


def test_a_refusal_is_one_line_in_the_log_and_names_nobody(
    station: Station, caplog: pytest.LogCaptureFixture
) -> None:
    phone = Phone(station())
    with caplog.at_level(logging.WARNING, "kiosk.web.floods.limits"):
        exhausted(phone, 10_000)
        phone.search()
    assert len(caplog.records) == 1
    assert "search" in caplog.text
    assert PHONE not in caplog.text


def test_each_refusal_has_its_own_words(station: Station) -> None:
    app = station()
    titles = set()
    for limit in LIMITS:
        with app.test_request_context("/", base_url="http://localhost"):
            page = render_template("limits/refused.html", limit=limit.name, wait_s=90, minutes=2)
        title = re.search(r"<h1>([^<]+)</h1>", page)
        assert title
        titles.add(title[1])
        assert "请等2分钟再试" in page
    assert len(titles) == len(LIMITS)


def test_every_act_that_is_bounded_exists(station: Station) -> None:
    app = station()
    known = {
        f"{method} {rule.endpoint}" for rule in app.url_map.iter_rules() for method in (rule.methods or ())
    }
    for limit in LIMITS:
        assert limit.acts | limit.before <= known, limit.name


def test_an_address_is_known_by_a_hash_that_changes_with_the_day_and_the_process(clock: FixedClock) -> None:
    buckets, others = Buckets(clock), Buckets(clock)
    today = buckets.known_as(PHONE)
    assert today == buckets.known_as(PHONE)
    assert today != buckets.known_as(OTHER_PHONE)
    assert today != others.known_as(PHONE)
    buckets.take("search", today, Flow(10, 1))
    assert PHONE not in repr(vars(buckets))
    clock.advance(24 * 3600)
    assert buckets.known_as(PHONE) != today
    assert not vars(buckets)["_levels"]


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        ("nonsense", "unknown"),
    ],
)
def test_one_subscriber_is_one_address(address: str, counted: str) -> None:
    assert network_of(address) == counted


def test_many_addresses_take_bounded_memory(clock: FixedClock) -> None:
    buckets = Buckets(clock)
    for number in range(MOST_KNOWN + 10):
        buckets.take("search", number.to_bytes(16), Flow(5, 1))
    assert len(vars(buckets)["_levels"]) == MOST_KNOWN


@settings(max_examples=100, deadline=None)
@given(
    pauses=st.lists(st.floats(0, 30), min_size=1, max_size=200),
    burst=st.integers(1, 60),
    rate=st.floats(0.5, 600),
)
def test_no_rhythm_gets_more_than_the_burst_and_the_refill(
    pauses: list[float], burst: int, rate: float
) -> None:
    clock = FixedClock(MONDAY_MORNING)
    buckets, flow = Buckets(clock), Flow(burst, rate)
    who = buckets.known_as(PHONE)
    taken = 0
    for pause in pauses:
        clock.steady += pause
        wait_s = buckets.take("a", who, flow)
        taken += not wait_s
        if wait_s:
            clock.steady += wait_s
            assert buckets.take("a", who, flow) == 0, "whoever waits as long as told is served"
            taken += 1
    assert taken <= burst + (clock.steady - 1000.0) / 60 * rate + taken * ROUNDING


def test_a_full_hall_behind_one_address_meets_no_limit(clock: FixedClock) -> None:
    """Fifty telephones search for ten seconds, hand in, keep both files of the receipt and mistype codes."""
    buckets = Buckets(clock)
    hall = buckets.known_as(PHONE)

    def all_served(name: str, times: int) -> bool:
        return not any(buckets.take(name, hall, BY_NAME[name].flow) for _ in range(times))

    for _second in range(10):
        assert all_served("search", 50)
        clock.advance(1)
    assert all_served("forms", 100)
    assert all_served("requests", 50)
    assert all_served("papers", 100)
    for _minute in range(10):
        assert all_served("guesses", 4)
        clock.advance(60)
