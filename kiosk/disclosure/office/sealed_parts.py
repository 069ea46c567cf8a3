"""What is sealed about a case: letters with their files, notes, scans; it goes with the case to another organ."""

from __future__ import annotations

from kiosk.disclosure.letters.models import DisclosureLetter, LetterFile
from kiosk.disclosure.office.models import CaseNote, CaseScan
from kiosk.intake.by_organ.resealing import SealedTable

SEALED_PARTS: tuple[SealedTable, ...] = (
    SealedTable(
        LetterFile.seq,
        (LetterFile.head, LetterFile.sealed, LetterFile.marks, LetterFile.copy),
        DisclosureLetter.number,
        DisclosureLetter.key_id,
        joined=LetterFile.letter_seq == DisclosureLetter.seq,
    ),
    SealedTable(
        DisclosureLetter.seq,
        (DisclosureLetter.draft, DisclosureLetter.page, DisclosureLetter.scan),
        DisclosureLetter.number,
        DisclosureLetter.key_id,
    ),
    SealedTable(CaseNote.no, (CaseNote.sealed,), CaseNote.number, CaseNote.key_id),
    SealedTable(CaseScan.no, (CaseScan.name, CaseScan.sealed), CaseScan.number, CaseScan.key_id),
)
