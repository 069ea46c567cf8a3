"""Three ways to use the same pages: a finger, a keyboard, no JavaScript; and time that passes as a test says."""

from __future__ import annotations

import itertools
import re
from datetime import timedelta
from typing import Protocol

from playwright.sync_api import Locator, Page, expect

from tests.clocks import MONDAY_MORNING

MOST_STOPS = 250
"""Presses of the tabulator after which a control counts as out of reach."""

AFTER_AN_ECHO = "since => performance.now() > since + 100"
"""The same key counts again from then on, by the page's own clock."""
CANDIDATES = ".writing-candidates:not(.is-resting, .is-outdated) .writing-candidate"
FOCUS = """(target) => [target === document.activeElement, (() => { const one = document.activeElement;
  if (!one || one === document.body) return '';
  const holders = [one, one.closest('.choice'), one.closest('.search-box'), one.closest('.result')].filter(Boolean);
  const name = `${one.tagName} “${(one.textContent.trim() || one.id || one.name).slice(0, 30)}”`;
  const isRinged = (each) => { const style = getComputedStyle(each);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2; };
  if (!holders.some(isRinged)) return `no ring around ${name}`;
  if (one.matches('main, [data-error-summary]')) return '';
  const box = one.getBoundingClientRect();
  const [x, y] = [box.left + Math.min(box.width / 2, 40), box.top + Math.min(box.height / 2, 40)];
  const top = document.elementFromPoint(x, y);
  if (!top) return `out of sight: ${name}`;
  const isItself = holders.some((each) => each.contains(top)) || top.contains(one)
    || top.closest('label')?.control === one;
  return isItself ? '' : `covered by ${top.className || top.tagName}: ${name}`; })()]"""
"""Whether the focus is there, and what is wrong where it is: it must be ringed, in sight and covered by nothing."""


class Hand(Protocol):
    """What a journey asks of whoever makes it."""

    page: Page

    def press(self, words: str) -> None:
        """A link or button with these words."""

    def choose(self, words: str) -> None:
        """One of several answers."""

    def write(self, field: str, text: str, pinyin: str = "") -> None:
        """Text into the field with this label."""


def control(page: Page, words: str) -> Locator:
    """The first link or button in sight that says this."""
    named = re.compile(re.escape(words))
    return (
        page.get_by_role("button", name=named)
        .or_(page.get_by_role("link", name=named))
        .locator("visible=true")
        .first
    )


def answer(page: Page, words: str) -> Locator:
    """The radio button with these words."""
    return page.get_by_role("radio", name=words).first


class Mouse:
    """Clicks and types; for a browser without JavaScript and for the desk."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, words: str) -> None:
        control(self.page, words).click()

    def choose(self, words: str) -> None:
        answer(self.page, words).check()

    def write(self, field: str, text: str, pinyin: str = "") -> None:
        self.page.get_by_label(field).first.fill(text)


class Finger:
    """Touches only: text goes through the writing panel, key by key."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, words: str) -> None:
        control(self.page, words).tap()

    def choose(self, words: str) -> None:
        self.page.locator("label.choice").filter(has=answer(self.page, words)).first.tap()

    def write(self, field: str, text: str, pinyin: str = "") -> None:
        target = self.page.get_by_label(field).first
        target.tap()
        panel = self.page.locator("[data-writing-panel]")
        if not panel.count():  # the desk has keyboards
            self.page.keyboard.insert_text(text)
            return
        panel.wait_for()
        if pinyin:
            self.page.locator('[data-way="pinyin"]').tap()
            for letter in pinyin[:-1]:
                self._letter(letter).tap()
            with self.page.expect_response("**/writing/pinyin"):
                self._letter(pinyin[-1]).tap()
            expect(self.page.locator("[data-typed]")).to_have_text(pinyin)
            self.page.locator(CANDIDATES).get_by_text(text, exact=True).first.tap()
        else:
            self._tap_keys(text.lower())
        expect(target).to_have_value(re.compile(re.escape(text), re.IGNORECASE))

    def _letter(self, letter: str) -> Locator:
        return self.page.locator(f'[data-pad="pinyin"] [data-letter="{letter}"]')

    def _tap_keys(self, text: str) -> None:
        if self.page.locator('[data-pad="pinyin"]:not([hidden]), [data-pad="hand"]:not([hidden])').count():
            self.page.locator('[data-way="latin"]').tap()
        for before, character in itertools.pairwise(" " + text):
            if character == before:  # sooner, it would count as the echo of a shaking hand
                self.page.wait_for_function(AFTER_AN_ECHO, arg=self.page.evaluate("performance.now()"))
            if not self._key(character).count():
                self.page.locator('[data-way="latin"]').tap()
            self._key(character).first.tap()

    def _key(self, character: str) -> Locator:
        key = f'[data-key="{character}" i], [data-letter="{character}" i]'
        return self.page.locator("[data-pad]:not([hidden])").locator(key)


class Keyboard:
    """Keys only. Every stop of the tabulator must be ringed, in sight and uncovered."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []

    def _reach(self, target: Locator) -> None:
        handle = target.element_handle()
        is_there, _ = self.page.evaluate(FOCUS, handle)
        for _ in range(MOST_STOPS):
            if is_there:
                return
            self.page.keyboard.press("Tab")
            is_there, fault = self.page.evaluate(FOCUS, handle)
            if fault:
                self.faults.append(fault)
        raise AssertionError(f"the tabulator never comes to {target}")

    def press(self, words: str) -> None:
        target = control(self.page, words)
        target.wait_for()
        self._reach(target)
        self.page.keyboard.press("Enter")

    def choose(self, words: str) -> None:
        target = answer(self.page, words)
        name = target.get_attribute("name")
        group = self.page.locator(f'input[type=radio][name="{name}"]')
        chosen = group.locator("visible=true").and_(self.page.locator(":checked"))
        self._reach(chosen.first if chosen.count() else group.first)
        self.page.keyboard.press("Space")
        for _ in range(group.count()):
            if target.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the arrows never come to {words}")

    def write(self, field: str, text: str, pinyin: str = "") -> None:
        self._reach(self.page.get_by_label(field).first)
        self.page.keyboard.insert_text(text)


def stop_time(page: Page) -> None:
    """
    Let time pass on what this page will show only as `page.clock.run_for` says, however slow the machine is.

    Called before there is a page whose time could pass.
    """
    page.clock.install(time=MONDAY_MORNING)
    page.clock.pause_at(MONDAY_MORNING + timedelta(days=1))
