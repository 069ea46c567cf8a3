"""Every route of the desk by every role outside an organ: its cases are not there, and no page names one."""

from __future__ import annotations

import pytest

from kiosk.disclosure.following.addition_kinds import WITHDRAWAL
from kiosk.staff import actions
from tests.hub import Hub

CIVIL, LAND = "GX-MZJ", "GX-ZRZY"
CANARY = "王金丝雀"
ROLES = ("clerk of another organ", "clerk of the office", "pending clerk", "publisher", "admin")


def everybody(hub: Hub) -> None:
    """Somebody of each role, none of whom belongs to the organ of the case."""
    hub.add_account("office")
    hub.add_account("waits", approved=False)
    for name, role in (("publisher", "publisher"), ("admin", "admin")):
        hub.add_account(name, role)
    for organ, name in ((CIVIL, "own"), (LAND, "other")):
        hub.add_account(name, organ=organ, approved=False)
        hub.give_key(organ)
        actions.approve(name, now=hub.clock.now(), recovery_key=hub.recovery_key)


def routes(hub: Hub) -> list[tuple[str, str]]:
    """Method and rule of each route of the desk."""
    return sorted(
        (method, rule.rule)
        for rule in hub.app.url_map.iter_rules()
        if rule.rule.startswith("/desk")
        and not any(each in rule.rule for each in ("sign-", "sessions", "/hall/"))
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    )


def address(hub: Hub, rule: str, number: str) -> str:
    """An address of a route about this case; other parts of it name something that may be there."""
    from werkzeug.routing import Rule

    filled = rule.replace("<number>", number)
    found: Rule | None = next((each for each in hub.app.url_map.iter_rules() if each.rule == rule), None)
    for name, converter in (found._converters if found else {}).items():
        value = "1" if "Integer" in type(converter).__name__ else "none"
        for form in (f"<{name}>", f"<int:{name}>", f"<path:{name}>"):
            filled = filled.replace(form, value)
    return filled


@pytest.mark.parametrize("name", ["other", "office", "waits", "publisher", "admin"])
def test_no_route_shows_another_organs_case(hub: Hub, name: str) -> None:
    everybody(hub)
    number = hub.take_in(organ=CIVIL, personal={"wanted": CANARY, "name": CANARY, "query_code": "1" * 12})
    added = hub.take_in(organ=CIVIL, kind=WITHDRAWAL.name, about=number, personal={"name": CANARY})
    browser = hub.browser(name)
    wrong = {}
    for method, rule in routes(hub):
        path = address(hub, rule.replace("<added>", added), number)
        form = {"number": number, "numbers": number, "to": LAND, "organ": CIVIL, "q": CANARY}
        answer = browser.get(path) if method == "GET" else browser.post(path, form)
        if answer.status_code == 401 or "sign-in" in answer.headers.get("Location", ""):
            browser = hub.browser(name)
        said = answer.get_data()
        hidden = (404,) if name in ("other", "office") else (403, 404)
        if ("<number>" in rule or "<added>" in rule) and answer.status_code not in hidden:
            wrong[method, rule] = str(answer.status_code)
        elif CANARY.encode() in said or (
            method == "GET" and "<number>" not in rule and number.encode() in said
        ):
            wrong[method, rule] = "is named"
    assert wrong == {}
    found = browser.get(f"/desk/requests?number={number}&state=").text
    assert f"/desk/requests/{number}" not in found
    assert hub.browser("own").get(f"/desk/requests/added/{added}").status_code == 200
    assert number in hub.browser("own").get("/desk/requests").text, "its own clerk sees it"


SPOKEN = {"consultation": "bookings", "inquiry": "inquiries"}


@pytest.mark.parametrize("kind", SPOKEN)
@pytest.mark.parametrize("name", ["other", "office", "waits", "publisher", "admin"])
def test_no_route_shows_another_organs_booking_or_question(hub: Hub, kind: str, name: str) -> None:
    everybody(hub)
    about = {"wish": "call", "place": "hall", "topic": "birth"} if kind == "consultation" else {}
    number = hub.take_in(kind=kind, organ=CIVIL, personal={"name": CANARY, "query_code": "1" * 12}, **about)
    browser, wrong = hub.browser(name), {}
    for method, rule in routes(hub):
        if not rule.startswith(f"/desk/{SPOKEN[kind]}/<number>"):
            continue
        path = address(hub, rule, number)
        answer = browser.get(path) if method == "GET" else browser.post(path, {"to": LAND})
        hidden = (404,) if name in ("other", "office") else (403, 404)
        if answer.status_code not in hidden:
            wrong[method, rule] = answer.status_code
    assert wrong == {}
    own = hub.browser("own")
    assert own.get(f"/desk/{SPOKEN[kind]}/{number}").status_code == 200, "its own clerk sees it"
