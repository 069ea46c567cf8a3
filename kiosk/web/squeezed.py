"""
Static text squeezed for the wire: style sheets, scripts and drawings, each once, kept in memory.

Pages are sent as they are: they carry form tokens beside what a visitor typed, and the length of a squeezed page
would tell about both.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

from flask import Flask, make_response, request

TEXT = frozenset({".css", ".js", ".svg", ".json"})
LEAST_BYTES = 1000
"""Shorter files are not worth it."""


def serve(app: Flask) -> None:
    """Static text of `app` is squeezed for browsers that say they read gzip; call it after all else serves them."""
    whole: Callable[..., Any] = app.view_functions["static"]
    kept: dict[tuple[str, str | None], bytes] = {}

    def static(filename: str) -> Any:
        response = make_response(whole(filename=filename))
        if PurePosixPath(filename).suffix not in TEXT:
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
