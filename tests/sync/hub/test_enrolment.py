"""A terminal and its hub come to know each other by a code that never travels."""

from datetime import timedelta

import pytest

from sync.hub import devices, enrolment
from sync.terminal import enrolment as enrolment_of_terminal
from sync.terminal.enrolment import Enrolment
from sync.wire import signing
from sync.wire.enrolment import key_id
from sync.wire.errors import HubRefused, SyncError, Unreachable, Untrusted
from sync.wire.signing import Answer, Request
from tests.sync.machines import HUB_SEED, HubBox, Wire


def enrol(hub: HubBox, code: str, wire: Wire | None = None, seed: bytes | None = None) -> Enrolment:
    return enrolment_of_terminal.enrol(
        wire or Wire(hub), code, seed=seed or signing.new_seed(), now=hub.clock.now()
    )


def test_a_code_enrols_one_terminal_and_pins_the_hub(hub: HubBox) -> None:
    found = enrol(hub, hub.new_code())
    assert found.hub_key == signing.public_key(HUB_SEED)
    assert (found.terminal, found.feed_epoch) == ("T001", "feed-a")
    assert hub.store.rows("SELECT id, name, terminal, state FROM device") == [
        (found.device, "清泉街道1号机", "T001", "active")
    ]


def test_each_terminal_gets_a_code_of_its_own_for_its_numbers(hub: HubBox) -> None:
    codes = [enrol(hub, hub.new_code(f"n{place}")).terminal for place in range(12)]
    assert codes[:10] == ["T001", "T002", "T003", "T004", "T005", "T006", "T007", "T008", "T009", "T00A"]
    assert len(set(codes)) == 12


def test_a_code_may_be_typed_in_any_way(hub: HubBox) -> None:
    code = hub.new_code()
    sloppy = code.replace("-", " ").lower().replace("0", "o").replace("1", "l")
    assert enrol(hub, sloppy).terminal == "T001"


def test_the_code_does_not_travel_and_is_not_kept(hub: HubBox) -> None:
    code = hub.new_code()
    wire = Wire(hub)
    enrol(hub, code, wire)
    secret = code.replace("-", "")[4:]
    assert all(secret.encode() not in request.body for request in wire.sent)
    assert secret.encode() not in hub.store.image()


@pytest.mark.parametrize("typed", ["", "not a code", "0000-0000-0000-0000", "U" * 16])
def test_a_wrong_code_enrols_nothing(hub: HubBox, typed: str) -> None:
    hub.new_code()
    with pytest.raises(HubRefused, match="code-wrong"):
        enrol(hub, typed)
    assert hub.store.rows("SELECT 1 FROM device") == []


def test_a_used_code_enrols_no_second_terminal(hub: HubBox) -> None:
    code = hub.new_code()
    enrol(hub, code)
    with pytest.raises(HubRefused, match="code-used"):
        enrol(hub, code)
    assert hub.store.one("SELECT COUNT(*) FROM device") == 1


def test_a_lost_answer_may_be_asked_for_again(hub: HubBox) -> None:
    code, seed = hub.new_code(), signing.new_seed()
    wire = Wire(hub)

    def lose(request: Request, answer: Answer) -> Answer:
        raise Unreachable("hub-unreachable")

    wire.behind = lose
    with pytest.raises(Unreachable):
        enrol(hub, code, wire, seed)
    wire.behind = None
    assert enrol(hub, code, wire, seed).terminal == "T001"
    assert hub.store.one("SELECT COUNT(*) FROM device") == 1


def test_an_old_code_is_refused(hub: HubBox) -> None:
    code = hub.new_code()
    hub.clock.advance(minutes=14, seconds=59)
    enrol(hub, code)
    late = hub.new_code("another")
    hub.clock.advance(minutes=15)
    with pytest.raises(HubRefused, match="code-expired"):
        enrol(hub, late)


def test_a_clock_that_is_set_back_makes_no_code_live_longer(hub: HubBox) -> None:
    """Its age is not known then, and a new one costs nothing. A step of the network's time is the control."""
    code = hub.new_code()
    hub.clock.moment -= timedelta(seconds=3)
    assert enrol(hub, code).terminal
    code = hub.new_code("another")
    hub.clock.moment -= timedelta(hours=2)
    with pytest.raises(HubRefused, match="code-expired"):
        enrol(hub, code)
    assert enrol(hub, hub.new_code("a third")).terminal


def test_guessing_closes_a_code_for_its_owner_too(hub: HubBox) -> None:
    code = hub.new_code()
    for _ in range(enrolment.MOST_WRONG):
        with pytest.raises(HubRefused, match="code-wrong"):
            enrol(hub, code[:4] + "0000-0000-0000")
    with pytest.raises(HubRefused, match="code-locked"):
        enrol(hub, code)


def test_a_new_code_for_a_name_replaces_the_old_one(hub: HubBox) -> None:
    old, new = hub.new_code(), hub.new_code()
    with pytest.raises(HubRefused, match="code-wrong"):
        enrol(hub, old)
    assert enrol(hub, new).terminal == "T001"


def test_a_name_in_use_gets_no_code_until_its_terminal_is_revoked(hub: HubBox) -> None:
    device = enrol(hub, hub.new_code()).device
    with pytest.raises(HubRefused, match="name-taken"):
        hub.new_code()
    with hub.store.writing() as database:
        devices.revoke(database, device, "replaced")
    assert enrol(hub, hub.new_code()).terminal == "T002"


def test_a_rogue_hub_cannot_pass_for_the_one_that_made_the_code(hub: HubBox) -> None:
    rogue = HubBox()
    code = hub.new_code()
    seen: list[Request] = []

    def in_between(request: Request) -> Answer:
        """Knows its own code, not the one that the installer types."""
        seen.append(request)
        other = enrolment.add_code(rogue.store.database, "any", now=rogue.clock.now())
        mine = Request("POST", "/sync/v1/enrol")
        enrolment_of_terminal.enrol(Wire(rogue), other, seed=signing.new_seed(), now=rogue.clock.now())
        return Answer(200, b'{"v":1,"device":"d","proof":"' + b"0" * 64 + b'"}', mine.headers.get("x", ""))

    with pytest.raises(Untrusted, match="hub-identity-mismatch"):
        enrolment_of_terminal.enrol(in_between, code, seed=signing.new_seed(), now=hub.clock.now())
    assert len(seen) == 1


def test_an_answer_changed_on_the_way_is_refused(hub: HubBox) -> None:
    wire = Wire(hub)
    wire.behind = lambda request, answer: Answer(
        200,
        answer.body.replace(b'"terminal":"T001"', b'"terminal":"T999"'),
        answer.content_type,
        answer.headers,
    )
    with pytest.raises(Untrusted, match="hub-identity-mismatch"):
        enrol(hub, hub.new_code(), wire)


@pytest.mark.parametrize("status", [200, 302, 404, 500])
def test_a_page_of_the_hall_network_is_no_hub(hub: HubBox, status: int) -> None:
    def portal(request: Request) -> Answer:
        return Answer(status, b"<html>welcome to free Wi-Fi</html>", "text/html")

    with pytest.raises(Unreachable, match="not-a-hub"):
        enrolment_of_terminal.enrol(portal, hub.new_code(), seed=signing.new_seed(), now=hub.clock.now())


def test_a_key_must_be_proved_not_only_brought(hub: HubBox) -> None:
    code = hub.new_code()
    stolen = signing.public_key(signing.new_seed())

    def swap_key(request: Request) -> None:
        request.headers["Signature-Input"] = request.headers["Signature-Input"].replace(
            'keyid="new.', 'keyid="new.' + key_id(stolen)[4:] + '";x="'
        )

    wire = Wire(hub, before=swap_key)
    with pytest.raises(SyncError):
        enrol(hub, code, wire)
    assert hub.store.rows("SELECT 1 FROM device") == []


def test_a_device_stands_where_its_code_was_made_for() -> None:
    hub = HubBox()
    with hub.store.writing() as database:
        code = enrolment.add_code(
            database, "网页", now=hub.clock.now(), place=enrolment.TerminalPlace(("柳林镇", "辛集镇"), "web")
        )
    enrol(hub, code)
    assert hub.store.rows("SELECT townships, channel FROM device") == [('["柳林镇", "辛集镇"]', "web")]
