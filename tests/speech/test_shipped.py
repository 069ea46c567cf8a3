"""The recordings that ship: whole files, small, and of what the product says."""

from __future__ import annotations

import pytest

from kiosk.speech import bank, numerals, ogg, rules
from tools import fixed_texts, prompts

MOST_BYTES = 12_000_000
LEAST_SHARE = 0.9
"""Of the fixed texts; texts that were written since the last recording have none until the next."""


@pytest.fixture(scope="module")
def shipped() -> bank.Bank:
    return bank.Bank.load()


def test_every_file_of_the_manifest_is_there_and_sounds(shipped: bank.Bank) -> None:
    assert {path.stem for path in shipped.folder.glob("*.opus")} == set(shipped.texts)
    for key, text in shipped.texts.items():
        path = shipped.path(key)
        assert path is not None
        stream = ogg.read(path.read_bytes())
        assert 0.1 < stream.seconds < 60, text
        assert sum(map(ogg.samples_of, stream.packets)) >= stream.end - 1
        assert key in (rules.key(text), bank.PAUSE_KEY)


def test_the_folder_stays_small(shipped: bank.Bank) -> None:
    assert sum(path.stat().st_size for path in shipped.folder.iterdir()) < MOST_BYTES
    assert (shipped.folder / "NOTICE").exists()
    assert (shipped.folder / "LICENSE").exists()


def test_the_clip_bank_is_whole(shipped: bank.Bank) -> None:
    missing = [piece for piece in numerals.vocabulary() if rules.key(piece) not in shipped.texts]
    assert missing == []


def test_fixed_texts_have_recordings(shipped: bank.Bank) -> None:
    wanted = fixed_texts.fixed()
    missing = [text for key, text in wanted.items() if key not in shipped.texts]
    assert len(missing) <= (1 - LEAST_SHARE) * len(wanted), f"record them with `speech prompts`: {missing}"


def test_a_missing_text_is_recorded_and_an_unneeded_one_goes(tmp_path) -> None:  # type: ignore[no-untyped-def]
    one = bank.FOLDER / f"{rules.key('元')}.opus"

    class Voice:
        def say(self, text: str) -> bytes:
            return one.read_bytes()

        def silence(self, seconds: float) -> bytes:
            return one.read_bytes()

    (tmp_path / "0123456789abcdef.opus").write_bytes(b"old")
    made, missing = prompts.record(Voice(), tmp_path, limit=3)
    assert made == 3
    assert missing == len(fixed_texts.fixed()) - 3
    held = bank.Bank.load(tmp_path)
    assert len(held.texts) == 4, "three texts and the pause"
    assert not (tmp_path / "0123456789abcdef.opus").exists()


@pytest.mark.parametrize(
    "path",
    [
        "kiosk/templates/terminal/home.html",
        "kiosk/templates/consultation/start.html",
        "kiosk/templates/consultation/_held.html",
        "kiosk/templates/components/field.html",
        "kiosk/disclosure/questions.py",
        "kiosk/web/paper_states.py",
        "kiosk/queue/words.py",
    ],
)
def test_a_citizens_page_and_what_it_includes_is_recorded(path: str) -> None:
    assert path in fixed_texts.of_citizens()


@pytest.mark.parametrize(
    "path",
    [
        "kiosk/templates/consultation/supply/week.html",
        "kiosk/templates/consultation/supply/_parts.html",
        "kiosk/templates/calendar/year.html",
        "kiosk/templates/staff/sign_in.html",
        "kiosk/templates/terminal/assist.html",
        "kiosk/templates/queue/window.html",
        "kiosk/queue/pages/window_words.py",
        "kiosk/disclosure/desk/step_forms.py",
        "kiosk/staff/accounts_desk.py",
        "kiosk/disclosure/slips.py",
    ],
)
def test_a_desk_a_page_of_the_hall_and_paper_are_not(path: str) -> None:
    assert (fixed_texts.REPOSITORY / path).is_file()
    assert path not in fixed_texts.of_citizens()


def test_nothing_is_left_unspoken_without_need() -> None:
    loaded = {*fixed_texts.modules(fixed_texts.TERMINAL)}
    loaded |= {
        path.relative_to(fixed_texts.REPOSITORY).as_posix() for path in fixed_texts.TEMPLATES.rglob("*.html")
    }
    assert not [part for part in fixed_texts.NOT_SPOKEN if not any(part in path for path in loaded)]
