"""Scripts that import one another are never mixed from two versions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kiosk.web.assets import modules
from tools.gallery import gallery_app

STATIC = Path(modules.__file__).parents[2] / "static"
ADDRESS = re.compile(r'"\./([\w.-]+\.js)(?:\?v=([0-9a-f]{10}))?"')


def a_panel(static: Path, press: str = "export const hold = 1;") -> Path:
    """Three scripts, each importing the next."""
    folder = static / "js"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "panel.js").write_text('import { row } from "./row.js";\n', "utf-8")
    (folder / "row.js").write_text('import { hold } from "./press.js";\nexport const row = hold;\n', "utf-8")
    (folder / "press.js").write_text(press, "utf-8")
    return static


def test_a_change_deep_below_changes_the_addresses_all_the_way_up(tmp_path: Path) -> None:
    before = modules.completed(a_panel(tmp_path))
    assert set(before) == {"js/panel.js", "js/row.js"}, "what imports nothing is served from disk"
    after = modules.completed(a_panel(tmp_path, "export const hold = 2;"))
    assert before["js/row.js"] != after["js/row.js"]
    assert before["js/panel.js"] != after["js/panel.js"]
    assert before == modules.completed(a_panel(tmp_path))


def test_the_address_in_an_import_is_the_fingerprint_of_what_is_served(tmp_path: Path) -> None:
    made = modules.completed(a_panel(tmp_path))
    (found,) = ADDRESS.findall(made["js/panel.js"].decode())
    assert found == ("row.js", modules.fingerprint(made["js/row.js"]))


def test_a_circle_of_imports_is_an_error_and_no_endless_loop(tmp_path: Path) -> None:
    a_panel(tmp_path, 'import { row } from "./row.js";')
    with pytest.raises(ValueError, match="imports itself"):
        modules.completed(tmp_path)


def test_every_import_of_the_product_carries_a_fingerprint_and_leads_to_what_it_names() -> None:
    visitor = gallery_app().test_client()
    checked = 0
    for name, content in modules.completed(STATIC).items():
        served = visitor.get(f"/static/{name}", headers={"Accept-Encoding": "identity"})
        assert served.data == content
        assert served.mimetype == "text/javascript"
        for imported, version in ADDRESS.findall(content.decode()):
            assert version, f"{name} imports {imported} without a fingerprint"
            part = visitor.get(
                f"/static/{Path(name).parent.as_posix()}/{imported}?v={version}",
                headers={"Accept-Encoding": "identity"},
            )
            assert modules.fingerprint(part.data) == version
            part.close()
            checked += 1
        served.close()
    assert checked >= 8
