"""The files for a machine in a hall: services, the browser's flags, its policy."""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path

import click
import pytest

from kiosk.cli import program as cli

CONFIG = Path(__file__).resolve().parents[2] / "config"
SERVICES = sorted((CONFIG / "systemd").glob("*.service"))
OURS = "-m kiosk "


def home_of(words: list[str]) -> Path | None:
    """Return the home that a command line of ours names."""
    command: click.Command | None = cli.program()
    while isinstance(command, click.Group):
        command = command.get_command(click.Context(command), words.pop(0))
    assert command
    home: Path | None = command.make_context("kiosk", words).params["home"]
    return home


def flags() -> list[str]:
    lines = (CONFIG / "browser/flags").read_text("utf-8").splitlines()
    return [line for line in lines if line.startswith("--")]


def command(service: Path) -> str:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(service.read_text("utf-8"))
    return unit["Service"]["ExecStart"]


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.stem)
def test_what_a_service_starts_is_a_command_of_ours_or_of_the_system(service: Path) -> None:
    started = command(service)
    if OURS in started:
        assert home_of(shlex.split(started.partition(OURS)[2]))
    else:
        assert started.startswith("/usr/bin/")


def test_service_policy_and_settings_name_one_address() -> None:
    port = tomllib.loads((CONFIG / "terminal.example.toml").read_text("utf-8"))["port"]
    policy = json.loads((CONFIG / "browser/policy.json").read_text("utf-8"))
    service = (CONFIG / "systemd/experience-zone-browser.service").read_text("utf-8")
    assert policy["URLBlocklist"] == ["*"]
    assert policy["URLAllowlist"] == [f"http://127.0.0.1:{port}"]
    assert set(re.findall(r"http://127\.0\.0\.1:\d+", service)) == {f"http://127.0.0.1:{port}"}


@pytest.mark.parametrize(
    ("what", "policies"),
    [
        ("files", {"AllowFileSelectionDialogs": False, "DownloadRestrictions": 3, "PrintingEnabled": False}),
        (
            "other windows",
            {"IncognitoModeAvailability": 1, "BrowserGuestModeEnabled": False, "DefaultPopupsSetting": 2},
        ),
        ("tools", {"DeveloperToolsAvailability": 2, "ExtensionInstallBlocklist": ["*"]}),
        (
            "traces",
            {
                "ForceEphemeralProfiles": True,
                "SavingBrowserHistoryDisabled": True,
                "DefaultClipboardSetting": 2,
            },
        ),
        (
            "devices",
            {"DefaultWebUsbGuardSetting": 2, "DefaultSerialGuardSetting": 2, "ScreenCaptureAllowed": False},
        ),
        (
            "calls to others",
            {"DnsOverHttpsMode": "off", "NetworkPredictionOptions": 2, "SafeBrowsingProtectionLevel": 0},
        ),
    ],
)
def test_the_policy_takes_away(what: str, policies: dict[str, object]) -> None:
    policy = json.loads((CONFIG / "browser/policy.json").read_text("utf-8"))
    assert {name: policy.get(name) for name in policies} == policies, what


MOST_EXPOSED = {"experience-zone-browser": 80}
"""Of systemd's 100; the browser's own sandbox needs what others can do without."""


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.stem)
def test_a_service_is_shut_in(service: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd is not installed")
    most = MOST_EXPOSED.get(service.stem, 30)
    judged = subprocess.run(
        [analyze, "security", "--no-pager", "--offline=yes", f"--threshold={most}", str(service)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert judged.returncode == 0, judged.stdout[-400:] + judged.stderr


def test_a_browser_starts_with_all_flags_and_a_profile_that_is_thrown_away(tmp_path: Path) -> None:
    told = tmp_path / "told"
    browser = tmp_path / "browser"
    browser.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$@" > {told}\ntouch "${{1#--user-data-dir=}}/a-cookie"\n', "utf-8"
    )
    browser.chmod(0o755)
    subprocess.run(
        [CONFIG / "browser/start", "http://127.0.0.1:8080/"],
        env={"PATH": os.environ["PATH"], "CHROMIUM": str(browser), "XDG_RUNTIME_DIR": str(tmp_path)},
        check=True,
    )
    profile, *given = told.read_text("utf-8").split()
    assert given == [*flags(), "http://127.0.0.1:8080/"]
    assert "--disable-pinch" in given
    assert Path(profile.partition("=")[2]).parent == tmp_path
    assert sorted(path.name for path in tmp_path.iterdir()) == ["browser", "told"]
