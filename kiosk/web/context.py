"""
The wiring of an application: what a view may ask for, one typed field each; the only way to get a collaborator.

Built whole in `kiosk/app/`. A feature reaches what belongs to another one through a field here and imports nothing of
it; the types belong to their owners' modules and are named for the type checker only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Generic, TypeVar, cast

from flask import Flask, current_app, has_request_context, request

from config.settings import HubSettings, TerminalSettings
from kiosk.clock import Clock
from kiosk.workdays import MovedDeadline, WorkCalendar

if TYPE_CHECKING:
    from kiosk.catalogue.attachments.content import Boxes, Picture, Redacted
    from kiosk.catalogue.search.search import Search
    from kiosk.consultation.booking.times import SeatLine
    from kiosk.consultation.supply.things import Supply
    from kiosk.disclosure.pages.beginnings import ReadyWords, StandardList
    from kiosk.hall.condition_words import Machine
    from kiosk.intake.attached.clean_files import CleanFile
    from kiosk.intake.attached.held_files import HeldFiles
    from kiosk.intake.codes import BootKey
    from kiosk.intake.handling import Handling
    from kiosk.intake.kinds import SubmissionKind
    from kiosk.intake.organs import Organ
    from kiosk.intake.pages.answers.sealed_answers import Collecting
    from kiosk.intake.pages.overview import FormProgress
    from kiosk.intake.tracking import Closed, HubState
    from kiosk.queue.wired import HallQueue
    from kiosk.readers.at_hand import Readers
    from kiosk.speech.blocks import Reader
    from kiosk.speech.recordings import Recordings
    from kiosk.staff.keys import Cost
    from kiosk.terminal.tiles import Notice, Tile
    from printers.paper.document import Slip
    from sync.hub.answering import Hub
    from sync.hub.greeting import SealKey
    from sync.hub.inbox import OnTaken

Settings = TypeVar("Settings", TerminalSettings, HubSettings)
KEY = "kiosk"
"""Key of the wiring in `app.extensions`; nothing else of ours is kept there."""
COUNTED_WITH = "kiosk.calendar"
"""Key of the calendar in a request's environment: one page counts with one calendar."""


@dataclass(frozen=True)
class Wiring(Generic[Settings]):
    """
    Collaborators of both applications.

    Args:
        calendar_now: Returns the calendar of working days in force; `calendar` asks it once a request.
        supply: Returns what the county offers for consultation.
        bring_by: Returns what a published guide says to bring, by its id, a line each; none: nobody can read it now.
    """

    home: Path
    settings: Settings
    clock: Clock
    calendar_now: Callable[[], WorkCalendar]
    supply: Callable[[], Supply]
    bring_by: Callable[[str], Sequence[str]]

    @property
    def calendar(self) -> WorkCalendar:
        """Return the calendar of working days in force; the same one throughout a request."""
        if not has_request_context():
            return self.calendar_now()
        if COUNTED_WITH not in request.environ:
            request.environ[COUNTED_WITH] = self.calendar_now()
        found: WorkCalendar = request.environ[COUNTED_WITH]
        return found


@dataclass(frozen=True, kw_only=True)
class TerminalWiring(Wiring[TerminalSettings]):
    """
    A terminal's collaborators.

    Args:
        boot_key: Seals what must not outlive this boot, such as query codes that wait for paper.
        organs: The organs that take requests; the first one is for citizens who know no other.
        urgent_notices: Returns the catalogue's urgent notices of today.
        tiles: Returns the start page's tiles of the kinds of which the replica holds at least one document.
        machine: Returns the condition of printer, sync, disk and screen, and the last days of this machine.
        hall_papers: Papers that the hall's staff may print, by the kind under which the paper is counted.
        kinds: The kinds of submissions that are taken here.
        form_overview: Returns the progress of this visit's unfinished form; None when none was begun.
        ask_hub: Asks the hub for the state of a submission, by number and query code; None: no such pair.
            Raises ConnectionError when the hub cannot be asked.
        collecting: The hub's sealed answers, and pages drawn from memory.
        is_hub_away: Returns whether a submission made now would have to wait, judged by the last rounds of the sync.
        search: Returns the search of the catalogue, opened at its first use.
        recordings: Recordings of speech on this machine.
        seats: The seats of consultations as this terminal reaches them.
        reader: Puts the controls for listening into finished pages.
        held_files: The files of unfinished forms, in memory.
        ready_words: Returns words with which requests begin: the county's templates.
        standard_lists: Returns the standard directories with their rows.
        proposed_organs: Returns the organs that may be meant by a form's answers: see `intake.form.blanks.Asking`.
        clean_file: Returns a file that a citizen hands in, checked and redrawn. Raises Refused.
        queue: The hall's queue, as this machine has it.
        readers: The readers of cards and codes.
    """

    boot_key: BootKey
    organs: Callable[[], list[Organ]]
    urgent_notices: Callable[[], Sequence[Notice]]
    tiles: Callable[[], list[Tile]]
    machine: Callable[[], Machine]
    hall_papers: Mapping[str, Callable[[], Slip]]
    kinds: Sequence[SubmissionKind]
    form_overview: Callable[[], FormProgress | None]
    ask_hub: Callable[[str, str], HubState | Closed | None]
    collecting: Collecting
    is_hub_away: Callable[[], bool]
    search: Search
    seats: SeatLine
    recordings: Recordings
    reader: Reader
    held_files: HeldFiles
    ready_words: Callable[[], Sequence[ReadyWords]]
    standard_lists: Callable[[], Sequence[StandardList]]
    proposed_organs: Callable[[Mapping[str, str]], Mapping[str, str]]
    clean_file: Callable[[IO[bytes], str], CleanFile]
    queue: HallQueue
    readers: Readers


@dataclass(frozen=True, kw_only=True)
class HubWiring(Wiring[HubSettings]):
    """
    A hub's collaborators.

    Args:
        organ_name: Returns the full name of an organ by its code, or an unknown code unchanged.
        organ: Returns an organ by its code as the county's directory has it; an unknown one has its code for a name.
        organs: The organs of the directory that take requests, by name.
        organs_seen: Returns the codes of the organs whose submissions an account may see, by its name; None: all.
        seal_key: Returns the key to which an organ's personal data is sealed: its own, or the office's.
        staff_name: Returns the name of a member of the halls' staff by number; empty when there is none.
        townships: Returns the townships of the county's directory, where terminals may be placed.
        how_many_publish: Returns how many people may publish at this hub.
        propose_record: Stores a record of the catalogue, which another person then approves: the record, who, when.
            Raises RuleBroken "record-faulty" with the first fault.
        keep_record_file: Stores a file that goes with such a record: its content, its name; returns its item for the
            record's attachments. Raises Refused, StoreFull.
        take_record_back: Takes a record of the catalogue back, published or not: its id, the reason, who, when.
        record_state: Returns the state of a record of the catalogue by its id: "waiting", "refused", "withdrawn",
            "published", "approved" (another attribute, or a later day); empty: there is none.
        report_kind, answer_kind, library_kind: The kinds of record of annual reports, of answered requests, and of
            questions with their answers.
        handlings: How each kind of submission is handled.
        device_name: Returns the name of a terminal by its code, or the code; the hub's own register has one too.
        device_codes: Returns the codes of all terminals and of the hub's own register.
        clerks: Returns the accounts that may handle requests now, by name.
        clean_file: Returns a file that somebody of the desk brings in, checked and redrawn. Raises Refused.
        file_sheet: Returns a whole page of a file in memory as a picture: content, media type, page, width. Raises
            Refused, as the next two.
        find_in_file: Returns where a PDF says some words.
        redacted: Returns a file with areas covered, proven to hold nothing of them.
        on_taken: Called when the hub takes a submission, in the transaction that stores it.
        taken_by: Returns the same for what an account of the desk enters.
        unlock_key: Returns the key that hub and terminal share, by the terminal's device id.
        secret: Returns the hub's key for one purpose, which is in no database.
        staff_cost: Cost of hashing a password of the staff.
        sync: The object that answers the terminals.
        would_move: Returns the running deadlines that another calendar would move.
        recount: Counts the running deadlines, in the name of an account, with a calendar; inside the caller's
            transaction; returns how many moved.
    """

    organ_name: Callable[[str], str]
    organ: Callable[[str], Organ]
    organs: Callable[[], list[Organ]]
    organs_seen: Callable[[str], frozenset[str] | None]
    seal_key: Callable[[str], SealKey]
    staff_name: Callable[[str], str]
    townships: Callable[[], list[str]]
    how_many_publish: Callable[[], int]
    propose_record: Callable[[Mapping[str, Any], str, datetime], None]
    keep_record_file: Callable[[bytes, str], Mapping[str, Any]]
    take_record_back: Callable[[str, str, str, datetime], None]
    record_state: Callable[[str], str]
    report_kind: str
    answer_kind: str
    library_kind: str
    handlings: Sequence[Handling]
    device_name: Callable[[str], str]
    device_codes: Callable[[], Sequence[str]]
    clerks: Callable[[], Sequence[str]]
    clean_file: Callable[[IO[bytes], str], CleanFile]
    file_sheet: Callable[[bytes, str, int, int], Picture]
    find_in_file: Callable[[bytes, str, str], Boxes]
    redacted: Callable[[bytes, str, Boxes], Redacted]
    on_taken: OnTaken
    taken_by: Callable[[str], OnTaken]
    unlock_key: Callable[[str], bytes]
    secret: Callable[[str], bytes]
    staff_cost: Cost
    sync: Hub
    would_move: Callable[[WorkCalendar], Sequence[MovedDeadline]]
    recount: Callable[[str, WorkCalendar], int]


def give(app: Flask, wiring: TerminalWiring | HubWiring) -> None:
    """Hand an application its wiring, before anything of it is served."""
    app.extensions[KEY] = wiring


def of(app: Flask) -> TerminalWiring | HubWiring:
    """Return the wiring of this application."""
    return cast("TerminalWiring | HubWiring", app.extensions[KEY])


def terminal() -> TerminalWiring:
    """Return the wiring of the terminal that serves this request."""
    return cast("TerminalWiring", current_app.extensions[KEY])


def hub() -> HubWiring:
    """Return the wiring of the hub that serves this request."""
    return cast("HubWiring", current_app.extensions[KEY])


def wiring() -> TerminalWiring | HubWiring:
    """Return the wiring of whichever application serves this request."""
    return of(current_app)
