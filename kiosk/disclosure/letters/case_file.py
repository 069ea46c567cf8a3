"""
The file of a case for the archive (art. 45): its letters, scans, files and events as a zip with hashes of all of them.

It holds personal data in clear: it is made in memory for the clerk who holds the key, and logged.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import PurePath

from kiosk import audit, db
from kiosk.audit import Act
from kiosk.clock import stamp
from kiosk.disclosure import cases
from kiosk.disclosure.following import follow_ups
from kiosk.disclosure.following.addition_kinds import CORRECTION
from kiosk.disclosure.letters import drafting, enclosed, issuing, models, redaction
from kiosk.disclosure.letters.models import CaseLetter
from kiosk.intake import sealed
from kiosk.intake.attached import arrived_pieces

MANIFEST = "manifest.json"
ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}


def made(number: str, keys: Mapping[str, bytes], *, now: datetime, by: str, form: bytes) -> bytes:
    """
    Return the zip; the making is logged.

    Args:
        keys: Reading keys of the session, by id. form: The application form as PDF.
    Raises:
        Refused: "reading-key-missing", "sealed-part-broken".
    """
    parts = {
        "申请表.pdf": form,
        "办理记录.json": _events(number),
        **dict(_letters(number, keys)),
        **dict(_brought(number, keys)),
    }
    manifest = {
        "number": number,
        "made_at": stamp(now),
        "made_by": by,
        "covered": list(_covered(number, keys)),
        "files": [
            {"name": name, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
            for name, content in parts.items()
        ],
    }
    parts[MANIFEST] = _json(manifest)
    with db.writing(db.store):
        audit.record(at=now, actor=by, act=Act.CASE_FILE_MADE, subject=number, detail={"files": len(parts)})
    return _zip(parts, now)


def _zip(parts: Mapping[str, bytes], now: datetime) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(zipfile.ZipInfo(name, now.timetuple()[:6]), content)
    return target.getvalue()


def _events(number: str) -> bytes:
    rows = [
        {"at": stamp(each.at), "actor": each.actor, "act": each.act.value, "detail": dict(each.detail)}
        for each in cases.events(number)
    ]
    return _json(rows)


def _letters(number: str, keys: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    for at, found in enumerate((each for each in models.of_case(number) if each.page_sha256), 1):
        key = drafting.key_for(found.key_id, keys)
        folder = f"文书/{at:02d} {found.row.title}"
        yield f"{folder}/{_number(found)}.pdf", issuing.unsealed(found, key, "page")
        if found.scan_sha256:
            ending = ENDINGS.get(str(found.service.get("scan_type")), "bin")
            yield f"{folder}/盖章扫描件.{ending}", issuing.unsealed(found, key, "scan")
        for place, each in enumerate(enclosed.contents(found, key), 1):
            yield f"{folder}/附件{place:02d} {PurePath(each.name).name}", each.content


def _brought(number: str, keys: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield what the applicant handed in with the request and its corrections, but for what is still on its way."""
    corrections = [each.number for each in follow_ups.of_case(number) if each.kind == CORRECTION.name]
    for folder, each in (("申请材料", number), *((f"补正材料 {added}", added) for added in corrections)):
        opened = sealed.read(each, keys)
        for at, file in enumerate(arrived_pieces.files_of(each, opened)):
            if file.is_whole:
                found = arrived_pieces.opened_file(each, opened, at)
                yield f"{folder}/{at + 1:02d} {PurePath(found.name).name}", found.content


def _covered(number: str, keys: Mapping[str, bytes]) -> Iterator[dict[str, object]]:
    """Yield what is covered in the enclosed files: where, on which ground, and the digest of the sealed original."""
    for found in (each for each in models.of_case(number) if each.page_sha256):
        key = drafting.key_for(found.key_id, keys)
        for kept in models.files(found.seq):
            if kept.is_marked:
                marks = [asdict(each) for each in redaction.of_file(kept, key).marks]
                digests = {"original_sha256": kept.sha256, "copy_sha256": kept.copy_sha256}
                yield {"letter_no": found.letter_no, **digests, "marks": marks}


def _number(found: CaseLetter) -> str:
    words = found.letter_no or "文书"
    return f"{words}（作废）" if found.state == models.LetterState.VOID else words


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode()
