"""
Every act of the desk names the version that was seen: a sweep over the routes.

Each act is pressed three times: on the page as it is (it is done), on a page behind which somebody changed the thing,
and on one whose thing changes between the view and the act's own transaction. The last two answer 409 with both
versions, write nothing and lose nothing that was typed; the button on that page then does it.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import typst
from flask import Flask
from werkzeug.test import TestResponse

from kiosk import db
from kiosk.audit import AuditLine
from kiosk.calendar import actions as calendar
from kiosk.calendar import day_tables
from kiosk.calendar.actions import Way
from kiosk.catalogue.feedback import empty_searches, problems
from kiosk.catalogue.importing import uploads
from kiosk.catalogue.importing.importers import import_file
from kiosk.catalogue.importing.sheet_records import ColumnMapping
from kiosk.catalogue.publishing import actions as publishing
from kiosk.catalogue.publishing import approval, entries, other_desks
from kiosk.catalogue.publishing.approval import Release
from kiosk.catalogue.records.hand import Hand
from kiosk.catalogue.records.record import changed
from kiosk.catalogue.search import county_words
from kiosk.catalogue.search.words import ListedWord
from kiosk.clock import beijing_day
from kiosk.consultation.booking import booking_list, bookings
from kiosk.consultation.booking import models as booking_models
from kiosk.consultation.booking.rules import KIND as CONSULTATION
from kiosk.consultation.booking.rules import BookingState
from kiosk.consultation.inquiry import inquiries, inquiry_list
from kiosk.consultation.inquiry import models as inquiry_models
from kiosk.consultation.inquiry.models import InquiryAnswer
from kiosk.consultation.library import proposals
from kiosk.consultation.supply import changing as supply
from kiosk.consultation.supply import models as supply_models
from kiosk.consultation.supply.changing import BookingActs, SettledBooking, SupplyHand
from kiosk.consultation.supply.models import RebookingOutcome
from kiosk.consultation.supply.things import PlaceKind, ServicePoint, Thing
from kiosk.consultation.supply.whole import change_to
from kiosk.disclosure import cases, steps
from kiosk.disclosure.case_models import DisclosureCase
from kiosk.disclosure.events import AnswerFacts, CaseAct, ReviewKind, ServiceFacts, ServiceWay
from kiosk.disclosure.following import follow_ups
from kiosk.disclosure.letters import drafting, issuing, kinds, letterheads, models, redaction, wordings
from kiosk.disclosure.letters.letterheads import Letterhead
from kiosk.disclosure.letters.redaction import CoveredArea, Ground, Redaction
from kiosk.disclosure.office import dossier
from kiosk.disclosure.outcomes import Outcome
from kiosk.disclosure.report import actions as reports
from kiosk.disclosure.report import catalogue_records
from kiosk.disclosure.report.annual import PARTS
from kiosk.disclosure.report.proceedings import Proceeding
from kiosk.disclosure.report.report_models import Part
from kiosk.hall import accounts
from kiosk.hall.accounts import HallState
from kiosk.intake import register, sealed
from kiosk.intake.handling import HandOver
from kiosk.seats import actions as seats
from kiosk.seats.rules import SeatChannel, SeatSession
from kiosk.seen import Seen
from kiosk.staff import actions as staff
from kiosk.staff import passwords, terminals, two_persons
from kiosk.staff.actions import Holder
from kiosk.staff.by_organ import mergers, reading_keys, wall
from kiosk.staff.entry import signing_in
from kiosk.staff.entry.signing_in import Entered
from kiosk.staff.two_persons import JointAct
from kiosk.web import context
from kiosk.workdays import Source, Year, load_calendar
from sync.carried.anchors import AuditAnchor, Whose
from sync.carried.counts import Tally
from sync.hub import devices
from sync.wire import sealing
from tests.catalogue import attached
from tests.catalogue.conftest import a_record, write_lines
from tests.clocks import CLOCK
from tests.disclosure.letter_samples import PLACES
from tests.hub import CHEAP, HOST, PASSWORD, SETTINGS, Browser, Hub, build_hub
from tests.seats.supply import a_session
from tests.staff.test_terminals_desk import a_number, hold

EXEMPT: Mapping[str, str] = {
    "staff.sign_in": "nothing was shown before",
    "staff.sign_out": "ends one's own session",
    "staff.end_session": "ends one's own session",
    "staff.code": "a code of one's own telephone",
    "staff.new_factor": "one's own second factor; a second one is refused",
    "staff.language": "changes only one's own pages",
    "staff.password": "one's own password, named by the old one",
    "staff.devices": "makes a code for a new terminal; a name that is taken is refused",
    "hall_desk.new": "makes an account; a number that is taken is refused",
    "hall_desk.unlock": "changes nothing; the digits that are read out name the moment",
    "catalogue_desk.pasted": "stores nothing",
    "calendar_desk.check": "stores nothing",
    "desk_drafts.keep": "one's own draft, of the one form that sends it",
    "desk_drafts.drop": "one's own draft, named by its form",
    "catalogue_desk.imports": "stores a new upload, which nobody has seen yet",
    "report_desk.new_proceeding": "makes a line of the docket; the same one again is refused",
    "inquiries_desk.open": "reads, and is logged",
    "inquiries_desk.open_proposal": "reads, and is logged",
    "inquiries_desk.find": "reads, and is logged",
    "inquiries_desk.subjects": "a switch of one's own session",
    "inquiries_desk.keep_view": "one's own, which nobody else changes",
    "inquiries_desk.drop_view": "one's own, which nobody else changes",
    "bookings_desk.open": "reads, and is logged",
    "bookings_desk.open_proposal": "reads, and is logged",
    "bookings_desk.open_telephones": "reads, and is logged",
    "bookings_desk.new": "what is entered is new",
    "bookings_desk.keep_view": "one's own, which nobody else changes",
    "bookings_desk.drop_view": "one's own, which nobody else changes",
    "requests_desk.open": "reads, and is logged",
    "requests_desk.form": "reads, and is logged",
    "requests_desk.find": "reads, and is logged",
    "requests_desk.named_ledger": "reads, and is logged",
    "requests_desk.scan": "reads, and is logged",
    "requests_desk.file": "reads, and is logged",
    "requests_desk.receipt_paper": "reads, and is logged",
    "requests_desk.subjects": "a switch of one's own session",
    "requests_desk.keep_view": "one's own, which nobody else changes",
    "requests_desk.drop_view": "one's own, which nobody else changes",
    "requests_desk.new": "what is entered is new",
    "requests_desk.open_added": "reads, and is logged",
    "requests_desk.added_file": "reads, and is logged",
    "requests_desk.search_lost": "reads, and is logged",
    "requests_desk.new_letter": "a draft of one's own, which nobody has seen yet",
    "requests_desk.case_file": "reads, and is logged",
}
"""Routes of the desk without a version, each with its reason."""

DESK = "/desk/catalogue"
LETTERHEAD = Letterhead("GX-ZFB", "某政办公开", "原来的电话", places=PLACES)
LETTER_STEPS = ("draft", "waiting", "approved", "issued", "served")
ZHANG, LI = "zhang.san", "li.si"
"""Who wrote what is there, and who changes it behind a page."""
PEOPLE = {
    "catalogue_desk": "wang.wu",
    "requests_desk": "chen.banli",
    "bookings_desk": "chen.banli",
    "inquiries_desk": "chen.banli",
    "report_desk": "chen.banli",
    "staff": "qian.guanli",
    "hall_desk": "qian.guanli",
    "calendar_desk": "qian.guanli",
    "supply_desk": "qian.guanli",
}
HOLDERS = {
    "staff.approve": "chen.banli",
    "staff.make_key": "chen.banli",
    "staff.confirm_merger": "chen.banli",
    "staff.lend": "sun.jiguan",
}
"""Who presses what takes a key: the office's, or an organ's own."""
KEYED = "GX-JG"
"""An organ with a key of its own, which Sun holds."""


@dataclass
class Form:
    """One form of a page: where it goes, and what a browser would send with it."""

    action: str
    values: dict[str, str] = field(default_factory=dict)


class Forms(HTMLParser):
    """All forms of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.owner: Form | None = None
        self.by_id: dict[str, Form] = {}
        self.area = self.select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.owner = Form(given.get("action", ""))
            self.forms.append(self.owner)
        name = given.get("name", "")
        if tag == "option" and "selected" in given and self.owner and self.select:
            self.owner.values[self.select] = given.get("value", "")
        if self.owner is None or not name:
            return
        if tag == "textarea":
            self.area = name
            self.owner.values[name] = ""
        elif tag == "select":
            self.select = name
            self.owner.values[name] = ""
        elif tag == "input" and (
            given.get("type") not in ("radio", "checkbox", "file") or "checked" in given
        ):
            self.owner.values[name] = given.get("value", "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        if self.area and self.owner:
            self.owner.values[self.area] += (
                data.removeprefix("\n") if not self.owner.values[self.area] else data
            )

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.area = ""
        if tag == "form":
            self.owner = None


@dataclass(frozen=True)
class Press:
    """
    One press of one button.

    page: Where it is. path: Where its form goes. typed: What a person fills in. change: What somebody else does
    meanwhile. saw: A text of the version that was seen; now: one of what it becomes.
    """

    page: str
    path: str
    typed: Mapping[str, str]
    change: Callable[[], object]
    saw: str
    now: str
    file: tuple[str, bytes] | None = None


@dataclass
class Desk:
    """A hub with people and everything that acts need; `made` numbers what it makes."""

    hub: Hub
    made: int = 0
    years: int = 2030
    browsers: dict[str, Browser] = field(default_factory=dict)

    def next(self) -> int:
        self.made += 1
        return self.made

    def hand(self, name: str) -> Hand:
        return Hand(name, self.hub.clock.now())

    def who(self, endpoint: str) -> str:
        """Who presses: a key holder approves accounts."""
        return HOLDERS.get(endpoint) or PEOPLE[endpoint.partition(".")[0]]

    def browser(self, endpoint: str) -> Browser:
        name = self.who(endpoint)
        if name not in self.browsers:
            self.browsers[name] = self.hub.browser(name)
        return self.browsers[name]

    def entry(self, *, state: str = "waiting", **more: Any) -> str:
        """An entry that Zhang wrote; approved or on a day if the act needs it."""
        doc_id = f"doc:{self.next()}"
        publishing.save(a_record(doc_id, title=f"原来的题目{doc_id}", **more), self.hand(ZHANG), act="new")  # type: ignore[arg-type]
        release = {
            "approved": Release("proactive"),
            "scheduled": Release("proactive", publish_on="2026-12-20"),
            "closed": Release("on_request"),
        }.get(state)
        if release:
            approval.approve(doc_id, self.hand(LI), release)
        return doc_id

    def rewrite(self, doc_id: str) -> None:
        """Li changes the title."""
        found = entries.found(doc_id)
        assert found is not None
        record = changed(found.content, title=f"新的题目{doc_id}")
        publishing.save(record, self.hand(LI), act="edit", batch_id=found.batch_id)

    def on_entry(self, doc_id: str, path: str, *, page: str = "", **typed: str) -> Press:
        return Press(
            f"{DESK}/{page or 'entries'}/{doc_id}",
            f"{DESK}/{path}/{doc_id}",
            typed,
            lambda: self.rewrite(doc_id),
            f"原来的题目{doc_id}",
            f"新的题目{doc_id}",
        )

    def attached(self) -> str:
        return self.entry(attachments=[{"name": "附件一", "url": "https://example.cn/1.pdf"}])

    def new(self) -> Press:
        doc_id = f"desk:policy-{self.next():010x}"
        record = a_record(doc_id, title=f"新的题目{doc_id}")
        return Press(
            f"{DESK}/new/policy",
            f"{DESK}/new/policy",
            {"id": doc_id, "title": "我写的题目", "body": "我写的正文。", "validity": "in_force"},
            lambda: publishing.save(record, self.hand(LI), act="new"),  # type: ignore[arg-type]
            "",
            f"新的题目{doc_id}",
        )

    def table(self) -> Press:
        doc_id = f"fee:{self.next()}"
        fields = {
            "type": "政府性基金",
            "updated_on": "2026-11-01",
            "rows": [{"item": "甲", "standard": "1元"}],
        }
        fee = a_record(
            doc_id, kind="fee", title=f"原来的题目{doc_id}", fields=fields, validity=None, doc_no=None
        )
        publishing.save(fee, self.hand(ZHANG), act="new")  # type: ignore[arg-type]
        brought = "收费项目,标准\n乙,2元\n".encode()
        page = f"{DESK}/table/rows/{doc_id}"
        change = self.on_entry(doc_id, "edit").change
        return Press(
            page, page, {}, change, f"原来的题目{doc_id}", f"新的题目{doc_id}", ("rows.csv", brought)
        )

    def batch(self) -> Press:
        at = self.next()
        record = a_record(f"b:{at}", title=f"原来的题目b:{at}", source_url=f"https://example.cn/{at}")
        name = f"批{at}.jsonl"
        path = write_lines(self.hub.home / name, record)
        batch = import_file(path, self.hand(ZHANG), name=name).batch
        return Press(
            DESK,
            f"{DESK}/approve-batch",
            {"batch": str(batch), "all_proactive": "yes", "others_read": "yes"},
            lambda: self.rewrite(f"b:{at}"),
            f"原来的题目b:{at}",
            f"新的题目b:{at}",
        )

    def word(self, path: str, **typed: str) -> Press:
        word = f"话{self.next()}"
        county_words.decide([ListedWord("pair", word, "原来的说法", "needs_review")], self.hand(ZHANG))
        later = ListedWord("pair", word, "新的说法", "needs_review")
        return Press(
            f"{DESK}/words?form=pair&word={word}&q={word}",
            f"{DESK}/{path}",
            {"form": "pair", "word": word, **typed},
            lambda: county_words.decide([later], self.hand(LI)),
            "原来的说法",
            "新的说法",
        )

    def word_table(self) -> Press:
        at = self.next()
        later = ListedWord("pair", f"另话{at}", "新的说法", "reviewed")
        table = f"form\tword\tmeaning\tstatus\npair\t表话{at}\t说法\treviewed\n".encode()
        change = lambda: county_words.decide([later], self.hand(LI))  # noqa: E731
        return Press(f"{DESK}/words", f"{DESK}/words/import", {}, change, "", "", ("words.tsv", table))

    def search(self) -> Press:
        at, day = self.next(), beijing_day(self.hub.clock.now())
        words = f"查不到{'甲乙丙丁戊己庚辛'[at % 8]}{'子丑寅卯辰巳午未'[at // 8 % 8]}"

        def searched(many: int) -> None:
            with db.writing(db.store):
                empty_searches.take(day, Tally(empty_searches.KIND, words, many=many))

        searched(41)
        return Press(
            f"{DESK}/searches",
            f"{DESK}/searches",
            {"words": words, "note": "我的处理办法"},
            lambda: searched(36),
            "41",
            "77",
        )

    def problem(self) -> Press:
        doc_id, day = self.entry(), beijing_day(self.hub.clock.now())

        def reported(words: str) -> None:
            with db.writing(db.store):
                problems.take(day, Tally(problems.KIND, doc_id, "wrong", words))

        reported("第一条反映")
        page = f"{DESK}/problems/{doc_id}"
        return Press(page, page, {"note": "我的处理办法"}, lambda: reported("又一条反映"), "", "又一条反映")

    def upload(self, path: str, change: Callable[[str, str], object], **typed: str) -> Press:
        """A table that waits for a word; `change` gets its token and the id of the entry that it meets."""
        at = self.next()
        doc_id = f"up:{at}"
        publishing.save(a_record(doc_id, title=f"原来的题目{doc_id}"), self.hand(ZHANG), act="new")  # type: ignore[arg-type]
        line = a_record(doc_id, title=f"表里的题目{at}")
        if path == "mapping":
            content, name = b"title\nx\n", f"表{at}.csv"
        else:
            content, name = write_lines(self.hub.home / "up.jsonl", line).read_bytes(), f"表{at}.jsonl"
        token = uploads.keep(self.hub.home, name, lambda to: to.write_bytes(content), self.hand(ZHANG))
        page = f"{DESK}/import/{token}"
        where = f"{page}/mapping" if path == "mapping" else page
        return Press(where, f"{page}/{path}", typed, lambda: change(token, doc_id), "", "")

    def map_otherwise(self, token: str, _doc_id: str) -> None:
        made = ColumnMapping({"title": "title"}, {}, "site", False)
        uploads.choose_mapping(token, f"别人的对照{token[:4]}", self.hand(LI), made=made)

    def case(self, path: str, change: Callable[[str], object], **typed: str) -> Press:
        number = self.hub.take_in()
        if path != "receipt":
            steps.confirm_receipt(number, self.day, ZHANG, self.hub.work())
        page = f"/desk/requests/{number}"
        saw, now = ("待登记", "办理中") if path != "receipt" else ("待确认收到", "待登记")
        shown = {"receipt": f"{page}/receipt?on={self.day}&basis=confirmed"}.get(path, f"{page}/{path}")
        return Press(
            page if path == "register" else shown, f"{page}/{path}", typed, lambda: change(number), saw, now
        )

    def addition(self) -> Press:
        """A withdrawal that waits; behind the page somebody refuses it."""
        added = self.hub.take_in(kind="disclosure-withdrawal", about=self.hub.take_in())
        page = f"/desk/requests/added/{added}"

        def change() -> None:
            follow_ups.settle(added, is_accepted=False, actor=LI, work=self.hub.work())

        return Press(page, f"{page}/settle", {"verdict": "refuse"}, change, "等待处理", "没有采纳")

    def answered(self, path: str, **typed: str) -> Press:
        """An answer that is not served; behind the page it is handed over at the counter."""
        number, work = self.hub.take_in(), self.hub.work()
        steps.confirm_receipt(number, self.day, ZHANG, work)
        steps.register(number, ZHANG, work)
        facts = AnswerFacts(on=self.day, outcome=Outcome.GRANTED)
        steps.take(number, CaseAct.ANSWERED, facts, ZHANG, work)

        def change() -> None:
            served = ServiceFacts(on=self.day, way=ServiceWay.DIRECT)
            steps.take(number, CaseAct.SERVED, served, LI, self.hub.work())

        page = f"/desk/requests/{number}/{path}"
        file = ("a.pdf", b"%PDF-1.7") if path == "release" else None
        return Press(page, page, typed, change, "已答复待送达", "已办结", file)

    def letter(self, path: str, state: str = "draft", **typed: str) -> Press:
        """A letter that Zhang wrote, in this state; behind the page Li writes it again."""
        number, now, work = self.hub.take_in(), self.hub.clock.now(), self.hub.work()
        steps.confirm_receipt(number, self.day, ZHANG, work)
        steps.register(number, ZHANG, work)
        entered = signing_in.sign_in("chen.banli", PASSWORD, self.hub.clock, CHEAP)
        assert isinstance(entered, Entered)
        key = drafting.key_for(sealed.key_of(number), entered.reading_keys)
        letterheads.change(LETTERHEAD, now=now, by=ZHANG)
        words = drafting.DraftWords("张样例", {"supply": "见附件。"}, "{提供情况}\n{救济}\n{联系}")
        found = drafting.write(cases.case(number), "granted", words, key, now=now, by=ZHANG)
        for step in LETTER_STEPS[: LETTER_STEPS.index(state) + 1]:
            found = models.letter(found.seq, number)
            if step == "waiting":
                issuing.hand_over(found, key, now=now, by=ZHANG)
            elif step == "approved":
                issuing.approve(found, now=now, by=LI)
            elif step == "issued":
                issuing.issue(found, key, work, "", by=ZHANG)
            elif step == "served":
                issuing.serve(found, ServiceWay.POST, self.day, "1099", by=ZHANG, work=work)
        page = f"/desk/requests/{number}/letters/{found.seq}"
        return Press(
            f"{page}/edit" if path == "edit" else page, f"{page}/{path}", typed, lambda: self.written_again(found.seq),
            ZHANG, LI,
        )  # fmt: skip

    def written_again(self, seq: int) -> None:
        with db.writing(db.store):
            models.change(seq, written_by=LI, version=99)

    def detached(self) -> Press:
        """A letter with a file."""
        press = self.letter("detach")
        seq = int(press.page.rpartition("/")[2])
        with db.writing(db.store):
            public = staff.reading_public_key()[1]
            head = sealing.seal(public, {"name": "名册.pdf", "type": "application/pdf"})
            models.add_file(seq, head=head, size=1, sha256="", sealed=b"")
        (file,) = models.files(seq)
        return replace(press, typed={"file": str(file.seq)})

    def covered(self, act: str, **typed: str) -> Press:
        """A letter with a file in which an area is marked."""
        press = self.letter("")
        number, seq = press.page.split("/")[3], int(press.page.rpartition("/")[2])
        public = staff.reading_public_key()[1]
        file = typst.compile(b'#set document(title: "x")\nA list of grants')
        with db.writing(db.store):
            head = sealing.seal(public, {"name": "名册.pdf", "type": "application/pdf"})
            models.add_file(seq, head=head, size=1, sha256="", sealed=sealing.seal_file(public, file))
        (kept,) = models.files(seq)
        entered = signing_in.sign_in("chen.banli", PASSWORD, self.hub.clock, CHEAP)
        assert isinstance(entered, Entered)
        key = drafting.key_for(sealed.key_of(number), entered.reading_keys)
        marks = Redaction("", (CoveredArea(1, 0.1, 0.1, 0.5, 0.1, Ground.PRIVACY),))
        redaction.keep(models.letter(seq, number), key, kept.seq, marks, now=self.hub.clock.now(), by=ZHANG)
        page = f"{press.page}/files/{kept.seq}/cover"
        return replace(press, page=page, path=f"{page}/{act}", typed=typed)

    def letterhead(self, path: str = "", **typed: str) -> Press:
        """What an organ's letters say of it; behind the page Li changes the contact."""
        now, organ = self.hub.clock.now(), f"GX-{self.next()}"
        letterheads.change(replace(LETTERHEAD, organ_code=organ), now=now, by=ZHANG)
        other = replace(LETTERHEAD, organ_code=organ, contact="别人的电话")
        page = f"/desk/requests/letter-heads/{organ}"
        change = lambda: letterheads.change(other, now=now, by=LI)  # noqa: E731
        return Press(page, page + path, typed, change, LETTERHEAD.contact, other.contact)

    def wording(self, path: str = "") -> Press:
        """The text of a kind that Zhang proposed; behind the page Li proposes another one."""
        now, kind = self.hub.clock.now(), list(kinds.KINDS)[self.next() % len(kinds.KINDS)]
        text, page = kinds.text(kind), f"/desk/requests/letter-texts/{kind}"
        wordings.propose(kind, f"{text}张的文字。", now=now, by=ZHANG)
        change = lambda: wordings.propose(kind, f"{text}李的文字。", now=now, by=LI)  # noqa: E731
        return Press(page, page + path, {} if path else {"text": f"{text}我的文字。"}, change, ZHANG, LI)

    def recount(self) -> Press:
        """A notice that moved a day; behind the page one more case is received."""

        def receive() -> None:
            self.case("register", lambda _number: None)

        receive()
        self.take_off(date(2026, 12, 21))
        path = "/desk/requests/recount"
        return Press(path, path, {}, receive, "", "2026-12-22")

    def take_off(self, day: date) -> None:
        """A calendar in which this day is a holiday too."""
        wiring = context.of(self.hub.app)
        years = wiring.calendar.years
        year = replace(years[day.year], off=years[day.year].off | {day})
        other = replace(wiring.calendar, years={**years, day.year: year}, version=f"notice-{self.next()}")
        context.give(self.hub.app, replace(wiring, calendar_now=lambda: other))

    @property
    def day(self) -> date:
        """Today at the desk."""
        return beijing_day(self.hub.clock.now())

    def added(self, path: str, **typed: str) -> Press:
        number = self.hub.take_in()
        page = f"/desk/requests/{number}"
        change = lambda: dossier.assign([number], LI, LI, self.hub.work())  # noqa: E731
        return Press(page, f"{page}/{path}", typed, change, number, LI)

    def chosen(self) -> Press:
        number = self.hub.take_in()
        change = lambda: dossier.assign([number], LI, LI, self.hub.work())  # noqa: E731
        typed = {"chosen": number, "to": "chen.banli"}
        return Press("/desk/requests?sort=newest", "/desk/requests/assign", typed, change, number, LI)

    def elsewhere(self) -> Press:
        """A request of another organ that goes back to the office; behind the page it goes to a third one."""
        at = self.next()
        number, other = self.hub.take_in(organ=f"GX-A{at}"), f"GX-B{at}"
        self.hub.take_in(organ=other)  # an organ that the office knows of
        given = HandOver(other, None, {}, LI, "assigned")
        page = f"/desk/requests/{number}/hand-over"
        change = lambda: register.hand_over(cases, number, given, self.hub.work())  # noqa: E731
        return Press(page, page, {"to": SETTINGS.office_code}, change, f"GX-A{at}", other)

    def inquiry(self, path: str, **typed: str) -> Press:
        """A question that was left; where a second person acts, with an answer that waits."""
        number, work = self.hub.take_in(kind="inquiry", may_publish="yes"), self.hub.work()
        with db.writing(db.store):
            if path in ("approve", "give-back"):
                self._answer_that_waits(number)
            if path in ("propose", "take-back"):
                inquiry_models.change(number, state="answered", first_answered_at=work.now)
        page = f"/desk/inquiries/{number}"
        if path in ("propose", "take-back"):
            return self._proposal(page, number, path, typed)
        change = lambda: inquiries.assign(number, LI, LI, work)  # noqa: E731
        return Press(page, f"{page}/{path}", typed, change, "", LI)

    def _answer_that_waits(self, number: str) -> None:
        key = wall.seal_key("GX-ZFB", office=SETTINGS.office_code)
        InquiryAnswer.insert(
            no=self.next(), number=number, turn=1, state="waiting", version=1, key_id=key.key_id,
            sealed=sealing.seal_file(key.public_key, "原来的答复".encode()), written_by=ZHANG,
            written_at=self.hub.clock.now(), settled_by="", settled_at=None, why="",
        ).execute()  # fmt: skip

    def answered_booking(self, path: str, **typed: str) -> Press:
        """A consultation whose citizen agreed that its answer goes to the library."""
        work, more = self.hub.work(), {"place": "hall", "topic": "birth", "may_publish": "yes"}
        number = self.hub.take_in(kind="consultation", wish="call", **more)
        with db.writing(db.store):
            booking_models.put(number, state="served")
            booking_models.put_outcome(number, "", sealed=b"sealed", written_by=ZHANG, written_at=work.now)
        return self._proposal(f"/desk/bookings/{number}", number, path, typed)

    def _proposal(self, case: str, number: str, path: str, typed: Mapping[str, str]) -> Press:
        now, page = self.hub.clock.now(), f"{case}/propose"
        record = proposals.record_of(
            f"answered:{self.next()}", kind=other_desks.LIBRARY, question="问", answer="答",
            organ_name="样例局", day=beijing_day(now),
        )  # fmt: skip
        given = {"organ": "GX-ZFB", "propose": other_desks.propose, "now": now}
        if path == "take-back":
            proposals.propose(number, record, actor=ZHANG, **given)
        change = lambda: proposals.propose(number, record, actor=LI, **given)  # noqa: E731
        return Press(page, f"{case}/{path}", typed, change, "", LI)

    def consultation(self, path: str, **typed: str) -> Press:
        """A booking whose time is over; for an objection, one that nobody came for."""
        work = self.hub.work()
        number = self.hub.take_in(kind="consultation", wish="call", place="hall", topic="birth")
        with db.writing(db.store):
            state = "missed" if path == "excuse" else "booked"
            booking_models.put(number, state=state, day=date(2026, 11, 20), starts=540, ends=570)
        page = f"/desk/bookings/{number}"
        change = lambda: bookings.note_call(number, LI, work, is_over=False)  # noqa: E731
        return Press(page, f"{page}/{path}", typed, change, "", "")

    def booking(self, path: str, state: BookingState = BookingState.CALL_BACK, **typed: str) -> Press:
        """A booking whose citizen waits for a call, or in another state; behind the page it is cancelled."""
        number, work = self.hub.take_in(kind=CONSULTATION), self.hub.work()
        with db.writing(db.store):
            booking_models.put(number, state=state)
        page = f"/desk/bookings/{number}"
        at = f"{page}/time" if path == "time" else page
        change = lambda: bookings.cancel(number, LI, work)  # noqa: E731
        saw = "等回电" if state is BookingState.CALL_BACK else "候补有位"
        return Press(at, f"{page}/{path}", typed, change, saw, "已取消")

    def booking_time(self) -> Press:
        """A booking that gets a time."""
        session = a_session(f"s{self.next()}", day=beijing_day(self.hub.clock.now()) + timedelta(days=3))
        seats.open_sessions([session], self.hub.clock.now())
        return self.booking("time", session=session.id)

    def booking_elsewhere(self) -> Press:
        """A booking of another organ that goes back to the office; behind the page it goes to a third one."""
        at = self.next()
        number, other = self.hub.take_in(kind=CONSULTATION, organ=f"GX-A{at}"), f"GX-B{at}"
        self.hub.take_in(organ=other)  # an organ that the office knows of
        given = HandOver(other, None, {}, LI, "assigned")
        page = f"/desk/bookings/{number}/hand-over"
        change = lambda: register.hand_over(booking_list, number, given, self.hub.work())  # noqa: E731
        return Press(page, page, {"to": SETTINGS.office_code}, change, f"GX-A{at}", other)

    def inquiry_elsewhere(self) -> Press:
        """An inquiry of another organ that goes back to the office; behind the page it goes to a third one."""
        at = self.next()
        number, other = self.hub.take_in(kind="inquiry", organ=f"GX-A{at}"), f"GX-B{at}"
        self.hub.take_in(organ=other)  # an organ that the office knows of
        given = HandOver(other, None, {}, LI, "assigned")
        page = f"/desk/inquiries/{number}/hand-over"
        change = lambda: register.hand_over(inquiry_list, number, given, self.hub.work())  # noqa: E731
        return Press(page, page, {"to": SETTINGS.office_code}, change, f"GX-A{at}", other)

    def clerk_of(self, organ: str) -> str:
        """A new account of an organ, which waits for its key."""
        name = f"yonghu{self.next()}"
        self.hub.add_account(name, organ=organ, approved=False)
        return name

    def organ(self, path: str, code: str = "", **typed: str) -> Press:
        """An act on an organ; behind the page a clerk of it gets an account."""
        code = code or f"GX-C{self.next()}"
        if not typed.get("reader"):
            self.clerk_of(code)
        later = f"houlai{self.next()}"
        change = lambda: self.hub.add_account(later, organ=code, approved=False)  # noqa: E731
        return Press("/desk/organs", f"/desk/organs/{path}", {"organ": code, **typed}, change, code, later)

    def first_key(self) -> Press:
        code = f"GX-C{self.next()}"
        return self.organ("key", code, reader=self.clerk_of(code))

    def keyless(self) -> Press:
        """An organ whose key nobody holds."""
        code = f"GX-C{self.next()}"
        self.hub.give_key(code)
        return self.organ("lost", code, why="我写的理由")

    def merger(self, path: str = "") -> Press:
        """An organ that merges into another one, proposed by Li unless that is the act."""
        into, press = f"GX-D{self.next()}", self.organ(f"merge{path}")
        self.clerk_of(into)
        if not path:
            return replace(press, typed={**press.typed, "into": into})
        mergers.propose(
            press.typed["organ"], into, now=self.hub.clock.now(), by=LI, office=SETTINGS.office_code
        )
        return press

    def loan(self, path: str) -> Press:
        """A loan of an organ's key to somebody of the office: to be made, or there."""
        holder, borrower, now = HOLDERS["staff.lend"], f"yonghu{self.next()}", self.hub.clock.now()
        self.hub.add_account(borrower)
        if KEYED not in wall.own_keys():
            self.hub.add_account(holder, organ=KEYED, approved=False)
            self.hub.give_key(KEYED)
            staff.approve(holder, now=now, recovery_key=self.hub.recovery_key)
        if path == "lend":
            return self.organ(path, KEYED, name=borrower, until=self.day.isoformat())
        entered = signing_in.sign_in(holder, PASSWORD, self.hub.clock, CHEAP)
        assert isinstance(entered, Entered)
        by = Holder(holder, entered.reading_keys)
        reading_keys.lend(KEYED, borrower, self.day, now=now, by=by)
        return self.organ(path, KEYED, name=borrower)

    def account(self, path: str) -> Press:
        name = f"yonghu{self.next()}"
        self.hub.add_account(name, "clerk" if path == "approve" else "publisher", approved=path != "approve")
        now = self.hub.clock.now()
        if path == "approve":
            change = lambda: staff.approve(name, now=now, recovery_key=self.hub.recovery_key)  # noqa: E731
            return Press("/desk/staff", "/desk/staff/approve", {"name": name}, change, "待批准", "在用")
        key = self.hub.recovery_key
        change_ = lambda: passwords.reset_by_recovery(name, key, now=now, by=LI, cost=CHEAP)  # noqa: E731
        return Press("/desk/staff", f"/desk/staff/{path}", {"name": name}, change_, "", "")

    def joint(self, path: str) -> Press:
        name, act = f"yonghu{self.next()}", JointAct.PASSWORD_RESET
        self.hub.add_account(name, "publisher")
        two_persons.propose(act, name, now=self.hub.clock.now(), by=LI)

        def propose_again() -> None:
            self.hub.clock.advance(60)
            two_persons.propose(act, name, now=self.hub.clock.now(), by=LI)

        typed = {"name": name, "act": act.value}
        return Press("/desk/staff", f"/desk/staff/{path}", typed, propose_again, LI, LI)

    def a_year(self, number: int, days: str) -> Year:
        """A year whose notice names one holiday."""
        source = Source("样例通知", f"样例〔{number}〕1号", None)
        return day_tables.year_of_lines(number, days, "", [source])

    def proposed_year(self) -> Press:
        """A year that a person proposes while the operator of the machine takes in another one."""
        self.years += 2
        typed = {
            "way": "hand",
            "year": str(self.years),
            "off": f"{self.years}-01-01 元旦",
            "number": f"样例〔{self.years}〕1号",
        }
        other = self.a_year(self.years + 1, f"{self.years + 1}-01-01 元旦")
        now = self.hub.clock.now()
        change = lambda: calendar.take_alone(other, now=now, by=LI, recount=lambda _by, _days: 0)  # noqa: E731
        page = "/desk/workdays"
        return Press(page, f"{page}/propose", typed, change, "", str(self.years + 1))

    def year_that_waits(self, path: str) -> Press:
        """A year that Li proposed, and proposes otherwise meanwhile."""
        self.years += 2
        number, now = self.years, self.hub.clock.now()

        def propose(days: str) -> None:
            calendar.propose(self.a_year(number, days), Way.HAND, "", now=now, by=LI)

        propose(f"{number}-01-01 元旦")
        page = f"/desk/workdays/proposals/{number}"
        change = lambda: propose(f"{number}-01-01 至 {number}-01-08 元旦")  # noqa: E731
        return Press(page, f"{page}/{path}", {}, change, "", f"{number}-01-0")

    def place(self, *, is_end: bool = False) -> Press:
        """A place at which questions are answered, which Li renames."""
        code = f"p{self.next():04}"
        keep_supply(ServicePoint(code, PlaceKind.HALL, f"原来的大厅{code}", address="路1号"))
        page = f"/desk/supply/place/{code}"
        later = ServicePoint(code, PlaceKind.HALL, f"新的大厅{code}", address="路1号")
        return Press(
            page,
            f"{page}/end" if is_end else page,
            {} if is_end else {"name": "我写的大厅", "why": "我写的理由"},
            lambda: keep_supply(later),
            f"原来的大厅{code}",
            f"新的大厅{code}",
        )

    def lost_time(self) -> tuple[str, str]:
        """A booking whose session was closed; returns its number and the session."""
        at = self.next()
        day = beijing_day(self.hub.clock.now()) + timedelta(days=2)
        number, now = f"GX01-261123-{at:04}-K7-4", self.hub.clock.now()
        session = SeatSession(f"c-hall-birth-{at}", "consultation", "hall", "birth", day, 540, 560, 1)
        with db.writing(db.store):
            seats.open_sessions([session], now)
            seats.book(session.id, number, SeatChannel.DESK, now)
            seats.open_sessions([replace(session, closed=True)], now, settled={number})
        return number, session.id

    def settled(self) -> Press:
        """A booking that lost its time; meanwhile another one does."""
        number, _session = self.lost_time()
        page = "/desk/supply/bookings"
        return Press(page, page, {"outcome-all": "kept", "why": "我写的理由"}, self.lost_time, number, "")

    def told(self) -> Press:
        """A booking that was called off, about which Li calls meanwhile."""
        number, session = self.lost_time()
        now = self.hub.clock.now()
        with db.writing(db.store):
            supply_models.add_rebooking(
                number, RebookingOutcome.CALLED_OFF, was_session=session, was_seat=1,
                new_session="", reason="停电", at=now, actor=ZHANG,
            )  # fmt: skip
        row = supply_models.to_call()[-1].id
        page = "/desk/supply/bookings"
        change = lambda: supply.note_call(row, now=now, by=LI)  # noqa: E731
        return Press(page, f"{page}/{row}/called", {}, change, "", LI)

    def device(self, path: str, **typed: str) -> Press:
        at = self.next()
        name = f"原来的终端{at}"
        device = self.hub.enrol(name).id
        if path == "reinstate":
            with db.writing(db.store):
                devices.quarantine(db.store, device, "clone-suspected")

        def move() -> None:
            terminals.set_place(
                device, name=f"新的终端{at}", townships=(), channel="kiosk", now=self.hub.clock.now(), by=LI
            )

        page = f"/desk/devices/{device}"
        if path == "place":
            return Press(
                page, f"{page}/place", {**typed, "name": f"我的终端{at}"}, move, name, f"新的终端{at}"
            )
        return Press(page, f"/desk/devices/{path}", {"device": device}, move, name, f"新的终端{at}")

    def log(self) -> Press:
        place = self.device("place")
        device = place.page.rpartition("/")[2]
        AuditAnchor.insert(
            peer=device,
            whose=Whose.OTHER,
            seq=41,
            chain="a" * 64,
            kept_at="2026-11-23T00:00:00Z",
            fault="cut",
        ).execute(db.store)

        def move_on() -> None:
            with db.writing(db.store):
                AuditAnchor.update(seq=77).where(AuditAnchor.peer == device).execute(db.store)

        typed = {"device": device, "reason": "我写的理由"}
        return Press(place.page, "/desk/devices/log", typed, move_on, "41", "77")

    def held(self, path: str, **typed: str) -> Press:
        number = a_number(self.hub)
        self.hub.connection.execute("DELETE FROM inbox_quarantine")
        submission = hold(self.hub, number, "seq-taken")

        def renumber() -> None:
            with db.writing(db.store):
                self.hub.connection.execute("UPDATE inbox_quarantine SET code = 'number-taken'")

        given = {"key": submission.key, "digest": submission.digest, **typed}
        given = given if path == "discard" else {"key": submission.key}
        return Press("/desk/held", f"/desk/held/{path}", given, renumber, "seq-taken", "number-taken")

    def hall(self, path: str, **typed: str) -> Press:
        number, now = f"{1000 + self.next()}", self.hub.clock.now()
        accounts.add(
            number=number, name="周示例", pin="270914", devices=[self.hub.device.id], now=now, by=ZHANG
        )
        state = HallState.ACTIVE
        if path == "resume":
            accounts.set_state(number, HallState.PAUSED, now=now, by=ZHANG)
        else:
            state = HallState.PAUSED
        page = f"/desk/hall/{number}"
        change = lambda: accounts.set_state(number, state, now=now, by=LI)  # noqa: E731
        return Press(page, f"{page}/{path}", typed, change, "", "")

    def report(self, path: str, part: Part, **typed: str) -> Press:
        """The report of the year before, ready to be submitted."""
        now = self.hub.clock.now()
        texts = {name: f"第{self.next()}稿" for name, _title in PARTS}
        reports.keep(Part.TEXT, "", 2025, texts, actor=ZHANG, now=now)
        content = texts if part is Part.TEXT else {"normative-0": "7"}
        change = lambda: reports.keep(part, "", 2025, content, actor=LI, now=now)  # noqa: E731
        page = "/desk/report" if path == "submit" else f"/desk/report/{path}"
        asked = "?year=2025&organ="
        return Press(f"{page}{asked}", f"/desk/report/{path}{asked}", typed, change, "", "")

    def proceeding(self) -> Press:
        now, opened = self.hub.clock.now(), beijing_day(self.hub.clock.now())
        self.hub.take_in()
        found = Proceeding(ReviewKind.REVIEW, opened)
        given = {"organ": "GX-ZFB", "now": now}
        entry = reports.enter(found, reference=f"原案号{self.next()}", actor=ZHANG, **given)
        change = lambda: reports.enter(found, reference="新案号", actor=LI, entry=entry, **given)  # noqa: E731
        page = f"/desk/report/docket/{entry}"
        typed = {"kind": "suit", "organ": "GX-ZFB", "reference": "我的案号", "opened_on": opened.isoformat()}
        return Press(page, page, {**typed, "result": "", "decided_on": ""}, change, "原案号", "新案号")

    def logged(self, path: str = "", **typed: str) -> Press:
        """An answered request; for taking it back, one in the public log."""
        number, now = self.hub.take_in(), self.hub.clock.now()
        with db.writing(db.store):
            DisclosureCase.update(outcome="granted", answered_on="2026-11-23").where(
                DisclosureCase.number == number
            ).execute()
        record = catalogue_records.of_answer(
            f"request-log:{self.next()}", kind=other_desks.ANSWER, question="问", answer="答",
            organ_name="样例局", day=beijing_day(now),
        )  # fmt: skip
        given = {"organ": "GX-ZFB", "propose": other_desks.propose, "now": now}
        if path:
            reports.publish_answer(number, record, actor=ZHANG, **given)
        change = lambda: reports.publish_answer(number, record, actor=LI, **given)  # noqa: E731
        page = f"/desk/report/log/{number}"
        return Press(page, f"{page}{path}", typed, change, "", LI)


TODAY = "2026-11-23"
PRESSES: Mapping[str, Callable[[Desk], Press]] = {
    "catalogue_desk.approve": lambda desk: desk.on_entry(
        desk.entry(), "approve", attribute="proactive", publish_on="2026-12-20"
    ),
    "catalogue_desk.refuse": lambda desk: desk.on_entry(desk.entry(), "refuse", note="我写的理由"),
    "catalogue_desk.withdraw": lambda desk: desk.on_entry(
        desk.entry(state="approved"), "withdraw", note="我写的理由"
    ),
    "catalogue_desk.unschedule": lambda desk: desk.on_entry(desk.entry(state="scheduled"), "unschedule"),
    "catalogue_desk.reviewed": lambda desk: desk.on_entry(desk.entry(state="closed"), "reviewed"),
    "catalogue_desk.edit": lambda desk: desk.on_entry(desk.entry(), "edit", page="edit", title="我写的题目"),
    "catalogue_desk.amend": lambda desk: desk.on_entry(
        desk.entry(state="approved"), "amend", page="amend", title="我写的题目", reason="我写的理由"
    ),
    "catalogue_desk.repeal": lambda desk: desk.on_entry(
        desk.entry(state="approved"), "repeal", page="repeal",
        how="repealed", on="2026-11-30", reason="我写的理由", no_successor="y",
    ),
    "catalogue_desk.new": Desk.new,
    "catalogue_desk.table": Desk.table,
    "catalogue_desk.attachments": lambda desk: _with_file(
        desk.on_entry(desk.entry(), "attachments", page="attachments", name="我的附件")
    ),
    "catalogue_desk.arrange": lambda desk: desk.on_entry(
        desk.attached(), "arrange", page="attachments", **{"name-1": "我起的名称", "place-1": "1"}
    ),
    "catalogue_desk.detach": lambda desk: desk.on_entry(desk.attached(), "detach/1", page="attachments"),
    "catalogue_desk.approve_batch": Desk.batch,
    "catalogue_desk.keep_word": lambda desk: desk.word("words", meaning="我的说法"),
    "catalogue_desk.mark_word": lambda desk: desk.word("words/mark", status="reviewed"),
    "catalogue_desk.import_words": Desk.word_table,
    "catalogue_desk.settle_search": Desk.search,
    "catalogue_desk.settle_problem": Desk.problem,
    "catalogue_desk.map_columns": lambda desk: desk.upload(
        "mapping", desk.map_otherwise, **{"name": f"我的对照{desk.made}", "column-0": "title", "saved": ""}
    ),
    "catalogue_desk.confirm": lambda desk: desk.upload("confirm", lambda _token, doc_id: desk.rewrite(doc_id)),
    "catalogue_desk.discard": lambda desk: desk.upload("discard", desk.map_otherwise),
    "bookings_desk.conclude": lambda desk: desk.consultation("result", result="answered", text="我写的"),
    "bookings_desk.missed": lambda desk: desk.consultation("missed"),
    "bookings_desk.proposed": lambda desk: desk.answered_booking("propose", question="怎样登记？", answer="见公示。"),
    "bookings_desk.take_back": lambda desk: desk.answered_booking("take-back", reason="我写的理由"),
    "bookings_desk.excuse": lambda desk: desk.consultation("excuse", why="我写的理由"),
    "bookings_desk.cancel": lambda desk: desk.booking("cancel"),
    "bookings_desk.accept": lambda desk: desk.booking("accept", BookingState.OFFERED),
    "bookings_desk.called": lambda desk: desk.booking("called"),
    "bookings_desk.give_time": Desk.booking_time,
    "bookings_desk.handed_over": Desk.booking_elsewhere,
    "inquiries_desk.give": lambda desk: desk.inquiry("give", to="chen.banli"),
    "inquiries_desk.answer": lambda desk: desk.inquiry("answer", text="我写的答复", act="send"),
    "inquiries_desk.approve": lambda desk: desk.inquiry("approve"),
    "inquiries_desk.give_back": lambda desk: desk.inquiry("give-back", why="我写的理由"),
    "inquiries_desk.proposed": lambda desk: desk.inquiry("propose", question="低保怎样分？", answer="见公示。"),
    "inquiries_desk.take_back": lambda desk: desk.inquiry("take-back", reason="我写的理由"),
    "inquiries_desk.handed_over": Desk.inquiry_elsewhere,
    "report_desk.figures": lambda desk: desk.report("figures", Part.FIGURES, **{"normative-0": "3"}),
    "report_desk.text": lambda desk: desk.report("text", Part.TEXT, one="我写的第一部分"),
    "report_desk.submit": lambda desk: desk.report("submit", Part.FIGURES),
    "report_desk.proceeding": Desk.proceeding,
    "report_desk.log_case": lambda desk: desk.logged(question="低保怎样分配？", answer="见公示。"),
    "report_desk.take_back": lambda desk: desk.logged("/take-back", reason="我写的理由"),
    "requests_desk.keep_receipt": lambda desk: desk.case(
        "receipt",
        lambda number: steps.confirm_receipt(number, desk.day, LI, desk.hub.work()),
        on=TODAY, basis="confirmed",
    ),
    "requests_desk.register": lambda desk: desk.case(
        "register", lambda number: steps.register(number, LI, desk.hub.work())
    ),
    "requests_desk.take_step": lambda desk: desk.case(
        "steps/withdraw", lambda number: steps.register(number, LI, desk.hub.work()), on=TODAY, way="书面",
    ),
    "requests_desk.keep_recount": Desk.recount,
    "requests_desk.assign": lambda desk: desk.chosen(),
    "requests_desk.give": lambda desk: desk.added("give", to="chen.banli"),
    "requests_desk.note": lambda desk: desk.added("note", text="我记的备注"),
    "requests_desk.urge": lambda desk: desk.added("urge", until="2026-12-01"),
    "requests_desk.link": lambda desk: desk.added("link", other=desk.hub.take_in()),
    "requests_desk.scans": lambda desk: replace(
        desk.added("scans"), file=("来件.png", attached.a_png())
    ),
    "requests_desk.edit_letter": lambda desk: desk.letter("edit", fact_supply="我写的内容"),
    "requests_desk.letter_hand_over": lambda desk: desk.letter("hand-over"),
    "requests_desk.letter_approve": lambda desk: desk.letter("approve", "waiting"),
    "requests_desk.letter_give_back": lambda desk: desk.letter("give-back", "waiting", why="我写的理由"),
    "requests_desk.letter_issue": lambda desk: desk.letter("issue", "approved"),
    "requests_desk.letter_void": lambda desk: desk.letter("void", why="我写的理由"),
    "requests_desk.letter_serve": lambda desk: desk.letter("serve", "issued", way="post", on=TODAY, proof="1099"),
    "requests_desk.letter_delivered": lambda desk: desk.letter("delivered", "served", on=TODAY),
    "requests_desk.letter_attach": lambda desk: _with_file(desk.letter("attach")),
    "requests_desk.letter_detach": Desk.detached,
    "requests_desk.letter_keep_scan": lambda desk: _with_file(desk.letter("keep-scan", "issued")),
    "requests_desk.cover_area": lambda desk: desk.covered(
        "area", page="1", left="10", top="20", width="30", height="5", ground="trade", why="我写的说明"
    ),
    "requests_desk.cover_words": lambda desk: desk.covered("words", words="grants", ground="privacy"),
    "requests_desk.cover_remove": lambda desk: desk.covered("remove", at="0"),
    "requests_desk.cover_make": lambda desk: desk.covered("make", name="我起的名称.pdf"),
    "requests_desk.letter_head": lambda desk: desk.letterhead(contact="我填的电话"),
    "requests_desk.confirm_head": lambda desk: desk.letterhead("/confirm", by_whom="刘", on=TODAY),
    "requests_desk.letter_text": lambda desk: desk.wording(),
    "requests_desk.approve_text": lambda desk: desk.wording("/approve"),
    "requests_desk.refuse_text": lambda desk: desk.wording("/refuse"),
    "supply_desk.save": Desk.place,
    "supply_desk.end": lambda desk: desk.place(is_end=True),
    "supply_desk.settle": Desk.settled,
    "supply_desk.called": Desk.told,
    "calendar_desk.propose": Desk.proposed_year,
    "calendar_desk.approve": lambda desk: desk.year_that_waits("approve"),
    "calendar_desk.withdraw": lambda desk: desk.year_that_waits("withdraw"),
    "requests_desk.settle_added": Desk.addition,
    "requests_desk.handed_over": Desk.elsewhere,
    "requests_desk.release_answer": lambda desk: desk.answered("release", name="答复书", letter_no="1号"),
    "requests_desk.new_code": lambda desk: desk.answered("new-code"),
    "staff.approve": lambda desk: desk.account("approve"),
    "staff.close": lambda desk: desk.account("close"),
    "staff.propose": lambda desk: desk.account("reset"),
    "staff.confirm": lambda desk: desk.joint("confirm"),
    "staff.withdraw": lambda desk: desk.joint("withdraw"),
    "staff.place": lambda desk: desk.device("place", channel="kiosk"),
    "staff.reinstate": lambda desk: desk.device("reinstate"),
    "staff.revoke": lambda desk: desk.device("revoke"),
    "staff.accept_log": Desk.log,
    "staff.let_in": lambda desk: desk.held("let-in"),
    "staff.discard": lambda desk: desk.held("discard", reason="我写的理由"),
    "staff.make_key": Desk.first_key,
    "staff.lend": lambda desk: desk.loan("lend"),
    "staff.end_loan": lambda desk: desk.loan("end-loan"),
    "staff.lost": Desk.keyless,
    "staff.merge": Desk.merger,
    "staff.confirm_merger": lambda desk: desk.merger("/confirm"),
    "staff.withdraw_merger": lambda desk: desk.merger("/withdraw"),
    "hall_desk.places": lambda desk: desk.hall("places", places=desk.hub.device.id),
    "hall_desk.pin": lambda desk: desk.hall("pin", pin="862407", again="862407"),
    "hall_desk.pause": lambda desk: desk.hall("pause"),
    "hall_desk.resume": lambda desk: desk.hall("resume"),
    "hall_desk.close": lambda desk: desk.hall("close"),
}  # fmt: skip
"""How each act comes about, and what somebody else does to its thing."""
SECRET = {"pin", "again"}
NAMES = ("name", "organ", "key", "device", "word", "words", "batch")
"""Hidden fields by which one of several forms on a page is known."""
UNSEEN_PAGES = {
    **dict.fromkeys(
        ("inquiries_desk.answer", "inquiries_desk.approve", "inquiries_desk.give_back"),
        "its page is the answer to an opening, which is logged",
    ),
    "catalogue_desk.reviewed": "its button is on a list of entries half a year old",
    "calendar_desk.propose": "its page is the answer to what was given",
}
"""Acts whose page is not asked for, with the reason: the version is made as the page makes it."""


def keep_supply(*things: Thing) -> None:
    """Li changes the supply; bookings that lost their time already stay as they are."""
    acts = BookingActs(lambda *_moved: None, lambda *_called_off: None)  # each is kept
    hand, changes = SupplyHand(LI, CLOCK.now(), load_calendar(), acts), [*map(change_to, things)]
    hit = supply.effects(changes, hand.now, hand.calendar).hit
    supply.save(changes, hand, {each.number: SettledBooking(RebookingOutcome.KEPT) for each in hit})


def _with_file(press: Press) -> Press:
    return replace(press, file=("附件.png", attached.a_png()))


def acts(app: Flask) -> dict[str, bool]:
    """Each route of the desk that takes a form, and whether it is an act with a version."""
    return {
        rule.endpoint: hasattr(app.view_functions[rule.endpoint], "desk_act")
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or set()) and rule.rule.startswith("/desk")
    }


@pytest.fixture
def desk(tmp_path: Path, address: str) -> Iterator[Desk]:
    hub = build_hub(tmp_path, address)
    for name, role in ((ZHANG, "publisher"), (LI, "admin"), ("wang.wu", "publisher")):
        hub.add_account(name, role)
    hub.add_account("chen.banli")
    hub.add_account("qian.guanli", "admin")
    yield Desk(hub)
    db.real(db.store).close_all()


def sent(desk: Desk, endpoint: str, press: Press) -> dict[str, str]:
    """What a browser sends from the page: the form that goes there, with what a person fills in."""
    browser = desk.browser(endpoint)
    if endpoint in UNSEEN_PAGES:
        page = Form(
            press.path, {"csrf_token": token_of(browser, press), "version": browser.version(press.path)}
        )
        return {**page.values, **press.typed}
    shown = browser.get(press.page)
    assert shown.status_code == 200, (endpoint, shown.status_code)
    named = {name: value for name, value in press.typed.items() if name in NAMES}
    going = [
        each for each in Forms(shown.text).forms if each.action == press.path and "csrf_token" in each.values
    ]
    fitting = [
        each for each in going if all(each.values.get(name, value) == value for name, value in named.items())
    ]
    fitting = fitting or going
    assert fitting, f"{endpoint}: no form on {press.page} goes to {press.path}"
    return {**fitting[-1].values, **press.typed}


def token_of(browser: Browser, press: Press) -> str:
    page = (
        press.page if press.page.startswith(("/desk/workdays", "/desk/inquiries", "/desk/bookings")) else DESK
    )
    (first, *_others) = Forms(browser.get(page).text).forms
    return first.values["csrf_token"]


def pressed(desk: Desk, endpoint: str, path: str, form: Mapping[str, str], press: Press) -> TestResponse:
    data: dict[str, Any] = dict(form)
    if press.file:
        data["file"] = (io.BytesIO(press.file[1]), press.file[0])
    client = desk.browser(endpoint).client
    answer = client.post(path, data=data, headers={"Host": HOST, "Origin": f"http://{HOST}"})
    answer.request.environ["wsgi.input"].close()
    return answer


@contextmanager
def changing_inside(change: Callable[[], object]) -> Iterator[None]:
    """Let somebody change the thing just before the next act begins its transaction."""
    store = db.real(db.store)
    own, is_due = store.writing, True

    @contextmanager
    def writing(*, alone: bool) -> Iterator[None]:
        nonlocal is_due
        if alone and is_due:
            is_due = False
            change()
        with own(alone=alone):
            yield

    store.writing = writing  # type: ignore[method-assign]  # the fault is injected where every act begins
    try:
        yield
    finally:
        store.writing = own  # type: ignore[method-assign]
    assert not is_due, "the act began no transaction"


def is_refused(answer: TestResponse) -> bool:
    """Whether a page says that the thing is another one by now."""
    return answer.status_code == 409 and 'id="changed-title"' in answer.text


def lines(actor: str) -> int:
    """How many lines of the log are of this person's acts."""
    return int(AuditLine.select().where(AuditLine.actor == actor).count())


def lost(page: str, press: Press) -> list[str]:
    """What was typed and is in no form of the page; passwords are asked for again."""
    kept = [form.values for form in Forms(page).forms]
    return [
        name
        for name, value in press.typed.items()
        if not any((form.get(name) == value) if name not in SECRET else name in form for form in kept)
    ]


def sweep(desk: Desk, endpoint: str, *, is_inside: bool) -> list[str]:
    """Press one act on a thing that somebody changes; return what is wrong with the answer."""
    press = PRESSES[endpoint](desk)
    form, before = sent(desk, endpoint, press), lines(desk.who(endpoint))
    if is_inside:
        with changing_inside(press.change):
            answer = pressed(desk, endpoint, press.path, form, press)
    else:
        press.change()
        answer = pressed(desk, endpoint, press.path, form, press)
    if not is_refused(answer):
        return [f"{endpoint} answered {answer.status_code}: it acts on a version that nobody saw"]
    wrong = [f"{endpoint} does not show {text}" for text in (press.saw, press.now) if text not in answer.text]
    if lines(desk.who(endpoint)) != before:
        wrong.append(f"{endpoint} writes although it refuses")
    wrong += [f"{endpoint} loses {name}" for name in lost(answer.text, press)]
    again = [each for each in Forms(answer.text).forms if "version" in each.values]
    if not again:
        return [*wrong, f"{endpoint} has no way on"]
    secrets = {name: press.typed[name] for name in SECRET & {*press.typed}}
    second = pressed(desk, endpoint, press.path, {**again[-1].values, **secrets}, press)
    return [*wrong, f"{endpoint} refuses the version it showed"] if is_refused(second) else wrong


def test_every_act_of_the_desk_names_the_version_that_was_seen(desk: Desk) -> None:
    found = acts(desk.hub.app)
    without = sorted(endpoint for endpoint, is_act in found.items() if not is_act and endpoint not in EXEMPT)
    assert not without, (
        f"mark {without} with `acts_on`, or say in EXEMPT why nothing that can change is acted on"
    )
    assert sorted(EXEMPT.keys() - found.keys()) == [], "exempt, and gone"
    unknown = sorted(endpoint for endpoint, is_act in found.items() if is_act and endpoint not in PRESSES)
    assert not unknown, f"say in PRESSES how {unknown} come about and what somebody else may do meanwhile"


def test_an_act_on_what_was_seen_is_done(desk: Desk) -> None:
    """The control: the same presses without anybody between them are not refused, and each writes its line."""
    for endpoint, made in PRESSES.items():
        press = made(desk)
        form, before = sent(desk, endpoint, press), lines(desk.who(endpoint))
        answer = pressed(desk, endpoint, press.path, form, press)
        assert answer.status_code in (200, 303), (endpoint, answer.status_code)
        assert lines(desk.who(endpoint)) > before or endpoint in ("catalogue_desk.discard",), endpoint


def test_a_thing_changed_behind_the_page_is_not_acted_on(desk: Desk) -> None:
    faults = [fault for endpoint in PRESSES for fault in sweep(desk, endpoint, is_inside=False)]
    assert not faults, "\n".join(faults)


def test_a_thing_changed_while_the_act_begins_is_not_acted_on(desk: Desk) -> None:
    """Two presses at once: the second finds the first one's change inside its own transaction."""
    faults = [fault for endpoint in PRESSES for fault in sweep(desk, endpoint, is_inside=True)]
    assert not faults, "\n".join(faults)


def test_the_sweep_finds_an_act_that_compares_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Seen, "hold", lambda _seen, _now=None: None)
    (fault,) = sweep(desk, "catalogue_desk.approve", is_inside=False)
    assert "acts on a version that nobody saw" in fault


def test_a_form_without_a_version_is_not_acted_on(desk: Desk) -> None:
    press = desk.on_entry(desk.entry(), "approve", attribute="proactive")
    form = {**sent(desk, "catalogue_desk.approve", press), "version": ""}
    answer = pressed(desk, "catalogue_desk.approve", press.path, form, press)
    assert is_refused(answer)
    assert "没有说明看到的是哪一版" in answer.text


@pytest.mark.parametrize("value", ["x", "x.y", "x.????", "." + "A" * 50, "a.eJw="])
def test_a_version_that_cannot_be_read_is_another_version(desk: Desk, value: str) -> None:
    press = desk.on_entry(desk.entry(), "refuse", note="我写的理由")
    form = {**sent(desk, "catalogue_desk.refuse", press), "version": value}
    assert is_refused(pressed(desk, "catalogue_desk.refuse", press.path, form, press))


def test_a_new_text_sent_twice_is_one_entry(desk: Desk) -> None:
    press = desk.new()
    form = sent(desk, "catalogue_desk.new", press)
    answers = [pressed(desk, "catalogue_desk.new", press.path, form, press).status_code for _ in range(2)]
    assert answers == [303, 303]
