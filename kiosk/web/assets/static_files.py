"""
Static files: those on disk, those made at the start, and all text compressed once.

Pages are not compressed: they carry form tokens beside what a visitor typed, and the length of a compressed page
would reveal something of both.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from typing import Any

from flask import Flask, Response, make_response, request

MADE = {".css": "text/css", ".js": "text/javascript"}
TEXT = frozenset({".css", ".js", ".svg", ".json"})
LEAST_BYTES = 1000
"""Least size in bytes for compressing; it does not pay for shorter files."""


def serve(app: Flask, made: Mapping[str, bytes]) -> None:
    """
    Make `app` serve the files in `made`, by name, beside its static files, text compressed for browsers that read
    gzip.
    """
    from_disk: Callable[..., Any] = app.view_functions["static"]
    kept: dict[tuple[str, str | None], bytes] = {}

    def static(filename: str) -> Any:
        kind = PurePosixPath(filename).suffix
        if filename in made:
            response = Response(made[filename], mimetype=MADE[kind])
        else:
            response = make_response(from_disk(filename=filename))
        if kind not in TEXT:
            return response
        response.vary.add("Accept-Encoding")
        if response.status_code != 200 or request.range or not request.accept_encodings["gzip"]:
            return response
        etag = response.get_etag()[0]
        response.direct_passthrough = False
        data = response.get_data()
        if len(data) < LEAST_BYTES:
            return response
        if (filename, etag) not in kept:
            kept[filename, etag] = gzip.compress(data, mtime=0)
        response.set_data(kept[filename, etag])
        response.content_encoding = "gzip"
        if etag:
            response.set_etag(etag, weak=True)
        return response

    app.view_functions["static"] = static
