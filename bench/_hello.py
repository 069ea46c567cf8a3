"""
The peer of every page: one word from Flask behind waitress with as many threads; `python -m bench._hello`.

It takes a free port and prints its number once it listens.
"""

from __future__ import annotations

import waitress
from flask import Flask

THREADS = 4


def main() -> None:
    """Serve until it is killed."""
    app = Flask("hello")
    app.add_url_rule("/", "hello", lambda: "hello")
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=THREADS)
    print(server.effective_port, flush=True)
    server.run()


if __name__ == "__main__":
    main()
