"""
Wiring of the sync: Flask, requests, files and databases; the rules of the exchange are in `sync`.

A module for each end of what travels, so that hub and terminal load none of the other's: submissions (`taking_in` at
the hub) and their states (`states` at the terminal), files (`giving`, `files`), counts of a day (`counts`, `days`);
`arrivals` (the catalogue) and `lists_for_devices` hold both ends. Around them: `routes` (the hub's), `agent` (the
terminal's rounds), `http_line` (HTTP between them), `enrolment`, `device_keys`, and `sentences` for the command line.
"""
