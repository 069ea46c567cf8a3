"""What may happen next in a request: illegal steps are refused by the name of their rule."""

from __future__ import annotations

import inspect
import re
from datetime import UTC, date, datetime

import pytest

from kiosk.disclosure import lawful
from kiosk.disclosure.course import Course
from kiosk.disclosure.deadlines import check_confirmed_day
from kiosk.disclosure.desk import rule_words
from kiosk.disclosure.events import AnswerFacts, CaseAct, ReceiptFacts, StepFacts, WithdrawalFacts
from kiosk.disclosure.outcomes import Outcome
from kiosk.disclosure.rules import ReceivedBasis
from kiosk.errors import RuleBroken

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
RECEIVED = Course(received_on=TODAY)
REGISTERED = Course(received_on=TODAY, registered_on=TODAY)


@pytest.mark.parametrize(
    ("course", "act", "code"),
    [
        (Course(), CaseAct.REGISTERED, "receipt-not-confirmed"),
        (REGISTERED, CaseAct.REGISTERED, "already-registered"),
        (RECEIVED, CaseAct.RECEIPT_CONFIRMED, "receipt-known"),
        (REGISTERED, CaseAct.RECEIPT_CONFIRMED, "receipt-known"),
    ],
)
def test_a_step_out_of_order_is_refused(course: Course, act: CaseAct, code: str) -> None:
    is_receipt = act is CaseAct.RECEIPT_CONFIRMED
    facts = ReceiptFacts(on=TODAY, basis=ReceivedBasis.CONFIRMED) if is_receipt else StepFacts(on=TODAY)
    with pytest.raises(RuleBroken) as broken:
        lawful.check(course, act, facts, TODAY)
    assert broken.value.code == code


def test_a_withdrawal_that_a_terminal_brings_late_is_older_than_the_receipt() -> None:
    earlier = date(2026, 11, 20)
    lawful.check(REGISTERED, CaseAct.WITHDRAWN, WithdrawalFacts(on=earlier), TODAY)
    answer = AnswerFacts(on=earlier, outcome=Outcome.GRANTED)
    with pytest.raises(RuleBroken, match="before-receipt"):
        lawful.check(REGISTERED, CaseAct.ANSWERED, answer, TODAY)


def test_every_rule_has_its_sentence_and_no_sentence_is_left_over() -> None:
    """Codes are the quoted words of the rules; two more are of a day of receipt."""
    source = inspect.getsource(lawful) + inspect.getsource(check_confirmed_day)
    codes = set(re.findall(r'"([a-z]+(?:-[a-z]+)+|archived)"', source))
    assert codes == set(rule_words.RULES)
