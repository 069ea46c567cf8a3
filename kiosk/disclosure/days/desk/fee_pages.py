"""The calculator of the fee for handling information at the desk, with its working by bands to copy into a notice."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from kiosk.disclosure.days import fees
from kiosk.disclosure.days.fees import FeeBand, Scale
from kiosk.errors import RuleBroken
from kiosk.intake.desk.views import Answer
from kiosk.web import access
from kiosk.web.access import Permission
from kiosk.web.context import hub
from kiosk.web.language.wording import N_
from kiosk.web.language.wording import gettext as _

SCALES = {Scale.ITEMS: N_("按件：同一申请人同一个月的申请件数"), Scale.PAGES: N_("按量：这一件提供的页数")}


def add_to(pages: Blueprint) -> None:
    """Add `/desk/requests/fees`."""
    pages.add_url_rule("/fees", "fees", calculator)


def calculator() -> Answer:
    """Show the calculator, and the working for what was asked; nothing is stored."""
    access.require(Permission.SEE_REQUESTS)
    asked = request.args.get("scale", Scale.ITEMS)
    scale = Scale(asked) if asked in set(Scale) else Scale.ITEMS
    typed = request.args.get("many", "")
    charges = hub().settings.charges_fees
    wrong, bands = "", list[FeeBand]()
    if charges and typed:
        try:
            bands = list(fees.bands(scale, int(typed)))
        except (ValueError, RuleBroken):
            wrong = _("请填一个数，0到%(most)s。", most=fees.MOST)
    page = render_template(
        "disclosure/desk/fees.html",
        charges=charges,
        scales=SCALES,
        scale=scale,
        typed=typed,
        wrong=wrong,
        lines=[band_words(scale, band) for band in bands],
        bands=bands,
        total=yuan(sum(band.amount_fen for band in bands)),
        yuan=yuan,
        notice=notice_words(scale, bands) if bands else "",
    )
    return (page, 422) if wrong else page


def yuan(fen: int) -> str:
    """Return an amount in yuan; whole yuan without decimals."""
    return f"{fen // fees.FEN:,}" if fen % fees.FEN == 0 else f"{fen / fees.FEN:,.2f}"


def band_words(scale: Scale, band: FeeBand) -> str:
    """Return a band in words: from which to which, at what price, for how many."""
    named = {"first": band.first, "last": band.first + band.many - 1, "price": yuan(band.price_fen)}
    if scale is Scale.PAGES:
        return (
            _("第%(first)s页至第%(last)s页，每页%(price)s元", **named)
            if band.price_fen
            else _("第%(first)s页至第%(last)s页，不收费", **named)
        )
    return (
        _("第%(first)s件至第%(last)s件，每件%(price)s元", **named)
        if band.price_fen
        else _("第%(first)s件至第%(last)s件，不收费", **named)
    )


def notice_words(scale: Scale, bands: list[FeeBand]) -> str:
    """Return the working as one sentence for a fee notice."""
    parts = [
        _("%(band)s，%(many)s×%(price)s＝%(amount)s元",
          band=band_words(scale, band), many=band.many, price=yuan(band.price_fen), amount=yuan(band.amount_fen))
        for band in bands if band.price_fen
    ]  # fmt: skip
    total = yuan(sum(band.amount_fen for band in bands))
    law = _("依据《政府信息公开信息处理费管理办法》（国办函〔2020〕109号）")
    if not parts:
        return _("%(law)s，不收费。", law=law)
    way = _("按件计收") if scale is Scale.ITEMS else _("按量计收")
    return _(
        "%(law)s，%(way)s：%(parts)s；合计%(total)s元。",
        law=law,
        way=way,
        parts="；".join(parts),
        total=total,
    )
