"""
Wiring of the sync: Flask, requests, files and databases; the rules of the exchange are in `sync`.

One module for each thing that travels, with both of its ends: `arrivals` (the catalogue), `taking_in` (submissions up,
states down), `lists_for_devices`, `files`, `counts`. Around them: `routes` (the hub's), `agent` (the terminal's
rounds), `http_line` (HTTP between them), `enrolment`, `device_keys`, and `sentences` for the command line.
"""
