"""Browsing without typing: the ways in, lists of a kind, 补贴发了没有, 事情怎么办."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote_plus

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from kiosk.catalogue.pages import display, shapes
from kiosk.catalogue.pages.shapes import Cell
from kiosk.catalogue.records import documents, listings, pinned, villages
from kiosk.catalogue.records.documents import Document
from kiosk.catalogue.records.kinds import GROUPS, KINDS, PAYMENTS, SERVICES, Kind, ranked
from kiosk.catalogue.records.rules import VALIDITY
from kiosk.catalogue.records.schema import N_
from kiosk.catalogue.search import ways
from kiosk.catalogue.search.search import Search
from kiosk.catalogue.search.ways import Scope
from kiosk.clock import today
from kiosk.web import context
from kiosk.web.language.wording import language

LIST_ROWS = 20
NAME_ROWS = 30
KIND_ROWS = 5
"""Documents of each kind on the page of a life event or topic; the rest is one touch away."""
COMMON_GUIDES = 12
EACH_EVENT = 2
MOST_PAGES = 100
MOST_CHOICES = 200
WAY_WORDS = {
    "event": N_("按人生大事找"),
    "topic": N_("按主题找"),
    "audience": N_("我是……"),
    "issuer": N_("按发布单位找"),
    "year": N_("按年份找"),
}


def add_to(pages: Blueprint) -> None:
    """Add the routes of these pages."""
    pages.app_context_processor(lambda: {"pinned_notices": _pinned_notices})
    pages.add_app_template_filter(lambda value, way: ways.in_words(way, value, language().code), "way_words")
    pages.add_url_rule("/browse", view_func=ways_to_find)
    pages.add_url_rule("/browse/by/<any(event,topic,audience,issuer,year):way>", view_func=by_way)
    pages.add_url_rule("/browse/<kind>", view_func=browse)
    pages.add_url_rule("/documents/<path:doc_id>/names", view_func=names)


def searching() -> Search:
    """Return the search of this terminal."""
    return context.terminal().search


def _pinned_notices() -> list[pinned.PinnedNotice]:
    return pinned.pinned_notices(today(context.terminal().clock))


def page_number() -> int:
    """Return the requested page of a list."""
    return min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)


def pages_of(total: int, rows: int) -> int:
    """Return how many pages a list has."""
    return min(max(1, -(-total // rows)), MOST_PAGES)


def links_from(address: str, now: Mapping[str, Any]) -> Callable[..., str]:
    """Return a function that gives the present address with changed parameters; None or empty removes one."""

    def part(name: str, value: Any) -> str:
        return f"{name}={quote_plus(str(value))}" if value not in (None, "") else ""

    held = {name: part(name, value) for name, value in now.items()}

    def link(**changes: Any) -> str:
        parts = held | {name: part(name, value) for name, value in changes.items()}
        query = "&".join(filter(None, parts.values()))
        return f"{address}?{query}" if query else address

    return link


def ways_to_find() -> str:
    """Show all ways in on one page, and all kinds by group."""
    counts = listings.kind_counts()
    by_group = [
        (group, [kind for kind in KINDS.values() if kind.group == group and counts.get(kind.id)])
        for group in GROUPS
    ]
    held = searching().counts(Scope(), ("topic", "audience", "issuer", "year"))
    return render_template(
        "catalogue/ways_to_find.html",
        groups=[(group, kinds) for group, kinds in by_group if kinds],
        counts=counts,
        shortcuts=[kind for kind in KINDS.values() if kind.shortcut and counts.get(kind.id)],
        events=_events_with(Scope()),
        ways=[
            (way, words)
            for way, words in WAY_WORDS.items()
            if way not in ("event", "audience") and held.get(way)
        ],
        says_who=any(each.name in held["audience"] for each in ways.audiences()),
    )


def _events_with(within: Scope) -> list[ways.LifeEvent]:
    """Return the life events with documents in this scope."""
    return [each for each in ways.events() if searching().listed(_narrowed(each, within), 1)[1]]


def _narrowed(event: ways.LifeEvent, within: Scope) -> Scope:
    return Scope(within.facets, event.topics, event.words)


def by_way(way: str) -> str:
    """Show the choices of a way; with `?of=` the documents of one choice, by kind; with `&kind=` one kind in full."""
    value = request.args.get("of", "")[:200].strip()
    if not value:
        return _choices(way)
    scope = ways.scope(way, value)
    if scope is None:
        abort(404)
    kind = request.args.get("kind", "")
    return _one_kind(way, value, scope, kind) if kind in KINDS else _by_kind(way, value, scope)


def _choices(way: str) -> str:
    counts = searching().counts(Scope(), (way,))[way] if way != "event" else {}
    offered: list[tuple[ways.BrowseChoice, int]]
    if way == "event":
        offered = [(each, 0) for each in _events_with(Scope())]
    elif way == "audience":
        known = [each for each in ways.audiences() if each.name in counts]
        offered = [(each, counts[each.name]) for each in known]
    elif way == "topic":
        offered = _classes(counts)
    else:
        ordered = sorted(counts, reverse=True) if way == "year" else list(counts)
        offered = [(ways.BrowseChoice(name), counts[name]) for name in ordered[:MOST_CHOICES]]
    return render_template("catalogue/choices.html", way=way, title=WAY_WORDS[way], offered=offered)


def _classes(counts: Mapping[str, int]) -> list[tuple[ways.BrowseChoice, int]]:
    """Return the classes with documents, then the county's own topics."""
    classes: list[tuple[ways.BrowseChoice, int]] = []
    for name in ways.topic_classes():
        scope = ways.scope("topic", name)
        many = searching().listed(scope, 1)[1] if scope else 0
        if many:
            classes.append((ways.named("topic", name), many))
    return [*classes, *((ways.named("topic", name), counts[name]) for name in ways.others(list(counts)))]


def _by_kind(way: str, value: str, scope: Scope) -> str:
    counts = searching().counts(scope, ("kind",))["kind"]
    parts = []
    for kind in ranked(kind for kind in KINDS if counts.get(kind)):
        found, total = searching().listed(scope.within("kind", kind), KIND_ROWS, best_first=way == "event")
        parts.append((KINDS[kind], _rows(found), total))
    items = ways.topic_classes().get(value, ()) if way == "topic" else ()
    topics = searching().counts(scope, ("topic",))["topic"] if items else {}
    return render_template(
        "catalogue/way.html",
        way=way,
        way_words=WAY_WORDS[way],
        value=value,
        heading=ways.named(way, value),
        parts=parts,
        narrower=[(item, topics[item]) for item in items if item in topics and item != "其他"],
    )


def _one_kind(way: str, value: str, scope: Scope, kind: str) -> str:
    page = page_number()
    asked = scope.within("kind", kind)
    found, total = searching().listed(asked, LIST_ROWS, (page - 1) * LIST_ROWS, best_first=way == "event")
    now = {"of": value, "kind": kind}
    return render_template(
        "catalogue/way_list.html",
        way=way,
        way_words=WAY_WORDS[way],
        value=value,
        heading=ways.named(way, value),
        kind=KINDS[kind],
        rows=_rows(found),
        total=total,
        page=page,
        pages=pages_of(total, LIST_ROWS),
        link=links_from(url_for("catalogue.by_way", way=way), now),
    )


def _rows(found: list[Document]) -> list[tuple[Document, list[Cell]]]:
    return [(each, display.line(each)) for each in found]


def browse(kind: str) -> str:
    """Show the list of one kind, filtered step by step; some kinds have a page of their own instead."""
    if kind not in KINDS:
        abort(404)
    own = OWN_PAGES.get(KINDS[kind].page)
    return (own() if own else None) or _list(kind)


def _list(kind: str) -> str:
    described = KINDS[kind]
    chosen = {name: value for name in described.by if (value := request.args.get(name, "")[:60])}
    rows = LIST_ROWS * 2 if described.short else LIST_ROWS
    total, page = listings.how_many(kind, chosen), page_number()
    now = {"all": request.args.get("all", "")[:1], **chosen}
    return render_template(
        "catalogue/browse.html",
        kind=described,
        chosen=[(name, _facet_words(kind, name, value)) for name, value in chosen.items()],
        offered=[
            (name, [(value, _facet_words(kind, name, value), many) for value, many in values])
            for name, values in _offered(described, chosen, total)
        ],
        rows=_rows(listings.listed(kind, chosen, rows, (page - 1) * rows)),
        names=display.short_name if described.short else None,
        total=total,
        page=page,
        pages=pages_of(total, rows),
        link=links_from(url_for("catalogue.browse", kind=kind), now),
    )


def _offered(
    kind: Kind, chosen: Mapping[str, str], total: int
) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """Yield the filters that would shorten the list, except those with one entry for each value."""
    for name in kind.by:
        values = listings.values(kind.id, name, chosen) if name not in chosen else []
        if 1 < len(values) < total:
            yield name, _in_order(kind, name, values)


def _in_order(kind: Kind, name: str, values: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return years newest first, codes in the order of their table, everything else unchanged."""
    field = kind.schema.get(name)
    codes = list(VALIDITY if name == "validity" else (field and field.codes) or ())
    if codes:
        return sorted(values, key=lambda each: codes.index(each[0]) if each[0] in codes else len(codes))
    return sorted(values, reverse=True) if name == "year" else list(values)


def _facet_words(kind: str, name: str | None, value: str) -> str:
    if name == "validity":
        return VALIDITY.get(value, value)
    return display.value_words(kind, name, value) if name else value


def viewer() -> villages.Viewer:
    """Return what this terminal may show of villages."""
    here = context.terminal()
    return villages.Viewer(here.settings.named_rows, here.settings.townships, here.clock.now())


def names(doc_id: str) -> str | BaseResponse:
    """
    Show the rows of one record that name persons; redirect to the record, which gives a contact, if they may not be
    shown.
    """
    document, found = documents.one(doc_id), viewer().names(doc_id)
    if document is None:
        abort(404)
    if found is None:
        return redirect(url_for("catalogue.document", doc_id=doc_id))
    page, pages = page_number(), pages_of(len(found.rows), NAME_ROWS)
    first = (min(page, pages) - 1) * NAME_ROWS
    return render_template(
        "catalogue/names.html",
        kind=PAYMENTS,
        document=document,
        fields=document.content.get("fields") or {},
        names=found,
        rows=found.rows[first : first + NAME_ROWS],
        page=min(page, pages),
        pages=pages,
        link=links_from(url_for("catalogue.names", doc_id=doc_id), {}),
    )


def _village() -> str:
    """Show the choice of township, village and year, then the payments. A single township is not asked for."""
    seen_by = viewer()
    offered = villages.townships(seen_by)
    township = request.args.get("township", "")[:60] or (offered[0] if len(offered) == 1 else "")
    if township not in offered:
        return render_template("catalogue/townships.html", kind=PAYMENTS, townships=offered)
    held = villages.villages(township)
    village = request.args.get("village", "")[:60]
    if village not in held:
        return render_template(
            "catalogue/villages.html",
            kind=PAYMENTS,
            township=township,
            villages=held,
            several=len(offered) > 1,
        )
    known = villages.years(township, village)
    year = request.args.get("year", "")
    year = year if year in known else known[0] if known else ""
    return render_template(
        "catalogue/village.html",
        kind=PAYMENTS,
        township=township,
        village=village,
        years=known,
        year=year,
        payments=villages.payments(township, village, year, seen_by),
        money=shapes.money,
    )


def _guides() -> str | None:
    """Show life events with guides (事情怎么办), each with its nearest guides; None once a filter is chosen."""
    if request.args:
        return None
    within = Scope().within("kind", SERVICES.id)
    common: dict[str, Document] = {}
    events = []
    for event in ways.events():
        found, total = searching().listed(_narrowed(event, within), EACH_EVENT, best_first=True)
        if total:
            events.append(event)
            common.update({each.doc_id: each for each in found})
    return render_template(
        "catalogue/guides.html",
        events=events,
        common=list(common.values())[:COMMON_GUIDES],
        total=listings.kind_counts().get(SERVICES.id, 0),
        kind=SERVICES,
    )


OWN_PAGES: Mapping[str, Callable[[], str | None]] = {"villages": _village, "guides": _guides}
"""Pages that replace the list of a kind, by `Kind.page`; a page that returns None shows the list after all."""
