"""Every job is explained in three pictures, with what one needs before it begins; help knows whence one came."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, expect

from kiosk.disclosure.questions import QUESTIONS
from kiosk.terminal import guides
from tests.building import terminal_settings
from tests.terminal.conftest import Screen
from tools.gallery import gallery_app

EVERYTHING = terminal_settings(printer="tcp://127.0.0.1:1", public_url="https://gk.example.cn")


@pytest.mark.parametrize("guide", guides.GUIDES, ids=lambda each: each.job)
def test_each_guide_says_what_one_needs_and_draws_its_three_steps(guide: guides.Guide) -> None:
    page = gallery_app(EVERYTHING).test_client().get(f"/help/how/{guide.job}").text
    assert "先备好：" in page
    assert str(guide.needs) in page
    drawings = re.findall(r'<svg class="scene".*?</svg>\s*<p class="scene-words">', page, re.DOTALL)
    assert len(drawings) == len(guide.steps) == 3
    for drawing in drawings:
        assert len(re.findall("<(?:rect|path|circle)", drawing)) >= 4, (
            "a drawing without a name draws nothing"
        )
    for _scene, title, words in guide.steps:
        assert str(title) in page
        assert str(words) % {"count": len(QUESTIONS)} in page


def test_only_what_can_be_done_here_is_explained() -> None:
    plain = gallery_app(terminal_settings()).test_client()
    assert plain.get("/help/how/printing").status_code == 404
    assert plain.get("/help/how/to-phone").status_code == 404
    assert "怎么打印" not in plain.get("/help").text
    phone = gallery_app(replace(EVERYTHING, channel="web")).test_client()
    assert phone.get("/help/how/to-phone").status_code == 404
    assert plain.get("/help/how/nothing").status_code == 404


@pytest.mark.parametrize(
    ("page", "job"),
    [
        ("/browse/village?township=清泉街道", "subsidies"),
        ("/documents/sample:policy-001", "search"),
        ("/documents/sample:policy-001/print", "printing"),
        ("/search?q=低保", "search"),
        ("/request/what", "request"),
        ("/progress/seen", "progress"),
        ("/to-phone?page=/browse/guide", "to-phone"),
    ],
)
def test_help_offers_the_guide_of_the_page_before_first(page: str, job: str) -> None:
    shown = gallery_app(EVERYTHING).test_client().get("/help", query_string={"from": page}).text
    assert re.findall(r'href="/help/how/([a-z-]+)', shown)[0] == job


def test_help_leads_back_to_the_page_before_and_to_no_other_site() -> None:
    visitor = gallery_app(EVERYTHING).test_client()
    assert re.search(r'class="back" href="/browse/guide"', visitor.get("/help?from=/browse/guide").text)
    assert 'class="back" href="/"' in visitor.get("/help?from=//evil.example/").text


@pytest.mark.browser
@pytest.mark.parametrize("scripts", [True, False])
def test_whoever_asks_for_help_in_the_middle_of_writing_finds_it_all_again(
    chromium: Browser, gallery_url: str, scripts: bool
) -> None:
    context = chromium.new_context(java_script_enabled=scripts, service_workers="block")
    page = context.new_page()
    page.goto(gallery_url + "/gallery/question")
    page.locator("#wanted").fill("清水镇修路的花费")
    page.locator(".bar-help").click()
    expect(page.locator("h1")).to_have_text("工作人员就在大厅里")
    page.locator(".back").click()
    expect(page.locator("#wanted")).to_have_value("清水镇修路的花费")
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("screen", [(1080, 1920), (1920, 1080)], indirect=True)
def test_all_three_pictures_stand_on_one_screen(screen: Screen) -> None:
    page = screen.open("/help/how/subsidies")
    boxes = page.evaluate(
        "[...document.querySelectorAll('.scene')].map((one) => one.getBoundingClientRect())"
        ".map(({top, bottom}) => [top, bottom])"
    )
    dock = page.evaluate("document.querySelector('.dock').getBoundingClientRect().top")
    assert len(boxes) == 3
    assert all(top > 0 and bottom <= dock for top, bottom in boxes)
    assert not screen.complaints
