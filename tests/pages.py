"""A visitor without JavaScript: opens pages, fills forms, and checks every page it sees."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter

from kiosk.web.language import languages

PATIENCE_S = 120.0
"""Ends what hangs; a machine with much to do may be slow, and nobody waits that long for what happens."""
REFUSED, TOO_MANY, MOST_WAIT_S = 422, 429, 10.0
TAGS = frozenset(each.tag for each in languages.TABLE.values())


@dataclass
class Form:
    """One form of a page with what it would send as it stands."""

    id: str
    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    radios: dict[str, list[str]] = field(default_factory=dict)
    offered: dict[str, list[str]] = field(default_factory=dict)
    """Values to tick or to choose from a list."""
    buttons: list[tuple[str, str, str]] = field(default_factory=list)


class Page(HTMLParser):
    """What a person would find on a page: words, links, forms."""

    def __init__(self, response: requests.Response) -> None:
        super().__init__()
        self.response = response
        self.status = response.status_code
        self.url = response.url
        self.path = urlsplit(response.url).path
        self.words: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.forms: list[Form] = []
        self.title = ""
        self.lang = ""
        self.labelled: set[str] = set()
        self.inputs: set[str] = set()
        self.inline: list[str] = []
        self._open: list[str] = []
        self._form: Form | None = None
        self._href = ""
        self._area = ""
        self._select = ""
        self.feed(response.text)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag not in ("input", "meta", "link", "br", "img", "use", "hr"):
            self._open.append(tag)
        self.inline += [name for name in values if name == "style" or name.startswith("on")]
        match tag:
            case "html":
                self.lang = values.get("lang", "")
            case "a":
                self._href = values.get("href", "")
            case "label":
                self.labelled.add(values.get("for", ""))
            case "form":
                self._form = Form(values.get("id", ""), values.get("action", ""), values.get("method", "get"))
                self.forms.append(self._form)
            case "input" | "textarea" | "button" | "select":
                self._control(tag, values)
            case "option" if self._form and self._select:
                self._form.offered.setdefault(self._select, []).append(values.get("value", ""))
                if "selected" in values:
                    self._form.fields[self._select] = values.get("value", "")
            case "script":
                if not values.get("src"):
                    self.inline.append("script")

    def _control(self, tag: str, values: dict[str, str]) -> None:
        form = self._form
        owner = values.get("form")
        if owner:
            form = next((one for one in self.forms if one.id == owner), None)
        kind, name, value = values.get("type", "text"), values.get("name", ""), values.get("value", "")
        if tag == "button":
            if form:
                form.buttons.append((name, value, kind))
            return
        if kind != "hidden" and values.get("id"):
            self.inputs.add(values["id"])
        if not form or not name:
            return
        if kind == "radio":
            form.radios.setdefault(name, []).append(value)
            if "checked" in values:
                form.fields[name] = value
        elif kind == "checkbox":
            form.offered.setdefault(name, []).append(value)
            if "checked" in values:
                form.fields[name] = value
        else:
            form.fields[name] = value
            self._area = name if tag == "textarea" else ""
            self._select = name if tag == "select" else ""

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                continue
        if tag == "form":
            self._form = None
        if tag == "a":
            self._href = ""
        if tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if "title" in self._open and "svg" not in self._open:
            self.title += data
            return
        if self._area and self._form and data.strip():
            self._form.fields[self._area] = data.lstrip("\r\n")
        if "script" in self._open or not data.strip():
            return
        self.words.append(data.strip())
        if self._href:
            self.links.append((data.strip(), self._href))

    def form(self, part_of_action: str) -> Form:
        """The form whose action contains this."""
        for form in self.forms:
            if part_of_action in form.action:
                return form
        raise AssertionError(
            f"no form for {part_of_action} on {self.path}: {[one.action for one in self.forms]}"
        )


def _patiently(ask: Callable[[], requests.Response], expect: int) -> requests.Response:
    """The answer, asked for again as long as a page says when: many visitors of a test share one address."""
    answer = ask()
    while answer.status_code == TOO_MANY != expect and (wait_s := answer.headers.get("Retry-After", "")):
        if float(wait_s) > MOST_WAIT_S:
            break
        time.sleep(float(wait_s))
        answer = ask()
    return answer


class _From(HTTPAdapter):
    """Connections that come from one address of this machine."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *given: Any, **more: Any) -> None:
        super().init_poolmanager(*given, **more, source_address=(self._address, 0))


_numbers = itertools.count(1)


def an_address() -> str:
    """Return an address of this machine that no visitor of this process had: all of 127.0.0.0/8 are its own."""
    rest, last = divmod(next(_numbers), 250)
    return f"127.1.{rest}.{last + 1}"


class Visitor:
    """One browser at one terminal or desk; with an address, where public pages see it come from."""

    def __init__(self, base: str, address: str = "") -> None:
        self.base = base
        self.http = requests.Session()
        if address:
            self.http.mount("http://", _From(address))
        self.page: Page

    def open(self, path: str, expect: int = 200) -> Page:
        """GETs a page."""
        address = urljoin(self.base, path)
        return self._seen(_patiently(lambda: self.http.get(address, timeout=PATIENCE_S), expect), expect)

    def submit(self, part_of_action: str, expect: int = 200, **answers: str) -> Page:
        """Sends a form of the present page with these answers on top of what stands in it."""
        return self._seen(self._sent(part_of_action, expect, answers), expect)

    def is_taken(self, part_of_action: str, **answers: str) -> bool:
        """Sends a form of the present page; whether the visit went on, or the page came back with what is wrong."""
        response = self._sent(part_of_action, 200, answers)
        self._seen(response, REFUSED if response.status_code == REFUSED else 200)
        return response.status_code != REFUSED

    def _sent(self, part_of_action: str, expect: int, answers: dict[str, str]) -> requests.Response:
        form = self.page.form(part_of_action)
        for name in answers:
            known = (
                name in form.fields
                or name in form.radios
                or name in form.offered
                or any(name == one for one, _, _ in form.buttons)
            )
            assert known, f"the form {form.action} asks for no {name}"
        values = {**form.fields, **answers}
        url = urljoin(self.page.url, form.action)
        if form.method.lower() == "get":
            return self.http.get(url, params=values, timeout=PATIENCE_S)
        return _patiently(lambda: self.http.post(url, data=values, timeout=PATIENCE_S), expect)

    def give(self, path: str, name: str, content: bytes, expect: int = 200) -> Page:
        """Sends a file with the form of the page at `path`."""
        form = self.open(path).form(path)
        url = urljoin(self.page.url, form.action)
        files = {"file": (name, content)}
        return self._seen(self.http.post(url, data=form.fields, files=files, timeout=PATIENCE_S), expect)

    def _seen(self, response: requests.Response, expect: int) -> Page:
        page = Page(response)
        assert page.status == expect, f"{response.url}: {page.status} instead of {expect}: {page.text[:300]}"
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert response.headers["Cache-Control"] == "no-store"
        assert page.title.strip(), f"{response.url} has no title"
        assert page.lang in TAGS, f"{response.url}: lang {page.lang!r}"
        assert not page.inline, f"{response.url}: inline {page.inline}"
        assert page.inputs <= page.labelled, f"{response.url}: no label for {page.inputs - page.labelled}"
        self.page = page
        return page
