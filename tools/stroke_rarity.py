"""
Rarity of single characters, for the stroke templates: `python -m tools.stroke_rarity > FILE`.

Only characters that the word list has met at all; the build adds GB 2312 whole.
"""

from __future__ import annotations

from kiosk.writing import word_tables as tables
from kiosk.writing.lexicon import WORD_COST

UNMET_COST = 15.5
"""Cost in nats beyond which a character of the list was never counted, such as traditional forms."""


def rarities() -> dict[str, float]:
    """Return the cost in nats by character."""
    found: dict[str, float] = {}
    for word in tables.read_words():
        nats = word.cost - WORD_COST
        if len(word.text) == 1 and nats < UNMET_COST:
            found[word.text] = min(nats, found.get(word.text, nats))
    return found


if __name__ == "__main__":
    for character, nats in sorted(rarities().items()):
        print(f"{character}\t{nats:.2f}")
