"""Letters from draft to service: what is kept sealed, who approves, numbers, and the step that goes with each."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from kiosk import audit, db
from kiosk.audit import AuditLine
from kiosk.clock import beijing_day
from kiosk.disclosure import cases, steps
from kiosk.disclosure.events import CaseAct, CaseState, ServiceWay
from kiosk.disclosure.handover import release
from kiosk.disclosure.letters import (
    case_file,
    case_words,
    drafting,
    enclosed,
    issuing,
    kinds,
    letterheads,
    models,
    numbering,
    wordings,
)
from kiosk.disclosure.letters.drafting import CaseKey, DraftWords
from kiosk.disclosure.letters.letterheads import Letterhead
from kiosk.disclosure.letters.models import CaseLetter, LetterState
from kiosk.disclosure.letters.page import proof
from kiosk.disclosure.office import worklist
from kiosk.disclosure.office.worklist import Light
from kiosk.disclosure.outcomes import Outcome
from kiosk.errors import Refused, RuleBroken
from kiosk.intake import sealed
from kiosk.intake.office.listing import ListViewer
from kiosk.staff.entry import signing_in
from kiosk.staff.entry.signing_in import Entered
from tests.disclosure.letter_samples import PLACES, facts_of
from tests.hub import CHEAP, PASSWORD, PERSONAL, Hub, build_hub

ORGAN = "GX-ZFB"
LINA, WANG = "lina", "wang"
HEAD = Letterhead(ORGAN, "冠政办公开", "联系电话：0635-5231234。", places=PLACES)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    hub = build_hub(tmp_path_factory.mktemp("hub"))
    hub.add_account(LINA)
    letterheads.change(HEAD, now=hub.clock.now(), by=LINA)
    yield hub
    db.real(db.store).close_all()


@pytest.fixture(scope="module")
def keys(hub: Hub) -> dict[str, bytes]:
    entered = signing_in.sign_in(LINA, PASSWORD, hub.clock, CHEAP)
    assert isinstance(entered, Entered)
    return dict(entered.reading_keys)


def registered(hub: Hub) -> str:
    number = hub.take_in()
    steps.confirm_receipt(number, beijing_day(hub.clock.now()), LINA, hub.work())
    steps.register(number, LINA, hub.work())
    return number


def key_of(number: str, keys: dict[str, bytes]) -> CaseKey:
    return drafting.key_for(sealed.key_of(number), keys)


def drafted(hub: Hub, number: str, kind: str, keys: dict[str, bytes], **facts: str) -> CaseLetter:
    case, course = cases.case(number), cases.course_of(number, hub.calendar)
    row = kinds.KINDS[kind]
    opened = sealed.read(number, keys)
    values = case_words.values(
        case, course, opened, organ="冠县人民政府办公室", channel="自助终端", clerk="李娜"
    )
    words = drafting.begun(row, values)
    filled = replace(words, facts={**facts_of(row), **facts}, addressee=words.addressee or "冠县民政局")
    return drafting.write(case, kind, filled, key_of(number, keys), now=hub.clock.now(), by=LINA)


def issued(hub: Hub, number: str, kind: str, keys: dict[str, bytes], **facts: str) -> CaseLetter:
    found, key, now = drafted(hub, number, kind, keys, **facts), key_of(number, keys), hub.clock.now()
    issuing.hand_over(found, key, now=now, by=LINA)
    issuing.approve(models.letter(found.seq, number), now=now, by=WANG)
    return issuing.issue(models.letter(found.seq, number), key, hub.work(), "", by=LINA)


def state_of(number: str) -> CaseState:
    return cases.case(number).state


def until(hub: Hub, days: int) -> str:
    return (beijing_day(hub.clock.now()) + timedelta(days=days)).isoformat()


def test_a_correction_notice_is_written_approved_issued_and_served(hub: Hub, keys: dict[str, bytes]) -> None:
    number = registered(hub)
    found = issued(hub, number, "correction", keys, until=until(hub, 14))
    assert found.state is LetterState.ISSUED
    assert found.letter_no == f"冠政办公开补〔2026〕{found.letter_no.rpartition('〕')[2]}"
    assert state_of(number) is CaseState.AWAITING_CORRECTION
    event = cases.events(number)[-1]
    assert (event.act, event.detail["letter_no"]) == (CaseAct.CORRECTION_ASKED, found.letter_no)
    page = issuing.page_of(found, key_of(number, keys), "page", hub.clock.now(), LINA)
    read = proof.text(page)
    assert PERSONAL["name"] in read
    assert found.letter_no in read
    assert "行政复议" not in read
    today = beijing_day(hub.clock.now())
    issuing.serve(found, ServiceWay.POST, today, "1234567890123", by=LINA, work=hub.work())
    served = models.letter(found.seq, number)
    assert (served.state, served.service["proof"]) == (LetterState.SERVED, "1234567890123")


@pytest.mark.parametrize(
    "outcome",
    [
        each
        for each in Outcome
        if each.value in kinds.KINDS and not each.value.startswith(("abandoned", "unclear"))
    ],
)
def test_an_answer_of_every_outcome_ends_its_case_when_it_is_served(
    hub: Hub, keys: dict[str, bytes], outcome: Outcome
) -> None:
    number = registered(hub)
    if outcome is Outcome.MASS:
        issued(hub, number, "reasons", keys, until=until(hub, 10))
    if outcome is Outcome.REFUSED_THIRD:
        asked = issued(hub, number, "third_party", keys)
        steps.take(number, CaseAct.OPINION_ARRIVED, _objection(hub, asked.party), LINA, hub.work())
    found = issued(hub, number, outcome.value, keys)
    assert (cases.case(number).outcome, state_of(number)) == (outcome, CaseState.ANSWERED)
    today = beijing_day(hub.clock.now())
    issuing.serve(found, ServiceWay.DIRECT, today, "本人签收", by=LINA, work=hub.work())
    assert state_of(number) is CaseState.ENDED
    course = cases.course_of(number, hub.calendar)
    assert course.remedies is not None


def _objection(hub: Hub, party: int) -> object:
    from kiosk.disclosure.events import OpinionAnswer, OpinionAnswerFacts

    return OpinionAnswerFacts(on=beijing_day(hub.clock.now()), party=party, answer=OpinionAnswer.OBJECTS)


def test_a_draft_and_its_page_are_sealed(hub: Hub, keys: dict[str, bytes]) -> None:
    number = registered(hub)
    found = issued(hub, number, "granted", keys, supply="SECRETWORD 见附件。")
    for part in ("draft", "page"):
        raw = models.sealed_part(found.seq, part)
        assert b"SECRETWORD" not in raw
        assert b"%PDF" not in raw
        with pytest.raises(Refused, match="reading-key-missing"):
            drafting.key_for(found.key_id, {})
    said = [f"{line.subject} {line.detail}" for line in AuditLine.select()]
    assert not any(PERSONAL["name"] in line or "SECRETWORD" in line for line in said)


def test_whoever_wrote_a_letter_does_not_approve_it_and_nobody_issues_it_before(
    hub: Hub, keys: dict[str, bytes]
) -> None:
    number = registered(hub)
    found, key, now = drafted(hub, number, "granted", keys), key_of(number, keys), hub.clock.now()
    with pytest.raises(RuleBroken, match="not-approved"):
        issuing.issue(found, key, hub.work(), "", by=LINA)
    viewer = ListViewer(LINA, beijing_day(now), hub.calendar)
    assert worklist.counts(viewer)[Light.LETTER_WAITS] == 0
    issuing.hand_over(found, key, now=now, by=LINA)
    assert worklist.counts(viewer)[Light.LETTER_WAITS] == 1
    with pytest.raises(RuleBroken, match="own-letter"):
        issuing.approve(found, now=now, by=LINA)
    issuing.give_back(found, "日期写错", now=now, by=WANG)
    assert worklist.counts(viewer)[Light.LETTER_WAITS] == 0
    assert models.letter(found.seq, number).why == "日期写错"
    letterheads.change(replace(HEAD, needs_approval=False), now=now, by=LINA)
    again = issuing.issue(models.letter(found.seq, number), key, hub.work(), "", by=LINA)
    letterheads.change(HEAD, now=now, by=LINA)
    assert again.state is LetterState.ISSUED


def test_numbers_follow_one_another_and_a_voided_one_stays_taken(hub: Hub, keys: dict[str, bytes]) -> None:
    day = beijing_day(hub.clock.now())
    first = issued(hub, number := registered(hub), "granted", keys)
    issuing.void(first, "印错", now=hub.clock.now(), by=LINA)
    again = issued(hub, number, "granted", keys)
    one, two = (int(each.letter_no.rpartition("〕")[2].removesuffix("号")) for each in (first, again))
    assert two == one + 1
    assert numbering.following("冠政办公开答", day) == f"冠政办公开答〔2026〕{two + 1}号"
    assert models.letter(first.seq, number).why == "印错"
    assert cases.events(number)[-1].detail["replaces"] == first.letter_no
    assert [each.act for each in cases.events(number)].count(CaseAct.ANSWERED) == 1


def test_a_refused_step_issues_nothing_and_takes_no_number(hub: Hub, keys: dict[str, bytes]) -> None:
    number, day = registered(hub), beijing_day(hub.clock.now())
    issued(hub, number, "correction", keys, until=until(hub, 14))
    before = numbering.following("冠政办公开补", day)
    with pytest.raises(RuleBroken, match="correction-once"):
        issued(hub, number, "correction", keys, until=until(hub, 14))
    assert numbering.following("冠政办公开补", day) == before
    assert [each.letter_no for each in models.of_case(number)][-1] == ""


def test_the_number_is_right_when_another_letter_took_the_foreseen_one(
    hub: Hub, keys: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    number = registered(hub)
    monkeypatch.setattr(numbering, "following", lambda prefix, day: numbering.written(prefix, day, 999))
    found = issued(hub, number, "granted", keys)
    read = proof.text(issuing.unsealed(found, key_of(number, keys), "page"))
    assert found.letter_no in read
    assert "999号" not in read


def test_a_letter_that_lacks_something_is_not_handed_over(hub: Hub, keys: dict[str, bytes]) -> None:
    number = registered(hub)
    found, key = drafted(hub, number, "correction", keys), key_of(number, keys)
    words, now = drafting.read(found, key), hub.clock.now()
    lacking = {
        "facts-missing": replace(words, facts={**words.facts, "points": ""}),
        "addressee-missing": replace(words, addressee=" "),
        "places-unfilled": replace(words, body=words.body + "{什么}"),
        "remedies-too-many": replace(words, body=words.body + "可以申请行政复议。"),
    }
    for code, draft in lacking.items():
        drafting.rewrite(found, draft, key, now=now, by=LINA)
        with pytest.raises(RuleBroken, match=code):
            issuing.hand_over(found, key, now=now, by=LINA)
    answer = drafted(hub, number, "granted", keys)
    words = drafting.read(answer, key)
    drafting.rewrite(answer, replace(words, body=words.body.replace("{救济}", "")), key, now=now, by=LINA)
    with pytest.raises(RuleBroken, match="remedies-missing"):
        issuing.hand_over(answer, key, now=now, by=LINA)


def test_an_extension_counts_its_working_days_from_the_old_end(hub: Hub, keys: dict[str, bytes]) -> None:
    number = registered(hub)
    due = cases.course_of(number, hub.calendar).due
    assert due
    later = hub.calendar.after(due.day, 10).day
    issued(hub, number, "extension", keys, old_due=due.day.isoformat(), until=later.isoformat())
    after = cases.course_of(number, hub.calendar)
    assert after.extended_by == 10
    assert after.due
    assert after.due.day == later


def test_consulting_a_third_party_suspends_and_names_no_applicant(hub: Hub, keys: dict[str, bytes]) -> None:
    number = registered(hub)
    found = issued(hub, number, "third_party", keys)
    assert (found.party, state_of(number)) == (1, CaseState.SUSPENDED)
    read = proof.text(issuing.unsealed(found, key_of(number, keys), "page"))
    assert PERSONAL["name"] not in read
    assert number not in read
    assert "第三方意见确认函" in read
    today = beijing_day(hub.clock.now())
    issuing.serve(found, ServiceWay.DIRECT, today, "本人签收", by=LINA, work=hub.work())
    assert cases.events(number)[-1].act is CaseAct.OPINION_DELIVERED


def test_a_letter_is_served_over_the_internet_only_with_the_channel_for_a_review(
    hub: Hub, keys: dict[str, bytes]
) -> None:
    now = hub.clock.now()
    offline = replace(HEAD, places=replace(PLACES, review_online=""))
    letterheads.change(offline, now=now, by=LINA)
    found = issued(hub, registered(hub), "granted", keys)
    letterheads.change(HEAD, now=now, by=LINA)
    with pytest.raises(RuleBroken, match="online-channel-unknown"):
        issuing.serve(found, ServiceWay.EMAIL, beijing_day(now), "", by=LINA, work=hub.work())


def test_a_confirmation_of_the_legal_office_ends_with_a_change(hub: Hub) -> None:
    now, day = hub.clock.now(), beijing_day(hub.clock.now())
    assert letterheads.unconfirmed() == [ORGAN]
    letterheads.confirm(ORGAN, "县司法局 刘", day, now=now, by=LINA)
    assert letterheads.unconfirmed() == []
    assert letterheads.of_organ(ORGAN).places.confirmed_on == day
    letterheads.change(replace(HEAD, contact="别的电话。"), now=now, by=LINA)
    assert letterheads.of_organ(ORGAN).places.confirmed_by
    letterheads.change(replace(HEAD, places=replace(PLACES, court="聊城市中级人民法院")), now=now, by=LINA)
    assert not letterheads.of_organ(ORGAN).places.confirmed_by
    letterheads.change(HEAD, now=now, by=LINA)


def test_a_text_is_proposed_by_one_and_approved_by_another(hub: Hub) -> None:
    now, text = hub.clock.now(), kinds.text("receipt").replace("特此", "") + "谢谢您的申请。\n"
    wordings.propose("receipt", text, now=now, by=LINA)
    assert wordings.current("receipt").version == wordings.SHIPPED
    with pytest.raises(Refused, match="own-proposal"):
        wordings.approve("receipt", now=now, by=LINA)
    wordings.approve("receipt", now=now, by=WANG)
    used = wordings.current("receipt")
    assert (used.version, used.text, used.approved_by) == (1, text, WANG)
    wordings.propose("receipt", text + "再谢。\n", now=now, by=WANG)
    wordings.refuse("receipt", now=now, by=LINA)
    assert [each.version for each in wordings.all_of("receipt")] == [1, 0]
    with pytest.raises(RuleBroken, match="place-unknown"):
        wordings.propose("receipt", "{身份证号}", now=now, by=LINA)


def test_files_of_an_answer_are_sealed_listed_and_bounded(hub: Hub, keys: dict[str, bytes]) -> None:
    number = registered(hub)
    found, key, now = drafted(hub, number, "granted", keys), key_of(number, keys), hub.clock.now()
    enclosed.attach(
        found, key, "C:\\scans\\发放名册.pdf", "application/pdf", b"%PDF-1 secret", now=now, by=LINA
    )
    enclosed.attach(found, key, "照片.png", "image/png", b"png", now=now, by=LINA)
    for code, kind, content in (
        ("file-type", "application/zip", b"PK"),
        ("file-too-large", "application/pdf", b"x" * (enclosed.MOST_BYTES + 1)),
    ):
        with pytest.raises(Refused, match=code):
            enclosed.attach(found, key, "x", kind, content, now=now, by=LINA)
    assert enclosed.titles(found, key) == ["发放名册", "照片"]
    first, second = enclosed.contents(found, key)
    assert first.content == b"%PDF-1 secret"
    assert b"secret" not in models.file_part(first.seq, "sealed")
    enclosed.detach(found, second.seq, now=now, by=LINA)
    page = issuing.preview(models.letter(found.seq, number), key, hub.work(), "", by=LINA)
    assert "附件：发放名册" in proof.text(page)


def test_the_file_of_a_case_holds_letters_scans_and_hashes(hub: Hub, keys: dict[str, bytes]) -> None:
    number = registered(hub)
    found, key, now = issued(hub, number, "granted", keys), key_of(number, keys), hub.clock.now()
    enclosed.keep_scan(found, key, "application/pdf", b"%PDF scan", now=now, by=LINA)
    kept = models.letter(found.seq, number)
    assert issuing.of_record(kept, key) == b"%PDF scan"
    packed = case_file.made(number, keys, now=now, by=LINA, form=b"%PDF form")
    with zipfile.ZipFile(io.BytesIO(packed)) as read:
        names = read.namelist()
        manifest = json.loads(read.read("manifest.json"))
    assert f"文书/01 政府信息公开申请答复书/{found.letter_no}.pdf" in names
    assert "文书/01 政府信息公开申请答复书/盖章扫描件.pdf" in names
    assert [each["name"] for each in manifest["files"]] == [name for name in names if name != "manifest.json"]
    assert kept.page_sha256 in {each["sha256"] for each in manifest["files"]}
    acts = [line.act for line in AuditLine.select()]
    assert audit.Act.CASE_FILE_MADE.value in acts


def test_years_and_numbers_are_written_as_the_standard_says() -> None:
    assert numbering.written("冠政办公开答", date(2027, 1, 5), 7) == "冠政办公开答〔2027〕7号"
    assert DraftWords().body == ""


LAPSES = {Outcome.ABANDONED_CORRECTION: "correction", Outcome.ABANDONED_FEE: "fee_notice"}


@pytest.mark.parametrize("way", [ServiceWay.DIRECT, ServiceWay.POST, ServiceWay.CODE])
@pytest.mark.parametrize("outcome", LAPSES)
def test_the_letter_of_a_lapse_is_served_and_remedies_run_from_then(
    hub: Hub, keys: dict[str, bytes], outcome: Outcome, way: ServiceWay
) -> None:
    number = registered(hub)
    notice = issued(hub, number, LAPSES[outcome], keys, until=until(hub, 14), amount="100")
    work, today = hub.work(), beijing_day(hub.clock.now())
    issuing.serve(notice, ServiceWay.DIRECT, today, "本人签收", by=LINA, work=work)
    hub.clock.advance(40 * 86_400)
    found = issued(hub, number, outcome.value, keys)
    lapsed = cases.case(number)
    assert (lapsed.state, lapsed.outcome, lapsed.closed_on) == (
        CaseState.ENDED, outcome, beijing_day(hub.clock.now()),
    )  # fmt: skip
    hub.clock.advance(86_400)
    today = beijing_day(hub.clock.now())
    if way is ServiceWay.CODE:
        collected = issuing.Collected(keys, "name")
        issuing.release_by_code(found, key_of(number, keys), collected, by=LINA, work=hub.work())
        assert cases.for_citizen(lapsed, cases.course_of(number, hub.calendar), hub.work())["answer"]["ready"]
        release.note_collected(number, hub.work())
    else:
        issuing.serve(found, way, today, "1234567890123", by=LINA, work=hub.work())
    if way is ServiceWay.POST:
        assert cases.course_of(number, hub.calendar).remedies is None
        assert models.posted_answer(number)
        posted = models.letter(found.seq, number)
        issuing.delivered(posted, today, by=LINA, work=hub.work())
    course = cases.course_of(number, hub.calendar)
    assert (course.known_on, course.closed_on) == (today, lapsed.closed_on)
    assert course.remedies
    assert course.remedies.suit
    assert models.letter(found.seq, number).state is LetterState.SERVED
