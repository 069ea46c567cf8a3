"""Slips as an HTML fragment for the screen: the same words in the same order, each part with its element."""

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby

from printers.paper import document as doc
from printers.paper.layout import group_of, parted
from printers.paper.linebreak import tidy


def render(slip: doc.Slip, secret: str | None = None) -> str:
    """
    Return an `article` of class `slip` without scripts, styles or outside addresses.

    Args:
        secret: The value of the Secret block; None shows its absent text.
    """
    parts: list[str] = []
    for group, members in groupby(parted(slip), key=group_of):
        blocks = list(members)
        if group == "single":
            parts += [part for block in blocks for part in _single(block)]
        else:
            parts += [f'<dl class="slip-{group}">', *(_pair(block, secret) for block in blocks), "</dl>"]
    size = " slip-large" if slip.large else ""
    return f'<article class="slip{size}" lang="{_text(slip.lang)}">\n' + "\n".join(parts) + "\n</article>\n"


def _single(block: doc.Block) -> Iterator[str]:
    match block:
        case doc.Title(text, above):
            yield from [f'<p class="slip-above">{_text(above)}</p>'] if above else []
            yield f"<h2>{_text(text)}</h2>"
        case doc.Para(text, small, strong):
            tag, kind = ("h3", "") if strong else ("p", ' class="slip-small"' if small else "")
            yield f"<{tag}{kind}>{_text(text)}</{tag}>"
        case doc.Bullets(items, ordered, boxes):
            yield _listed(items, "ol" if ordered else "ul", boxes)
        case doc.Qr(data, caption):
            yield f'<p class="slip-qr" data-qr="{_text(data)}">{_text(caption) or _text(data)}</p>'
        case doc.Mark(text):
            yield f'<p class="slip-mark"><strong>{_text(text)}</strong></p>'
        case doc.Rule():
            yield "<hr>"
        case doc.Cut():
            yield '<hr class="slip-cut">'


def _listed(items: Sequence[str], tag: str, boxes: bool) -> str:
    kind = ' class="slip-boxes"' if boxes else ""
    return f"<{tag}{kind}>" + "".join(f"<li>{_text(item)}</li>" for item in items) + f"</{tag}>"


def _pair(block: doc.Block, secret: str | None) -> str:
    if isinstance(block, doc.Secret):
        return _row(block.label, block.absent_text if secret is None else secret)
    assert isinstance(block, doc.KeyValue | doc.Big)
    return _row(block.label, block.value)


def _row(label: str, value: str) -> str:
    return f"<div><dt>{_text(label)}</dt><dd>{_text(value)}</dd></div>"


def _text(text: str) -> str:
    return escape(tidy(text)).replace("\n", "<br>")
