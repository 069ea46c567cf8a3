"""The context of a form at this terminal: the day, the organs, the place, the language of the visit."""

from __future__ import annotations

from kiosk.clock import today
from kiosk.intake.kinds import StateWords
from kiosk.intake.organs import Organ
from kiosk.intake.promises import Medium, SlipOrigin
from kiosk.intake.questions import Answers, Asking
from kiosk.intake.tracking import Progress
from kiosk.web import context
from kiosk.web.language.wording import language


def asking(answers: Answers) -> Asking:
    """Return the context of a form at this terminal, now."""
    wiring = context.terminal()
    return Asking(answers, today(wiring.clock), wiring.organs)


def organ_of(answers: Answers) -> Organ:
    """Return the chosen organ of a form; the first one if none was chosen, or the chosen one receives none any more."""
    known = context.terminal().organs()
    return next((one for one in known if one.code == answers.get("organ")), known[0])


def words_of(progress: Progress) -> StateWords:
    """Return the words of a state; of the first kind if the hub did not say which kind it is."""
    kinds = context.terminal().kinds
    kind = next((one for one in kinds if one.name == progress.kind), kinds[0])
    return kind.state_words(progress.state, progress.delivery)


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
