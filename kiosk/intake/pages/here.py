"""The context of a form at this terminal: the day, the organs, the place, the language of the visit."""

from __future__ import annotations

from flask import session

from kiosk.clock import today
from kiosk.intake.begun import ABOUT
from kiosk.intake.form.blanks import Answers, Asking
from kiosk.intake.kinds import StateWords, SubmissionKind, TrackedCourse
from kiosk.intake.organs import Organ
from kiosk.intake.promises import Medium, SlipOrigin
from kiosk.intake.tracking import Progress, read_progress
from kiosk.web import context
from kiosk.web.language.wording import language

SEEN, CODE = "progress", "progress_code"
"""Session keys of what was looked up, and of the query code that was typed for it."""
ORGAN_NAME, IDENTITY_STEP = "organ_name", "identity_step"
"""Names, among the answers of a form about a submission, of its organ's name and of how the county asks who it is."""


def asking(answers: Answers) -> Asking:
    """Return the context of a form at this terminal, now."""
    wiring = context.terminal()
    return Asking(
        answers,
        today(wiring.clock),
        wiring.organs,
        takes_files=takes_files(),
        proposed=wiring.proposed_organs,
    )


def takes_files() -> bool:
    """Return whether this place takes files: a telephone's own, or what the camera of a machine in a hall sees."""
    settings = context.terminal().settings
    return settings.channel == "web" or settings.document_camera


def organ_of(answers: Answers) -> Organ:
    """Return the chosen organ of a form; the first one if none was chosen, or the chosen one receives none any more."""
    known = context.terminal().organs()
    code, name = answers.get("organ", ""), answers.get(ORGAN_NAME, "")
    unlisted = Organ(code, name) if name else known[0]
    return next((one for one in known if one.code == code), unlisted)


def kind_of(progress: Progress) -> SubmissionKind:
    """Return the kind of what was looked up; the first one if the hub did not say which it is."""
    kinds = context.terminal().kinds
    return next((one for one in kinds if one.name == progress.kind), kinds[0])


def words_of(progress: Progress) -> StateWords:
    """Return the words of a state."""
    return kind_of(progress).state_words(progress.state, progress.delivery)


def course_of(progress: Progress) -> TrackedCourse:
    """Return the way of what was looked up: its dated steps, what happens next, what can be done."""
    course = kind_of(progress).course
    return course(progress) if course else TrackedCourse()


def looked_up() -> Progress | None:
    """Return what this visit looked up with number and query code, if anything."""
    return read_progress(session.get(SEEN))


def known_of(progress: Progress) -> Answers:
    """Return what a form about a submission need not ask."""
    step = context.terminal().settings.identity_step
    return {
        ABOUT: progress.number,
        "organ": progress.organ_code,
        ORGAN_NAME: progress.organ_name,
        IDENTITY_STEP: step,
    }


def place_here(*, large: bool, medium: Medium = Medium.THERMAL_PAPER) -> SlipOrigin:
    """Return the place printed on a slip that is ordered now."""
    settings = context.terminal().settings
    return SlipOrigin(
        place_name=settings.place_name,
        station_name=settings.station_name,
        progress_url=f"{settings.public_url}/progress" if settings.public_url else "",
        lang=language().tag,
        large=large,
        medium=medium,
    )
