"""What one administrator proposes another must confirm: nobody reaches the desk as somebody else."""

from __future__ import annotations

import re

import pytest

from kiosk import audit
from kiosk.audit import Act
from kiosk.errors import NotFound, Refused
from kiosk.staff import passwords, two_persons
from kiosk.staff.entry import signing_in
from kiosk.staff.entry.signing_in import Entered, SignInWrong
from kiosk.staff.two_persons import JointAct
from tests.hub import CHEAP, PASSWORD, Browser, Hub

RESET = {"name": "zhao", "act": "password-reset"}
PAGE = "/desk/staff"


@pytest.fixture
def county(hub: Hub) -> Hub:
    """Two administrators and a publisher."""
    for name, role in (("qian", "admin"), ("sun", "admin"), ("zhao", "publisher")):
        hub.add_account(name, role)
    return hub


def shown(browser: Browser, to: str, form: dict[str, str]) -> str:
    page = browser.post(f"/desk/staff/{to}", form, on=PAGE)
    assert page.status_code == 200, page.text
    (found,) = re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}(?!-)", page.text)
    return str(found)


def opens(hub: Hub, password: str) -> bool:
    hub.clock.advance(7200)  # whoever guesses waits
    return isinstance(signing_in.sign_in("zhao", password, hub.clock, CHEAP), Entered)


def test_one_administrator_alone_changes_nothing_and_cannot_sign_in_as_another(county: Hub) -> None:
    admin = county.browser("qian")
    first = shown(admin, "reset", {"name": "zhao"})
    assert admin.post("/desk/staff/confirm", RESET, on=PAGE).status_code == 409
    assert opens(county, PASSWORD)
    assert not opens(county, first)


def test_with_the_second_person_each_knows_a_half_and_the_owner_both(county: Hub) -> None:
    first = shown(county.browser("qian"), "reset", {"name": "zhao"})
    confirming = county.browser("sun")
    waits = confirming.get(PAGE).text
    assert "qian 提出" in waits
    assert first not in waits, "the second person never sees the first half"
    second = shown(confirming, "confirm", RESET)
    assert not opens(county, PASSWORD)
    assert not opens(county, first)
    assert not opens(county, second)
    assert opens(county, f"{first}-{second}")
    rows = [(line.actor, line.act) for line in audit.AuditLine.select().order_by(audit.AuditLine.seq)]
    assert ("qian", Act.STAFF_PROPOSED) in rows
    assert ("sun", Act.STAFF_PASSWORD_RESET) in rows
    assert '"proposed_by": "qian"' in audit.last_of(Act.STAFF_PASSWORD_RESET, 1)[0].detail
    kept = str(county.connection.execute("SELECT * FROM audit").fetchall())
    assert first not in kept
    assert second not in kept
    assert not county.connection.execute("SELECT 1 FROM staff_proposal").fetchone()


def test_a_proposal_ends_after_a_day_when_withdrawn_and_when_the_account_changes(county: Hub) -> None:
    now = county.clock.now
    two_persons.propose(JointAct.PASSWORD_RESET, "zhao", now=now(), by="qian")
    with pytest.raises(Refused, match="already-proposed"):
        two_persons.propose(JointAct.PASSWORD_RESET, "zhao", now=now(), by="sun")
    county.clock.advance(24 * 3600 + 1)
    assert two_persons.waiting(now()) == []
    with pytest.raises(NotFound, match="not-proposed"):
        two_persons.confirm(JointAct.PASSWORD_RESET, "zhao", now=now(), by="sun", cost=CHEAP)
    assert county.browser("sun").post("/desk/staff/confirm", RESET, on=PAGE).status_code == 404
    two_persons.propose(JointAct.PASSWORD_RESET, "zhao", now=now(), by="qian")
    assert county.browser("sun").post("/desk/staff/withdraw", RESET, on=PAGE).status_code == 303
    assert two_persons.waiting(now()) == []
    two_persons.propose(JointAct.PASSWORD_RESET, "zhao", now=now(), by="qian")
    passwords.change("zhao", PASSWORD, "槐花开了 twelve", county.clock, CHEAP)
    with pytest.raises(Refused, match="account-changed"):
        two_persons.confirm(JointAct.PASSWORD_RESET, "zhao", now=now(), by="sun", cost=CHEAP)


def test_the_owner_of_an_account_is_never_the_second_person(county: Hub) -> None:
    two_persons.propose(JointAct.PASSWORD_RESET, "sun", now=county.clock.now(), by="qian")
    with pytest.raises(Refused, match="own-account"):
        two_persons.confirm(JointAct.PASSWORD_RESET, "sun", now=county.clock.now(), by="sun", cost=CHEAP)


def test_a_hub_with_one_administrator_resets_with_the_recovery_key(hub: Hub) -> None:
    hub.add_account("qian", "admin")
    hub.add_account("zhao", "publisher")
    page = hub.browser("qian").post("/desk/staff/reset", {"name": "zhao"}, on=PAGE).text
    assert "staff reset" in page
    with pytest.raises(Refused, match="recovery-key"):
        passwords.reset_by_recovery("zhao", "0" * 36, now=hub.clock.now(), cost=CHEAP)
    one_time = passwords.reset_by_recovery("zhao", hub.recovery_key, now=hub.clock.now(), cost=CHEAP)
    assert isinstance(signing_in.sign_in("zhao", one_time, hub.clock, CHEAP), Entered)
    assert isinstance(signing_in.sign_in("zhao", PASSWORD, hub.clock, CHEAP), SignInWrong)
    assert "recovery key" in audit.last_of(Act.STAFF_PASSWORD_RESET, 1)[0].detail


@pytest.mark.parametrize("act", JointAct)
def test_every_joint_act_refuses_its_proposer(county: Hub, act: JointAct) -> None:
    assert act in two_persons.ACTS
    if act is JointAct.FACTOR_RESET:
        with pytest.raises(Refused, match="no-factor"):
            two_persons.propose(act, "zhao", now=county.clock.now(), by="qian")
        return
    two_persons.propose(act, "zhao", now=county.clock.now(), by="qian")
    with pytest.raises(Refused, match="own-proposal"):
        two_persons.confirm(act, "zhao", now=county.clock.now(), by="qian", cost=CHEAP)
