"""A hub on PostgreSQL is worked with by the same commands, each a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.postgres import Cluster
from tests.world import REPOSITORY

RECORD = {
    "kind": "policy",
    "body": "低保标准：见 http://www.example.cn/standard",
    "validity": "in_force",
    "published_on": "2026-01-05",
}


def run(*arguments: object, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kiosk", *map(str, arguments)],
        cwd=REPOSITORY,
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )


def done(*arguments: object, given: str = "") -> str:
    """What a command printed that went well."""
    answer = run(*arguments, given=given)
    assert answer.returncode == 0, (arguments, answer.stdout, answer.stderr)
    return answer.stdout


def test_from_nothing_to_what_is_published(cluster: Cluster, tmp_path: Path) -> None:
    home, records, address = tmp_path / "hub", tmp_path / "records.jsonl", cluster.empty()
    words = ("--county", "示例县", "--organ", "示例县人民政府办公室", "--seal", "示例公开", "--prefix", "SL")
    key = done("init-hub", "--home", home, "--database", address, *words)
    again = run("init-hub", "--home", tmp_path / "another", "--database", address)
    assert again.returncode == 1
    assert "there is a hub in this database" in again.stderr
    assert done("staff", "add", "lina", "--role", "clerk", "--home", home, given="梧桐树下 eleven 0001\n")
    assert "active" in done("staff", "approve", "lina", "--home", home, given=key)
    assert done("device", "add", "一号机", "--home", home, "--township", "柳林镇")
    many = [{**RECORD, "id": f"t:{each}", "title": f"关于低保的通知{each}"} for each in range(3)]
    records.write_text("\n".join(json.dumps(each, ensure_ascii=False) for each in many), "utf-8")
    assert "published 3" in done("catalogue", "import", records, "--home", home, "--publish")
    assert "unchanged 3" in done("catalogue", "import", records, "--home", home)
    assert len(done("catalogue", "export", "--home", home).splitlines()) == 3
    assert json.loads(done("search", "低保", "--home", home, "--json"))["total"] == 3
    assert "-3, " in done("snapshot", "--home", home)
    assert done("speech", "make", "--home", home, "--only-forget")
    checked = run("check", "--home", home, "--json")
    report = {line["name"]: line for line in json.loads(checked.stdout)}
    assert checked.returncode == 1
    assert [name for name, line in report.items() if not line["ok"]] == ["workdays"]  # it is November
    assert report["database"]["words"].startswith("PostgreSQL ")
    assert report["audit"]["words"] == "unbroken"
