"""Every text of code and templates, as gettext collects them."""

from __future__ import annotations

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir

PACKAGE = Path(__file__).resolve().parents[2]
TOOLS = PACKAGE.parent / "tools"
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2.ext:babel_extract")]
OPTIONS = {"**/templates/**.html": {"silent": "false"}}
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "_l": None,
    "N_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
}


def texts_of_the_code() -> Catalog:
    """Return every text of code and templates, with the files where it stands; names begin with kiosk/ or tools/."""
    found = Catalog(charset="utf-8", fuzzy=False)
    for folder in (PACKAGE, TOOLS):
        for name, _line, message, comments, context in extract_from_dir(
            folder, METHODS, OPTIONS, KEYWORDS, strip_comment_tags=True
        ):
            place = f"{folder.name}/{Path(name).as_posix()}"
            found.add(message, locations=[(place, 0)], auto_comments=comments, context=context)
    return found
