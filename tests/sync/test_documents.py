"""PROTOCOL.md and openapi.yaml say what the code does."""

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from kiosk.app.replication.routes import hub_blueprint
from sync.wire.errors import HTTP_STATUS
from sync.wire.protocol import read_object
from tests.sync.wire.test_protocol import FORMS

SYNC = Path(__file__).parents[2] / "sync"
OPENAPI = (SYNC / "openapi.yaml").read_text("utf-8")


def test_every_refusal_is_explained_with_its_status() -> None:
    table = (SYNC / "PROTOCOL.md").read_text("utf-8").split("## Refusals")[1]
    told = {
        code: int(row.split("|")[2])
        for row in table.splitlines()
        if row.startswith("| `")
        for code in re.findall(r"`([a-z-]+)`", row.split("|")[1])
    }
    assert told == HTTP_STATUS


def test_every_route_is_described_and_no_other() -> None:
    app = Flask("hub", static_folder=None)
    app.register_blueprint(hub_blueprint())
    served = {
        (re.sub(r"<(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    described: set[tuple[str, str]] = set()
    path = ""
    for line in OPENAPI.split("\ncomponents:")[0].splitlines():
        if re.match(r"  /\S+:$", line):
            path = line.strip()[:-1]
        elif re.match(r"    (get|put|post|delete):$", line):
            described.add((path, line.strip()[:-1]))
    assert described == served


MAY_LACK = {
    "Hello": {"release", "feed_mark", "status_mark"},
    "Welcome": {"audit", "feed_mark", "status_mark"},
    "Statuses": {"mark"},
}
"""Members that machines of an earlier version leave out."""


@pytest.mark.parametrize("form", FORMS, ids=lambda form: type(form).__name__)
def test_every_member_of_a_message_is_described(form: Any) -> None:
    start = OPENAPI.index(f"\n    {type(form).__name__}:\n")
    block = re.split(r"\n    [A-Z]\w+:", OPENAPI[start + 1 :])[0]
    required = re.search(r"required: \[(.*?)\]", block, re.S)
    assert required is not None
    may_lack = MAY_LACK.get(type(form).__name__, set())
    assert set(re.split(r",\s*", required[1])) | may_lack == set(read_object(form.body()).values)
    assert all(f"\n        {name}:" in block for name in may_lack)
