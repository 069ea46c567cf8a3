"""Comfort of reading, and where forms may lead back to."""

import pytest

from kiosk.terminal.rules import Comfort, asked_changes, comfort_of, is_personal
from kiosk.web.addresses import local_address
from kiosk.web.language import languages


@pytest.mark.parametrize(
    "target",
    ["/", "/help", "/search?q=%E4%BD%8E%E4%BF%9D", "/documents/a/b", "/a:b", "/?next=//x"],
)
def test_a_form_leads_back_to_the_page_that_showed_it(target: str) -> None:
    assert local_address(target) == target


@pytest.mark.parametrize(
    "target",
    [
        None, "", "help", "//evil.example", "/\\evil.example", "https://evil.example/", "javascript:alert(1)",
        "/\n/evil", "\t//evil.example", "/a\\b", "//[", "/\x00",
    ],
)  # fmt: skip
def test_a_form_never_leads_to_another_machine(target: str | None) -> None:
    assert local_address(target) == "/"


def test_a_visit_starts_with_the_smallest_type_normal_contrast_and_chinese() -> None:
    assert comfort_of({}) == Comfort(text_size=1, contrast="normal", language=languages.SOURCE)


@pytest.mark.parametrize("stored", [{"text_size": 9}, {"text_size": "2"}, {"contrast": 1}, {"lang": "de"}])
def test_what_no_button_offers_counts_as_not_asked(stored: dict[str, object]) -> None:
    assert comfort_of(stored) == Comfort()


@pytest.mark.parametrize(
    ("answers", "changes"),
    [
        ({"text_size": "3"}, {"text_size": 3}),
        ({"contrast": "high", "lang": "en"}, {"contrast": "high", "lang": "en"}),
        ({"text_size": "4", "contrast": "pink", "lang": "xx", "is_admin": "1"}, {}),
        ({"text_size": "²"}, {}),
    ],
)
def test_only_what_a_button_offers_can_be_asked(answers: dict[str, str], changes: dict[str, object]) -> None:
    assert asked_changes(answers) == changes


def test_a_visit_is_personal_once_it_holds_more_than_how_the_screen_looks() -> None:
    assert not is_personal({"text_size": 3, "lang": "en", "csrf_token": "x"})
    assert is_personal({"text_size": 3, "draft": {}})
