"""Context of every page, on terminal and hub alike: the owner of the page and its layout."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask, current_app, request

from kiosk.web import context
from kiosk.web.assets import modules, static_files, style_sheets


def here() -> str:
    """Return the address of the page being made, with its query where a GET can ask for it again."""
    return request.full_path.rstrip("?") if request.method == "GET" else request.path


def dress(app: Flask) -> None:
    """
    Give every template of `app` its common variables and every static file an address that changes with its content.
    """
    static = Path(str(app.static_folder))
    made = style_sheets.joined(static, context.of(app).settings) | modules.completed(static)
    static_files.serve(app, made)
    fingerprints = {name: modules.fingerprint(content) for name, content in made.items()}

    @app.context_processor
    def common_words() -> dict[str, Any]:
        settings = context.wiring().settings
        is_terminal = "terminal" in current_app.blueprints
        return {
            "place_name": settings.place_name,
            "seal_text": settings.seal_text,
            "layout": "layouts/terminal.html" if is_terminal else "layouts/desk.html",
            "is_terminal": is_terminal,
        }

    @app.url_defaults
    def fingerprint(endpoint: str, values: dict[str, Any]) -> None:
        """Add a fingerprint to the address of a static file, so browsers may keep the file as long as they like."""
        name = values.get("filename")
        if endpoint != "static" or not name or "v" in values or app.static_folder is None:
            return
        if name not in fingerprints:
            fingerprints[name] = modules.fingerprint((Path(app.static_folder) / name).read_bytes())
        values["v"] = fingerprints[name]
