"""
The word tables in the repository, written by the build and read by terminals. Plain text and bytes, no database.

`words.tsv.zst`: word, reading, cost in hundredths of a nat, sorted by reading. `links.bin.zst`: how likely one word
is after another, as numbers only: sorted CRC-32 sums of the pairs and their costs in tenths of a nat.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import zstandard

from kiosk.writing.rules import LexiconWord

DATA = Path(__file__).parent / "data"
WORDS, LINKS = DATA / "words.tsv.zst", DATA / "links.bin.zst"
COST_STEPS = 100
LINK_STEPS = 10
STRONGEST_PACKING = 19


def pair_sum(left: str, right: str) -> int:
    """Return the number under which the cost of `right` after `left` is stored."""
    return crc32(f"{left}\t{right}".encode())


@dataclass(frozen=True)
class Links:
    """Costs of words after words."""

    sums: array[int]
    costs: bytes

    def cost(self, left: str, right: str) -> float | None:
        """Return the cost in nats, or None if the pair was never counted."""
        wanted = pair_sum(left, right)
        place = bisect_left(self.sums, wanted)
        if place == len(self.sums) or self.sums[place] != wanted:
            return None
        return self.costs[place] / LINK_STEPS


def write_words(words: Iterable[LexiconWord], path: Path = WORDS) -> None:
    """Pack the words; the same words always give the same bytes."""
    rows = sorted((word.reading, word.text, round(word.cost * COST_STEPS)) for word in words)
    text = "".join(f"{text}\t{reading}\t{cost}\n" for reading, text, cost in rows)
    path.write_bytes(zstandard.ZstdCompressor(level=STRONGEST_PACKING).compress(text.encode()))


def read_words(path: Path = WORDS, only: Container[str] | None = None) -> Iterator[LexiconWord]:
    """Yield the packed words in the order of their readings; `only` those, where they are given."""
    for line in zstandard.ZstdDecompressor().decompress(path.read_bytes()).decode().splitlines():
        text, reading, cost = line.split("\t")
        if only is None or text in only:
            yield LexiconWord(text, reading, int(cost) / COST_STEPS)


def write_links(costs: dict[tuple[str, str], float], path: Path = LINKS) -> None:
    """Pack the costs of pairs: the distances between their sums, then the costs."""
    by_sum = {pair_sum(*pair): cost for pair, cost in costs.items()}
    sums = sorted(by_sum)
    steps = array("I", [after - before for before, after in zip([0, *sums], sums, strict=False)])
    if sys.byteorder == "big":
        steps.byteswap()
    worth = bytes(min(255, max(0, round(by_sum[one] * LINK_STEPS))) for one in sums)
    planes = b"".join(steps.tobytes()[byte::4] for byte in range(4))
    path.write_bytes(zstandard.ZstdCompressor(level=STRONGEST_PACKING).compress(planes + worth))


def read_links(path: Path = LINKS) -> Links:
    """Return the packed costs of pairs."""
    packed = zstandard.ZstdDecompressor().decompress(path.read_bytes())
    size = len(packed) // 5
    mixed = bytearray(4 * size)
    for byte in range(4):
        mixed[byte::4] = packed[byte * size : (byte + 1) * size]
    sums = array("I")
    sums.frombytes(bytes(mixed))
    if sys.byteorder == "big":
        sums.byteswap()
    total = 0
    for place, step in enumerate(sums):
        total += step
        sums[place] = total
    return Links(sums, packed[4 * size :])
