"""The virtual printer's page: its papers, newest first, and a button for each fault. Standard library only."""

import html
import json
import threading
from collections.abc import Callable
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from printers.device import profiles
from printers.errors import ProfileFault
from printers.paper import selftest

if TYPE_CHECKING:
    from tools.virtual_printer.printer import Printed, VirtualPrinter

_SHOWN = 60
_LABELS = {
    "none": "正常",
    "low": "纸将尽",
    "out": "没纸了",
    "cover": "盖子开着",
    "offline": "离线",
    "cutter": "切刀卡住",
    "silent": "不回话",
    "garbage": "乱回话",
    "reset": "断电",
    "stuck": "卡死不收",
}
_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_STYLE = """
body{margin:0;background:#FAF6EC;color:#1C1A16;font:18px/1.6 "Noto Sans CJK SC","Noto Sans SC",sans-serif}
header{position:sticky;top:0;background:#FFFDF7;border-bottom:2px solid #D9D0BC;padding:16px 32px;z-index:1}
h1{font:700 28px/1.25 "Noto Serif CJK SC","Noto Serif SC",serif;margin:0 0 8px}
form{display:flex;flex-wrap:wrap;gap:8px}
button{font:inherit;padding:8px 16px;min-height:44px;border:2px solid #163E66;border-radius:10px;background:#FFFDF7;
color:#163E66;cursor:pointer}
button[aria-pressed=true]{background:#163E66;color:#FFFDF7}
button.bad[aria-pressed=true]{background:#9C2318;border-color:#9C2318}
main{display:flex;flex-wrap:wrap;gap:32px;padding:32px;align-items:flex-start}
figure{margin:0;background:#FFF;border:1px solid #D9D0BC;padding:20px 20px 12px}
figure img{display:block;width:288px;height:auto}
figure.hanging{border-style:dashed}
figcaption{margin-top:12px;font-size:16px;color:#4A463D}
a{color:#163E66}
p.empty{font-size:22px}
"""
_SCRIPT = """
let seen = document.body.dataset.version;
setInterval(async () => {
  try {
    const answer = await fetch('/state.json', {cache: 'no-store'});
    if ((await answer.json()).version !== seen) location.reload();
  } catch (gone) { document.title = '打印机没有回应'; }
}, 1000);
"""


class PrinterPage:
    """The running page; `url` is its address."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        host, port = server.server_address[:2]
        self.url = f"http://{host!s}:{port}/"
        self._server = server
        self._thread = threading.Thread(
            target=server.serve_forever, args=(0.1,), name="virtual-page", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def serve(printer: "VirtualPrinter", host: str, port: int) -> PrinterPage:
    """Serve the page of one printer from a thread; return it. OSError when the port is taken."""

    class Handler(_Handler):
        virtual = printer

    return PrinterPage(ThreadingHTTPServer((host, port), Handler))


class _Handler(BaseHTTPRequestHandler):
    virtual: "VirtualPrinter"
    server_version = "virtual-printer"
    sys_version = ""

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: paths name papers."""

    def do_GET(self) -> None:
        """Serve the page, a paper or the state."""
        path = urlsplit(self.path).path
        fixed: dict[str, tuple[str, Callable[[], bytes]]] = {
            "/": ("text/html; charset=utf-8", lambda: _page(self.virtual).encode()),
            "/style.css": ("text/css; charset=utf-8", _STYLE.encode),
            "/page.js": ("text/javascript; charset=utf-8", _SCRIPT.encode),
            "/state.json": ("application/json", lambda: _json(_state(self.virtual))),
            "/papers.json": (
                "application/json",
                lambda: _json([_facts(one) for one in self.virtual.papers()]),
            ),
            "/healthz": ("application/json", lambda: _json({"ok": True})),
            "/hanging.png": ("image/png", lambda: _hanging(self.virtual)),
        }
        if path in fixed:
            kind, body = fixed[path]
            self._send(200, kind, body())
            return
        self._paper(path)

    def do_POST(self) -> None:
        """Set a fault or print the self-test of a profile; then return to the page."""
        size = int(self.headers.get("Content-Length") or 0)
        values = parse_qs(self.rfile.read(min(size, 10_000)).decode("utf-8", "replace"))
        if not self._from_here():
            self._send(403, "text/plain", b"other origin\n")
            return
        try:
            self._act(urlsplit(self.path).path, values)
        except (ValueError, ProfileFault):
            self._send(400, "text/plain", b"no such fault, profile or act\n")
            return
        self.send_response(303)
        self.send_header("Location", "/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _act(self, path: str, values: dict[str, list[str]]) -> None:
        name = values.get("name", [""])[0]
        if path == "/fault":
            self.virtual.set_fault(name, int(values.get("after", ["0"])[0]))
        elif path == "/self-test":
            self.virtual.print_here(selftest.pages(profiles.named(name), profiles.load()))
        else:
            raise ValueError

    def _from_here(self) -> bool:
        origin = self.headers.get("Origin")
        return origin in (None, "null") or urlsplit(origin or "").netloc == self.headers.get("Host")

    def _paper(self, path: str) -> None:
        name, _, suffix = path.removeprefix("/paper/").partition(".")
        kinds = {"png": "image/png", "txt": "text/plain; charset=utf-8", "bin": "application/octet-stream"}
        for one in self.virtual.papers():
            if path.startswith("/paper/") and str(one.number) == name and suffix in kinds:
                file = {"png": one.png, "txt": one.text, "bin": one.data}[suffix]
                self._send(200, kinds[suffix], file.read_bytes())
                return
        self._send(404, "text/plain", b"no such paper\n")

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Security-Policy", _POLICY)
        self.end_headers()
        self.wfile.write(body)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _state(printer: "VirtualPrinter") -> dict[str, object]:
    hanging = printer.hanging()
    height = hanging.image.height if hanging else 0
    papers = printer.papers()
    version = f"{papers[-1].number if papers else 0}-{printer.fault}-{height}"
    return {"version": version, "papers": len(papers), "fault": printer.fault, "hanging": bool(hanging)}


def _facts(one: "Printed") -> dict[str, object]:
    return {
        "number": one.number,
        "png": f"/paper/{one.number}.png",
        "text": f"/paper/{one.number}.txt",
        "bytes": f"/paper/{one.number}.bin",
        "printed_at": _time(one).isoformat(),
    }


def _time(one: "Printed") -> datetime:
    return datetime.fromtimestamp(one.png.stat().st_mtime).astimezone()


def _hanging(printer: "VirtualPrinter") -> bytes:
    paper = printer.hanging()
    return paper.png() if paper else b""


def _page(printer: "VirtualPrinter") -> str:
    buttons = "".join(_button(name, printer.fault) for name in _LABELS)
    papers = "".join(_figure(one) for one in reversed(printer.papers()[-_SHOWN:]))
    if printer.hanging():
        papers = _HANGING + papers
    return _PAGE.format(
        version=html.escape(str(_state(printer)["version"])),
        buttons=buttons,
        tests="".join(_test_button(profile) for profile in profiles.load().values()),
        papers=papers or '<p class="empty">还没有纸出来。</p>',
    )


def _button(name: str, fault: str) -> str:
    pressed = "true" if name == fault else "false"
    kind = "" if name == "none" else ' class="bad"'
    return f'<button name="name" value="{name}" aria-pressed="{pressed}"{kind}>{_LABELS[name]}</button>'


def _test_button(profile: profiles.Profile) -> str:
    name, title = html.escape(profile.name), html.escape(profile.title)
    return f'<button name="name" value="{name}">{title}</button>'


def _figure(one: "Printed") -> str:
    at = _time(one).strftime("%H:%M:%S")
    text = f' · <a href="/paper/{one.number}.txt">文字</a>' if one.text.stat().st_size > 1 else ""
    return (
        f'<figure><a href="/paper/{one.number}.png"><img src="/paper/{one.number}.png" alt="第 {one.number} 张纸"></a>'
        f"<figcaption>第 {one.number} 张 · {at}{text}"
        f' · <a href="/paper/{one.number}.bin">字节</a></figcaption></figure>'
    )


_HANGING = (
    '<figure class="hanging"><img src="/hanging.png" alt="出纸口还没切下的纸">'
    "<figcaption>还没切下</figcaption></figure>"
)
_PAGE = """<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>虚拟打印机</title><link rel="stylesheet" href="/style.css"><script src="/page.js" defer></script>
<body data-version="{version}">
<header><h1>虚拟打印机</h1><form method="post" action="/fault">{buttons}</form>
<details><summary>打印机自检：看哪一种配置合适</summary>
<form method="post" action="/self-test">{tests}</form></details></header>
<main>{papers}</main>
</body></html>
"""
