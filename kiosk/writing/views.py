"""
The requests of the panel: candidates for letters, and suggestions for the next word.

Letters and words travel in the body of a POST, never in an address; none of them is stored or logged. The two
endpoints change nothing, so they take no form token (a page that is only read must not write a session to disk);
they answer own pages only: the body must be JSON, which a foreign page cannot send unasked, and `web.security`
refuses foreign origins.
"""

from __future__ import annotations

import threading
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.blueprints import BlueprintSetupState
from markupsafe import Markup

from kiosk import db, side_lists
from kiosk.web.context import terminal
from kiosk.web.language.wording import language
from kiosk.writing import chips, rules
from kiosk.writing.lexicon import Names, SqliteLexicon, names_in, prepare, spelled

FOLDER = "writing"
BEFORE_LIMIT = 8
"""Characters before the caret that a page may send."""
_opening = threading.Lock()


def blueprint() -> Blueprint:
    """Return POST /writing/pinyin and /writing/next of a kiosk, and the words of the panel for its template."""
    pages = Blueprint("writing", __name__, url_prefix="/writing")
    pages.add_url_rule("/pinyin", view_func=pinyin, methods=["POST"])
    pages.add_url_rule("/next", view_func=next_words, methods=["POST"])
    pages.app_context_processor(_panel)
    pages.record_once(_without_form_token)
    return pages


def pinyin() -> dict[str, Any]:
    """Answer {"letters", "before"} with {"candidates": [{"text", "letters"}]}, the likeliest first."""
    letters = _asked("letters", rules.LETTERS_LIMIT)
    if not all(one in "abcdefghijklmnopqrstuvwxyz'" for one in letters):
        abort(400)
    found = rules.candidates(letters, _lexicon(), before=_asked("before", BEFORE_LIMIT))
    return {"candidates": [{"text": one.text, "letters": one.letters} for one in found]}


def next_words() -> dict[str, Any]:
    """Answer {"before"} with {"candidates": [{"text", "letters": 0}]}: suggestions for the next word."""
    found = rules.next_words(_asked("before", BEFORE_LIMIT), _lexicon())
    return {"candidates": [{"text": text, "letters": 0} for text in found]}


def _asked(name: str, limit: int) -> str:
    """Return a text of the JSON body; abort for anything else."""
    body = request.get_json(silent=True)
    value = body.get(name, "") if isinstance(body, dict) else None
    if not isinstance(value, str) or len(value) > limit:
        abort(400)
    return value


def _lexicon() -> SqliteLexicon:
    """Return the words of this terminal; only kiosks have a panel."""
    here = terminal()
    if here.settings.channel != "kiosk":
        abort(404)
    with _opening:
        return _opened(here.home / FOLDER, _names())


@lru_cache(maxsize=2)
def _opened(folder: Path, names: Names) -> SqliteLexicon:
    """
    Return the lexicon with the county's names, opened once a process; unpacked here if `lexicon.prepare` did not run
    before.
    """
    return SqliteLexicon(prepare(folder), spelled(names))


def _names() -> Names:
    """Return the county's names as its hub sent them; none where no station is open."""
    return () if db.store.obj is None else _names_as(side_lists.digest(db.store, side_lists.WORDS))


@lru_cache(maxsize=2)
def _names_as(digest: str) -> Names:
    """Return the names in the list with this digest, read once a process."""
    return names_in(side_lists.read(db.store, side_lists.WORDS) or b"") if digest else ()


def _panel() -> dict[str, Any]:
    """Return the variables of the panel's template; empty if no panel is shown."""
    own = terminal().settings
    has_panel = getattr(own, "channel", "") == "kiosk"
    words = tuple(own.common_words) if has_panel else ()
    return {
        "has_writing_panel": has_panel,
        "writing_panel": lambda: (
            _drawn(language().code, words, own.county_name, _names()) if has_panel else ""
        ),
    }


@lru_cache(maxsize=8)
def _drawn(lang: str, words: tuple[str, ...], county: str, names: Names) -> Markup:
    """Return the panel in one language, rendered once: it is the same on each page."""
    return Markup(render_template("writing/_panel.html", writing_chips=chips.groups(words, county, names)))


def _without_form_token(state: BlueprintSetupState) -> None:
    csrf = state.app.extensions.get("csrf")
    if csrf is not None:
        csrf.exempt(pinyin)
        csrf.exempt(next_words)
