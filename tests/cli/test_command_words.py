"""The command line speaks Chinese where the locale does, English anywhere else; its logs and outputs stay the same."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
HAN = re.compile(r"[\u4e00-\u9fff]")


def said(*given: str, **locale: str) -> subprocess.CompletedProcess[str]:
    """Run a command under a locale."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}
    return subprocess.run(
        [sys.executable, "-m", "kiosk", *given],
        cwd=REPOSITORY,
        env=plain | {"PYTHONUTF8": "1"} | locale,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize(
    "locale", [{"LANG": "zh_CN.UTF-8"}, {"LC_ALL": "zh_CN.UTF-8", "LANG": "C"}], ids=["LANG", "LC_ALL"]
)
def test_help_usage_and_refusals_are_chinese_where_the_locale_is(
    tmp_path: Path, locale: dict[str, str]
) -> None:
    told = said("--help", **locale).stdout
    for words in ("用法：", "运行一台终端", "显示版本后退出"):
        assert words in told
    wrong = said("deadline", **locale)
    assert wrong.returncode == 2
    assert "缺少参数" in wrong.stderr
    refused = said("check", "--home", str(tmp_path), **locale)
    assert refused.returncode == 1
    [line] = refused.stderr.splitlines()
    assert line.startswith("这里不是县中心或者终端的数据目录（")


@pytest.mark.parametrize(
    "locale", [{}, {"LANG": "C"}, {"LANG": "de_DE.UTF-8"}, {"LC_ALL": "C", "LANG": "zh_CN"}]
)
def test_anywhere_else_it_is_english(tmp_path: Path, locale: dict[str, str]) -> None:
    for given, code in ((["--help"], 0), (["deadline"], 2), (["check", "--home", str(tmp_path)], 1)):
        done = said(*given, **locale)
        assert done.returncode == code
        assert not HAN.search(done.stdout + done.stderr)


def test_what_a_program_reads_is_the_same_in_every_language() -> None:
    given = ("deadline", "2026-11-23", "--json")
    assert said(*given, LANG="zh_CN.UTF-8").stdout == said(*given, LANG="C").stdout
