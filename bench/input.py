"""
Writing measured: pinyin and strokes, quality and time, beside the engines of Debian where they are installed.

    python -m bench.input

Peers (used when present, never needed): libgooglepinyin0, libzinnia0 with tegaki-zinnia-simplified-chinese. Data:
../shared/data/pinyin_phrases.tsv beside the repository, KanjiVG (development requirement kanjivg). What is absent is
not measured, and the run says so.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bench._figures import Row, of_rounds, percentile, row, say, tell
from kiosk.writing import rules
from kiosk.writing.lexicon import SqliteLexicon, names_in, prepare, spelled
from tests.building import county_list
from tests.writing import hands

ROOT = Path(__file__).resolve().parents[1]
PHRASES = ROOT / "../shared/data/pinyin_phrases.tsv"
STATIC = ROOT / "kiosk" / "static"
ZINNIA_MODEL = Path("/usr/share/tegaki/models/zinnia/handwriting-zh_CN.model")
GOOGLE_FOLDERS = (Path("/usr/lib"), Path("/usr/share"))
CHARACTERS = 300
ROUNDS = 5
"""A disturbed round does not decide."""
ZINNIA_SIDE = 300
Found = list[list[str]]
Match = Callable[[Any], list[str]]

NODE = """
import { readFileSync } from "node:fs";
const [script, file, questions] = process.argv.slice(1);
const source = "data:text/javascript," + encodeURIComponent(readFileSync(script, "utf8"));
const { recognise, templates } = await import(source);
const bytes = readFileSync(file);
const known = templates(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
const drawings = JSON.parse(readFileSync(questions, "utf8"));
for (const drawing of drawings.slice(0, 50)) recognise(known, drawing, 10);
const answers = drawings.map((drawing) => {
  const began = performance.now();
  const found = recognise(known, drawing, 10);
  return { found, ms: performance.now() - began };
});
const counts = Object.fromEntries(known.characters.map((one, at) => [one, known.strokes[at]]));
console.log(JSON.stringify({ answers, counts }));
"""


def main() -> int:
    """Print all figures that can be measured here; return the exit code."""
    return tell(_all())


def _all() -> Iterator[Row]:
    yield from pinyin()
    yield from strokes()


def pinyin() -> Iterator[Row]:
    """Measure whole phrases of citizens, first and in five, and the time of an answer."""
    if not PHRASES.exists():
        say("input: no ../shared/data/pinyin_phrases.tsv beside the repository: pinyin is not measured")
        return
    phrases = [line.split("\t") for line in PHRASES.read_text("utf-8").splitlines() if line]
    wanted, letters = [one[0] for one in phrases], [one[1] for one in phrases]
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        path = prepare(Path(folder))
        unpacked_s = time.perf_counter() - began
        lexicon = SqliteLexicon(path, spelled(names_in(county_list())))
        rounds = [_timed(lambda typed: _candidates(typed, lexicon), letters) for _ in range(ROUNDS)]
        ours, times = rounds[0][0], [one for _, one in rounds]
        steps = [one[:end] for one in letters for end in range(1, len(one) + 1)]
        step_times = [_timed(lambda typed: _candidates(typed, lexicon), steps)[1] for _ in range(ROUNDS)]
        yield row("input/pinyin/unpack", "s", unpacked_s)
        yield row("input/pinyin/words_file", "MB", path.stat().st_size / 1e6)
    google = _google_pinyin()
    theirs, their_times = _timed(google, letters) if google else ([], [])
    for name, depth in (("first", 1), ("five", 5)):
        peers = {"libgooglepinyin": float(_right(wanted, theirs, depth))} if theirs else {}
        yield row(f"input/pinyin/{name}", f"phrases of {len(wanted)}", _right(wanted, ours, depth), peers)
    for name, share in (("median", 0.5), ("p99", 0.99)):
        peers = {"libgooglepinyin": percentile(their_times, share)} if their_times else {}
        yield row(f"input/pinyin/{name}", "ms", of_rounds(times, share), peers, "whole phrases")
    yield row(
        "input/pinyin/key_p99", "ms", of_rounds(step_times, 0.99), note="after each letter of each phrase"
    )


def _candidates(letters: str, lexicon: SqliteLexicon) -> list[str]:
    return [one.text for one in rules.candidates(letters, lexicon)]


def strokes() -> Iterator[Row]:
    """Measure characters of an independent hand, neat and very shaky; the matcher runs as in the page, under node."""
    folder, node = hands.folder(), shutil.which("node")
    if folder is None or node is None:
        say("input: kanjivg or node is not installed: strokes are not measured")
        return
    counts = _match_all(node, [])["counts"]
    drawn = {one: lines for one in hands.common_characters() if (lines := hands.drawing(one, folder))}
    alike = [one for one, lines in drawn.items() if counts.get(one) == len(lines)]
    wanted = random.Random(2026).sample(alike, CHARACTERS)
    chance = random.Random(7)
    sets = {
        "neat": [drawn[one] for one in wanted],
        "very_shaky": [hands.shaky(drawn[one], chance) for one in wanted],
    }
    zinnia = _zinnia()
    for name, drawings in sets.items():
        answers = _match_all(node, drawings)["answers"]
        ours, times = [one["found"] for one in answers], [one["ms"] for one in answers]
        theirs, their_times = _timed(zinnia, drawings) if zinnia else ([], [])
        for depth, words in ((1, "first"), (5, "five")):
            peers = {"zinnia": 100 * _right(wanted, theirs, depth) / CHARACTERS} if theirs else {}
            yield row(
                f"input/strokes/{name}/{words}", "%", 100 * _right(wanted, ours, depth) / CHARACTERS, peers
            )
        peers = {"zinnia": percentile(their_times, 0.99)} if their_times else {}
        yield row(f"input/strokes/{name}/p99", "ms", percentile(times, 0.99), peers)


def _match_all(node: str, drawings: Sequence[hands.Drawing]) -> dict[str, Any]:
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as questions:
        json.dump(drawings, questions)
        questions.flush()
        files = (
            STATIC / "js/writing/strokes.js",
            next(STATIC.glob("vendor/hanzi-strokes-*.bin")),
            questions.name,
        )
        command = [node, "--input-type=module", "--eval", NODE, "--", *map(str, files)]
        answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    answers: dict[str, Any] = json.loads(answer)
    return answers


def _timed(match: Match, questions: Sequence[Any]) -> tuple[Found, list[float]]:
    """Return answer and milliseconds, after one unmeasured question."""
    match(questions[0])
    found, times = [], []
    for question in questions:
        began = time.perf_counter()
        found.append(match(question))
        times.append((time.perf_counter() - began) * 1000)
    return found, times


def _right(wanted: Sequence[str], found: Found, depth: int) -> int:
    return sum(one in texts[:depth] for one, texts in zip(wanted, found, strict=True))


def _google_pinyin() -> Match | None:
    """
    Return google's engine of Debian through its C functions; the user's dictionary is a file that is thrown away.
    """
    name = ctypes.util.find_library("googlepinyin")
    data = next((one for folder in GOOGLE_FOLDERS for one in folder.glob("**/dict_pinyin.dat")), None)
    if not name or not data:
        say("input: libgooglepinyin0 is not installed: no peer for pinyin")
        return None
    library = ctypes.CDLL(name)
    library.im_get_candidate.restype = ctypes.POINTER(ctypes.c_uint16)
    with tempfile.NamedTemporaryFile() as user:
        if not library.im_open_decoder(str(data).encode(), user.name.encode()):
            return None

    def match(letters: str) -> list[str]:
        library.im_reset_search()
        count = library.im_search(letters.encode(), ctypes.c_size_t(len(letters)))
        return [_candidate(library, place) for place in range(min(count, 5))]

    return match


def _candidate(library: ctypes.CDLL, place: int) -> str:
    buffer = (ctypes.c_uint16 * 128)()
    library.im_get_candidate(ctypes.c_size_t(place), buffer, ctypes.c_size_t(127))
    return bytes(buffer).decode("utf-16-le").split("\0")[0]


def _zinnia() -> Match | None:
    """Return zinnia of Debian with the Tegaki model through its C functions."""
    name = ctypes.util.find_library("zinnia")
    if not name or not ZINNIA_MODEL.exists():
        say("input: libzinnia0 or tegaki-zinnia-simplified-chinese is not installed: no peer for strokes")
        return None
    library = ctypes.CDLL(name)
    for function in ("zinnia_recognizer_new", "zinnia_character_new", "zinnia_recognizer_classify"):
        getattr(library, function).restype = ctypes.c_void_p
    library.zinnia_result_value.restype = ctypes.c_char_p
    recogniser = ctypes.c_void_p(library.zinnia_recognizer_new())
    if not library.zinnia_recognizer_open(recogniser, str(ZINNIA_MODEL).encode()):
        return None

    def match(drawing: hands.Drawing) -> list[str]:
        character = ctypes.c_void_p(library.zinnia_character_new())
        library.zinnia_character_clear(character)
        for function in ("zinnia_character_set_width", "zinnia_character_set_height"):
            getattr(library, function)(character, ctypes.c_size_t(ZINNIA_SIDE))
        for order, stroke in enumerate(drawing):
            for x, y in stroke:
                place = (int(x * ZINNIA_SIDE), int(y * ZINNIA_SIDE))
                library.zinnia_character_add(character, ctypes.c_size_t(order), *place)
        result = ctypes.c_void_p(
            library.zinnia_recognizer_classify(recogniser, character, ctypes.c_size_t(10))
        )
        size = library.zinnia_result_size(result) if result else 0
        texts = [
            library.zinnia_result_value(result, ctypes.c_size_t(place)).decode() for place in range(size)
        ]
        if result:
            library.zinnia_result_destroy(result)
        library.zinnia_character_destroy(character)
        return texts

    return match


if __name__ == "__main__":
    sys.exit(main())
