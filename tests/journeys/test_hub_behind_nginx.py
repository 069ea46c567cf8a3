"""The hub behind the nginx of config/nginx/hub.conf: TLS, bounds for one address, bodies, silent connections."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from tests.building import hub_settings
from tests.world import HOST, PATIENCE_S, REPOSITORY, eventually, make_hub

EXAMPLE = REPOSITORY / "config" / "nginx" / "hub.conf"
HALF_OPEN = 90
"""Below the bound of one address: further ones are refused at the door, which keeps nobody else waiting either."""


@dataclass(frozen=True)
class Door:
    """Where nginx listens: with TLS, and without."""

    secure: socket.socket
    plain: socket.socket
    certificate: Path

    def address(self, path: str) -> str:
        return f"https://{HOST}:{self.secure.getsockname()[1]}{path}"

    def get(self, path: str, **given: object) -> requests.Response:
        return requests.get(self.address(path), verify=str(self.certificate), timeout=PATIENCE_S, **given)  # type: ignore[arg-type]

    def post(self, path: str, body: bytes) -> requests.Response:
        return requests.post(
            self.address(path),
            data=body,
            verify=str(self.certificate),
            timeout=PATIENCE_S,
            allow_redirects=False,
        )


def in_the_test(folder: Path, door: Door, hub: str) -> str:
    """The example with these ports and this certificate, in a whole configuration."""
    text = EXAMPLE.read_text("utf-8")
    for old, new in (
        ("127.0.0.1:8090", hub.removeprefix("http://")),
        ("listen 443 ssl", f"listen {HOST}:{door.secure.getsockname()[1]} ssl"),
        ("listen 80", f"listen {HOST}:{door.plain.getsockname()[1]}"),
        ("/etc/ssl/hub.example.cn.pem", str(door.certificate)),
        ("/etc/ssl/hub.example.cn.key", str(folder / "key")),
    ):
        assert old in text, old
        text = text.replace(old, new)
    places = "\n".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = f"access_log off; {places}\n{text}"
    return f"daemon off; pid {folder}/pid; error_log {folder}/log; events {{}} http {{ {whole} }}"


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    openssl = shutil.which("openssl")
    if nginx is None or openssl is None:
        pytest.skip("nginx and openssl are not installed")
    folder = tmp_path_factory.mktemp("nginx")
    made = Door(socket.create_server((HOST, 0)), socket.create_server((HOST, 0)), folder / "certificate")
    key = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    named = ["-days", "36500", "-subj", "/CN=hub", "-addext", f"subjectAltName=IP:{HOST}"]
    subprocess.run(
        [*key, *named, "-keyout", folder / "key", "-out", made.certificate], check=True, capture_output=True
    )
    make_hub(folder / "hub", hub_settings(public_url=made.address(""), trusted_proxies=1, second_factor=True))
    with ExitStack() as stack:
        stack.enter_context(made.secure)
        stack.enter_context(made.plain)
        hub = subprocess.Popen(
            [sys.executable, "-m", "kiosk", "hub", "--home", folder / "hub", "--port", "0"],
            cwd=REPOSITORY, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        stack.callback(ended, hub)
        assert hub.stdout
        said = re.fullmatch(r"hub: (http://\S+)\n", hub.stdout.readline())
        assert said
        file = folder / "nginx.conf"
        file.write_text(in_the_test(folder, made, said[1]), "utf-8")
        doors = [made.secure.fileno(), made.plain.fileno()]
        proxy = subprocess.Popen(
            [nginx, "-c", file, "-p", folder, "-e", folder / "log"],
            env={**os.environ, "NGINX": "".join(f"{each};" for each in doors)},
            pass_fds=doors,
        )
        stack.callback(ended, proxy)
        eventually(lambda: made.get("/healthz").ok, "nginx answers")
        yield made


def ended(process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(PATIENCE_S)
    if process.stdout:
        process.stdout.close()


def test_pages_come_over_tls_alone_and_browsers_are_told_to_stay_with_it(door: Door) -> None:
    page = door.get("/desk/sign-in")
    assert page.ok
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert not re.search(r"\d", page.headers["Server"]), "no version"
    assert "__Host-desk" in page.headers.get("Set-Cookie", "__Host-desk"), "a cookie of TLS alone"
    plain = requests.get(
        f"http://{HOST}:{door.plain.getsockname()[1]}/desk", timeout=PATIENCE_S, allow_redirects=False
    )
    assert (plain.status_code, plain.headers["Location"]) == (301, "https://hub.example.cn/desk")


def test_a_large_body_is_taken_where_files_are_uploaded_and_nowhere_else(door: Door) -> None:
    large = b"x" * 3_000_000
    assert door.post("/desk/sign-in", large).status_code == 413
    assert door.post("/sync/v1/hello", large).status_code == 413
    assert door.post("/desk/catalogue/import", large).status_code != 413


def test_one_address_signs_in_a_bounded_number_of_times_and_reads_on(door: Door) -> None:
    answers = [door.post("/desk/sign-in", b"name=a").status_code]
    while answers[-1] != 429 and len(answers) < 200:
        answers.append(door.post("/desk/sign-in", b"name=a").status_code)
    assert answers[0] != 429
    assert answers[-1] == 429, "however slowly they come here"
    assert door.get("/desk/sign-in?again").status_code in (200, 429)
    assert door.get("/healthz").ok


def test_the_next_visitor_is_served_beside_connections_that_say_nothing(door: Door) -> None:
    with ExitStack() as stack:
        for _each in range(HALF_OPEN):
            stack.enter_context(socket.create_connection(door.secure.getsockname(), timeout=PATIENCE_S))
        assert door.get("/healthz").ok
