"""The inquiry as a terminal shows it: a chosen topic says by itself which organ answers."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint

from kiosk.consultation.inquiry import kind
from kiosk.consultation.inquiry.questions import routed
from kiosk.intake.form.blanks import Answers
from kiosk.intake.kinds import SubmissionKind
from kiosk.intake.pages.here import asking
from kiosk.intake.questions import Question
from kiosk.web import context


def _route(question: Question, answers: Answers, _key: str) -> Answers:
    return routed(question, answers, asking(answers))


def _add_pages(pages: Blueprint, _kind: SubmissionKind) -> None:
    """Tell its pages what the county promises; it has no page of its own."""
    pages.context_processor(lambda: {"inquiry_workdays": context.terminal().settings.inquiry_workdays})


INQUIRY = replace(kind.INQUIRY, reserve=_route, more_pages=_add_pages)
