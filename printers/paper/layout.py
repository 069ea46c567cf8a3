"""
Layout of blocks into rows: the position of each word on paper of a given width, whichever renderer draws it.

A renderer brings its `Metrics`; the rows say the rest. Units are the renderer's own (dots or columns).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Protocol, TypeAlias

from printers.paper import document as doc
from printers.paper.linebreak import balanced, tidy, wrap

VALUE_HAN = 12
"""A value column narrower than this many Han characters puts the label above the value (PRINTING.md, 8)."""
CAPTION_HAN = 6
"""A caption is put beside its QR code when this many Han characters fit, else below it."""


class TextRole(StrEnum):
    """What a piece of text is for; a renderer decides the size."""

    TITLE = "title"
    HEAD = "head"
    BODY = "body"
    LABEL = "label"
    SMALL = "small"
    BIG = "big"
    MARK = "mark"


@dataclass(frozen=True)
class Face:
    """A role, made smaller by `shrink` steps so that a number stays on one line."""

    role: TextRole
    shrink: int = 0


class Metrics(Protocol):
    """Widths of text on one kind of paper."""

    @property
    def width(self) -> float:
        """Return the width of a whole line."""

    @property
    def panel_inset(self) -> float:
        """Return the width that the frame of a panel takes at each side."""

    def measure(self, text: str, face: Face) -> float:
        """Return the width of `text`."""

    def em(self, face: Face) -> float:
        """Return the width of one Han character."""

    def shrinks(self, role: TextRole) -> int:
        """Return how many steps smaller this role may become."""

    def qr_size(self, data: str) -> float | None:
        """Return the width of the QR code with its quiet zone; None where the paper has no pictures."""


@dataclass(frozen=True)
class TextSpan:
    """Text that starts `x` units from the left edge."""

    x: float
    text: str
    face: Face


@dataclass(frozen=True)
class TextRow:
    """Spans on one base line; `above` is the white before it, in body lines; `inverse` is white on black."""

    spans: tuple[TextSpan, ...]
    above: float = 0.0
    inverse: bool = False


@dataclass(frozen=True)
class RuleRow:
    """A line across the paper."""

    dashed: bool = False


@dataclass(frozen=True)
class PanelRow:
    """A frame around values that people look up later."""

    cells: tuple[tuple[TextRow, ...], ...]


@dataclass(frozen=True)
class QrRow:
    """A QR code with its caption; `beside` puts the caption (spans from x=0) at its right."""

    data: str
    caption: tuple[TextRow, ...]
    beside: bool


@dataclass(frozen=True)
class FeedRow:
    """Blank paper."""

    mm: int


@dataclass(frozen=True)
class CutRow:
    """The end of a piece of paper."""


Row: TypeAlias = TextRow | RuleRow | PanelRow | QrRow | FeedRow | CutRow


def compose(slip: doc.Slip, metrics: Metrics, secret: str | None = None) -> list[Row]:
    """Return the rows of a slip; `secret` is the value of its Secret block, None prints the block's absent text."""
    rows: list[Row] = []
    for group, blocks in groupby(parted(slip), key=group_of):
        if group == "facts":
            rows += _facts([b for b in blocks if isinstance(b, doc.KeyValue)], metrics)
        elif group == "panel":
            rows += _panel(list(blocks), metrics, secret, slip.large)
        else:
            for block in blocks:
                rows += _single(block, metrics)
    return rows


def parted(slip: doc.Slip) -> list[doc.Block]:
    """
    Return the blocks with their title, without rules that separate nothing: at an edge, beside a panel, or twice.
    """
    blocks = slip.headed()
    return [block for place, block in enumerate(blocks) if not _is_idle(blocks, place)]


def _is_idle(blocks: Sequence[doc.Block], place: int) -> bool:
    if blocks[place] != doc.Rule(dashed=False):
        return False
    if place in (0, len(blocks) - 1):
        return True
    edges = doc.Big | doc.Secret | doc.Cut
    before, after = blocks[place - 1], blocks[place + 1]
    return isinstance(before, edges | doc.Rule) or isinstance(after, edges)


def group_of(block: doc.Block) -> str:
    """
    Return the group in which a block is laid out: `facts` share a label column, a `panel` its frame, `single`
    nothing.
    """
    if isinstance(block, doc.KeyValue):
        return "facts"
    return "panel" if isinstance(block, doc.Big | doc.Secret) else "single"


def _single(block: doc.Block, metrics: Metrics) -> list[Row]:
    match block:
        case doc.Title():
            return _title(block, metrics)
        case doc.Para():
            return list(_para(block, metrics))
        case doc.Rule(dashed):
            return [RuleRow(dashed)]
        case doc.Bullets():
            return list(_bullets(block, metrics))
        case doc.Qr():
            return [_qr(block, metrics)]
        case doc.Mark(text):
            return list(_centred(text, Face(TextRole.MARK), metrics, inverse=True))
        case doc.Feed(mm):
            return [FeedRow(mm)]
        case _:
            return [CutRow()]


def lines(text: str, face: Face, metrics: Metrics, width: float) -> list[str]:
    """Return the lines of running text in one face."""
    return wrap(text, width, lambda piece: metrics.measure(piece, face), metrics.em(face))


def _centred(
    text: str, face: Face, metrics: Metrics, *, above: float = 0.0, inverse: bool = False
) -> Iterable[TextRow]:
    even = balanced(text, metrics.width, lambda piece: metrics.measure(piece, face), metrics.em(face))
    for line in even:
        x = (metrics.width - metrics.measure(line, face)) / 2
        yield TextRow((TextSpan(max(0.0, x), line, face),), above, inverse)
        above = 0.0


def _title(block: doc.Title, metrics: Metrics) -> list[Row]:
    rows: list[Row] = []
    if block.above:
        rows += _centred(block.above, Face(TextRole.SMALL), metrics)
    rows += _centred(block.text, _fitting([block.text], TextRole.TITLE, metrics, metrics.width), metrics)
    return rows


def _para(block: doc.Para, metrics: Metrics) -> Iterable[TextRow]:
    face = Face(TextRole.HEAD if block.strong else TextRole.SMALL if block.small else TextRole.BODY)
    above = 0.5 if block.strong else 0.2 if block.small else 0.3
    for line in lines(block.text, face, metrics, metrics.width):
        yield TextRow((TextSpan(0.0, line, face),), above)
        above = 0.0


def _bullets(block: doc.Bullets, metrics: Metrics) -> Iterable[TextRow]:
    face = Face(TextRole.BODY)
    leads = [_lead(block, number) for number in range(1, len(block.items) + 1)]
    indent = max((metrics.measure(lead, face) for lead in leads), default=0.0)
    for place, (lead, item) in enumerate(zip(leads, block.items, strict=True)):
        above = 0.3 if place == 0 else 0.15
        spans: tuple[TextSpan, ...] = (TextSpan(0.0, lead.rstrip(), face),)
        for line in lines(item, face, metrics, metrics.width - indent):
            yield TextRow((*spans, TextSpan(indent, line, face)), above)
            spans, above = (), 0.0


def _lead(block: doc.Bullets, number: int) -> str:
    if block.boxes:
        return "□ "
    return f"{number}. " if block.ordered else "· "


def _facts(facts: Sequence[doc.KeyValue], metrics: Metrics) -> Iterable[TextRow]:
    """Return rows with one label column. On narrow paper a value of several lines is put below its label."""
    face = Face(TextRole.LABEL)
    gap = metrics.em(face) * 0.75
    indent = gap + max(metrics.measure(tidy(fact.label), face) for fact in facts)
    column = metrics.width - indent
    is_wide = column >= VALUE_HAN * metrics.em(Face(TextRole.BODY))
    for place, fact in enumerate(facts):
        if is_wide or _is_one_line(fact.value, metrics, column):
            yield from _beside(fact, metrics, indent, 0.0 if place else 0.3)
        else:
            yield from _stacked(fact, metrics, 0.15 if place else 0.3)


def _is_one_line(value: str, metrics: Metrics, width: float) -> bool:
    text = tidy(value)
    return "\n" not in text and metrics.measure(text, Face(TextRole.BODY)) <= width


def _beside(fact: doc.KeyValue, metrics: Metrics, indent: float, above: float) -> Iterable[TextRow]:
    column = metrics.width - indent
    face = _unbroken(fact.value, metrics, column)
    spans: tuple[TextSpan, ...] = (TextSpan(0.0, tidy(fact.label), Face(TextRole.LABEL)),)
    for line in lines(fact.value, face, metrics, column):
        yield TextRow((*spans, TextSpan(indent, line, face)), above)
        spans, above = (), 0.0


def _stacked(fact: doc.KeyValue, metrics: Metrics, above: float) -> Iterable[TextRow]:
    for line in lines(fact.label, Face(TextRole.LABEL), metrics, metrics.width):
        yield TextRow((TextSpan(0.0, line, Face(TextRole.LABEL)),), above)
        above = 0.0
    face = _unbroken(fact.value, metrics, metrics.width)
    for line in lines(fact.value, face, metrics, metrics.width):
        yield TextRow((TextSpan(0.0, line, face),))


def _unbroken(value: str, metrics: Metrics, width: float) -> Face:
    """Return the body face, made smaller when a number or address in `value` would not stay whole."""
    from_text = [piece for piece in tidy(value).split() if piece.isascii()]
    return _fitting(from_text, TextRole.BODY, metrics, width)


def _fitting(texts: Sequence[str], role: TextRole, metrics: Metrics, width: float) -> Face:
    """Return the largest face in which each text fits on one line; the role's own face when none does."""
    for shrink in range(metrics.shrinks(role) + 1):
        if all(metrics.measure(text, Face(role, shrink)) <= width for text in texts):
            return Face(role, shrink)
    return Face(role)


def _panel(blocks: Sequence[doc.Block], metrics: Metrics, secret: str | None, large: bool) -> list[Row]:
    """Return one frame; its values share one size, in large print each is as large as the paper allows."""
    pairs = [_shown(block, secret) for block in blocks]
    width = metrics.width - 2 * metrics.panel_inset
    values = [tidy(value) for _, value, big in pairs if big]
    shared = _fitting(values, TextRole.BIG, metrics, width)
    cells = []
    for label, value, big in pairs:
        own = _fitting([tidy(value)], TextRole.BIG, metrics, width) if large else shared
        cells.append(_cell(tidy(label), value, own if big else Face(TextRole.BODY), metrics, width))
    return [PanelRow(tuple(cells))]


def _shown(block: doc.Block, secret: str | None) -> tuple[str, str, bool]:
    """Return label, value and whether the value is printed large."""
    if isinstance(block, doc.Big):
        return block.label, block.value, True
    assert isinstance(block, doc.Secret)
    return (block.label, secret, True) if secret is not None else (block.label, block.absent_text, False)


def _cell(label: str, value: str, face: Face, metrics: Metrics, width: float) -> tuple[TextRow, ...]:
    rows = [
        TextRow((TextSpan(0.0, line, Face(TextRole.LABEL)),))
        for line in lines(label, Face(TextRole.LABEL), metrics, width)
    ]
    rows += [TextRow((TextSpan(0.0, line, face),)) for line in lines(value, face, metrics, width)]
    return tuple(rows)


def _qr(block: doc.Qr, metrics: Metrics) -> QrRow:
    size = metrics.qr_size(block.data)
    face = Face(TextRole.SMALL)
    if not block.caption:
        return QrRow(block.data, (), False)
    beside = size is not None and metrics.width - size >= CAPTION_HAN * metrics.em(face)
    if beside and size is not None:
        broken = lines(block.caption, face, metrics, metrics.width - size)
        return QrRow(block.data, tuple(TextRow((TextSpan(0.0, line, face),)) for line in broken), True)
    return QrRow(block.data, tuple(_centred(block.caption, face, metrics)), False)
