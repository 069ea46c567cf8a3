"""The same over real HTTP: a hub in a process of its own, a terminal here, and servers that are no hub."""

import json
import socketserver
import threading
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from kiosk import db
from kiosk.app.replication import states
from kiosk.app.replication.agent import Agent
from kiosk.app.replication.http_line import MOST_ANSWER_BYTES, http_transport
from kiosk.cli import making as commands
from kiosk.clock import FixedClock, today
from kiosk.errors import Refused
from kiosk.intake import numbers
from kiosk.machine import homes
from sync.carried import anchors
from sync.terminal import outbox, report
from sync.terminal.models import HubLink
from sync.wire import sealing
from sync.wire.errors import Unreachable
from sync.wire.signing import Request
from tests.building import terminal_settings
from tests.clocks import CLOCK
from tests.sync.machines import CODE, CODE_HASH
from tests.sync.processes import HubProcess, enrolled
from tests.world import eventually


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    with HubProcess(tmp_path_factory.mktemp("county")) as found:
        yield found


@pytest.fixture
def terminal(hub: HubProcess, tmp_path: Path) -> Iterator[Agent]:
    with an_agent(hub, tmp_path) as agent:
        yield agent


@contextmanager
def an_agent(hub: HubProcess, folder: Path, sync_interval_s: int = 60) -> Iterator[Agent]:
    settings = terminal_settings(sync_interval_s=sync_interval_s)
    with enrolled(hub, folder / "terminal", settings) as home:
        yield Agent(home, homes.terminal_settings(home), CLOCK, after_pull=lambda done: None)


def hand_in() -> str:
    key = str(uuid.uuid4())
    with db.writing(db.store):
        link = HubLink.select().get(db.store)
        number = numbers.issue(link.terminal, today(CLOCK))
        outbox.add(
            db.store,
            key=key,
            kind="disclosure",
            number=number,
            envelope={
                "key_id": link.seal_key_id,
                "organ": "GX-ZFB",
                "submitted_at": CLOCK.now().isoformat(),
                "received_on": None,
                "received_basis": "online",
                "entry_mode": "self",
                "applicant_type": "citizen",
                "code_hash": CODE_HASH,
            },
            sealed=sealing.seal(bytes(link.seal_key), {"name": "王某某"}),
            created_at=CLOCK.now(),
        )
    return number


def test_a_request_goes_up_and_the_catalogue_comes_down(hub: HubProcess, terminal: Agent) -> None:
    number = hand_in()
    done = terminal.one_round()
    assert done.is_complete, done
    assert done.down.count > 50
    assert terminal.one_round().is_complete
    kept, signed = anchors.all_kept(db.store)
    assert (kept.fault, signed.fault, signed.signature is not None) == ("", "", True), (
        "the logs are countersigned"
    )
    with closing(db.open_sqlite(hub.home / homes.HUB_DB)) as database:
        row = database.execute_sql(
            "SELECT number FROM disclosure_case WHERE number = ?", (number,)
        ).fetchone()
        published = database.execute_sql("SELECT doc_id, hash FROM document ORDER BY doc_id").fetchall()
    assert row == (number,)
    assert (
        db.catalogue.execute_sql("SELECT doc_id, hash FROM document ORDER BY doc_id").fetchall() == published
    )


def test_a_number_is_found_at_the_hub_by_its_code(hub: HubProcess, terminal: Agent, tmp_path: Path) -> None:
    number = hand_in()
    terminal.one_round()
    home = tmp_path / "terminal"
    settings = homes.terminal_settings(home)
    found = states.track(home, settings, number, CODE, CLOCK).status
    assert found is not None
    assert found.number == number
    assert states.track(home, settings, number, "0" * 12, CLOCK).status is None
    with pytest.raises(ConnectionError):
        states.track(home, replace(settings, hub_url="http://127.0.0.1:9"), number, CODE, CLOCK)


def test_a_hub_that_was_killed_gets_everything_when_it_is_back(hub: HubProcess, terminal: Agent) -> None:
    number = hand_in()
    hub.kill("hub")
    assert terminal.one_round().errors == ("hub-unreachable",)
    hub.start("hub")
    assert terminal.one_round().is_complete
    state = report.state(db.store)
    assert state is not None
    assert state.directions["up"].error is None
    assert db.store.execute_sql("SELECT state FROM outbox WHERE number = ?", (number,)).fetchone() == (
        "acked",
    )


def test_the_agent_sends_what_is_handed_in_while_it_waits(hub: HubProcess, tmp_path: Path) -> None:
    with an_agent(hub, tmp_path, sync_interval_s=3600) as agent:
        stop = threading.Event()
        running = threading.Thread(target=agent.run, args=(stop,))
        running.start()
        eventually(lambda: has("SELECT 1 FROM sync_report WHERE error IS NULL"), "the first round")
        hand_in()
        eventually(lambda: has("SELECT 1 FROM outbox WHERE state = 'acked'"), "the entry arrives")
        began = CLOCK.monotonic()
        stop.set()
        running.join(60)
        assert not running.is_alive()
        assert CLOCK.monotonic() - began < 60, "long before the next round"


def has(sql: str) -> bool:
    return db.store.execute_sql(sql).fetchone() is not None


@pytest.mark.parametrize("typed", ["wrong", "0000-0000-0000-0000"])
def test_a_wrong_code_makes_no_terminal(hub: HubProcess, tmp_path: Path, typed: str) -> None:
    with pytest.raises(Refused) as refused:
        commands.make_terminal(tmp_path / "t", terminal_settings(hub_url=hub.url), typed)
    assert refused.value.code == "code-wrong"
    assert refused.value.detail.count("\n") == 0
    assert list(tmp_path.iterdir()) == []


def test_a_code_makes_one_terminal(hub: HubProcess, tmp_path: Path) -> None:
    code = hub.code("once")
    settings = terminal_settings(hub_url=hub.url)
    commands.make_terminal(tmp_path / "first", settings, code)
    with pytest.raises(Refused) as refused:
        commands.make_terminal(tmp_path / "second", settings, code)
    assert refused.value.code == "code-used"
    with pytest.raises(Refused, match="once is enrolled already"):
        hub.code("once")
    assert [path.name for path in tmp_path.iterdir()] == ["first"]


def test_an_unreachable_hub_makes_no_terminal(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot be reached"):
        commands.make_terminal(
            tmp_path / "t", terminal_settings(hub_url="http://127.0.0.1:9"), "0000-0000-0000-0000"
        )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("method", "path", "size", "status", "code"),
    [
        ("GET", "/sync/v1/hello", 0, 401, "signature-missing"),
        ("GET", "/sync/v1/changes?epoch=a&since=0", 0, 401, "signature-missing"),
        ("PUT", "/sync/v1/submissions/x", 10, 401, "signature-missing"),
        ("PUT", "/sync/v1/submissions/x", 1_000_001, 413, "body-too-large"),
        ("POST", "/sync/v1/enrol", 10, 401, "signature-missing"),
    ],
)
def test_strangers_get_a_code_and_no_page(
    hub: HubProcess, method: str, path: str, size: int, status: int, code: str
) -> None:
    asked = urllib.request.Request(hub.url + path, data=b"x" * size or None, method=method)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(asked, timeout=60)
    with refused.value as answer:
        assert (answer.code, json.loads(answer.read())["error"]) == (status, code)


class NoHub(socketserver.ThreadingTCPServer):
    """Answers each connection with the bytes that the test gives, then closes."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, answer: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Answerer)
        self.answer = answer


class _Answerer(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        self.request.recv(65536)
        server = self.server
        assert isinstance(server, NoHub)
        with suppress(ConnectionError):  # the terminal may hang up on an answer without end
            self.request.sendall(server.answer)


@pytest.fixture
def no_hub(request: pytest.FixtureRequest) -> Iterator[str]:
    with NoHub(request.param) as server:
        running = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        running.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        running.join()


PORTAL = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>"
REDIRECT = b"HTTP/1.1 302 Found\r\nLocation: http://portal.invalid/\r\nContent-Length: 0\r\n\r\n"
CUT = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 60\r\n\r\n{"
GARBAGE = b"\x00\x01\x02 no HTTP at all\r\n\r\n"


@pytest.mark.parametrize("no_hub", [PORTAL, REDIRECT, CUT, GARBAGE, b""], indirect=True)
def test_nothing_that_is_no_hub_enrols_a_terminal(no_hub: str, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        commands.make_terminal(tmp_path / "t", terminal_settings(hub_url=no_hub), "0" * 16)
    assert refused.value.code in ("not-a-hub", "hub-unreachable")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("no_hub", "code"),
    [
        (PORTAL, "answer-unsigned"),
        (REDIRECT, "answer-unsigned"),
        (CUT, "hub-unreachable"),
        (b"", "hub-unreachable"),
    ],
    indirect=["no_hub"],
)
def test_a_terminal_takes_nothing_from_what_is_not_its_hub(
    hub: HubProcess, terminal: Agent, tmp_path: Path, no_hub: str, code: str
) -> None:
    hand_in()
    lost = replace(homes.terminal_settings(tmp_path / "terminal"), hub_url=no_hub)
    done = Agent(tmp_path / "terminal", lost, CLOCK, after_pull=lambda _: None).one_round()
    assert done.errors == (code,)
    assert (done.unsent, done.parked) == (1, 0)


ENDLESS = b"HTTP/1.1 200 OK\r\nContent-Type: x\r\nContent-Length: 40000000\r\n\r\n" + b"x" * (
    MOST_ANSWER_BYTES + 1
)


@pytest.mark.parametrize("no_hub", [ENDLESS], indirect=True)
def test_an_answer_without_end_is_not_read_to_its_end(no_hub: str) -> None:
    with pytest.raises(Unreachable, match="answer-too-large"):
        http_transport(no_hub, CLOCK)(Request("GET", "/sync/v1/hello"))


@dataclass
class Hasty(FixedClock):
    """A clock on which every look takes a minute."""

    def monotonic(self) -> float:
        self.steady += 61.0
        return self.steady


@pytest.mark.parametrize("no_hub", [ENDLESS], indirect=True)
def test_an_answer_that_takes_too_long_is_given_up(no_hub: str) -> None:
    with pytest.raises(Unreachable, match="hub-too-slow"):
        http_transport(no_hub, Hasty(CLOCK.now()))(Request("GET", "/sync/v1/hello"))
