"""What is published, carried to another hub with its files: it takes them as it takes any export."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest

from kiosk import blobs, db
from kiosk.catalogue import commands
from kiosk.catalogue.attachments.store import ImportFiles
from kiosk.catalogue.importing import carrying, importers
from kiosk.catalogue.records import attachment as attachments
from kiosk.catalogue.records.documents import live, one
from kiosk.clock import FixedClock
from kiosk.errors import Refused, StoreFull
from tests.catalogue import attached
from tests.catalogue.conftest import Catalogue, a_record, an_empty_hub, write_lines
from tests.catalogue.feedback.test_review import keys


@pytest.fixture
def published(catalogue: Catalogue, tmp_path: Path) -> Catalogue:
    """Two documents, three attachments: two with the same file, one of which only an address is known."""
    folder = tmp_path / "brought"
    folder.mkdir()
    (folder / "表.pdf").write_bytes(attached.a_pdf("一", "二"))
    first = a_record(
        attachments=[
            {"file": "表.pdf", "name": "申请表"},
            {"name": "旧表", "url": "https://gx.example.cn/1.doc"},
        ]
    )
    path = write_lines(
        folder / "a.jsonl", first, a_record("doc:2", attachments=[{"file": "表.pdf", "name": "同一张表"}])
    )
    kept = ImportFiles(blobs.of_home(catalogue.home), 3_000_000, folder)
    assert importers.import_file(path, catalogue.hand, publish=True, files=kept).published == 2
    return catalogue


def export(catalogue: Catalogue, folder: Path) -> tuple[int, str]:
    out = io.StringIO()
    return commands.run_export_with_files(folder, blobs.of_home(catalogue.home), out), out.getvalue()


def another_hub(home: Path, clock: FixedClock) -> None:
    """An empty hub takes the place of the one that exported."""
    db.store.obj.close()
    home.mkdir()
    an_empty_hub(home, clock)


def test_another_hub_imports_the_folder_and_has_the_same_documents_and_files(
    published: Catalogue, tmp_path: Path, clock: FixedClock
) -> None:
    before = {each.doc_id: each.record for each in live()}
    files = blobs.of_home(published.home).held()
    code, told = export(published, tmp_path / "carried")
    assert (code, told.splitlines()) == (0, [f"{tmp_path / 'carried'}: 2 records, 1 files"])
    another_hub(tmp_path / "other", clock)
    kept = ImportFiles(blobs.of_home(tmp_path / "other"), 3_000_000, tmp_path / "carried")
    report = importers.import_file(
        tmp_path / "carried" / carrying.RECORDS, published.hand, publish=True, files=kept
    )
    assert (report.published, report.refused) == (2, 0)
    assert {each.doc_id: each.record for each in live()} == before
    assert kept.blobs.held() == files


def test_a_file_that_is_not_here_is_named_and_its_attachment_keeps_its_name(
    published: Catalogue, tmp_path: Path
) -> None:
    for sha256 in blobs.of_home(published.home).held():
        blobs.of_home(published.home).remove(sha256)
    code, told = export(published, tmp_path / "carried")
    assert code == 1
    assert "not on this machine: doc:1: 申请表" in told
    first = json.loads((tmp_path / "carried" / carrying.RECORDS).read_text("utf-8").splitlines()[0])
    assert first["attachments"] == [
        {"name": "申请表"},
        {"name": "旧表", "url": "https://gx.example.cn/1.doc"},
    ]


def test_an_export_without_its_files_is_refused_with_the_way_to_bring_them(
    published: Catalogue, tmp_path: Path, clock: FixedClock
) -> None:
    out = io.StringIO()
    commands.run_export(out)
    (tmp_path / "bare.jsonl").write_text(out.getvalue(), "utf-8")
    another_hub(tmp_path / "other", clock)
    kept = ImportFiles(blobs.of_home(tmp_path / "other"), 3_000_000, tmp_path)
    report = importers.import_file(tmp_path / "bare.jsonl", published.hand, publish=True, files=kept)
    assert not report.done
    assert any("catalogue export --files DIR" in line for line in commands.lines_of(report))
    assert one("doc:1") is None


def test_a_folder_that_is_there_is_not_written_into(published: Catalogue, tmp_path: Path) -> None:
    (tmp_path / "carried").mkdir()
    with pytest.raises(Refused, match="folder-exists"):
        export(published, tmp_path / "carried")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_leaves_nothing(published: Catalogue, tmp_path: Path) -> None:
    shut = tmp_path / "shut"
    shut.mkdir(mode=0o500)
    with pytest.raises(StoreFull):
        export(published, shut / "carried")
    assert list(shut.iterdir()) == []


def test_a_file_lost_on_the_way_leaves_no_half_folder(published: Catalogue, tmp_path: Path) -> None:
    """The disk ends in the middle: the name of the folder never stands for less than everything."""

    def ends() -> object:
        yield '{"id": "doc:1", "kind": "policy", "title": "一", "body": ""}'
        raise OSError(28, "No space left on device")

    with pytest.raises(StoreFull):
        carrying.write(tmp_path / "carried", ends(), blobs.of_home(published.home))  # type: ignore[arg-type]
    assert not (tmp_path / "carried").exists()
    assert not (tmp_path / "carried.part").exists()


def test_who_has_no_file_for_an_attachment_stands_on_the_list_of_quality(published: Catalogue) -> None:
    assert keys()["no-file"] == ["doc:1"]
    found = one("doc:1")
    assert found
    assert [bool(item.sha256) for item in attachments.of(found.content)] == [True, False]
