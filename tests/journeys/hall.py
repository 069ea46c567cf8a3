"""Hall staff for journeys: an admin at the desk, an account that reaches its terminal, the PIN at the machine."""

from __future__ import annotations

from kiosk import db
from kiosk.machine import homes
from kiosk.staff import actions as staff
from tests.clocks import CLOCK
from tests.journeys.story import sign_in
from tests.pages import PATIENCE_S, Visitor
from tests.world import PASSWORD, World, eventually

ADMIN = "qian.shili"
PIN = "480917"


def admin_of(county: World) -> Visitor:
    """An admin, signed in; made on first use."""
    database = homes.open_hub(county.hub_home, CLOCK)
    if not database.execute_sql("SELECT 1 FROM staff_account WHERE name = ?", (ADMIN,)).fetchone():
        with db.writing(database):
            staff.add_account(ADMIN, "admin", PASSWORD, CLOCK.now())
    database.close()
    desk = Visitor(county.hub_url)
    sign_in(desk, ADMIN, PASSWORD)
    return desk


def make_account(desk: Visitor, number: str, name: str = "周示例", pin: str = PIN) -> None:
    """An account for the first terminal, typed at the desk."""
    page = desk.open("/desk/hall/new")
    (device,) = page.form("/desk/hall/new").offered["places"][:1]
    desk.submit("/desk/hall/new", number=number, name=name, places=device, pin=pin, again=pin)


def enter(visitor: Visitor, number: str, pin: str = PIN) -> None:
    """Staff opens assisted service once the account has arrived."""

    def is_open() -> bool:
        if visitor.http.get(visitor.base + "/assist", timeout=PATIENCE_S).status_code != 200:
            return False
        visitor.open("/assist")
        form = visitor.page.form("/assist")
        answer = visitor.http.post(
            visitor.base + "/assist", data={**form.fields, "number": number, "pin": pin}, timeout=PATIENCE_S
        )
        return "正在帮您办" in answer.text

    eventually(is_open, f"{number} may assist")
    visitor.open("/assist")
