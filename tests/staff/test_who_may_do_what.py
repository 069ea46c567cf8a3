"""The matrix of roles and routes of the desk: a route that is not in it fails until somebody decides."""

from __future__ import annotations

import pytest

from tests.hub import HOST, Hub

ROLES = ("visitor", "pending", "clerk", "publisher", "admin")

# visitor, pending clerk, clerk, publisher, admin
MATRIX: dict[tuple[str, str], tuple[int, int, int, int, int]] = {
    ("GET", "/"): (303, 303, 303, 303, 303),
    ("GET", "/desk"): (303, 303, 303, 303, 303),
    ("GET", "/desk/sign-in"): (200, 200, 200, 200, 200),
    ("POST", "/desk/sign-in"): (422, 422, 422, 422, 422),
    ("POST", "/desk/sign-out"): (303, 303, 303, 303, 303),
    ("GET", "/desk/staff"): (303, 403, 200, 403, 200),
    ("POST", "/desk/staff/approve"): (401, 403, 404, 403, 403),
    ("POST", "/desk/staff/close"): (401, 403, 403, 403, 404),
    ("POST", "/desk/staff/reset"): (401, 403, 403, 403, 404),
    ("POST", "/desk/staff/reset-factor"): (401, 403, 403, 403, 404),
    ("POST", "/desk/staff/confirm"): (401, 403, 403, 403, 404),
    ("POST", "/desk/staff/withdraw"): (401, 403, 403, 403, 404),
    ("GET", "/desk/sign-in/code"): (303, 303, 303, 303, 303),
    ("POST", "/desk/sign-in/code"): (303, 303, 303, 303, 303),
    ("GET", "/desk/sign-in/factor"): (303, 303, 303, 303, 303),
    ("POST", "/desk/sign-in/factor"): (303, 303, 303, 303, 303),
    ("POST", "/desk/sessions/end"): (401, 404, 404, 404, 404),
    ("GET", "/desk/password"): (303, 200, 200, 200, 200),
    ("POST", "/desk/password"): (401, 422, 422, 422, 422),
    ("POST", "/desk/language"): (303, 303, 303, 303, 303),
    ("GET", "/desk/devices/<device>"): (303, 403, 403, 403, 404),
    ("POST", "/desk/devices/<device>/place"): (401, 403, 403, 403, 404),
    ("GET", "/desk/held"): (303, 403, 403, 403, 200),
    ("POST", "/desk/held/let-in"): (401, 403, 403, 403, 404),
    ("POST", "/desk/held/discard"): (401, 403, 403, 403, 422),
    ("GET", "/desk/devices"): (303, 403, 403, 403, 200),
    ("POST", "/desk/devices"): (401, 403, 403, 403, 200),
    ("POST", "/desk/devices/reinstate"): (401, 403, 403, 403, 409),
    ("POST", "/desk/devices/revoke"): (401, 403, 403, 403, 409),
    ("POST", "/desk/devices/log"): (401, 403, 403, 403, 409),
    ("GET", "/desk/hall"): (303, 403, 403, 403, 200),
    ("GET", "/desk/hall/new"): (303, 403, 403, 403, 200),
    ("POST", "/desk/hall/new"): (401, 403, 403, 403, 422),
    ("GET", "/desk/hall/unlock"): (303, 403, 403, 403, 200),
    ("POST", "/desk/hall/unlock"): (401, 403, 403, 403, 422),
    ("GET", "/desk/hall/<number>"): (303, 403, 403, 403, 404),
    ("POST", "/desk/hall/<number>/places"): (401, 403, 403, 403, 404),
    ("POST", "/desk/hall/<number>/pin"): (401, 403, 403, 403, 404),
    ("POST", "/desk/hall/<number>/pause"): (401, 403, 403, 403, 404),
    ("POST", "/desk/hall/<number>/resume"): (401, 403, 403, 403, 404),
    ("POST", "/desk/hall/<number>/close"): (401, 403, 403, 403, 404),
    ("GET", "/desk/requests/fees"): (303, 200, 200, 403, 403),
    ("GET", "/desk/requests/<number>/days"): (303, 404, 404, 403, 403),
    ("GET", "/desk/requests/<number>/days.pdf"): (303, 404, 404, 403, 403),
    ("GET", "/desk/workdays"): (303, 403, 200, 403, 200),
    ("GET", "/desk/workdays/new"): (303, 403, 200, 403, 200),
    ("POST", "/desk/workdays/check"): (401, 403, 422, 403, 422),
    ("POST", "/desk/workdays/propose"): (401, 403, 422, 403, 422),
    ("GET", "/desk/workdays/proposals/<int:year>"): (303, 403, 404, 403, 404),
    ("POST", "/desk/workdays/proposals/<int:year>/approve"): (401, 403, 404, 403, 404),
    ("POST", "/desk/workdays/proposals/<int:year>/withdraw"): (401, 403, 404, 403, 404),
    ("GET", "/desk/supply"): (303, 403, 200, 403, 200),
    ("GET", "/desk/supply/history"): (303, 403, 200, 403, 200),
    ("GET", "/desk/supply/bookings"): (303, 403, 200, 403, 200),
    ("POST", "/desk/supply/bookings"): (401, 403, 422, 403, 422),
    ("POST", "/desk/supply/bookings/<int:row>/called"): (401, 403, 404, 403, 404),
    ("GET", "/desk/supply/<part>"): (303, 403, 200, 403, 200),
    ("GET", "/desk/supply/<part>/<code>"): (303, 403, 200, 403, 200),
    ("POST", "/desk/supply/<part>/<code>"): (401, 403, 422, 403, 422),
    ("POST", "/desk/supply/<part>/<code>/end"): (401, 403, 404, 403, 404),
    ("GET", "/desk/organs"): (303, 403, 200, 403, 200),
    ("POST", "/desk/organs/key"): (401, 403, 404, 403, 403),
    ("POST", "/desk/organs/lend"): (401, 403, 404, 403, 403),
    ("POST", "/desk/organs/end-loan"): (401, 403, 404, 403, 404),
    ("POST", "/desk/organs/lost"): (401, 403, 403, 403, 404),
    ("POST", "/desk/organs/merge"): (401, 403, 403, 403, 404),
    ("POST", "/desk/organs/merge/confirm"): (401, 403, 404, 403, 403),
    ("POST", "/desk/organs/merge/withdraw"): (401, 403, 404, 403, 404),
    ("GET", "/desk/bookings"): (303, 200, 200, 403, 403),
    ("GET", "/desk/bookings/new"): (303, 403, 200, 403, 403),
    ("POST", "/desk/bookings/new"): (401, 403, 422, 403, 403),
    ("GET", "/desk/bookings/telephones"): (303, 403, 200, 403, 403),
    ("POST", "/desk/bookings/telephones"): (401, 403, 200, 403, 403),
    ("POST", "/desk/bookings/views"): (401, 303, 303, 403, 403),
    ("POST", "/desk/bookings/views/drop"): (401, 303, 303, 403, 403),
    ("GET", "/desk/bookings/<number>"): (303, 404, 404, 403, 403),
    ("POST", "/desk/bookings/<number>/open"): (401, 403, 404, 403, 403),
    ("GET", "/desk/bookings/<number>/time"): (303, 403, 404, 403, 403),
    ("POST", "/desk/bookings/<number>/time"): (401, 403, 404, 403, 403),
    ("POST", "/desk/bookings/<number>/cancel"): (401, 403, 404, 403, 403),
    ("POST", "/desk/bookings/<number>/accept"): (401, 403, 404, 403, 403),
    ("POST", "/desk/bookings/<number>/called"): (401, 403, 404, 403, 403),
    ("GET", "/desk/bookings/<number>/hand-over"): (303, 403, 404, 403, 403),
    ("POST", "/desk/bookings/<number>/hand-over"): (401, 403, 404, 403, 403),
    ("GET", "/desk/requests/<number>/hand-over"): (303, 403, 200, 403, 403),
    ("POST", "/desk/requests/<number>/hand-over"): (401, 403, 422, 403, 403),
    ("GET", "/desk/requests"): (303, 200, 200, 403, 403),
    ("GET", "/desk/requests/<number>"): (303, 200, 200, 403, 403),
    ("POST", "/desk/requests/<number>/open"): (401, 403, 200, 403, 403),
    ("POST", "/desk/requests/<number>/form"): (401, 403, 200, 403, 403),
    ("GET", "/desk/requests/recount"): (303, 403, 200, 403, 403),
    ("POST", "/desk/requests/recount"): (401, 403, 303, 403, 403),
    ("GET", "/desk/requests/<number>/receipt"): (303, 403, 200, 403, 403),
    ("POST", "/desk/requests/<number>/receipt"): (401, 403, 303, 403, 403),
    ("GET", "/desk/requests/<number>/steps/<step>"): (303, 403, 200, 403, 403),
    ("GET", "/desk/requests/<number>/steps/<step>/letters"): (303, 403, 404, 403, 403),
    ("POST", "/desk/requests/<number>/steps/<step>"): (401, 403, 303, 403, 403),
    ("POST", "/desk/requests/<number>/register"): (401, 403, 409, 403, 403),
    ("GET", "/desk/requests/<number>/letters"): (303, 200, 200, 403, 403),
    ("GET", "/desk/requests/<number>/letters/new/<letter_kind>"): (303, 403, 200, 403, 403),
    ("POST", "/desk/requests/<number>/letters/new/<letter_kind>"): (401, 403, 303, 403, 403),
    ("GET", "/desk/requests/<number>/letters/<int:seq>"): (303, 404, 404, 403, 403),
    ("GET", "/desk/requests/<number>/letters/<int:seq>/edit"): (303, 403, 404, 403, 403),
    ("POST", "/desk/requests/<number>/letters/<int:seq>/edit"): (401, 403, 404, 403, 403),
    ("GET", "/desk/requests/<number>/letters/<int:seq>/preview.pdf"): (303, 403, 404, 403, 403),
    ("GET", "/desk/requests/<number>/letters/<int:seq>/letter.pdf"): (303, 403, 404, 403, 403),
    ("GET", "/desk/requests/<number>/letters/<int:seq>/scan"): (303, 403, 404, 403, 403),
    ("GET", "/desk/requests/<number>/letters/<int:seq>/files/<int:file>"): (303, 403, 404, 403, 403),
    **{
        ("POST", f"/desk/requests/<number>/letters/<int:seq>/{act}"): (401, 403, 404, 403, 403)
        for act in (
            "hand-over",
            "approve",
            "give-back",
            "issue",
            "void",
            "serve",
            "delivered",
            "attach",
            "detach",
            "keep-scan",
            "files/<int:file>/cover/area",
            "files/<int:file>/cover/words",
            "files/<int:file>/cover/remove",
            "files/<int:file>/cover/make",
        )
    },
    **{
        ("GET", f"/desk/requests/<number>/letters/<int:seq>/files/<int:file>/{page}"): (
            303,
            403,
            404,
            403,
            403,
        )
        for page in ("cover", "cover/<int:at>.jpg", "cover/original")
    },
    ("POST", "/desk/requests/<number>/case-file"): (401, 403, 200, 403, 403),
    ("GET", "/desk/requests/letter-heads/<organ>"): (303, 403, 200, 403, 403),
    ("POST", "/desk/requests/letter-heads/<organ>"): (401, 403, 422, 403, 403),
    ("POST", "/desk/requests/letter-heads/<organ>/confirm"): (401, 403, 422, 403, 403),
    ("GET", "/desk/requests/letter-texts"): (303, 200, 200, 403, 403),
    ("GET", "/desk/requests/letter-texts/<letter_kind>"): (303, 403, 200, 403, 403),
    ("POST", "/desk/requests/letter-texts/<letter_kind>"): (401, 403, 422, 403, 403),
    ("POST", "/desk/requests/letter-texts/<letter_kind>/approve"): (401, 403, 404, 403, 403),
    ("POST", "/desk/requests/letter-texts/<letter_kind>/refuse"): (401, 403, 404, 403, 403),
    ("POST", "/desk/requests/subjects"): (401, 403, 303, 403, 403),
    ("POST", "/desk/requests/views"): (401, 303, 303, 403, 403),
    ("POST", "/desk/requests/views/drop"): (401, 303, 303, 403, 403),
    ("POST", "/desk/requests/find"): (401, 403, 200, 403, 403),
    ("GET", "/desk/requests/new"): (303, 403, 200, 403, 403),
    ("POST", "/desk/requests/new"): (401, 403, 422, 403, 403),
    ("GET", "/desk/requests/ledger.<form>"): (303, 200, 200, 403, 403),
    ("POST", "/desk/requests/ledger"): (401, 403, 200, 403, 403),
    ("POST", "/desk/requests/assign"): (401, 403, 303, 403, 403),
    ("POST", "/desk/requests/<number>/give"): (401, 403, 303, 403, 403),
    ("POST", "/desk/requests/<number>/note"): (401, 403, 303, 403, 403),
    ("POST", "/desk/requests/<number>/urge"): (401, 403, 303, 403, 403),
    ("POST", "/desk/requests/<number>/link"): (401, 403, 303, 403, 403),
    ("POST", "/desk/requests/<number>/scans"): (401, 403, 303, 403, 403),
    ("POST", "/desk/requests/<number>/scans/<int:scan>"): (401, 403, 404, 403, 403),
    ("POST", "/desk/requests/<number>/files/<int:at>"): (401, 403, 404, 403, 403),
    ("POST", "/desk/requests/<number>/receipt-paper"): (401, 403, 404, 403, 403),
    ("GET", "/desk/requests/added/<added>"): (303, 404, 404, 403, 403),
    ("POST", "/desk/requests/added/<added>/open"): (401, 403, 404, 403, 403),
    ("POST", "/desk/requests/added/<added>/files/<int:at>"): (401, 403, 404, 403, 403),
    ("POST", "/desk/requests/added/<added>/settle"): (401, 403, 404, 403, 403),
    ("GET", "/desk/requests/<number>/release"): (303, 403, 200, 403, 403),
    ("POST", "/desk/requests/<number>/release"): (401, 403, 422, 403, 403),
    ("GET", "/desk/requests/lost"): (303, 403, 200, 403, 403),
    ("POST", "/desk/requests/lost"): (401, 403, 422, 403, 403),
    ("GET", "/desk/requests/<number>/new-code"): (303, 403, 200, 403, 403),
    ("POST", "/desk/requests/<number>/new-code"): (401, 403, 200, 403, 403),
    ("GET", "/desk/inquiries"): (303, 200, 200, 403, 403),
    ("POST", "/desk/inquiries/subjects"): (401, 403, 303, 403, 403),
    ("POST", "/desk/inquiries/views"): (401, 303, 303, 403, 403),
    ("POST", "/desk/inquiries/views/drop"): (401, 303, 303, 403, 403),
    ("POST", "/desk/inquiries/find"): (401, 403, 200, 403, 403),
    ("GET", "/desk/inquiries/figures"): (303, 200, 200, 403, 403),
    ("GET", "/desk/inquiries/<number>"): (303, 404, 404, 403, 403),
    ("POST", "/desk/inquiries/<number>/open"): (401, 403, 404, 403, 403),
    ("POST", "/desk/inquiries/<number>/give"): (401, 403, 404, 403, 403),
    ("GET", "/desk/inquiries/<number>/hand-over"): (303, 403, 200, 403, 403),
    ("POST", "/desk/inquiries/<number>/hand-over"): (401, 403, 422, 403, 403),
    ("POST", "/desk/inquiries/<number>/answer"): (401, 403, 404, 403, 403),
    ("POST", "/desk/inquiries/<number>/approve"): (401, 403, 404, 403, 403),
    ("POST", "/desk/inquiries/<number>/give-back"): (401, 403, 404, 403, 403),
    ("GET", "/desk/inquiries/<number>/propose"): (303, 404, 404, 403, 403),
    ("POST", "/desk/inquiries/<number>/rewrite"): (401, 403, 404, 403, 403),
    ("POST", "/desk/inquiries/<number>/propose"): (401, 403, 404, 403, 403),
    ("POST", "/desk/inquiries/<number>/take-back"): (401, 403, 404, 403, 403),
    ("GET", "/desk/bookings/figures"): (303, 200, 200, 403, 403),
    ("POST", "/desk/bookings/<number>/result"): (401, 403, 404, 403, 403),
    ("POST", "/desk/bookings/<number>/missed"): (401, 403, 404, 403, 403),
    ("POST", "/desk/bookings/<number>/excuse"): (401, 403, 404, 403, 403),
    ("GET", "/desk/bookings/<number>/propose"): (303, 404, 404, 403, 403),
    ("POST", "/desk/bookings/<number>/rewrite"): (401, 403, 404, 403, 403),
    ("POST", "/desk/bookings/<number>/propose"): (401, 403, 404, 403, 403),
    ("POST", "/desk/bookings/<number>/take-back"): (401, 403, 404, 403, 403),
    ("GET", "/desk/report"): (303, 200, 200, 403, 403),
    ("GET", "/desk/report/cases"): (303, 404, 404, 403, 403),
    ("GET", "/desk/report/figures"): (303, 200, 200, 403, 403),
    ("POST", "/desk/report/figures"): (401, 403, 303, 403, 403),
    ("GET", "/desk/report/text"): (303, 200, 200, 403, 403),
    ("POST", "/desk/report/text"): (401, 403, 303, 403, 403),
    ("GET", "/desk/report/report.xlsx"): (303, 200, 200, 403, 403),
    ("GET", "/desk/report/report.pdf"): (303, 200, 200, 403, 403),
    ("POST", "/desk/report/submit"): (401, 403, 409, 403, 403),
    ("GET", "/desk/report/statistics"): (303, 200, 200, 403, 403),
    ("GET", "/desk/report/statistics.xlsx"): (303, 200, 200, 403, 403),
    ("GET", "/desk/report/docket"): (303, 200, 200, 403, 403),
    ("GET", "/desk/report/docket/new"): (303, 403, 200, 403, 403),
    ("POST", "/desk/report/docket/new"): (401, 403, 422, 403, 403),
    ("GET", "/desk/report/docket/<int:entry>"): (303, 403, 404, 403, 403),
    ("POST", "/desk/report/docket/<int:entry>"): (401, 403, 404, 403, 403),
    ("GET", "/desk/report/log"): (303, 200, 200, 403, 403),
    ("GET", "/desk/report/log/<number>"): (303, 200, 200, 403, 403),
    ("POST", "/desk/report/log/<number>"): (401, 403, 422, 403, 403),
    ("POST", "/desk/report/log/<number>/take-back"): (401, 403, 422, 403, 403),
    ("GET", "/desk/catalogue"): (303, 403, 403, 200, 403),
    ("GET", "/desk/catalogue/ledger.csv"): (303, 403, 403, 200, 403),
    ("GET", "/desk/catalogue/entries/<path:doc_id>"): (303, 403, 403, 404, 403),
    ("POST", "/desk/catalogue/approve/<path:doc_id>"): (401, 403, 403, 404, 403),
    ("POST", "/desk/catalogue/approve-batch"): (401, 403, 403, 303, 403),
    ("POST", "/desk/catalogue/refuse/<path:doc_id>"): (401, 403, 403, 404, 403),
    ("POST", "/desk/catalogue/withdraw/<path:doc_id>"): (401, 403, 403, 404, 403),
    ("POST", "/desk/catalogue/unschedule/<path:doc_id>"): (401, 403, 403, 404, 403),
    ("GET", "/desk/catalogue/review"): (303, 403, 403, 200, 403),
    ("POST", "/desk/catalogue/reviewed/<path:doc_id>"): (401, 403, 403, 404, 403),
    ("GET", "/desk/catalogue/table/<field>/<path:doc_id>"): (303, 403, 403, 404, 403),
    ("POST", "/desk/catalogue/table/<field>/<path:doc_id>"): (401, 403, 403, 404, 403),
    ("GET", "/desk/catalogue/table-file/<field>/<path:doc_id>"): (303, 403, 403, 404, 403),
    ("GET", "/desk/catalogue/searches"): (303, 403, 403, 200, 403),
    ("POST", "/desk/catalogue/searches"): (401, 403, 403, 422, 403),
    ("GET", "/desk/catalogue/words"): (303, 403, 403, 200, 403),
    ("POST", "/desk/catalogue/words"): (401, 403, 403, 422, 403),
    ("POST", "/desk/catalogue/words/mark"): (401, 403, 403, 422, 403),
    ("POST", "/desk/catalogue/words/import"): (401, 403, 403, 422, 403),
    ("GET", "/desk/catalogue/words.tsv"): (303, 403, 403, 200, 403),
    ("GET", "/desk/catalogue/problems"): (303, 403, 403, 200, 403),
    ("GET", "/desk/catalogue/problems/<path:doc_id>"): (303, 403, 403, 404, 403),
    ("POST", "/desk/catalogue/problems/<path:doc_id>"): (401, 403, 403, 404, 403),
    ("GET", "/desk/catalogue/import"): (303, 403, 403, 200, 403),
    ("POST", "/desk/catalogue/import"): (401, 403, 403, 422, 403),
    ("GET", "/desk/catalogue/import/<token>"): (303, 403, 403, 404, 403),
    ("GET", "/desk/catalogue/import/<token>/mapping"): (303, 403, 403, 404, 403),
    ("POST", "/desk/catalogue/import/<token>/mapping"): (401, 403, 403, 404, 403),
    ("POST", "/desk/catalogue/import/<token>/confirm"): (401, 403, 403, 404, 403),
    ("POST", "/desk/catalogue/import/<token>/discard"): (401, 403, 403, 404, 403),
    ("GET", "/desk/catalogue/attachments/<path:doc_id>"): (303, 403, 403, 404, 403),
    ("POST", "/desk/catalogue/attachments/<path:doc_id>"): (401, 403, 403, 404, 403),
    ("POST", "/desk/catalogue/arrange/<path:doc_id>"): (401, 403, 403, 404, 403),
    ("POST", "/desk/catalogue/detach/<int:at>/<path:doc_id>"): (401, 403, 403, 404, 403),
    ("GET", "/desk/catalogue/attached/<int:at>/<path:doc_id>"): (303, 403, 403, 404, 403),
    ("GET", "/desk/catalogue/attached-picture/<int:at>/<path:doc_id>"): (303, 403, 403, 404, 403),
    ("GET", "/desk/catalogue/attached-file/<int:at>/<path:doc_id>"): (303, 403, 403, 404, 403),
    ("GET", "/desk/catalogue/new"): (303, 403, 403, 200, 403),
    ("GET", "/desk/catalogue/new/<kind>"): (303, 403, 403, 200, 403),
    ("POST", "/desk/catalogue/new/<kind>"): (401, 403, 403, 422, 403),
    ("POST", "/desk/catalogue/pasted"): (401, 403, 403, 200, 403),
    ("POST", "/desk/drafts"): (401, 413, 413, 413, 413),
    ("POST", "/desk/drafts/drop"): (401, 303, 303, 303, 303),
    ("GET", "/desk/catalogue/edit/<path:doc_id>"): (303, 403, 403, 404, 403),
    ("POST", "/desk/catalogue/edit/<path:doc_id>"): (401, 403, 403, 404, 403),
    ("GET", "/desk/catalogue/amend/<path:doc_id>"): (303, 403, 403, 404, 403),
    ("POST", "/desk/catalogue/amend/<path:doc_id>"): (401, 403, 403, 404, 403),
    ("GET", "/desk/catalogue/repeal/<path:doc_id>"): (303, 403, 403, 404, 403),
    ("POST", "/desk/catalogue/repeal/<path:doc_id>"): (401, 403, 403, 404, 403),
}
FORMS = {
    "/desk/staff/confirm": {"name": "nobody", "act": "password-reset"},
    "/desk/staff/withdraw": {"name": "nobody", "act": "password-reset"},
    "/desk/devices": {"name": "新终端", "channel": "kiosk"},
    "/desk/devices/reinstate": {"device": "none"},
    "/desk/devices/revoke": {"device": "none"},
    "/desk/devices/log": {"device": "none", "reason": "found out"},
    "/desk/requests/<number>/receipt": {"on": "2026-11-23", "basis": "confirmed"},
    "/desk/requests/<number>/steps/<step>": {"on": "2026-11-23", "way": "书面"},
}


def test_every_route_of_the_desk_is_in_the_matrix(hub: Hub) -> None:
    routes = {
        (method, rule.rule)
        for rule in hub.app.url_map.iter_rules()
        if rule.rule == "/" or rule.rule.startswith("/desk")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes == set(MATRIX)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_what_the_matrix_says(hub: Hub, role: str) -> None:
    """Every act begins with a session of its own; pages are all read in one, for reading ends or changes none."""
    number = hub.take_in()
    if role != "visitor":
        hub.add_account("lina", "clerk" if role == "pending" else role, approved=role != "pending")
    got, name = {}, None if role == "visitor" else "lina"
    reading = hub.browser(name)
    for method, rule in MATRIX:
        browser = reading if method == "GET" else hub.browser(name)
        path = (
            rule.replace("<int:at>", "1")
            .replace("<int:scan>", "1")
            .replace("<int:entry>", "1")
            .replace("<form>", "csv")
            .replace("<int:year>", "2027")
            .replace("<number>", number)
            .replace("<path:doc_id>", "none:0")
        )
        path = path.replace("<kind>", "policy").replace("<field>", "rows").replace("<token>", "0" * 32)
        path = (
            path.replace("<step>", "withdraw")
            .replace("<letter_kind>", "granted")
            .replace("<organ>", "GX-ZFB")
        )
        path = path.replace("<part>", "place").replace("<code>", "new").replace("<int:row>", "1")
        path = path.replace("<int:seq>", "999").replace("<int:file>", "1")
        answer = (
            browser.get(path) if method == "GET" else browser.post(path, FORMS.get(rule, {"name": "nobody"}))
        )
        answer.get_data()
        got[method, rule] = answer.status_code
    column = ROLES.index(role)
    assert got == {route: answers[column] for route, answers in MATRIX.items()}


def test_the_pages_of_the_desk_are_never_kept_by_a_browser(hub: Hub) -> None:
    hub.add_account("lina")
    browser = hub.browser("lina")
    for path in ("/desk/requests", "/desk/staff", "/desk/sign-in"):
        assert browser.client.get(path, headers={"Host": HOST}).headers["Cache-Control"] == "no-store"
