"""
A villager looks for the own name on the list of the township's terminal; afterwards nothing of it is left.

Real processes and a real browser; every file of both homes is read for the names.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from kiosk import db
from kiosk.catalogue.importing import importers
from kiosk.catalogue.records.hand import Hand
from kiosk.clock import today
from kiosk.machine import homes
from sync.hub import devices
from tests.browser.conftest import KIOSK, LANDSCAPE, PHONE, Console, a_context
from tests.building import terminal_settings
from tests.clocks import CLOCK
from tests.world import World, eventually

pytestmark = pytest.mark.browser

OURS, THEIRS = "欧阳甲样例", "欧阳乙样例"
"""Made-up villagers: of the township of this terminal, and of another one."""
ELSEWHERE = (
    "/documents/names:ours",
    "/api/v1/documents/names:ours",
    "/open/catalogue.jsonl",
    "/open/village.csv",
    "/feeds/village.atom",
    "/documents/names:ours/print",
    "/search?q=样例补贴",
)
"""Where a name must never stand."""
DAYS_SHOWN = 2


def a_payment(doc_id: str, township: str, village: str, person: str) -> dict[str, Any]:
    """A subsidy with its list, shown from today."""
    first, last = today(CLOCK), today(CLOCK) + timedelta(days=DAYS_SHOWN)
    return {
        "id": doc_id,
        "kind": "village",
        "title": f"{township}{village}样例补贴发放情况（示例）",
        "body": "示例内容。",
        "source": "示例内容（非真实文件）",
        "fields": {
            "township": township,
            "village": village,
            "year": first.year,
            "item": "样例补贴",
            "state": "paid",
            "ask": {"organ_name": f"{village}村民委员会", "telephone": "0635-0000077"},
            "named_rows": {
                "shown_from": first.isoformat(),
                "shown_until": last.isoformat(),
                "columns": ["户主", "金额（元）"],
                "rows": [[f"{person}{no}", "832.00"] for no in range(40)],
            },
        },
    }


@pytest.fixture(scope="module")
def townships(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A county whose one terminal stands in 柳林镇."""
    with World(tmp_path_factory.mktemp("townships"), terminal_settings()) as world:
        world.make()
        publish_lists(world)
        world.start_all()
        yield world


def publish_lists(world: World) -> None:
    """Publishes both lists and says where the terminal stands, from a process of its own as an operator does."""
    database = homes.open_hub(world.hub_home, CLOCK)
    path = world.root / "lists.jsonl"
    records = [
        a_payment("names:ours", "柳林镇", "样例东村", OURS),
        a_payment("names:theirs", "东古城镇", "样例南村", THEIRS),
    ]
    path.write_text("\n".join(json.dumps(each, ensure_ascii=False) for each in records), "utf-8")
    report = importers.import_file(path, Hand("operator:test", CLOCK.now()), publish=True)
    assert report.created == len(records), report
    path.unlink()
    with db.writing(database):
        assert devices.set_place(database, "示例大厅1号机", ("柳林镇",), "kiosk")
    database.close()


def files_with(home: Path, name: str) -> list[str]:
    """The files of a home that hold a name, in any of the encodings that could be met."""
    needles = (name.encode(), name.encode("utf-16-le"), json.dumps(name)[1:-1].encode())
    found = []
    for path in home.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            found += [str(path.relative_to(home)) for needle in needles if needle in content]
    return found


def tap(page: Page, words: str) -> None:
    page.get_by_role("link", name=words).first.tap()


def test_names_are_here_while_they_may_be_and_nowhere_else(
    townships: World, chromium: Browser, kiosk: Page
) -> None:
    eventually(lambda: files_with(townships.terminal_home, OURS), "the list arrives")

    kiosk.goto(townships.terminal_url)
    tap(kiosk, "补贴发了没有")
    tap(kiosk, "柳林镇")
    tap(kiosk, "样例东村")
    expect(kiosk.locator("body")).not_to_contain_text(OURS)
    kiosk.locator(".payment", has_text="样例补贴").get_by_role("link", name="看名单").tap()
    expect(kiosk.get_by_role("cell", name=f"{OURS}0", exact=True)).to_be_visible()
    expect(kiosk.locator(".lead")).to_contain_text("共40行")
    tap(kiosk, "下一页")
    expect(kiosk.get_by_role("cell", name=f"{OURS}39", exact=True)).to_be_visible()
    names_page = kiosk.url
    for shape in (KIOSK, LANDSCAPE, PHONE):
        assert_fits(chromium, shape, names_page)

    kiosk.goto(townships.terminal_url + "/browse/village?township=东古城镇&village=样例南村")
    other = kiosk.locator(".payment", has_text="样例补贴")
    expect(other).to_contain_text("0635-0000077")
    expect(other.get_by_role("link", name="看名单")).to_have_count(0)
    for address in ELSEWHERE:
        answer = kiosk.request.get(townships.terminal_url + address)
        assert answer.ok, address
        assert OURS not in answer.text(), address
    assert files_with(townships.terminal_home, THEIRS) == []
    assert [name for name in files_with(townships.terminal_home, OURS) if "station" not in name] == []

    townships.kill("hub")
    townships.kill("agent")
    townships.stop("web")
    townships.ahead = dict.fromkeys(("web", "agent"), timedelta(days=DAYS_SHOWN + 1))
    townships.start("web", "agent")
    eventually(
        lambda: files_with(townships.terminal_home, OURS) == [], "every byte of the names is gone, offline"
    )
    eventually(lambda: kiosk.goto(names_page), "the pages are back")
    expect(kiosk).to_have_url(townships.terminal_url + "/documents/names:ours")
    expect(kiosk.locator("main")).to_contain_text("请问样例东村村民委员会，电话0635-0000077")
    kiosk.goto(townships.terminal_url + "/browse/village?township=柳林镇&village=样例东村")
    ours = kiosk.locator(".payment", has_text="样例补贴")
    expect(ours).to_contain_text("0635-0000077")
    expect(ours.get_by_role("link", name="看名单")).to_have_count(0)


def assert_fits(chromium: Browser, shape: dict[str, int], address: str) -> None:
    """The page of names needs no scrolling sideways and no magnifying glass."""
    console = Console()
    context = a_context(chromium, shape, console)
    page = context.new_page()
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    least = 28 if shape is not PHONE else 18
    sizes = page.evaluate(
        "[...document.querySelectorAll('main td')].map(e => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= least
    context.close()
    assert console.complaints == []
