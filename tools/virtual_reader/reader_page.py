"""The virtual reader's page: cards to lay down, slips to hold up, a button for each fault. Standard library only."""

from __future__ import annotations

import html
import json
import re
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tools.virtual_reader.card_reader import FAULTS, CardReader
from tools.virtual_reader.cards import CARDS
from tools.virtual_reader.ports import Port

NUMBER = re.compile(r"\b[A-Z0-9]{4}-\d{6}-\d{4}-\w{2}-\w\b")
NEWEST = 8
"""Papers of the virtual printer whose numbers are offered."""
MOST_SENT = 10_000
STRANGE = {
    "别处的网址": "https://example.com/pay?to=1",
    "网页代码": "<script>alert(1)</script>",
    "很长的一段": "长" * 2_000,
    "控制字符": "\x1b[2J\x07\x00",
    "外县的编号": "ZZ01-261122-0007-K7-Y",
}
"""Codes that must open nothing."""
_POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
_STYLE = """
body{margin:0;background:#FAF6EC;color:#1C1A16;font:18px/1.6 "Noto Sans CJK SC","Noto Sans SC",sans-serif}
main{padding:24px 32px}
h1{font-size:28px}h2{font-size:22px}
form{display:flex;flex-wrap:wrap;gap:8px}
button,input{font:inherit;padding:8px 16px;min-height:44px;border:2px solid #163E66;border-radius:10px;
background:#FFFDF7}
button[aria-pressed=true]{background:#163E66;color:#FFFDF7}
"""


@dataclass
class VirtualReaders:
    """Both readers. papers: Folder of the virtual printer's papers, whose numbers can be held up."""

    cards: CardReader
    scanner: Port
    papers: Path | None = None

    def hold_up(self, text: str) -> None:
        """Hold a code to the scanner."""
        self.scanner.write(text.encode() + b"\r\n")

    def numbers(self) -> list[str]:
        """Return the numbers on the newest papers, newest first."""
        files = (
            sorted(self.papers.glob("*.txt"), key=lambda each: each.stat().st_mtime) if self.papers else []
        )
        found = [number for file in files[-NEWEST:] for number in NUMBER.findall(file.read_text("utf-8"))]
        return list(dict.fromkeys(reversed(found)))

    def act(self, path: str, values: dict[str, list[str]]) -> None:
        """Do what a button asks; raises KeyError where there is no such thing."""
        name = values.get("name", [""])[0]
        if path == "/card":
            self.cards.lay(name)
        elif path == "/fault":
            self.cards.set_fault(name)
        elif path == "/code":
            self.hold_up(STRANGE.get(name, name))
        else:
            raise KeyError(path)


def serve(readers: VirtualReaders, host: str, port: int) -> ThreadingHTTPServer:
    """Serve the page from a thread; return its server. OSError when the port is taken."""

    class Handler(_Handler):
        virtual = readers

    server = ThreadingHTTPServer((host, port), Handler)
    threading.Thread(target=server.serve_forever, args=(0.1,), name="virtual-readers", daemon=True).start()
    return server


class _Handler(BaseHTTPRequestHandler):
    virtual: VirtualReaders
    server_version = "virtual-reader"
    sys_version = ""

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""

    def do_GET(self) -> None:
        """Serve the page or its style."""
        path = urlsplit(self.path).path
        if path == "/":
            self._send(200, "text/html; charset=utf-8", _page(self.virtual).encode())
        elif path == "/style.css":
            self._send(200, "text/css; charset=utf-8", _STYLE.encode())
        elif path == "/healthz":
            self._send(200, "application/json", json.dumps({"ok": True}).encode())
        else:
            self._send(404, "text/plain", b"no such page\n")

    def do_POST(self) -> None:
        """Do what a button asks and return to the page."""
        size = int(self.headers.get("Content-Length") or 0)
        values = parse_qs(self.rfile.read(min(size, MOST_SENT)).decode("utf-8", "replace"))
        origin = self.headers.get("Origin")
        if origin not in (None, "null") and urlsplit(origin or "").netloc != self.headers.get("Host"):
            self._send(403, "text/plain", b"other origin\n")
            return
        try:
            self.virtual.act(urlsplit(self.path).path, values)
        except KeyError:
            self._send(400, "text/plain", b"no such card, code or fault\n")
            return
        self.send_response(303)
        self.send_header("Location", "/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Security-Policy", _POLICY)
        self.end_headers()
        self.wfile.write(body)


def _page(readers: VirtualReaders) -> str:
    cards, laid = readers.cards, readers.cards.card
    on_it = [_button("", "拿走", is_pressed=laid is None)]
    on_it += [_button(name, card.title, is_pressed=card is laid) for name, card in CARDS.items()]
    numbers = "".join(_button(each, each) for each in readers.numbers()) or "还没有打印过单子。"
    return _PAGE.format(
        cards="".join(on_it),
        faults="".join(
            _button(name, words, is_pressed=name == cards.fault) for name, words in FAULTS.items()
        ),
        numbers=numbers,
        strange="".join(_button(name, name) for name in STRANGE),
    )


def _button(value: str, words: str, *, is_pressed: bool = False) -> str:
    pressed = "true" if is_pressed else "false"
    return f'<button name="name" value="{html.escape(value)}" aria-pressed="{pressed}">{html.escape(words)}</button>'


_PAGE = """<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>虚拟读卡器</title><link rel="stylesheet" href="/style.css">
<body><main>
<h1>虚拟读卡器和扫码器</h1>
<h2>把证件放在读卡器上（都是编的）</h2><form method="post" action="/card">{cards}</form>
<h2>读卡器的毛病</h2><form method="post" action="/fault">{faults}</form>
<h2>把单子上的码对着扫码器</h2><form method="post" action="/code">{numbers}</form>
<form method="post" action="/code"><label>别的内容 <input name="name"></label><button>扫</button></form>
<h2>不该打开什么的码</h2><form method="post" action="/code">{strange}</form>
</main></body></html>
"""
