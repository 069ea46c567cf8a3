"""The peer of every page: one word from Flask behind waitress with as many threads; `python -m bench._hello PORT`."""

from __future__ import annotations

import sys

import waitress
from flask import Flask

THREADS = 4


def main() -> None:
    """Serve until it is killed."""
    app = Flask("hello")
    app.add_url_rule("/", "hello", lambda: "hello")
    waitress.serve(app, host="127.0.0.1", port=int(sys.argv[1]), threads=THREADS, _quiet=True)


if __name__ == "__main__":
    main()
