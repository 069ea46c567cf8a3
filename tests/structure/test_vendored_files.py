"""Files of others are exactly those that the manifests name, byte for byte."""

import base64
import hashlib
import json
import re
import shutil
import tomllib
from pathlib import Path

import pytest

from tests.vendor import refresh

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = {
    ROOT / "kiosk" / "static" / "vendor": {"manifest.toml"},
    ROOT / "tests" / "vendor": {"manifest.toml", "icons.txt", "refresh.py"},
}


def entries(folder: Path) -> list[dict[str, str]]:
    return tomllib.loads((folder / "manifest.toml").read_text(encoding="utf-8"))["file"]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_vendored_file_has_the_bytes_that_were_reviewed(folder: Path) -> None:
    for entry in entries(folder):
        digest = hashlib.sha384((folder / entry["name"]).read_bytes()).digest()
        assert entry["sha384"] == "sha384-" + base64.b64encode(digest).decode(), entry["name"]
        assert entry["version"] in entry["name"]
        assert entry["licence"]


@pytest.mark.parametrize(("folder", "ours"), FOLDERS.items(), ids=["product", "tests"])
def test_no_file_of_others_lies_outside_the_manifest(folder: Path, ours: set[str]) -> None:
    named = {entry["name"] for entry in entries(folder)} | ours
    assert {path.name for path in folder.iterdir() if path.is_file()} == named


def test_each_package_brings_its_licence() -> None:
    for folder in FOLDERS:
        packages = {entry["package"] for entry in entries(folder)}
        licensed = {entry["package"] for entry in entries(folder) if entry["name"].endswith("LICENSE.txt")}
        assert packages == licensed


def test_templates_ask_only_for_icons_that_the_sprite_holds() -> None:
    sprite = next((ROOT / "kiosk" / "static" / "vendor").glob("tabler-icons-*.svg")).read_text(
        encoding="utf-8"
    )
    drawn = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    asked = set()
    for page in (ROOT / "kiosk" / "templates").rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        asked |= {
            (name, page.name) for name in re.findall(r"""\bicon(?:\(|=)\s*["']([a-z0-9-]+)["']""", text)
        }
    assert asked
    assert {(name, page) for name, page in asked if name not in drawn} == set()


def an_unpacked_package(folder: Path, name: str, version: str, *files: str) -> None:
    """A package as npm unpacks it, with these files."""
    for file in files:
        (folder / name / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / name / file).write_text("<svg><path d='M0 0'/></svg>", encoding="utf-8")
    (folder / name / "package.json").write_text(json.dumps({"version": version}), encoding="utf-8")


def test_renewing_some_packages_leaves_the_files_of_all_others(tmp_path: Path) -> None:
    static, tests, unpacked = (tmp_path / name for name in ("static", "tests", "unpacked"))
    for mine, theirs in zip((static, tests), FOLDERS, strict=True):
        shutil.copytree(theirs, mine, ignore=shutil.ignore_patterns("__pycache__"))
    an_unpacked_package(unpacked, "htmx.org", "9.0.0", "dist/htmx.min.js", "LICENSE")
    icons = [f"icons/outline/{theirs}.svg" for _ours, theirs in refresh.wanted_icons()]
    an_unpacked_package(unpacked, "icons", "9.0.1", "LICENSE", *icons)
    an_unpacked_package(unpacked, "axe-core", "9.0.2", "axe.min.js", "LICENSE")
    before = {entry["name"]: entry for entry in entries(static)}
    refresh.refresh(unpacked, static, tests)
    after = {entry["name"]: entry for entry in entries(static)}
    strokes = "hanzi-strokes-2.0.1.bin"
    assert after[strokes] == before[strokes]
    assert (static / strokes).read_bytes() == (ROOT / "kiosk/static/vendor" / strokes).read_bytes()
    assert "htmx-9.0.0.min.js" in after
    assert not (static / "htmx-4.0.1.min.js").exists()
    for folder, ours in zip((static, tests), FOLDERS.values(), strict=True):
        named = {entry["name"] for entry in entries(folder)} | ours
        assert {path.name for path in folder.iterdir() if path.is_file()} == named
