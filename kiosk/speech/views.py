"""
Reading aloud on pages: controls are inserted into each finished page, recordings are served by the key of their
text, and without JavaScript a page of its own plays them.

Addresses contain keys of public texts only. Pages are processed after they are made, so that a text can be heard as
soon as it has a recording, whatever its source.
"""

from __future__ import annotations

import io
import logging
import re
from functools import lru_cache

from flask import Blueprint, Response, abort, current_app, g, render_template, request, send_file, session

from kiosk.speech import bank, blocks, numerals, ogg, rules, stretches
from kiosk.speech.stretches import Stretches
from kiosk.web.answers import here
from kiosk.web.context import terminal
from kiosk.web.language.wording import gettext as _
from kiosk.web.language.wording import language

LOUDEST = 5
USUAL_VOLUME = 3
"""Of five steps; a visit begins with it, and leaving resets it."""
FOREVER = "public, max-age=31536000, immutable"
MEDIA_TYPE = "audio/ogg"
KEYS = re.compile(r"[0-9a-f]{16}(?:\.[0-9a-f]{16})*")
_log = logging.getLogger(__name__)


def blueprint() -> Blueprint:
    """Return the recordings, and the controls on every page in a language that has recordings."""
    pages = Blueprint("speech", __name__, url_prefix="/speech")
    pages.add_url_rule("/<clips>.opus", "sound", sound)
    pages.add_url_rule("/listen", "listen", listen)
    pages.app_context_processor(lambda: {"say": _say()})
    pages.after_app_request(_read_aloud)
    return pages


def sound(clips: str) -> Response:
    """Send the recordings of an address, joined."""
    files = [terminal().recordings.path(key) for key in _keys(clips)]
    if not files or None in files:
        abort(404)
    try:
        data = [file.read_bytes() for file in files if file]
        sound = data[0] if len(data) == 1 else ogg.join(data)
    except (OSError, ogg.NotOpus) as error:
        _log.error("speech-file: a recording cannot be read: %s", error)
        abort(404)
    answer = send_file(io.BytesIO(sound), MEDIA_TYPE, conditional=True, etag=clips[:64])
    answer.headers["Cache-Control"] = FOREVER
    return answer


def _keys(clips: str) -> list[str]:
    """Return the keys of an address; 404 for anything else."""
    if not KEYS.fullmatch(clips):
        abort(404)
    keys = clips.split(".")
    return keys if len(keys) <= stretches.MOST_KEYS else abort(404)


def listen() -> str:
    """Show the browser's own player and the way back, for browsers without JavaScript."""
    clips = request.args.get("clips", "")
    if not all(terminal().recordings.path(key) for key in _keys(clips)):
        abort(404)
    back = request.args.get("next", "")
    is_ours = back.startswith("/") and not back.startswith(("//", "/\\"))
    return render_template("speech/listen.html", clips=clips, back=back if is_ours else "/")


def _read_aloud(answer: Response) -> Response:
    """Insert the controls into a page of the terminal."""
    if answer.mimetype != "text/html" or answer.is_streamed or answer.direct_passthrough:
        return answer
    html = answer.get_data(as_text=True)
    if blocks.BUTTON_HERE not in html:
        return answer
    if not language().is_read_aloud:
        answer.set_data(html.replace(blocks.BUTTON_HERE, "").replace(blocks.STRIP_HERE, ""))
        return answer
    said = _say()
    answer.set_data(terminal().reader.dressed(html, _DRESS, said.found if said else ()))
    return answer


def _say() -> Stretches | None:
    """Return what templates name their texts to, one for a page; None in a language that is not read aloud."""
    if not language().is_read_aloud:
        return None
    if "say" not in g:
        wired = terminal()
        if wired.recordings.renew():
            wired.reader.forget()
        g.say = Stretches(wired.recordings.known)
    said: Stretches = g.say
    return said


def _button(clips: str) -> str:
    return _drawn("speech/_button.html", clips=clips, here=here(), volume=volume(), loudest=LOUDEST)


def _strip(has_private: bool, is_partial: bool) -> str:
    partial = _("这一页还有些内容没有配音，请看屏幕，或者请工作人员帮忙。") if is_partial else ""
    rest = ".".join(terminal().recordings.speaker.keys(partial) or ())
    return _drawn_strip(language().code, has_private, partial, rest, session.get("aloud") == "on", volume())


@lru_cache(maxsize=64)
def _drawn_strip(
    _of_language: str, has_private: bool, partial: str, rest: str, is_on: bool, loudness: int
) -> str:
    """Return the strip, which differs by these alone; drawn once, it is a third of what speech costs a page."""
    return _drawn(
        "speech/_strip.html",
        alphabet=alphabet() if has_private else "",
        rest=rest,
        partial=partial,
        is_on=is_on,
        volume=loudness,
        loudest=LOUDEST,
    )


_DRESS = blocks.Dress(_button, _strip)


def _drawn(template: str, **values: object) -> str:
    """Return a rendered template that sees only the given values."""
    return current_app.jinja_env.get_template(template).render(values)


def volume() -> int:
    """Return the volume of this visit, 1 to 5."""
    wanted = session.get("volume")
    return wanted if isinstance(wanted, int) and 1 <= wanted <= LOUDEST else USUAL_VOLUME


@lru_cache(maxsize=1)
def alphabet() -> str:
    """Return the keys of all digits and letters: fetched whole, so that no request reveals what is spelt."""
    letters = [chr(each) for each in range(ord("A"), ord("Z") + 1)]
    pairs = [first + second for first in numerals.DIGITS_ONE_BY_ONE for second in numerals.DIGITS_ONE_BY_ONE]
    return ".".join([bank.PAUSE_KEY, *map(rules.key, [*numerals.DIGITS_ONE_BY_ONE, *pairs, *letters])])
