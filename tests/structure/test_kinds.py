"""What is said of a kind of record is a trait in its row: no code asks for a kind by its name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from kiosk.catalogue.records.kinds import KINDS

REPOSITORY = Path(__file__).resolve().parents[2]
PRODUCT = ("config", "printers", "sync", "kiosk", "tools")
ROWS = "kiosk/catalogue/records/kinds.py"
SAMPLES = ("kiosk/catalogue/sample/", "kiosk/templates/components/samples/", "tools/gallery.py")
ADDRESS = re.compile(rf"/browse/({'|'.join(KINDS)})\b")
EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
QUOTED = re.compile(r"""(["'])(.*?)\1""", re.DOTALL)
OTHER_WORDS = {
    "kiosk/app/replication/taking_in.py": {"organ": "a member of the envelope"},
    "kiosk/catalogue/pages/papers.py": {"standard": "a size of type on paper"},
    "kiosk/catalogue/pages/shapes.py": {"question": "a field of rows"},
    "kiosk/catalogue/pages/browse.py": {"village": "a parameter of the address"},
    "kiosk/catalogue/pages/slips.py": {"standard": "a field of fees", "fee": "a field of guides"},
    "kiosk/catalogue/feedback/reasons.py": {"village": "a field of payments"},
    "kiosk/catalogue/publishing/lifecycle.py": {"village": "a field of payments"},
    "kiosk/catalogue/records/villages.py": {"village": "a field of payments", "standard": "the same"},
    "kiosk/cli/staff.py": {"organ": "an argument of the command line"},
    "kiosk/cli/usage.py": {"organ": "an option of the command line"},
    "kiosk/consultation/booking/booking_list.py": {"organ": "a filter of the list"},
    "kiosk/consultation/booking/bookings.py": {"organ": "a member of the envelope"},
    "kiosk/consultation/booking/desk/handling.py": {"organ": "a filter of the list"},
    "kiosk/consultation/booking/kinds.py": {"organ": "a question of the form"},
    "kiosk/consultation/inquiry/desk/handling.py": {"organ": "a filter of the list"},
    "kiosk/consultation/library/desk/library_views.py": {"question": "a field of a form"},
    "kiosk/consultation/inquiry/inquiries.py": {"organ": "a member of the envelope"},
    "kiosk/consultation/inquiry/inquiry_course.py": {"organ": "a member of a state's detail"},
    "kiosk/consultation/inquiry/inquiry_list.py": {"organ": "a filter of the list"},
    "kiosk/consultation/library/proposals.py": {"question": "a field of a record"},
    "kiosk/consultation/inquiry/questions.py": {"organ": "a question of the form"},
    "kiosk/disclosure/cases.py": {"organ": "a member of the envelope"},
    "kiosk/disclosure/desk/step_forms.py": {"organ": "a field of a form"},
    "kiosk/disclosure/desk/step_pages.py": {"organ": "a field of a form"},
    "kiosk/disclosure/desk/entering_pages.py": {"organ": "a question of the form"},
    "kiosk/disclosure/desk/handling.py": {"organ": "a filter of the list"},
    "kiosk/disclosure/office/worklist.py": {"organ": "a filter of the list"},
    "kiosk/disclosure/following/follow_ups.py": {"organ": "a member of the envelope"},
    "kiosk/intake/handling.py": {"organ": "a member of a state's detail"},
    "kiosk/intake/tracking.py": {"organ": "a member of a state's detail"},
    "kiosk/disclosure/report/annual.py": {"organ": "a word of a text"},
    "kiosk/templates/disclosure/report/annual.html": {"organ": "a part of an address"},
    "kiosk/templates/disclosure/report/cases.html": {"organ": "a part of an address"},
    "kiosk/templates/disclosure/report/figures.html": {"organ": "a part of an address"},
    "kiosk/templates/disclosure/report/text.html": {"organ": "a part of an address"},
    "kiosk/disclosure/report/desk/docket_views.py": {"organ": "a field of a form"},
    "kiosk/disclosure/report/desk/log_views.py": {"question": "a field of a form"},
    "kiosk/disclosure/report/desk/scope.py": {"organ": "a part of an address"},
    "kiosk/disclosure/report/catalogue_records.py": {"question": "a field of a record"},
    "kiosk/disclosure/questions.py": {"organ": "a question of the form"},
    "kiosk/hall/assisted.py": {"account": "why an assistance ended"},
    "kiosk/queue/copies.py": {"letter": "of a queue number"},
    "kiosk/queue/models.py": {"letter": "of a queue number"},
    "kiosk/hall/pages/assist.py": {"account": "why an assistance ended"},
    "kiosk/intake/actions.py": {"organ": "a member of the envelope"},
    "kiosk/intake/by_organ/organ_register.py": {"organ": "a member of the envelope"},
    "kiosk/intake/desk/list_pages.py": {"organ": "a filter of the list"},
    "kiosk/intake/office/entering.py": {"organ": "a member of the envelope"},
    "kiosk/intake/pages/here.py": {"organ": "a question of the form"},
    "kiosk/intake/pages/walk.py": {"question": "the name of a page"},
    "kiosk/intake/sealed.py": {"organ": "a member of the envelope"},
    "kiosk/intake/receipt_paper.py": {"standard": "a size of type on paper"},
    "kiosk/intake/register.py": {"organ": "a member of the envelope"},
    "kiosk/staff/by_organ/organs_desk.py": {"organ": "a field of a form"},
    "kiosk/staff/by_organ/shown_organs_desk.py": {"organ": "a field of a form"},
    "kiosk/staff/terminals.py": {"organ": "a key of a setting"},
    "kiosk/terminal/guides.py": {"village": "the address of a page, which pictures explain"},
    "kiosk/templates/intake/question.html": {"question": "the id of a form"},
    "kiosk/templates/papers/choose.html": {"standard": "a size of type on paper"},
    "kiosk/templates/writing/_panel.html": {"letter": "a key of the keyboard"},
    "kiosk/templates/writing/keys.html": {"letter": "a key of the keyboard"},
}
"""Words that are spelt like a kind and mean something else."""


def files() -> Iterator[tuple[str, str]]:
    for package in PRODUCT:
        for path in sorted((REPOSITORY / package).rglob("*")):
            name = path.relative_to(REPOSITORY).as_posix()
            if path.suffix in (".py", ".html") and name != ROWS and not name.startswith(SAMPLES):
                yield name, path.read_text("utf-8")


def words_of(name: str, source: str) -> Iterator[str]:
    """Yield what a module or the expressions of a template quote."""
    if name.endswith(".html"):
        for expression in EXPRESSION.findall(source):
            yield from (found[1] for found in QUOTED.findall(expression))
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def named(name: str, source: str) -> set[str]:
    """Return the kinds that a file names."""
    words = set(words_of(name, source))
    return {word for word in words if word in KINDS} | set(ADDRESS.findall(source))


def test_a_kind_is_named_in_its_row_only() -> None:
    found = {name: kinds for name, source in files() if (kinds := named(name, source))}
    asked = {name: kinds - OTHER_WORDS.get(name, {}).keys() for name, kinds in found.items()}
    assert not {name: kinds for name, kinds in asked.items() if kinds}, "make it a trait of the row"
    gone = {name: OTHER_WORDS[name].keys() - found.get(name, set()) for name in OTHER_WORDS}
    assert not {name: words for name, words in gone.items() if words}, "take it off the list"


def test_each_way_of_naming_a_kind_is_found() -> None:
    assert named("a.py", 'if kind == "guide": ...') == {"guide"}
    assert named("a.html", "<p class=\"question\">{% if kind.id == 'policy' %}</p>") == {"policy"}
    assert named("a.html", '<a href="/browse/village">') == {"village"}
