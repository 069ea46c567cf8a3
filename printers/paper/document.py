"""
Content of a slip, without any width: blocks of text that each renderer lays out for its own paper.

A slip is stored as JSON (a masked snapshot), so that a reprint is the same paper. The value of a `Secret`
block is never part of a slip: a renderer gets it beside the slip, or prints the block's `absent_text`.
"""

import json
from dataclasses import MISSING, asdict, dataclass, fields, replace
from typing import Any, TypeAlias, get_type_hints

from printers.errors import SlipFault

VERSION = 1
MAX_BLOCKS = 2000
MAX_CHARACTERS = 200_000


@dataclass(frozen=True)
class Title:
    """The name of the paper, and a line above it that says whose paper it is."""

    text: str
    above: str = ""


@dataclass(frozen=True)
class KeyValue:
    """A labelled fact. Neighbours of this kind share one label column."""

    label: str
    value: str


@dataclass(frozen=True)
class Para:
    """Running text; `small` for what the law wants said; `strong` for a heading within the slip."""

    text: str
    small: bool = False
    strong: bool = False


@dataclass(frozen=True)
class Rule:
    """A thin line across the paper; `dashed` where the paper is to be folded or parted."""

    dashed: bool = False


@dataclass(frozen=True)
class Bullets:
    """A list; `ordered` numbers it, `boxes` puts an empty tick box before each item."""

    items: tuple[str, ...]
    ordered: bool = False
    boxes: bool = False


@dataclass(frozen=True)
class Qr:
    """A QR code and the words that say what it opens."""

    data: str
    caption: str = ""


@dataclass(frozen=True)
class Big:
    """A value that must be read from far away or typed again: a number, a date, a telephone."""

    label: str
    value: str


@dataclass(frozen=True)
class Secret:
    """A place for a value that is not stored with the slip (the query code)."""

    name: str
    label: str
    absent_text: str


@dataclass(frozen=True)
class Mark:
    """White words on a black bar: 补打 第2次, 样张, 作废."""

    text: str


@dataclass(frozen=True)
class Feed:
    """Blank paper, in millimetres: room for a signature or a seal."""

    mm: int


@dataclass(frozen=True)
class Cut:
    """The paper is cut here; what follows is another piece."""


Block: TypeAlias = Title | KeyValue | Para | Rule | Bullets | Qr | Big | Secret | Mark | Feed | Cut

BLOCKS: dict[str, type[Any]] = {
    "title": Title,
    "kv": KeyValue,
    "para": Para,
    "rule": Rule,
    "list": Bullets,
    "qr": Qr,
    "big": Big,
    "secret": Secret,
    "mark": Mark,
    "feed": Feed,
    "cut": Cut,
}
_NAMES = {kind: name for name, kind in BLOCKS.items()}


def name_of(block: Block) -> str:
    """Return the name of a block in JSON."""
    return _NAMES[type(block)]


_HINTS = {kind: get_type_hints(kind) for kind in _NAMES}


@dataclass(frozen=True)
class Slip:
    """
    One paper.

    Args:
        kind: Its name for programs: `disclosure-receipt`, `document-summary`, `self-test` ...
        title: Its name for people; printed at the head unless the blocks hold a `Title` of their own.
        blocks: From top to bottom.
        lang: Language of the text, BCP 47 as in HTML (`zh-CN`, `en`).
        large: Large print: 36-dot body and 64-dot numbers on paper of 8 dots a millimetre.
    """

    kind: str
    title: str
    blocks: tuple[Block, ...]
    lang: str = "zh-CN"
    large: bool = False

    def headed(self) -> tuple[Block, ...]:
        """Return the blocks with the title at their head (below any marks) if the slip does not place it itself."""
        if not self.title or any(isinstance(block, Title) for block in self.blocks):
            return self.blocks
        marks = 0
        while marks < len(self.blocks) and isinstance(self.blocks[marks], Mark):
            marks += 1
        return (*self.blocks[:marks], Title(self.title), *self.blocks[marks:])

    def marked(self, text: str) -> "Slip":
        """Return the same slip below an inverse bar."""
        return replace(self, blocks=(Mark(text), *self.blocks))

    def enlarged(self) -> "Slip":
        """Return the same slip in large print."""
        return replace(self, large=True)

    def secrets(self) -> tuple[Secret, ...]:
        """Return the places whose values are kept apart from the slip."""
        return tuple(block for block in self.blocks if isinstance(block, Secret))

    def to_json(self) -> str:
        """Return the slip as one line of JSON that `from_json` takes back unchanged."""
        blocks = [{"is": _NAMES[type(block)]} | asdict(block) for block in self.blocks]
        whole = {
            "v": VERSION,
            "kind": self.kind,
            "title": self.title,
            "lang": self.lang,
            "large": self.large,
            "blocks": blocks,
        }
        return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Slip":
        """
        Return the slip in `text`.

        Raises:
            SlipFault: Not JSON, another version, an unknown block or key, a missing key, a wrong type, too long.
        """
        if len(text) > MAX_CHARACTERS:
            raise SlipFault("too-long")
        whole = _object(_parsed(text), {"v", "kind", "title", "lang", "large", "blocks"}, "slip")
        if whole["v"] != VERSION:
            raise SlipFault("version")
        blocks = whole["blocks"]
        if not isinstance(blocks, list) or len(blocks) > MAX_BLOCKS:
            raise SlipFault("blocks")
        return cls(
            kind=_typed(whole["kind"], str, "kind"),
            title=_typed(whole["title"], str, "title"),
            blocks=tuple(_block(block, f"blocks[{place}]") for place, block in enumerate(blocks)),
            lang=_typed(whole["lang"], str, "lang"),
            large=_typed(whole["large"], bool, "large"),
        )


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise SlipFault("not-json") from fault


def _object(value: Any, keys: set[str], where: str, optional: frozenset[str] = frozenset()) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise SlipFault(f"{where}: not an object")
    wrong = (set(value) - keys) | (keys - optional - set(value))
    if wrong:
        raise SlipFault(f"{where}: keys {sorted(wrong)}")
    return value


def _typed(value: Any, wanted: Any, where: str) -> Any:
    if wanted == tuple[str, ...]:
        if not isinstance(value, list):
            raise SlipFault(f"{where}: not a list")
        return tuple(_typed(item, str, where) for item in value)
    if type(value) is not wanted:
        raise SlipFault(f"{where}: not {wanted.__name__}")
    return value


def _block(value: Any, where: str) -> Block:
    name = value.get("is") if isinstance(value, dict) else None
    kind = BLOCKS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise SlipFault(f"{where}: unknown block")
    hints = _HINTS[kind]
    optional = frozenset(field.name for field in fields(kind) if field.default is not MISSING)
    values = _object(value, {"is", *hints}, where, optional)
    made: Block = kind(
        **{key: _typed(values[key], hints[key], f"{where}.{key}") for key in hints if key in values}
    )
    return made
