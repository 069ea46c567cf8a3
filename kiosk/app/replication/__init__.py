"""
Wiring of the sync: what may be said to whom is decided in `sync`; here are Flask, requests, files and databases.

A module for each thing that is carried, with both of its ends: `documents`, `cases` (requests up, states down),
`lists`, `files`, `counts`. Around them: `routes` (the hub's), `agent` (the terminal's rounds), `line` (HTTP between
them), `enrolment`, `keys`, and `sentences` for whoever asks at the command line.
"""
