"""Security of requests and answers: headers, known hosts, own origin."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from flask import Flask, Response, abort, request

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "media-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
NO_DEVICES = "camera=(), microphone=(), geolocation=()"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
MAX_BODY_BYTES = 1_000_000
STATIC_CACHE_S = 3600


def protect(app: Flask, allowed_hosts: Iterable[str]) -> None:
    """Make `app` refuse foreign hosts and origins and NUL characters, and set security headers on each answer."""
    hosts = frozenset(host.lower() for host in allowed_hosts)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES

    @app.before_request
    def refuse_strangers() -> None:
        """Refuse other hosts (DNS rebinding) and other origins (forged forms)."""
        if request.host.lower() not in hosts:
            abort(403)
        origin = request.headers.get("Origin")
        if request.method in SAFE_METHODS or origin is None:
            return
        if urlsplit(origin).netloc.lower() not in hosts:
            abort(403)

    @app.before_request
    def refuse_nul() -> None:
        """Refuse NUL characters: no keyboard types them, and not every database stores them."""
        if "\x00" in request.path or b"%00" in request.query_string:
            abort(400)
        if request.method in SAFE_METHODS or request.mimetype not in FORMS:
            return
        if any("\x00" in value for values in request.form.listvalues() for value in values):
            abort(400)

    @app.after_request
    def set_headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)  # a view may only be stricter
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "same-origin"  # "no-referrer" would make a form's Origin null
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers.setdefault(
            "Permissions-Policy", NO_DEVICES
        )  # a page that photographs papers asks for the camera
        if request.endpoint == "static" and response.status_code == 200:
            headers["Cache-Control"] = f"public, max-age={STATIC_CACHE_S}"
        elif not (response.cache_control.immutable or response.cache_control.public):
            # Public content may be cached where its view says so: by its hash, or after asking again each time.
            headers["Cache-Control"] = "no-store"
        return response


def own_hosts(host: str, port: int, public_url: str, further: Iterable[str]) -> set[str]:
    """
    Return the names under which this application may be asked: its address, its public name, what the settings add.
    """
    hosts = {f"{host}:{port}", f"127.0.0.1:{port}", f"localhost:{port}", *further}
    if public_url:
        hosts.add(urlsplit(public_url).netloc)
    return hosts
